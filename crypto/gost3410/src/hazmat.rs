//! What tests and measurements need and nothing else should use: nonces and arithmetic of the
//! caller's choice.

use zeroize::Zeroizing;

pub use crate::arithmetic::{
    Arithmetic, current as arithmetic, use_portable as use_portable_arithmetic,
};
use crate::{
    Curve, Error, SecretKey,
    field::Residue,
    secret_key::check_length,
    sign::{Numbers, digest_number},
};

/// For published test vectors, which fix the nonce. Dangerous: a repeated or guessable nonce reveals
/// the private key.
///
/// Signs like [`crate::sign_prehashed`], with the nonce given as [`Curve::BYTES`] little-endian
/// bytes, and **without any check against faults**: nothing is computed a second time, the copies
/// of the key are not compared, and the point is not checked to lie on the curve.
///
/// # Errors
/// [`Error::DigestLength`], [`Error::ScalarLength`]; [`Error::Nonce`] if not 0 < k < q or if r or s
/// becomes 0.
pub fn sign_with_nonce<C: Curve>(
    secret: &SecretKey<C>,
    digest: &[u8],
    nonce: &[u8],
) -> Result<Vec<u8>, Error> {
    let e = digest_number::<C>(digest)?;
    check_length::<C>(nonce)?;
    let k = C::Scalar::from_le_bytes(nonce);
    let in_range = k.is_some();
    let k = Zeroizing::new(k.to_inner_unchecked());
    if !in_range.and(k.is_zero().not()).to_bool() {
        return Err(Error::Nonce);
    }
    Numbers::new(secret, &e, &k)
        .map(|numbers| numbers.to_bytes())
        .ok_or(Error::Nonce)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CryptoProA, Tc26A512, curve::MAX_BYTES};

    /// With d = 1 and k = 1: r = x_G mod q and s = r + e, so e = -r gives s = 0.
    fn check_zero_s<C: Curve>() {
        let mut one = vec![0; C::BYTES];
        one[0] = 1;
        let secret = SecretKey::<C>::from_le_bytes(&one).expect("in range");
        let mut x = [0; MAX_BYTES];
        C::GENERATOR_X.write_le_bytes(&mut x[..C::BYTES]);
        let r = C::Scalar::from_le_bytes_reduced(&x[..C::BYTES]);
        let mut digest = vec![0; C::BYTES];
        r.neg().write_le_bytes(&mut digest);
        assert_eq!(sign_with_nonce(&secret, &digest, &one), Err(Error::Nonce));
    }

    #[test]
    fn a_nonce_that_makes_s_zero_is_refused() {
        check_zero_s::<CryptoProA>();
        check_zero_s::<Tc26A512>();
    }
}
