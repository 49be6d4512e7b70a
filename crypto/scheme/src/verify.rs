//! The one place where a signature value is checked against bytes.

mod rsa;

use tamga_gost3410::{self as gost3410, Curve};

use crate::{KeyKind, PublicKey, SignatureScheme, SignatureValue, public_key::Numbers};

/// Proof that a signature value fits bytes and key; only [`verify`] and [`verify_digest`] make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureValid(());

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The numbers do not fit.
    #[error("the signature does not match the signed bytes and the key")]
    Mismatch,
    /// The value has another length than the scheme's, or its numbers are out of range.
    #[error("the signature value is malformed")]
    Malformed,
    /// The digest has another length than the scheme's.
    #[error("the digest has {actual} bytes, the scheme needs {expected}")]
    DigestLength {
        /// Length of the scheme's digest in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// The key is of another kind than the scheme needs.
    #[error("scheme {scheme} needs another key than {key:?}", scheme = .scheme.name())]
    WrongKey {
        /// The scheme asked for.
        scheme: SignatureScheme,
        /// The key's kind.
        key: KeyKind,
    },
}

/// Checks `value` over `signed`, hashed with the scheme's digest.
pub fn verify(
    key: &PublicKey,
    scheme: SignatureScheme,
    signed: &[u8],
    value: &SignatureValue,
) -> Result<SignatureValid, VerifyError> {
    match key.numbers() {
        // With the message at hand the faster of two ways is open.
        Numbers::Rsa(key) if scheme == SignatureScheme::RsaSha256 => {
            rsa::verify_message(key, signed, value.as_bytes())?;
            Ok(SignatureValid(()))
        }
        _ => verify_digest(key, scheme, &scheme.digest().digest(signed), value),
    }
}

/// Checks `value` over a digest computed elsewhere.
pub fn verify_digest(
    key: &PublicKey,
    scheme: SignatureScheme,
    digest: &[u8],
    value: &SignatureValue,
) -> Result<SignatureValid, VerifyError> {
    if key.kind() != scheme.key_kind() {
        return Err(VerifyError::WrongKey {
            scheme,
            key: key.kind(),
        });
    }
    let expected = scheme.digest().output_len();
    if digest.len() != expected {
        return Err(VerifyError::DigestLength {
            expected,
            actual: digest.len(),
        });
    }
    match key.numbers() {
        Numbers::Gost2004(key) => verify_gost(key, digest, value)?,
        Numbers::Gost2015With256(key) => verify_gost(key, digest, value)?,
        Numbers::Gost2015With512(key) => verify_gost(key, digest, value)?,
        Numbers::Rsa(key) => rsa::verify_digest(key, digest, value.as_bytes())?,
    }
    Ok(SignatureValid(()))
}

fn verify_gost<C: Curve>(
    key: &gost3410::PublicKey<C>,
    digest: &[u8],
    value: &SignatureValue,
) -> Result<(), VerifyError> {
    gost3410::verify_prehashed(key, digest, value.as_bytes()).map_err(|error| match error {
        gost3410::Error::DigestLength { expected, actual } => {
            VerifyError::DigestLength { expected, actual }
        }
        gost3410::Error::Mismatch => VerifyError::Mismatch,
        // Lengths and ranges; verification has no other errors.
        _ => VerifyError::Malformed,
    })
}
