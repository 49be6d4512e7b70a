//! Residues modulo a prime: the one place that knows how numbers are represented.
//!
//! Everything above uses [`Residue`] only, so a faster representation (for instance one that
//! exploits p = 2^n - c) replaces the implementation below without touching points or signatures.

use core::fmt::Debug;

use crypto_bigint::{
    Choice, CtEq, CtLt, CtOption, CtSelect, Uint,
    modular::{ConstMontyForm, ConstMontyParams},
};
use zeroize::Zeroize;

/// An element of a prime field of fixed width; every operation runs in constant time unless it says
/// otherwise.
pub trait Residue: Copy + Debug + Default + Eq + Send + Sync + Zeroize + 'static {
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

    /// `self + self`.
    fn double(&self) -> Self {
        self.add(self)
    }

    /// Whether this is 0.
    fn is_zero(&self) -> Choice {
        self.ct_eq(&Self::ZERO)
    }
}

/// Montgomery residues of crypto-bigint; `MOD` is prime.
impl<MOD, const LIMBS: usize> Residue for ConstMontyForm<MOD, LIMBS>
where
    MOD: ConstMontyParams<LIMBS>,
{
    const BYTES: usize = Uint::<LIMBS>::BYTES;
    const ZERO: Self = ConstMontyForm::<MOD, LIMBS>::ZERO;
    const ONE: Self = ConstMontyForm::<MOD, LIMBS>::ONE;

    fn add(&self, other: &Self) -> Self {
        ConstMontyForm::add(self, other)
    }

    fn sub(&self, other: &Self) -> Self {
        ConstMontyForm::sub(self, other)
    }

    fn mul(&self, other: &Self) -> Self {
        ConstMontyForm::mul(self, other)
    }

    fn square(&self) -> Self {
        ConstMontyForm::square(self)
    }

    fn neg(&self) -> Self {
        ConstMontyForm::neg(self)
    }

    fn invert(&self) -> CtOption<Self> {
        ConstMontyForm::invert(self)
    }

    fn from_le_bytes(bytes: &[u8]) -> CtOption<Self> {
        let number = Uint::<LIMBS>::from_le_slice(bytes);
        let in_range = number.ct_lt(Self::MODULUS.as_ref());
        CtOption::new(Self::new(&number), in_range)
    }

    fn from_le_bytes_reduced(bytes: &[u8]) -> Self {
        // Montgomery multiplication by R^2 reduces every number of the width, also those above the
        // modulus.
        Self::new(&Uint::<LIMBS>::from_le_slice(bytes))
    }

    fn write_le_bytes(&self, out: &mut [u8]) {
        out.copy_from_slice(self.retrieve().to_le_bytes().as_slice());
    }

    fn ct_eq(&self, other: &Self) -> Choice {
        CtEq::ct_eq(self, other)
    }

    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        CtSelect::ct_select(self, other, choice)
    }
}
