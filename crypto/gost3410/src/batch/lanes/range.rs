//! Lanes that compute with what values can be at least and at most, to prove that nothing overflows.

use super::{Lanes, Mask};
use crate::batch::{
    Words,
    number::{Loose, Number},
};

/// All values from `low` to `high`; every operation gives all results that values in the ranges of
/// its operands can have, and panics if one of them would not be what the operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::batch) struct Range {
    pub(in crate::batch) low: u64,
    pub(in crate::batch) high: u64,
}

const LOW_52: u64 = (1 << 52) - 1;

impl Range {
    pub(in crate::batch) fn up_to(high: u64) -> Self {
        Self { low: 0, high }
    }

    fn factor(self) -> Self {
        assert!(
            self.high <= LOW_52,
            "a factor of more than 52 bits would be cut: {self:?}"
        );
        self
    }
}

impl Lanes for Range {
    #[inline(never)]
    fn splat(value: u64) -> Self {
        Self {
            low: value,
            high: value,
        }
    }

    fn from_rows(_: [&Words; 8]) -> [Self; 8] {
        unreachable!("conversions are about bits, not about sizes")
    }

    fn to_rows(_: [Self; 8]) -> [Words; 8] {
        unreachable!("conversions are about bits, not about sizes")
    }

    #[inline(never)]
    fn add(self, other: Self) -> Self {
        let high = self.high.checked_add(other.high);
        Self {
            low: self.low + other.low,
            high: high.unwrap_or_else(|| panic!("{self:?} + {other:?} overflows")),
        }
    }

    #[inline(never)]
    fn sub(self, other: Self) -> Self {
        let low = self.low.checked_sub(other.high);
        Self {
            low: low.unwrap_or_else(|| panic!("{self:?} - {other:?} can be negative")),
            high: self.high - other.low,
        }
    }

    #[inline(never)]
    fn and(self, other: Self) -> Self {
        Self::up_to(self.high.min(other.high))
    }

    #[inline(never)]
    fn or(self, other: Self) -> Self {
        // No bit above the highest of either.
        let bits = u64::BITS - (self.high | other.high).leading_zeros();
        Self {
            low: self.low.max(other.low),
            high: u64::MAX.checked_shr(u64::BITS - bits).unwrap_or(0),
        }
    }

    #[inline(never)]
    fn shift_left(self, bits: u32) -> Self {
        assert!(
            bits <= self.high.leading_zeros(),
            "{self:?} * 2^{bits} overflows"
        );
        Self {
            low: self.low << bits,
            high: self.high << bits,
        }
    }

    #[inline(never)]
    fn shift_right(self, bits: u32) -> Self {
        Self {
            low: self.low >> bits,
            high: self.high >> bits,
        }
    }

    #[inline(never)]
    fn madd_low(self, a: Self, b: Self) -> Self {
        let high = u128::from(a.factor().high) * u128::from(b.factor().high);
        self.add(Self::up_to(high.min(LOW_52.into()) as u64))
    }

    #[inline(never)]
    fn madd_high(self, a: Self, b: Self) -> Self {
        let high = u128::from(a.factor().high) * u128::from(b.factor().high);
        self.add(Self::up_to((high >> 52) as u64))
    }

    /// In no lane; [`Range::replace`] takes both cases anyway.
    #[inline(never)]
    fn equal(self, _: Self) -> Mask {
        0
    }

    /// Either, in every lane.
    #[inline(never)]
    fn replace(self, _: Mask, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }

    #[inline(never)]
    fn cut(self) -> Self {
        Self::up_to(self.high.min(LOW_52))
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
