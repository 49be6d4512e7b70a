//! The modulus, and what is done modulo it.

use core::hint::black_box;

use zeroize::Zeroizing;

use super::limbs::{self, Limbs, MASK, MAX_LIMBS, Matrix, Rows};

/// An odd modulus m of `N` words, 2^(64N - 2) < m < 2^(64N), with `N` = 4 or 8.
///
/// For inverses of every number from 1 to m - 1 it has to be a prime.
#[derive(Debug)]
pub(crate) struct Modulus<const N: usize> {
    /// m with limbs from 0 to 2^62 - 1.
    pub(super) limbs: Limbs,
    pub(super) digits: Digits,
}

impl<const N: usize> Modulus<N> {
    /// Number of limbs of a number, with room for a sign and for at least 2^38 times m.
    pub(super) const LIMBS: usize = (64 * N).div_ceil(62);

    /// Precomputes what depends on the modulus only; in a `const` all of it happens at compile time.
    ///
    /// # Panics
    /// If the modulus is even or less than 2^(64N - 2), or if `N` is neither 4 nor 8.
    pub(crate) const fn new(words: [u64; N]) -> Self {
        assert!(N == 4 || N == 8, "a modulus has 4 or 8 words");
        assert!(words[0] & 1 == 1, "a modulus is odd");
        assert!(words[N - 1] >> 62 != 0, "a modulus fills its words");
        let limbs = limbs::from_words(&words);
        Self {
            limbs,
            digits: Digits::new(&limbs, Self::LIMBS),
        }
    }
}

/// m in digits from -2^61 to 2^61 - 1: the closer it is to a power of two, the more of them are 0.
#[derive(Debug)]
pub(super) struct Digits {
    digits: Limbs,
    /// Number of digits.
    len: usize,
    /// All digits from this one up to the topmost one, exclusive, are 0.
    low: usize,
    /// -1/m modulo 2^64.
    negated_inverse: u64,
}

impl Digits {
    const fn new(limbs: &Limbs, len: usize) -> Self {
        let mut digits = limbs::ZERO;
        let mut carry = 0;
        let mut i = 0;
        while i + 1 < len {
            let sum = limbs[i] + carry;
            digits[i] = centred(sum);
            carry = (sum - digits[i]) >> 62;
            i += 1;
        }
        digits[i] = limbs[i] + carry;

        let mut low = len - 1;
        while digits[low - 1] == 0 {
            low -= 1;
        }

        // Newton's iteration: an odd number is its own inverse modulo 2^3, and each round doubles the
        // bits.
        let word = limbs[0] as u64 | (limbs[1] as u64) << 62;
        let mut inverse = word;
        let mut bits = 3;
        while bits < 64 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(word.wrapping_mul(inverse)));
            bits *= 2;
        }
        Self {
            digits,
            len,
            low,
            negated_inverse: inverse.wrapping_neg(),
        }
    }

    /// The k from -2^61 to 2^61 - 1 for which `x` + k m is a multiple of 2^62.
    #[inline(always)]
    const fn cancelling(&self, x: i64) -> i64 {
        centred((x as u64).wrapping_mul(self.negated_inverse) as i64)
    }

    /// (a, b) becomes `matrix` (a, b) / 2^62 modulo m; |a| and |b| grow by at most m/2.
    ///
    /// For a multiple of m, less than 2^61 m, is added to make the division one without remainder.
    // Not inlined for the reasons given at the other functions that apply a matrix.
    #[inline(never)]
    pub(super) fn apply(&self, matrix: &Matrix, a: &mut Limbs, b: &mut Limbs) {
        let top = self.len - 1;
        let mut rows = Rows::default();
        rows.add_products(matrix, a[0], b[0]);
        let (upper, lower) = rows.lowest_words();
        let (k, l) = (self.cancelling(upper), self.cancelling(lower));
        rows.add_multiples(k, l, self.digits[0]);
        rows.carry();
        for i in 1..self.len {
            rows.add_products(matrix, a[i], b[i]);
            if i < self.low || i == top {
                rows.add_multiples(k, l, self.digits[i]);
            }
            (a[i - 1], b[i - 1]) = rows.carry();
        }
        (a[top], b[top]) = rows.lowest_words();
    }

    /// The number from 0 to m - 1 that equals `a` / 2^(62 `divisions`) modulo m; negated, if `negate`
    /// is -1 and not 0. There is at least one division, and |a| is less than 2^32 m.
    #[inline(never)]
    pub(super) fn canonical(&self, a: &Limbs, divisions: usize, negate: i64) -> Zeroizing<Limbs> {
        let top = self.len - 1;

        // Montgomery's reduction, a limb at a time. A carry stops at the limb above the lowest digits
        // until that limb has its own turn; it stays below 2^62 + 2^61 + 2^16.
        let mut wide = Zeroizing::new([0; 2 * MAX_LIMBS]);
        wide[..MAX_LIMBS].copy_from_slice(a);
        for start in 0..divisions {
            let x = &mut wide[start..start + self.len + 1];
            let k = self.cancelling(x[0]);
            let mut sum = (i128::from(x[0]) + limbs::product(k, self.digits[0])) >> 62;
            for (limb, digit) in x[1..self.low].iter_mut().zip(&self.digits[1..]) {
                sum += i128::from(*limb) + limbs::product(k, *digit);
                *limb = sum as i64 & MASK;
                sum >>= 62;
            }
            x[self.low] += sum as i64;
            sum = i128::from(x[top]) + limbs::product(k, self.digits[top]);
            x[top] = sum as i64 & MASK;
            x[self.len] += (sum >> 62) as i64;
        }

        // What is left is less than m in magnitude: m/2 and little more. So one addition suffices.
        // The masks are hidden from the compiler, which would otherwise branch around the addition.
        let negate = black_box(negate);
        let mut rest = Zeroizing::new(limbs::ZERO);
        let mut carry = 0;
        for i in 0..self.len {
            carry += (wide[divisions + i] ^ negate) - negate;
            rest[i] = carry & MASK;
            carry >>= 62;
        }
        let is_negative = black_box(carry);
        carry = 0;
        for i in 0..self.len {
            carry += rest[i] + (self.digits[i] & is_negative);
            rest[i] = carry & MASK;
            carry >>= 62;
        }
        rest
    }
}

/// The number from -2^61 to 2^61 - 1 that equals `x` modulo 2^62.
#[inline(always)]
const fn centred(x: i64) -> i64 {
    x << 2 >> 2
}
