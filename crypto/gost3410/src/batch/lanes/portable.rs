//! Lanes on every machine: each operation as Intel's manual describes the vector instruction.
//!
//! Operations stay calls: a formula has thousands of them, and inlined they would compile for a minute.

use super::{Lanes, Mask};
use crate::batch::{
    Words,
    number::{Loose, Number},
};

/// Eight numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::batch) struct Portable([u64; 8]);

const LOW_52: u64 = (1 << 52) - 1;

impl Portable {
    fn each(self, other: Self, operation: impl Fn(u64, u64) -> u64) -> Self {
        let mut result = self;
        for (result, other) in result.0.iter_mut().zip(other.0) {
            *result = operation(*result, other);
        }
        result
    }
}

impl Lanes for Portable {
    #[inline(never)]
    fn splat(value: u64) -> Self {
        Self([value; 8])
    }

    fn from_rows(rows: [&Words; 8]) -> [Self; 8] {
        let mut words = [Self([0; 8]); 8];
        for (k, word) in words.iter_mut().enumerate() {
            for (lane, row) in rows.iter().enumerate() {
                word.0[lane] = row[k];
            }
        }
        words
    }

    fn to_rows(words: [Self; 8]) -> [Words; 8] {
        Self::from_rows(words.each_ref().map(|word| &word.0)).map(|row| row.0)
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        self.each(other, u64::wrapping_add)
    }

    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        self.each(other, u64::wrapping_sub)
    }

    #[inline(never)]
    fn and(self, other: Self) -> Self {
        self.each(other, |a, b| a & b)
    }

    #[inline(never)]
    fn or(self, other: Self) -> Self {
        self.each(other, |a, b| a | b)
    }

    #[inline(never)]
    fn shift_left(self, bits: u32) -> Self {
        Self(self.0.map(|value| value << bits))
    }

    #[inline(never)]
    fn shift_right(self, bits: u32) -> Self {
        Self(self.0.map(|value| value >> bits))
    }

    #[inline(never)]
    fn madd_low(self, a: Self, b: Self) -> Self {
        let product = a.each(b, |a, b| (a & LOW_52).wrapping_mul(b & LOW_52) & LOW_52);
        self.add(product)
    }

    #[inline(never)]
    fn madd_high(self, a: Self, b: Self) -> Self {
        let product = a.each(b, |a, b| {
            let product = u128::from(a & LOW_52) * u128::from(b & LOW_52);
            // 104 bits: the upper 52 fit.
            (product >> 52) as u64
        });
        self.add(product)
    }

    #[inline(never)]
    fn equal(self, other: Self) -> Mask {
        let pairs = self.0.iter().zip(other.0).enumerate();
        pairs.fold(0, |mask, (lane, (a, b))| mask | u8::from(*a == b) << lane)
    }

    #[inline(never)]
    fn replace(self, mask: Mask, other: Self) -> Self {
        let mut result = self;
        for (lane, (result, other)) in result.0.iter_mut().zip(other.0).enumerate() {
            if mask >> lane & 1 == 1 {
                *result = other;
            }
        }
        result
    }

    fn product(a: &Number<Self>, b: &Number<Self>) -> Loose<Self> {
        a.times(b)
    }

    fn square(a: &Number<Self>) -> Loose<Self> {
        a.squared()
    }

    fn product_sum(
        a: &Number<Self>,
        b: &Number<Self>,
        c: &Number<Self>,
        d: &Number<Self>,
    ) -> Loose<Self> {
        a.times_plus(b, c, d)
    }
}
