//! Public keys in the form of certificates.

mod gost;
mod rsa;

use ::rsa::RsaPublicKey;
use const_oid::ObjectIdentifier;
use der::Decode;
use spki::SubjectPublicKeyInfoRef;
use tamga_gost3410::{self as gost3410, CryptoProA, Tc26A256, Tc26A512};

pub(crate) use self::{
    gost::{GostParameters, NationalCurve, TUMAR_KEY, check_tumar_parameters},
    rsa::{MODULUS_BITS, RsaKey, check_sizes},
};
use crate::{KeyKind, SignatureScheme};

/// A public key whose encoding and point or modulus have been checked.
///
/// Two keys are equal if their numbers are, whatever the encodings they came in.
#[derive(Debug, Clone)]
pub struct PublicKey {
    spki: Vec<u8>,
    numbers: Numbers,
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    ///
    /// GOST: BIT STRING { OCTET STRING { x ‖ y, each little-endian } } with the national OIDs; RSA:
    /// RFC 8017 A.1.1, 2048 to 4096 bits. The Tumar form of GOST-2004 keys (1.3.6.1.4.1.6801.1.5.8:
    /// a 16-byte header before x ‖ y) is read too, because information systems have such keys.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for bytes that do not follow these forms, [`KeyError::Unsupported`]
    /// with the identifier that is not in the table, [`KeyError::Invalid`] for numbers that are no
    /// key.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, KeyError> {
        let parsed = SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| KeyError::Malformed)?;
        let oid = parsed.algorithm.oid;
        let numbers = if oid == SignatureScheme::Gost2004.key_oid() {
            Numbers::Gost2004(gost::parse(&parsed)?)
        } else if oid == SignatureScheme::Gost2015With256.key_oid() {
            Numbers::Gost2015With256(gost::parse(&parsed)?)
        } else if oid == SignatureScheme::Gost2015With512.key_oid() {
            Numbers::Gost2015With512(gost::parse(&parsed)?)
        } else if oid == TUMAR_KEY {
            Numbers::Gost2004(gost::parse_tumar(&parsed)?)
        } else if oid == SignatureScheme::RsaSha256.key_oid() {
            Numbers::Rsa(rsa::parse(&parsed)?)
        } else {
            return Err(KeyError::Unsupported(oid));
        };
        Ok(Self {
            spki: spki.to_vec(),
            numbers,
        })
    }

    /// The DER SubjectPublicKeyInfo, byte for byte as it came.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// What kind of key this is.
    pub fn kind(&self) -> KeyKind {
        match &self.numbers {
            Numbers::Gost2004(_) => KeyKind::Gost2004,
            Numbers::Gost2015With256(_) => KeyKind::Gost2015With256,
            Numbers::Gost2015With512(_) => KeyKind::Gost2015With512,
            Numbers::Rsa(_) => KeyKind::Rsa,
        }
    }

    pub(crate) fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// The public half of a GOST key, in the encoding of the NCA.
    pub(crate) fn from_gost<C: NationalCurve>(key: &gost3410::PublicKey<C>) -> Self {
        Self {
            spki: gost::encode(key),
            numbers: C::numbers(*key),
        }
    }

    /// The public half of a Tumar key, in its own encoding, as its certificate has it.
    pub(crate) fn from_tumar(key: &gost3410::PublicKey<CryptoProA>) -> Self {
        Self {
            spki: gost::encode_tumar(key),
            numbers: Numbers::Gost2004(*key),
        }
    }

    /// The public half of an RSA key whose sizes were checked.
    pub(crate) fn from_rsa(key: &RsaPublicKey) -> Self {
        Self {
            spki: rsa::encode(key),
            numbers: Numbers::Rsa(RsaKey::new(key.clone())),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl Eq for PublicKey {}

/// The checked numbers of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Numbers {
    Gost2004(gost3410::PublicKey<CryptoProA>),
    Gost2015With256(gost3410::PublicKey<Tc26A256>),
    Gost2015With512(gost3410::PublicKey<Tc26A512>),
    Rsa(RsaKey),
}

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The encoding is broken.
    #[error("the key encoding is malformed")]
    Malformed,
    /// The algorithm or its parameters are not in the table.
    #[error("key algorithm {0} is not supported")]
    Unsupported(ObjectIdentifier),
    /// The point is not on the curve, the scalar or modulus is out of range.
    #[error("the key's numbers are not valid for its algorithm")]
    Invalid,
}

impl From<gost3410::Error> for KeyError {
    fn from(error: gost3410::Error) -> Self {
        match error {
            gost3410::Error::PointLength { .. } | gost3410::Error::ScalarLength { .. } => {
                Self::Malformed
            }
            _ => Self::Invalid,
        }
    }
}

/// What a BIT STRING of whole bytes contains.
fn key_bytes<'a>(spki: &SubjectPublicKeyInfoRef<'a>) -> Result<&'a [u8], KeyError> {
    spki.subject_public_key
        .as_bytes()
        .ok_or(KeyError::Malformed)
}
