//! How something is signed, wherever the key lives.

use crate::{PublicKey, RandomError, SignatureScheme};

/// What a signer is given.
#[derive(Debug, Clone, Copy)]
pub enum ToSign<'a> {
    /// Bytes the signer hashes itself, with the digest of its scheme.
    Bytes(&'a [u8]),
    /// A digest of the scheme's length, already computed.
    Digest(&'a [u8]),
}

/// A signature as it stands in certificates, CMS and XML of the national profile.
///
/// GOST: `r ‖ s`, each little-endian (32 + 32 or 64 + 64 bytes). RSA: the PKCS#1 v1.5 block (256
/// bytes for 2048 bits).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureValue(Vec<u8>);

impl SignatureValue {
    /// Wraps bytes received from a message or a keystore; nothing is checked yet.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, in the order of the national profile.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Gives the bytes away.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Something that signs with one key and one scheme.
///
/// Hashing happens inside, like in rustls: a token may hash itself.
pub trait Signer {
    /// The scheme of every signature this signer makes.
    fn scheme(&self) -> SignatureScheme;

    /// The public half, to be compared with the certificate before first use.
    fn public_key(&self) -> &PublicKey;

    /// Signs; `again` is called by keys that want the PIN for each signature.
    fn sign(
        &self,
        to_sign: ToSign<'_>,
        again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, SignError>;
}

/// Asks the person for the PIN once more, for keys that demand it per signature
/// (`CKA_ALWAYS_AUTHENTICATE`).
pub trait Reauthenticate {
    /// Calls `enter` with the PIN the person typed, or returns [`SignError::Cancelled`].
    fn reauthenticate(
        &mut self,
        enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError>;
}

/// For keys that never ask again, such as key files.
#[derive(Debug, Clone, Copy, Default)]
pub struct AskNobody;

impl Reauthenticate for AskNobody {
    fn reauthenticate(
        &mut self,
        _enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError> {
        Err(SignError::Cancelled)
    }
}

/// A document that knows which bytes must be signed and how to take the signature in.
pub trait Prepared {
    /// What the document becomes.
    type Signed;

    /// Exact bytes for the signer.
    fn to_sign(&self) -> &[u8];

    /// Builds the signed document around `value`.
    fn assemble(self, value: SignatureValue) -> Self::Signed;
}

/// Why a signature was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The person did not give the PIN again.
    #[error("cancelled by the person")]
    Cancelled,
    /// The digest has another length than the scheme's.
    #[error("the digest has {actual} bytes, the scheme needs {expected}")]
    DigestLength {
        /// Length of the scheme's digest in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// The PIN was given again and is wrong; nothing was signed.
    #[error("wrong PIN")]
    WrongPin,
    /// The device is locked: too many wrong PINs.
    #[error("the keystore is locked")]
    Locked,
    /// The device went away before it signed.
    #[error("the keystore was removed")]
    Removed,
    /// The device gave no answer in time, or the program that speaks to it ended.
    #[error("the keystore's driver stopped answering")]
    Stopped,
    /// The device or library failed; the text is for the journal, not for people.
    #[error("the keystore failed: {0}")]
    Keystore(String),
    /// The key itself is unusable (a zero or oversized scalar, broken RSA numbers).
    #[error("the private key is not usable")]
    Key,
    /// The produced signature did not verify (RSA) or came out differently the second time (GOST): a
    /// fault or an attack on the computation.
    #[error("the produced signature does not verify")]
    Fault,
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}
