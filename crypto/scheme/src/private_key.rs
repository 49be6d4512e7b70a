//! Private keys held in memory by a key file's keystore.

mod gost;
mod rsa;

use ::rsa::RsaPrivateKey;
use der::Decode;
use pkcs8::PrivateKeyInfoRef;
use spki::SubjectPublicKeyInfoRef;
use tamga_gost3410::{CryptoProA, SecretKey, Tc26A256, Tc26A512};
use zeroize::Zeroizing;

use crate::{
    KeyError, KeyKind, PublicKey, Random, RandomError, SignError, SignatureScheme,
    public_key::TUMAR_KEY,
};

/// A private key; wiped when dropped, never printed.
pub struct PrivateKey {
    public: PublicKey,
    secret: Secret,
}

/// The secret numbers; each type wipes itself.
enum Secret {
    Gost2004(SecretKey<CryptoProA>),
    Gost2015With256(SecretKey<Tc26A256>),
    Gost2015With512(SecretKey<Tc26A512>),
    Rsa(Box<RsaPrivateKey>),
}

impl PrivateKey {
    /// Reads a DER PKCS#8 PrivateKeyInfo (RFC 5958).
    ///
    /// GOST-2004: OCTET STRING { INTEGER, big-endian }; GOST-2015: OCTET STRING { OCTET STRING, 32 or 64
    /// bytes little-endian }; both reduced modulo q. RSA: RFC 8017 A.1.2, two primes, the numbers
    /// checked against each other. Tumar: OCTET STRING { SEQUENCE { INTEGER 1, OCTET STRING, 32
    /// bytes big-endian } }. A public key inside must be the right one.
    ///
    /// # Errors
    /// [`KeyError`] as for [`PublicKey::from_spki_der`].
    pub fn from_pkcs8_der(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfoRef::from_der(pkcs8).map_err(|_| KeyError::Malformed)?;
        let oid = info.algorithm.oid;
        let key = if oid == SignatureScheme::Gost2004.key_oid() {
            Self::from_gost2004(gost::parse_2004(&info)?)
        } else if oid == SignatureScheme::Gost2015With256.key_oid() {
            Self::from_gost2015_256(gost::parse_2015(&info)?)
        } else if oid == SignatureScheme::Gost2015With512.key_oid() {
            Self::from_gost2015_512(gost::parse_2015(&info)?)
        } else if oid == TUMAR_KEY {
            let secret = gost::parse_tumar(&info)?;
            let public = PublicKey::from_tumar(secret.public_key());
            Self {
                public,
                secret: Secret::Gost2004(secret),
            }
        } else if oid == SignatureScheme::RsaSha256.key_oid() {
            Self::from_rsa(rsa::parse(&info)?)
        } else {
            return Err(KeyError::Unsupported(oid));
        };
        match info.public_key {
            Some(claimed) if !key.has_public_bits(claimed.raw_bytes()) => Err(KeyError::Invalid),
            _ => Ok(key),
        }
    }

    /// Makes a new key; RSA gets 2048 bits and e = 65537.
    ///
    /// # Errors
    /// [`RandomError`] if the generator fails, or yields bytes that cannot be random.
    pub fn generate(scheme: SignatureScheme, random: &dyn Random) -> Result<Self, RandomError> {
        match scheme.key_kind() {
            KeyKind::Gost2004 => gost::generate(random).map(Self::from_gost2004),
            KeyKind::Gost2015With256 => gost::generate(random).map(Self::from_gost2015_256),
            KeyKind::Gost2015With512 => gost::generate(random).map(Self::from_gost2015_512),
            KeyKind::Rsa => rsa::generate(random).map(Self::from_rsa),
        }
    }

    /// Writes the DER PKCS#8 form read by [`Self::from_pkcs8_der`]; a Tumar key gets the form of
    /// other GOST-2004 keys.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        match &self.secret {
            Secret::Gost2004(secret) => gost::encode_2004(secret),
            Secret::Gost2015With256(secret) => gost::encode_2015(secret),
            Secret::Gost2015With512(secret) => gost::encode_2015(secret),
            Secret::Rsa(secret) => rsa::encode(secret),
        }
    }

    /// The public half, computed from the private one.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a digest of the scheme's length; the result has been verified.
    pub(crate) fn sign_digest(
        &self,
        digest: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, SignError> {
        match &self.secret {
            Secret::Gost2004(secret) => gost::sign(secret, digest, random),
            Secret::Gost2015With256(secret) => gost::sign(secret, digest, random),
            Secret::Gost2015With512(secret) => gost::sign(secret, digest, random),
            Secret::Rsa(secret) => rsa::sign(secret, digest, random),
        }
    }

    fn from_gost2004(secret: SecretKey<CryptoProA>) -> Self {
        Self {
            public: PublicKey::from_gost(secret.public_key()),
            secret: Secret::Gost2004(secret),
        }
    }

    fn from_gost2015_256(secret: SecretKey<Tc26A256>) -> Self {
        Self {
            public: PublicKey::from_gost(secret.public_key()),
            secret: Secret::Gost2015With256(secret),
        }
    }

    fn from_gost2015_512(secret: SecretKey<Tc26A512>) -> Self {
        Self {
            public: PublicKey::from_gost(secret.public_key()),
            secret: Secret::Gost2015With512(secret),
        }
    }

    fn from_rsa(secret: RsaPrivateKey) -> Self {
        Self {
            public: PublicKey::from_rsa(secret.as_public_key()),
            secret: Secret::Rsa(Box::new(secret)),
        }
    }

    /// Whether a BIT STRING contains this key's public half.
    fn has_public_bits(&self, bits: &[u8]) -> bool {
        SubjectPublicKeyInfoRef::from_der(self.public.spki_der())
            .is_ok_and(|spki| spki.subject_public_key.raw_bytes() == bits)
    }
}
