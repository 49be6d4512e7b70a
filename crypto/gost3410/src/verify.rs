//! Checking signatures: GOST R 34.10-2012 section 6.2.

use crate::{
    Curve, Error, PublicKey, curve::MAX_BYTES, field::Residue, scalar_mul::mul_add_vartime,
    sign::digest_number,
};

/// Checks `r ‖ s`, each little-endian, over a digest of [`Curve::BYTES`] bytes in transmission
/// order.
///
/// Takes variable time: key, digest and signature are public.
///
/// # Errors
/// [`Error::DigestLength`], [`Error::SignatureLength`], [`Error::SignatureRange`] (not 0 < r, s <
/// q), [`Error::Mismatch`].
pub fn verify_prehashed<C: Curve>(
    public: &PublicKey<C>,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), Error> {
    // Steps 2 and 3: alpha and e.
    let e = digest_number::<C>(digest)?;

    // Step 1: 0 < r < q, 0 < s < q.
    let expected = 2 * C::BYTES;
    if signature.len() != expected {
        return Err(Error::SignatureLength {
            expected,
            actual: signature.len(),
        });
    }
    let (r, s) = signature.split_at(C::BYTES);
    let r = nonzero::<C>(r)?;
    let s = nonzero::<C>(s)?;

    // Step 4: v = e^-1 mod q.
    let v = e.invert().into_option().expect("e is not 0 and q is prime");

    // Step 5: z1 = s*v, z2 = -r*v.
    let z1 = s.mul(&v);
    let z2 = r.mul(&v).neg();

    // Step 6: C = z1*P + z2*Q, R = x_C mod q; O has no x and matches no r.
    let c = mul_add_vartime(&z1, public.point(), &z2);
    let (x, _) = c.to_affine().into_option().ok_or(Error::Mismatch)?;
    let mut bytes = [0; MAX_BYTES];
    x.write_le_bytes(&mut bytes[..C::BYTES]);
    let big_r = C::Scalar::from_le_bytes_reduced(&bytes[..C::BYTES]);

    // Step 7: R = r.
    if big_r == r {
        Ok(())
    } else {
        Err(Error::Mismatch)
    }
}

fn nonzero<C: Curve>(bytes: &[u8]) -> Result<C::Scalar, Error> {
    let number = C::Scalar::from_le_bytes(bytes)
        .into_option()
        .ok_or(Error::SignatureRange)?;
    if number.is_zero().to_bool() {
        Err(Error::SignatureRange)
    } else {
        Ok(number)
    }
}
