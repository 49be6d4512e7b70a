//! Numbers modulo p = 2^512 - 569, eight side by side, in ten limbs of 52 bits.
//!
//! The instructions multiply 52-bit numbers and ignore higher bits, so factors need all carries
//! done ([`Number`]) while sums do not ([`Loose`]): sums and products stay loose until they are
//! used as a factor. The bounds claimed here are proved by a test that runs the same code on ranges
//! instead of numbers.
//!
//! Ten limbs have room for 520 bits. Two facts fold what lies above:
//! 2^512 = 569 and 2^520 = 569 * 2^8 (mod p).

use super::{
    Words, coordinate,
    lanes::{Lanes, Mask},
    words,
};
use crate::field::invert_all_vartime;

/// Limbs of a number.
pub(super) const LIMBS: usize = 10;

const BITS: u32 = 52;
const LIMB: u64 = (1 << BITS) - 1;
/// Bits of the highest limb that are below 2^512.
const TOP_BITS: u32 = 512 - 9 * BITS;
const TOP_LIMB: u64 = (1 << TOP_BITS) - 1;
/// 2^512 mod p.
const FOLD_512: u64 = 569;
/// 2^520 mod p.
const FOLD_520: u64 = FOLD_512 << 8;

/// p in limbs.
const P: [u64; LIMBS] = {
    let mut limbs = [LIMB; LIMBS];
    limbs[0] -= FOLD_512 - 1;
    limbs[9] = TOP_LIMB;
    limbs
};

/// A factor: limbs 0 to 8 below 2^52, limb 9 below 2^44 + 2^12; hence less than 2*p.
#[derive(Clone, Copy)]
pub(super) struct Number<V>(pub(super) [V; LIMBS]);

/// A sum or product whose carries have not been done; every formula knows how large its limbs are.
///
/// Products have limbs below 2^57, sums of two products below 2^58.
#[derive(Clone, Copy)]
pub(super) struct Loose<V>(pub(super) [V; LIMBS]);

/// Repeats a block for limb 0 to 9, written out: a loop that the compiler leaves rolled would keep
/// the limbs in memory.
macro_rules! for_limbs {
    ($index:ident => $block:block) => {
        for_limbs!(@ $index $block 0 1 2 3 4 5 6 7 8 9)
    };
    (@ $index:ident $block:block $($value:literal)*) => {
        $({
            let $index: usize = $value;
            $block
        })*
    };
}

impl<V: Lanes> Number<V> {
    /// The same number in all lanes; it has 52 bits at most.
    #[inline(always)]
    pub(super) fn splat(number: u64) -> Self {
        let mut limbs = [V::splat(0); LIMBS];
        limbs[0] = V::splat(number);
        Self(limbs)
    }

    /// Lane n is the number n, each less than 2^512.
    #[inline(always)]
    pub(super) fn from_rows(rows: [&Words; 8]) -> Self {
        let words = V::from_rows(rows);
        let low = V::splat(LIMB);
        let mut limbs = [V::splat(0); LIMBS];
        for_limbs!(i => {
            let (word, shift) = (i * 52 / 64, (i * 52 % 64) as u32);
            let mut limb = words[word].shift_right(shift);
            if shift > 64 - BITS && word < 7 {
                limb = limb.or(words[word + 1].shift_left(64 - shift));
            }
            limbs[i] = limb.and(low);
        });
        Self(limbs)
    }

    /// The numbers of the lanes, each less than p.
    #[inline(always)]
    pub(super) fn to_rows(self) -> [Words; 8] {
        let limbs = self.reduced();
        let mut words = [V::splat(0); 8];
        for_limbs!(i => {
            let (word, shift) = (i * 52 / 64, (i * 52 % 64) as u32);
            words[word] = words[word].or(limbs[i].shift_left(shift));
            if shift > 64 - BITS && word < 7 {
                words[word + 1] = words[word + 1].or(limbs[i].shift_right(64 - shift));
            }
        });
        V::to_rows(words)
    }

    #[inline(always)]
    pub(super) fn loose(self) -> Loose<V> {
        Loose(self.0)
    }

    /// `self * other`.
    #[inline(always)]
    pub(super) fn mul(&self, other: &Self) -> Loose<V> {
        V::product(self, other)
    }

    /// `self * self`.
    #[inline(always)]
    pub(super) fn square(&self) -> Loose<V> {
        V::square(self)
    }

    /// `self * other + c * d`.
    #[inline(always)]
    pub(super) fn mul_add_mul(&self, other: &Self, c: &Self, d: &Self) -> Loose<V> {
        V::product_sum(self, other, c, d)
    }

    /// `1 / self`; no lane is 0.
    #[inline(always)]
    pub(super) fn invert(self) -> Self {
        // One after another, with one inversion for all: the 511 squarings of a power would take
        // longer, for each waits for the one before.
        let mut numbers = self.to_rows().map(|row| coordinate(&row));
        invert_all_vartime(&mut numbers);
        let rows = numbers.map(|number| words(&number));
        Self::from_rows(rows.each_ref())
    }

    /// Lanes that are 0 modulo p.
    #[inline(always)]
    pub(super) fn is_zero(&self) -> Mask {
        // Less than 2*p, so a multiple of p is 0 or p; limbs are unique.
        let (mut zero, mut p) = (Mask::MAX, Mask::MAX);
        for_limbs!(i => {
            zero &= self.0[i].equal(V::splat(0));
            p &= self.0[i].equal(V::splat(P[i]));
        });
        zero | p
    }

    /// The body of [`Lanes::product`].
    #[inline(always)]
    pub(super) fn times(&self, other: &Self) -> Loose<V> {
        let mut columns = Columns::zero();
        columns.add_product(self, other);
        columns.folded()
    }

    /// The body of [`Lanes::product_sum`].
    #[inline(always)]
    pub(super) fn times_plus(&self, other: &Self, c: &Self, d: &Self) -> Loose<V> {
        let mut columns = Columns::zero();
        columns.add_product(self, other);
        columns.add_product(c, d);
        columns.folded()
    }

    /// The body of [`Lanes::square`].
    #[inline(always)]
    pub(super) fn squared(&self) -> Loose<V> {
        let a = &self.0;
        let mut columns = Columns::<V>::zero();
        let t = &mut columns.0;
        // Products of different limbs occur twice.
        for_limbs!(i => {
            for_limbs!(j => {
                if j > i {
                    t[i + j] = t[i + j].madd_low(a[i], a[j]);
                }
            });
            for_limbs!(j => {
                if j > i {
                    t[i + j + 1] = t[i + j + 1].madd_high(a[i], a[j]);
                }
            });
        });
        for_limbs!(i => {
            t[2 * i] = t[2 * i].shift_left(1).madd_low(a[i], a[i]);
            t[2 * i + 1] = t[2 * i + 1].shift_left(1).madd_high(a[i], a[i]);
        });
        columns.folded()
    }

    /// Limbs of the number less than p.
    #[inline(always)]
    fn reduced(&self) -> [V; LIMBS] {
        // self + 569 reaches 2^512 just if self >= p; what is left below is then self - p.
        let mut sum = self.0;
        sum[0] = sum[0].add(V::splat(FOLD_512));
        propagate(&mut sum);
        let below = sum[9].shift_right(TOP_BITS).equal(V::splat(0));
        sum[9] = sum[9].and(V::splat(TOP_LIMB));
        for_limbs!(i => { sum[i] = sum[i].replace(below, self.0[i]); });
        sum
    }
}

impl<V: Lanes> Loose<V> {
    /// `self + other`.
    #[inline(always)]
    pub(super) fn add(mut self, other: &Self) -> Self {
        for_limbs!(i => { self.0[i] = self.0[i].add(other.0[i]); });
        self
    }

    /// `self - other + 2^F * 256 * p`, for limbs of `other` up to 2^(52 + F) - 2^F * 145664.
    ///
    /// 256 * p = 2^520 - 145664 has limbs of 52 ones but for the lowest: no limb of the difference
    /// is negative, and what is added stays below 2^(52 + F).
    #[inline(always)]
    pub(super) fn sub<const F: u32>(mut self, other: &Self) -> Self {
        for_limbs!(i => {
            let multiple = V::splat((LIMB + 1 - if i == 0 { FOLD_520 } else { 1 }) << F);
            self.0[i] = self.0[i].add(multiple.sub(other.0[i]));
        });
        self
    }

    /// `self * 2^bits`.
    #[inline(always)]
    pub(super) fn shift_left(mut self, bits: u32) -> Self {
        for_limbs!(i => { self.0[i] = self.0[i].shift_left(bits); });
        self
    }

    /// `-self` in the lanes of the mask, for products: limbs below 2^57, and again below 2^58.
    #[inline(always)]
    pub(super) fn negate_product(mut self, mask: Mask) -> Self {
        let negative = Number::splat(0).loose().sub::<6>(&self);
        for_limbs!(i => { self.0[i] = self.0[i].replace(mask, negative.0[i]); });
        self
    }

    /// Does the carries: limbs of any size below 2^63 make a number.
    #[inline(always)]
    pub(super) fn carried(mut self) -> Number<V> {
        // What is above 2^512 already comes down first, so that one walk suffices. It leaves
        // limb 9 below 2^44; the carry into it is below 2^12.
        let above = self.0[9].shift_right(TOP_BITS);
        self.0[9] = self.0[9].and(V::splat(TOP_LIMB));
        self.0[0] = self.0[0].madd_low(above, V::splat(FOLD_512));
        propagate(&mut self.0);
        Number(self.0)
    }
}

/// Leaves 52 bits in limbs 0 to 8.
#[inline(always)]
fn propagate<V: Lanes>(limbs: &mut [V; LIMBS]) {
    let low = V::splat(LIMB);
    for_limbs!(i => {
        if i < LIMBS - 1 {
            let carry = limbs[i].shift_right(BITS);
            limbs[i] = limbs[i].and(low);
            limbs[i + 1] = limbs[i + 1].add(carry);
        }
    });
}

/// A product before reduction: column k counts 2^(52 * k).
///
/// One product puts at most ten lower and ten upper halves into a column: below 2^56.4; two
/// products below 2^57.4.
struct Columns<V>([V; 2 * LIMBS]);

impl<V: Lanes> Columns<V> {
    #[inline(always)]
    fn zero() -> Self {
        Self([V::splat(0); 2 * LIMBS])
    }

    #[inline(always)]
    fn add_product(&mut self, a: &Number<V>, b: &Number<V>) {
        // Twenty columns, ten limbs and one more make 31 registers of 32. Sums of lower and upper
        // halves apart would be shorter chains, but spill.
        let t = &mut self.0;
        for_limbs!(i => {
            for_limbs!(j => { t[i + j] = t[i + j].madd_low(a.0[i], b.0[j]); });
            for_limbs!(j => { t[i + j + 1] = t[i + j + 1].madd_high(a.0[i], b.0[j]); });
        });
    }

    /// Brings columns 10 to 19 down.
    #[inline(always)]
    fn folded(self) -> Loose<V> {
        let t = &self.0;
        let fold = V::splat(FOLD_520);
        let mut low = [V::splat(0); LIMBS];
        for_limbs!(i => { low[i] = t[i]; });
        // The low 52 bits of a column times 2^520 mod p, and what is above them, one limb higher.
        for_limbs!(i => {
            if i < LIMBS - 1 {
                let column = t[i + LIMBS];
                low[i] = low[i].madd_low(column.cut(), fold);
                low[i + 1] = low[i + 1].madd_high(column.cut(), fold);
                low[i + 1] = low[i + 1].madd_low(column.shift_right(BITS), fold);
            }
        });
        // Column 19 is small, the upper half of two limbs 9 (or twice that): times 569 it has 52
        // bits, which leaves only the factor 2^8.
        let column = V::splat(0).madd_low(t[2 * LIMBS - 1], V::splat(FOLD_512));
        low[9] = low[9].add(column.shift_left(8));
        Loose(low)
    }
}
