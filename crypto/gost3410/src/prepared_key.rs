//! Public keys that verify many signatures: authorities, time-stamping services, frequent signers.

use core::fmt;

use crate::{
    Curve, Error, PublicKey,
    scalar_mul::Multiples,
    verify::{Equation, has_x_mod_q},
};

/// A public key with a table of its multiples, for verification without doublings.
///
/// Takes 172 KiB for 512 bits and 44 KiB for 256, and the time of several verifications to make.
/// Nothing is kept behind the caller's back: whoever wants a cache of prepared keys bounds it
/// himself.
pub struct PreparedKey<C: Curve> {
    key: PublicKey<C>,
    multiples: Multiples<C>,
}

impl<C: Curve> PreparedKey<C> {
    /// Computes the table.
    pub fn new(key: &PublicKey<C>) -> Self {
        Self {
            key: *key,
            multiples: Multiples::new(key.point()),
        }
    }

    /// The key itself.
    pub fn public_key(&self) -> &PublicKey<C> {
        &self.key
    }

    /// Same verdict as [`crate::verify_prehashed`].
    ///
    /// # Errors
    /// Those of [`crate::verify_prehashed`].
    pub fn verify_prehashed(&self, digest: &[u8], signature: &[u8]) -> Result<(), Error> {
        let Equation { r, z1, z2 } = Equation::<C>::new(digest, signature)?;
        let sum = C::generator_multiples().mul_add_vartime(&z1, &self.multiples, &z2);
        has_x_mod_q::<C>(&r, |x| sum.has_x(x).to_bool())
    }
}

impl<C: Curve> fmt::Debug for PreparedKey<C> {
    /// As the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedKey").field(&self.key).finish()
    }
}
