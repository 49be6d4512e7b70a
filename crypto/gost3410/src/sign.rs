//! Making signatures: GOST R 34.10-2012 section 6.1.

use zeroize::Zeroizing;

use crate::{
    Curve, Error, SecretKey, curve::MAX_BYTES, field::Residue, nonce::Nonces, point::Affine,
};

/// Signs a digest of [`Curve::BYTES`] bytes, in transmission order; returns `r ‖ s`, each
/// little-endian.
///
/// `entropy` must be 32 fresh random bytes; see the README for what happens if they are not. The
/// signature is computed a second time, another way, before it is released, so a disturbed
/// computation cannot leak the key.
///
/// # Errors
/// [`Error::DigestLength`]; [`Error::Fault`] if both ways disagree.
pub fn sign_prehashed<C: Curve>(
    secret: &SecretKey<C>,
    digest: &[u8],
    entropy: &[u8; 32],
) -> Result<Vec<u8>, Error> {
    let e = digest_number::<C>(digest)?;
    let mut nonces = Nonces::new::<C>(secret.scalar(), &e, entropy);
    loop {
        let k = nonces.next::<C>();
        if let Some(numbers) = Numbers::new(secret, &e, &k) {
            numbers.check(secret, digest, &k)?;
            return Ok(numbers.to_bytes());
        }
    }
}

/// A signature as numbers, with the point it came from.
pub(crate) struct Numbers<C: Curve> {
    /// C = k*P.
    point: Affine<C>,
    r: C::Scalar,
    s: C::Scalar,
}

impl<C: Curve> Numbers<C> {
    /// Steps 4 and 5 of section 6.1 with a given k, 0 < k < q; none if r = 0 or s = 0.
    pub(crate) fn new(secret: &SecretKey<C>, e: &C::Scalar, k: &C::Scalar) -> Option<Self> {
        // Step 4: C = k*P, r = x_C mod q. Never O, as 0 < k < q.
        let point = C::generator_multiples().mul(k).to_affine().into_option()?;
        let r = x_mod_q(&point);

        // Step 5: s = r*d + k*e mod q.
        let rd = Zeroizing::new(r.mul(secret.scalar()));
        let ke = Zeroizing::new(k.mul(e));
        let s = rd.add(&ke);
        let usable = r.is_zero().or(s.is_zero()).not();
        usable.to_bool().then_some(Self { point, r, s })
    }

    /// Whether r and s are what key, digest and k demand, each part computed or stored a second
    /// time.
    ///
    /// A fault that is not seen would let an attacker compute the private key from the result. This
    /// is the equation of verification, sharpened for whoever knows k: k*e = s - r*d, with -d from
    /// the key's second copy and e from the digest again; and k*P, computed again, has the x that r
    /// was made of. A wrong entry in the table of multiples leads off the curve.
    fn check(&self, secret: &SecretKey<C>, digest: &[u8], k: &C::Scalar) -> Result<(), Error> {
        let e = digest_number::<C>(digest)?;
        let minus_rd = Zeroizing::new(self.r.mul(secret.minus_scalar()));
        let ke = Zeroizing::new(k.mul(&e));
        let equation = self.s.add(&minus_rd).ct_eq(&ke);
        let again = Zeroizing::new(C::generator_multiples().mul(k));
        let sound = secret
            .is_intact()
            .and(equation)
            .and(again.has_x(self.point.x()))
            .and(self.point.is_on_curve())
            .and(x_mod_q(&self.point).ct_eq(&self.r));
        if sound.to_bool() {
            Ok(())
        } else {
            Err(Error::Fault)
        }
    }

    /// Step 6, in the byte order of the national profile.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![0; 2 * C::BYTES];
        let (r, s) = out.split_at_mut(C::BYTES);
        self.r.write_le_bytes(r);
        self.s.write_le_bytes(s);
        out
    }
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

fn x_mod_q<C: Curve>(point: &Affine<C>) -> C::Scalar {
    let mut bytes = [0; MAX_BYTES];
    point.x().write_le_bytes(&mut bytes[..C::BYTES]);
    C::Scalar::from_le_bytes_reduced(&bytes[..C::BYTES])
}
