//! Eight 64-bit lanes that compute side by side, and who provides them: vector registers, or the
//! models of the tests.

#[cfg(target_arch = "x86_64")]
mod ifma;
#[cfg(not(target_arch = "x86_64"))]
mod none;
#[cfg(test)]
mod portable;
#[cfg(test)]
mod range;

use super::{
    Words,
    number::{Loose, Number},
};

#[cfg(target_arch = "x86_64")]
pub(super) use ifma::{Ifma, ifma};
#[cfg(not(target_arch = "x86_64"))]
pub(super) use none::{Ifma, ifma};
#[cfg(test)]
pub(super) use portable::Portable;
#[cfg(test)]
pub(super) use range::Range;

/// Which lanes: bit n stands for lane n.
pub(super) type Mask = u8;

/// A vector of eight 64-bit lanes.
///
/// Products are entry points of their own, so that each provider can compile them for its CPU.
pub(super) trait Lanes: Copy {
    /// The same value in every lane.
    fn splat(value: u64) -> Self;

    /// Word k of each row, lane n from row n, for all k.
    fn from_rows(rows: [&Words; 8]) -> [Self; 8];

    /// The inverse of [`Lanes::from_rows`].
    fn to_rows(words: [Self; 8]) -> [Words; 8];

    /// `self + other` modulo 2^64.
    fn add(self, other: Self) -> Self;

    /// `self - other` modulo 2^64.
    fn sub(self, other: Self) -> Self;

    /// Bitwise and.
    fn and(self, other: Self) -> Self;

    /// Bitwise or.
    fn or(self, other: Self) -> Self;

    /// `self * 2^bits` modulo 2^64; bits < 64.
    fn shift_left(self, bits: u32) -> Self;

    /// `self / 2^bits` rounded down; bits < 64.
    fn shift_right(self, bits: u32) -> Self;

    /// `self + a * b mod 2^52`, a and b being the low 52 bits of the arguments.
    fn madd_low(self, a: Self, b: Self) -> Self;

    /// `self + a * b / 2^52` rounded down, a and b being the low 52 bits of the arguments.
    fn madd_high(self, a: Self, b: Self) -> Self;

    /// Lanes where both are equal.
    fn equal(self, other: Self) -> Mask;

    /// `self` with the lanes of the mask taken from `other`.
    fn replace(self, mask: Mask, other: Self) -> Self;

    /// `self`, of which [`Lanes::madd_low`] and [`Lanes::madd_high`] shall see the low 52 bits only.
    ///
    /// Nothing to do, as they ignore the others; it tells the checker of ranges that this is meant.
    #[inline(always)]
    fn cut(self) -> Self {
        self
    }

    /// [`Number::times`].
    fn product(a: &Number<Self>, b: &Number<Self>) -> Loose<Self>;

    /// [`Number::squared`].
    fn square(a: &Number<Self>) -> Loose<Self>;

    /// [`Number::times_plus`].
    fn product_sum(
        a: &Number<Self>,
        b: &Number<Self>,
        c: &Number<Self>,
        d: &Number<Self>,
    ) -> Loose<Self>;
}
