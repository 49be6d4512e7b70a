//! Private keys: scalars d with 0 < d < q.

use crypto_bigint::Choice;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Curve, Error, PublicKey, field::Residue};

/// A private scalar with its public point; wiped when dropped, never printed.
pub struct SecretKey<C: Curve> {
    scalar: C::Scalar,
    /// q - d, so that a change of one of both in memory is noticed before it leaks the key.
    minus_scalar: C::Scalar,
    public: PublicKey<C>,
}

impl<C: Curve> SecretKey<C> {
    /// Reads [`Curve::BYTES`] little-endian bytes.
    ///
    /// # Errors
    /// [`Error::ScalarLength`]; [`Error::ScalarRange`] for 0 and for q and above. Only whether the
    /// range holds is not secret.
    pub fn from_le_bytes(bytes: &[u8]) -> Result<Self, Error> {
        check_length::<C>(bytes)?;
        let scalar = C::Scalar::from_le_bytes(bytes);
        let in_range = scalar.is_some();
        let scalar = Zeroizing::new(scalar.to_inner_unchecked());
        Self::from_scalar(&scalar, in_range)
    }

    /// Reads [`Curve::BYTES`] little-endian bytes and reduces them modulo q, as key containers of
    /// the NCA require.
    ///
    /// # Errors
    /// [`Error::ScalarLength`]; [`Error::ScalarRange`] for multiples of q.
    pub fn from_le_bytes_reduced(bytes: &[u8]) -> Result<Self, Error> {
        check_length::<C>(bytes)?;
        let scalar = Zeroizing::new(C::Scalar::from_le_bytes_reduced(bytes));
        Self::from_scalar(&scalar, Choice::TRUE)
    }

    /// The scalar: [`Curve::BYTES`] bytes, little-endian, less than q.
    pub fn to_le_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![0; C::BYTES]);
        self.scalar.write_le_bytes(&mut out);
        out
    }

    /// The public half d*G, computed when the key was read.
    pub fn public_key(&self) -> &PublicKey<C> {
        &self.public
    }

    pub(crate) fn scalar(&self) -> &C::Scalar {
        &self.scalar
    }

    pub(crate) fn minus_scalar(&self) -> &C::Scalar {
        &self.minus_scalar
    }

    /// Whether d is still what it was when the key was read.
    pub(crate) fn is_intact(&self) -> Choice {
        self.scalar.add(&self.minus_scalar).is_zero()
    }

    /// A bit flips in the first copy of the scalar, as by a fault of the memory.
    #[cfg(test)]
    pub(crate) fn disturb(&mut self) {
        self.scalar = self.scalar.add(&C::Scalar::ONE);
    }

    fn from_scalar(scalar: &C::Scalar, in_range: Choice) -> Result<Self, Error> {
        let usable = in_range.and(scalar.is_zero().not());
        if !usable.to_bool() {
            return Err(Error::ScalarRange);
        }
        let point = Zeroizing::new(C::generator_multiples().mul(scalar));
        let point = point.to_affine().into_option().expect("0 < d < q");
        Ok(Self {
            scalar: *scalar,
            minus_scalar: scalar.neg(),
            public: PublicKey::from_multiple(point),
        })
    }
}

impl<C: Curve> Drop for SecretKey<C> {
    fn drop(&mut self) {
        self.scalar.zeroize();
        self.minus_scalar.zeroize();
    }
}

impl<C: Curve> ZeroizeOnDrop for SecretKey<C> {}

/// [`Error::ScalarLength`] unless `bytes` has the length of a scalar.
pub(crate) fn check_length<C: Curve>(bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() == C::BYTES {
        Ok(())
    } else {
        Err(Error::ScalarLength {
            expected: C::BYTES,
            actual: bytes.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CryptoProA, Tc26A256, Tc26A512, sign_prehashed};

    /// One bit flips in memory after the key was read, in either copy of the scalar.
    fn check_disturbed_key<C: Curve>() {
        let mut bytes = vec![0; C::BYTES];
        bytes[1] = 5;
        let digest = vec![7; C::BYTES];
        let key = || SecretKey::<C>::from_le_bytes(&bytes).expect("in range");
        assert!(sign_prehashed(&key(), &digest, &[0; 32]).is_ok());

        let mut disturbed = key();
        disturbed.disturb();
        let signature = sign_prehashed(&disturbed, &digest, &[0; 32]);
        assert_eq!(signature, Err(Error::Fault));

        let mut disturbed = key();
        disturbed.minus_scalar = disturbed.minus_scalar.add(&C::Scalar::ONE);
        let signature = sign_prehashed(&disturbed, &digest, &[0; 32]);
        assert_eq!(signature, Err(Error::Fault));
    }

    #[test]
    fn a_signature_of_a_disturbed_key_is_not_released() {
        check_disturbed_key::<CryptoProA>();
        check_disturbed_key::<Tc26A256>();
        check_disturbed_key::<Tc26A512>();
    }
}
