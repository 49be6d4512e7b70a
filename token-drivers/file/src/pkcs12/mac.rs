//! The integrity check of a file (RFC 7292 section 5.1, steps 5 and 6).

use const_oid::ObjectIdentifier;
use digest::block_api::BlockSizeUser;
use digest::{Digest, FixedOutputReset};
use hmac::{EagerHash, Hmac, KeyInit, Mac as _};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use tamga_token_api::TokenError;

use super::kdf::{BmpPassword, Derivations, Purpose, Wish, derive};
use super::{budget::IterationBudget, damaged, oid, structures::MacData, unsupported};

/// HMAC over the authenticated safe, keyed by the password.
pub(super) struct Mac {
    digest: MacDigest,
    value: Vec<u8>,
    salt: Vec<u8>,
    iterations: u64,
}

#[derive(Clone, Copy)]
enum MacDigest {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512To224,
    Sha512To256,
}

impl MacDigest {
    fn from_oid(algorithm: ObjectIdentifier) -> Option<Self> {
        match algorithm {
            oid::SHA_1 => Some(Self::Sha1),
            oid::SHA_224 => Some(Self::Sha224),
            oid::SHA_256 => Some(Self::Sha256),
            oid::SHA_384 => Some(Self::Sha384),
            oid::SHA_512 => Some(Self::Sha512),
            oid::SHA_512_224 => Some(Self::Sha512To224),
            oid::SHA_512_256 => Some(Self::Sha512To256),
            _ => None,
        }
    }

    fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha512To224 => 28,
            Self::Sha256 | Self::Sha512To256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Mac {
    pub(super) fn parse(data: &MacData<'_>) -> Result<Self, TokenError> {
        let algorithm = data.mac.algorithm.oid;
        if algorithm == oid::PBMAC1 {
            return Err(unsupported("integrity check PBMAC1"));
        }
        let digest = MacDigest::from_oid(algorithm)
            .ok_or_else(|| unsupported(format!("integrity check {algorithm}")))?;
        if data
            .mac
            .algorithm
            .parameters
            .is_some_and(|parameters| !parameters.is_null())
        {
            return Err(damaged("parameters of the integrity check"));
        }
        let value = data.mac.digest.as_bytes().to_vec();
        if value.len() != digest.output_len() {
            return Err(damaged("integrity check of another length than its digest"));
        }
        Ok(Self {
            digest,
            value,
            salt: data.salt.as_bytes().to_vec(),
            iterations: data.iterations,
        })
    }

    /// What the check will derive, if that is by SHA-1.
    pub(super) fn wish(&self, iterations: u32) -> Option<Wish> {
        matches!(self.digest, MacDigest::Sha1).then(|| self.sha1_wish(iterations))
    }

    fn sha1_wish(&self, iterations: u32) -> Wish {
        Wish {
            salt: self.salt.clone(),
            purpose: Purpose::MacKey,
            iterations,
            length: self.digest.output_len(),
        }
    }

    /// Iterations it asks for; nothing has been taken off a budget yet.
    pub(super) fn iterations(&self) -> u64 {
        self.iterations
    }

    /// Whether the password is right and `authenticated_safe` unchanged; compares in constant time.
    pub(super) fn holds(
        &self,
        password: &BmpPassword,
        derivations: &Derivations<'_>,
        authenticated_safe: &[u8],
        budget: &mut IterationBudget,
    ) -> Result<bool, TokenError> {
        let iterations = budget.spend(self.iterations)?;
        let check = match self.digest {
            MacDigest::Sha1 => {
                let key = derivations.derive(self.sha1_wish(iterations));
                let hmac = hmac::<Sha1>(&key, authenticated_safe);
                return Ok(hmac.verify_slice(&self.value).is_ok());
            }
            MacDigest::Sha224 => verify::<Sha224>,
            MacDigest::Sha256 => verify::<Sha256>,
            MacDigest::Sha384 => verify::<Sha384>,
            MacDigest::Sha512 => verify::<Sha512>,
            MacDigest::Sha512To224 => verify::<Sha512_224>,
            MacDigest::Sha512To256 => verify::<Sha512_256>,
        };
        Ok(check(
            password,
            &self.salt,
            iterations,
            authenticated_safe,
            &self.value,
        ))
    }
}

/// HMAC-SHA-256 for a file being written.
pub(super) fn hmac_sha256(
    password: &BmpPassword,
    salt: &[u8],
    iterations: u32,
    authenticated_safe: &[u8],
) -> Vec<u8> {
    keyed::<Sha256>(password, salt, iterations, authenticated_safe)
        .finalize()
        .into_bytes()
        .to_vec()
}

fn verify<D: EagerHash + Digest + BlockSizeUser + FixedOutputReset>(
    password: &BmpPassword,
    salt: &[u8],
    iterations: u32,
    authenticated_safe: &[u8],
    value: &[u8],
) -> bool {
    keyed::<D>(password, salt, iterations, authenticated_safe)
        .verify_slice(value)
        .is_ok()
}

fn keyed<D: EagerHash + Digest + BlockSizeUser + FixedOutputReset>(
    password: &BmpPassword,
    salt: &[u8],
    iterations: u32,
    authenticated_safe: &[u8],
) -> Hmac<D> {
    let length = <D as Digest>::output_size();
    let key = derive::<D>(password, salt, Purpose::MacKey, iterations, length);
    hmac(&key, authenticated_safe)
}

fn hmac<D: EagerHash>(key: &[u8], authenticated_safe: &[u8]) -> Hmac<D> {
    let mut hmac = Hmac::<D>::new_from_slice(key).expect("HMAC takes keys of any length");
    hmac.update(authenticated_safe);
    hmac
}
