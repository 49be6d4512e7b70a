//! Residues modulo a prime: the one place that knows how numbers are represented.
//!
//! Everything above uses [`Residue`] only. Coordinates are residues modulo p = 2^n - c, whose form
//! [`Crandall`] exploits; scalars are residues modulo q, which has no such form, and use Montgomery's.

mod crandall;
mod inverse;
mod montgomery;

pub(crate) use crandall::Crandall;
#[cfg(target_arch = "x86_64")]
pub(crate) use crandall::adx_passes;

use core::fmt::Debug;

use crypto_bigint::{Choice, CtOption};
use zeroize::Zeroize;

/// An element of a prime field of fixed width; every operation runs in constant time unless it says
/// otherwise.
pub(crate) trait Residue:
    Copy + Debug + Default + Eq + Send + Sync + Zeroize + 'static
{
    /// Length of an element in bytes.
    const BYTES: usize;
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;

    /// `self + other`.
    fn add(&self, other: &Self) -> Self;

    /// `self - other`.
    fn sub(&self, other: &Self) -> Self;

    /// `self * other`.
    fn mul(&self, other: &Self) -> Self;

    /// `self * self`.
    fn square(&self) -> Self;

    /// `-self`.
    fn neg(&self) -> Self;

    /// `1 / self`; none for 0.
    fn invert(&self) -> CtOption<Self>;

    /// `1 / self`; none for 0. Takes variable time.
    fn invert_vartime(&self) -> CtOption<Self>;

    /// Reads [`Self::BYTES`] little-endian bytes; none if the number is not less than the modulus.
    ///
    /// # Panics
    /// On another length; callers check it.
    fn from_le_bytes(bytes: &[u8]) -> CtOption<Self>;

    /// Reads [`Self::BYTES`] little-endian bytes and reduces the number.
    ///
    /// # Panics
    /// On another length; callers check it.
    fn from_le_bytes_reduced(bytes: &[u8]) -> Self;

    /// Writes [`Self::BYTES`] little-endian bytes.
    ///
    /// # Panics
    /// If `out` has another length; callers give the right one.
    fn write_le_bytes(&self, out: &mut [u8]);

    /// Whether both are the same number.
    fn ct_eq(&self, other: &Self) -> Choice;

    /// `self`, or `other` if `choice` is set.
    fn ct_select(&self, other: &Self, choice: Choice) -> Self;

    /// Joins the bits of `other` to those of `self` if `mask` is all ones, none if it is 0.
    ///
    /// The step of a look-up that reads every entry: it starts from [`Default`], all of whose bits
    /// are 0, and gathers one.
    fn gather(&mut self, other: &Self, mask: u64);

    /// `self + self`.
    fn double(&self) -> Self {
        self.add(self)
    }

    /// `3 * self`.
    fn triple(&self) -> Self {
        self.double().add(self)
    }

    /// Whether this is 0.
    fn is_zero(&self) -> Choice {
        self.ct_eq(&Self::ZERO)
    }
}

/// 1/v for every element of `values`, none of which is 0: one inversion for all (Montgomery's
/// trick). Takes variable time.
pub(crate) fn invert_all_vartime<F: Residue>(values: &mut [F]) {
    let mut products = Vec::with_capacity(values.len());
    let mut product = F::ONE;
    for value in &*values {
        products.push(product);
        product = product.mul(value);
    }
    let mut inverse = product
        .invert_vartime()
        .into_option()
        .expect("no factor is 0 and the modulus is prime");
    for (value, before) in values.iter_mut().zip(&products).rev() {
        let this = inverse.mul(before);
        inverse = inverse.mul(value);
        *value = this;
    }
}
