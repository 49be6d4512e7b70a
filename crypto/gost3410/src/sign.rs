//! Making signatures: GOST R 34.10-2012 section 6.1.

use zeroize::Zeroizing;

use crate::{
    Curve, Error, SecretKey, curve::MAX_BYTES, field::Residue, nonce::Nonces, point::Point,
    scalar_mul::mul, verify::verify_prehashed,
};

/// Signs a digest of [`Curve::BYTES`] bytes, in transmission order; returns `r ‖ s`, each
/// little-endian.
///
/// `entropy` must be 32 fresh random bytes; see the README for what happens if they are not. The
/// signature is verified before it is released, so a disturbed computation cannot leak the key.
///
/// # Errors
/// [`Error::DigestLength`]; [`Error::Fault`] if the result does not verify.
pub fn sign_prehashed<C: Curve>(
    secret: &SecretKey<C>,
    digest: &[u8],
    entropy: &[u8; 32],
) -> Result<Vec<u8>, Error> {
    let e = digest_number::<C>(digest)?;
    let mut nonces = Nonces::new::<C>(secret.scalar(), &e, entropy);
    let signature = loop {
        let k = nonces.next::<C>();
        if let Some(signature) = equation(secret, &e, &k) {
            break signature;
        }
    };
    match verify_prehashed(secret.public_key(), digest, &signature) {
        Ok(()) => Ok(signature),
        Err(_) => Err(Error::Fault),
    }
}

/// Steps 4 to 6 of section 6.1 with a given k; none if r = 0 or s = 0.
pub(crate) fn equation<C: Curve>(
    secret: &SecretKey<C>,
    e: &C::Scalar,
    k: &C::Scalar,
) -> Option<Vec<u8>> {
    // Step 4: C = k*P, r = x_C mod q. None only for k = 0, which callers exclude.
    let (x, _) = mul(&Point::<C>::GENERATOR, k).to_affine().into_option()?;
    let mut out = [0; 2 * MAX_BYTES];
    let (r_bytes, s_bytes) = out[..2 * C::BYTES].split_at_mut(C::BYTES);
    x.write_le_bytes(r_bytes);
    let r = C::Scalar::from_le_bytes_reduced(r_bytes);

    // Step 5: s = r*d + k*e mod q.
    let rd = Zeroizing::new(r.mul(secret.scalar()));
    let ke = Zeroizing::new(k.mul(e));
    let s = rd.add(&ke);
    if r.is_zero().or(s.is_zero()).to_bool() {
        return None;
    }

    // Step 6, in the byte order of the national profile.
    r.write_le_bytes(r_bytes);
    s.write_le_bytes(s_bytes);
    Some(out[..2 * C::BYTES].to_vec())
}

/// Steps 1 and 2 of sections 6.1 and 6.2: e = alpha mod q, 1 if that is 0.
///
/// The national profile reads the transmitted digest little-endian.
pub(crate) fn digest_number<C: Curve>(digest: &[u8]) -> Result<C::Scalar, Error> {
    if digest.len() != C::BYTES {
        return Err(Error::DigestLength {
            expected: C::BYTES,
            actual: digest.len(),
        });
    }
    let e = C::Scalar::from_le_bytes_reduced(digest);
    Ok(e.ct_select(&C::Scalar::ONE, e.is_zero()))
}
