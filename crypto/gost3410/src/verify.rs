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
    Equation::new(digest, signature)?.check(public)
}

/// The numbers of steps 1 to 3 of section 6.2.
pub(crate) struct Parsed<C: Curve> {
    /// Not 0.
    pub(crate) e: C::Scalar,
    r: C::Scalar,
    s: C::Scalar,
}

impl<C: Curve> Parsed<C> {
    pub(crate) fn new(digest: &[u8], signature: &[u8]) -> Result<Self, Error> {
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
        Ok(Self {
            e,
            r: nonzero::<C>(r)?,
            s: nonzero::<C>(s)?,
        })
    }

    /// Step 5, with v = e^-1 mod q of step 4: z1 = s*v, z2 = -r*v.
    pub(crate) fn equation(&self, v: &C::Scalar) -> Equation<C> {
        Equation {
            r: self.r,
            z1: self.s.mul(v),
            z2: self.r.mul(v).neg(),
        }
    }
}

/// What is left to check: whether z1*P + z2*Q has an x with x mod q = r. None of the numbers is 0.
pub(crate) struct Equation<C: Curve> {
    pub(crate) r: C::Scalar,
    pub(crate) z1: C::Scalar,
    pub(crate) z2: C::Scalar,
}

impl<C: Curve> Equation<C> {
    /// Steps 1 to 5 of section 6.2.
    pub(crate) fn new(digest: &[u8], signature: &[u8]) -> Result<Self, Error> {
        let parsed = Parsed::<C>::new(digest, signature)?;
        let v = parsed
            .e
            .invert_vartime()
            .into_option()
            .expect("e is not 0 and q is prime");
        Ok(parsed.equation(&v))
    }

    /// Steps 6 and 7: C = z1*P + z2*Q has the x demanded.
    pub(crate) fn check(&self, key: &PublicKey<C>) -> Result<(), Error> {
        let c = mul_add_vartime(&self.z1, key.point(), &self.z2);
        has_x_mod_q::<C>(&self.r, |x| c.has_x(x))
    }
}

/// Steps 6 and 7: R = x_C mod q equals r if one of r, r + q, r + 2q, ... below p is x_C, which
/// saves the division that would give x_C.
pub(crate) fn has_x_mod_q<C: Curve>(
    r: &C::Scalar,
    has_x: impl Fn(&C::Field) -> bool,
) -> Result<(), Error> {
    let mut bytes = [0; MAX_BYTES];
    let candidate = &mut bytes[..C::BYTES];
    r.write_le_bytes(candidate);
    let order = order::<C>();
    loop {
        // None: the candidate is not below p.
        let x = C::Field::from_le_bytes(candidate)
            .into_option()
            .ok_or(Error::Mismatch)?;
        if has_x(&x) {
            return Ok(());
        }
        let mut carry = false;
        for (byte, add) in candidate.iter_mut().zip(&order) {
            let (sum, first) = byte.overflowing_add(*add);
            let (sum, second) = sum.overflowing_add(carry.into());
            *byte = sum;
            carry = first || second;
        }
        if carry {
            return Err(Error::Mismatch);
        }
    }
}

/// q, little-endian; zero above [`Curve::BYTES`].
pub(crate) fn order<C: Curve>() -> [u8; MAX_BYTES] {
    let mut order = [0; MAX_BYTES];
    C::Scalar::ZERO
        .sub(&C::Scalar::ONE)
        .write_le_bytes(&mut order[..C::BYTES]);
    order[0] += 1; // q is odd, so q - 1 is even and nothing carries
    order
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
