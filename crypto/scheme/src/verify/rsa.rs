//! RSASSA-PKCS1-V1_5-VERIFY with SHA-256 (RFC 8017 section 8.2.2), in two ways with one verdict.
//!
//! ring is the faster one and wants the message; where only the digest is known, the library that
//! signs verifies too.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use rsa::Pkcs1v15Sign;
use sha2::Sha256;

use super::VerifyError;
use crate::public_key::{MODULUS_BITS, RsaKey};

// ring takes every key that a `PublicKey` may hold: moduli of these sizes, and odd exponents from 3
// to 33 bits, the limit of the other library as well.
const _: () = assert!(*MODULUS_BITS.start() >= 2048 && *MODULUS_BITS.end() <= 8192);

/// Checks `value` over a message.
pub(super) fn verify_message(
    key: &RsaKey,
    message: &[u8],
    value: &[u8],
) -> Result<(), VerifyError> {
    check_representative(key, value)?;
    let components = RsaPublicKeyComponents {
        n: key.n(),
        e: key.e(),
    };
    components
        .verify(&RSA_PKCS1_2048_8192_SHA256, message, value)
        .map_err(|_| VerifyError::Mismatch)
}

/// Checks `value` over the SHA-256 digest of a message.
pub(super) fn verify_digest(key: &RsaKey, digest: &[u8], value: &[u8]) -> Result<(), VerifyError> {
    check_representative(key, value)?;
    key.numbers()
        .verify(Pkcs1v15Sign::new::<Sha256>(), digest, value)
        .map_err(|_| VerifyError::Mismatch)
}

/// Step 1: as long as the modulus; step 2.b: less than it.
fn check_representative(key: &RsaKey, value: &[u8]) -> Result<(), VerifyError> {
    // Of equal length and big-endian, so the order of bytes is that of numbers.
    if value.len() != key.n().len() || value >= key.n() {
        return Err(VerifyError::Malformed);
    }
    Ok(())
}
