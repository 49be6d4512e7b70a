//! Making signatures: GOST R 34.10-2012 section 6.1.

use core::hint::black_box;

use zeroize::Zeroizing;

use crate::{
    Curve, Error, SecretKey, curve::MAX_BYTES, field::Residue, nonce::Nonces, point::Affine,
};

/// Signs a digest of [`Curve::BYTES`] bytes, in transmission order; returns `r ‖ s`, each
/// little-endian.
///
/// `entropy` must be 32 fresh random bytes; see the README for what happens if they are not. Before
/// the signature is released it is computed a second time, from a second copy of the key, so that a
/// disturbed computation does not leak the key; the README says what this does not cover.
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
            // Opaque, or the compiler might see that nothing changed.
            let e_again = digest_number::<C>(black_box(digest))?;
            numbers.check(secret, &e_again, &nonces.again::<C>())?;
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
        // ZZ and ZZZ tell bits of k, so they are wiped.
        let point = Zeroizing::new(C::generator_multiples().mul(k));
        let point = point.to_affine().into_option()?;
        let r = x_mod_q(&point);

        // Step 5: s = r*d + k*e mod q.
        let rd = Zeroizing::new(r.mul(secret.scalar()));
        let ke = Zeroizing::new(k.mul(e));
        let s = rd.add(&ke);
        let usable = r.is_zero().or(s.is_zero()).not();
        usable.to_bool().then_some(Self { point, r, s })
    }

    /// Whether r and s are what key, digest and nonce demand, `e` and `k` being read a second time.
    ///
    /// A fault that is not seen would let an attacker compute the private key from the result. This
    /// is the equation of verification, sharpened for whoever knows k: k*e = s - r*d, with -d from
    /// the key's second copy; as e is not 0, it holds for one k only and so compares both nonces.
    /// And k*P, computed again, has the x that r was made of. A wrong entry in the table of
    /// multiples leads off the curve.
    fn check(&self, secret: &SecretKey<C>, e: &C::Scalar, k: &C::Scalar) -> Result<(), Error> {
        let minus_rd = Zeroizing::new(self.r.mul(secret.minus_scalar()));
        let ke = Zeroizing::new(k.mul(e));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CryptoProA, Tc26A256, Tc26A512};

    /// Sound numbers and what they were made of.
    struct Sound<C: Curve> {
        secret: SecretKey<C>,
        e: C::Scalar,
        k: C::Scalar,
        numbers: Numbers<C>,
    }

    impl<C: Curve> Sound<C> {
        fn new() -> Self {
            let mut bytes = vec![0; C::BYTES];
            bytes[..3].copy_from_slice(&[1, 2, 3]);
            let secret = SecretKey::from_le_bytes(&bytes).expect("in range");
            let e = C::Scalar::from_le_bytes_reduced(&vec![0x35; C::BYTES]);
            let k = C::Scalar::from_le_bytes_reduced(&vec![0xA6; C::BYTES]);
            let numbers = Numbers::new(&secret, &e, &k).expect("r and s are not 0");
            let sound = Self {
                secret,
                e,
                k,
                numbers,
            };
            assert_eq!(sound.check(), Ok(()));
            sound
        }

        fn check(&self) -> Result<(), Error> {
            self.numbers.check(&self.secret, &self.e, &self.k)
        }

        /// The s that satisfies the equation for the r there is.
        fn mend_s(&mut self) {
            let rd = self.numbers.r.mul(self.secret.scalar());
            self.numbers.s = rd.add(&self.k.mul(&self.e));
        }
    }

    /// Each disturbance is one that a single check notices, or the pair that shares the nonce.
    fn check_disturbed<C: Curve>(disturb: impl Fn(&mut Sound<C>)) {
        let mut sound = Sound::new();
        disturb(&mut sound);
        assert_eq!(sound.check(), Err(Error::Fault));
    }

    /// One test for each disturbance, on each curve.
    macro_rules! faults {
        ($($name:ident: $disturb:expr;)*) => {$(
            #[test]
            fn $name() {
                check_disturbed::<CryptoProA>($disturb);
                check_disturbed::<Tc26A256>($disturb);
                check_disturbed::<Tc26A512>($disturb);
            }
        )*};
    }

    faults! {
        a_wrong_s_is_a_fault: |it| it.numbers.s = it.numbers.s.double();
        a_wrong_r_is_a_fault_even_if_s_fits_it: |it| {
            it.numbers.r = it.numbers.r.double();
            it.mend_s();
        };
        another_point_of_the_curve_is_a_fault_even_if_r_and_s_fit_it: |it| {
            it.numbers.point = Affine::GENERATOR;
            it.numbers.r = x_mod_q(&it.numbers.point);
            it.mend_s();
        };
        a_point_off_the_curve_is_a_fault_even_if_its_x_is_right: |it| {
            let point = &it.numbers.point;
            it.numbers.point = Affine::new(point.x(), &point.y().double()).to_inner_unchecked();
        };
        another_nonce_the_second_time_is_a_fault: |it| it.k = it.k.double();
        the_negative_nonce_the_second_time_is_a_fault: |it| it.k = it.k.neg();
        another_digest_the_second_time_is_a_fault: |it| it.e = it.e.double();
        a_key_disturbed_after_it_was_used_is_a_fault: |it| it.secret.disturb();
    }
}
