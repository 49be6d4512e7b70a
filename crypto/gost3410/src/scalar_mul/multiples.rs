//! Multiples of a point known beforehand: the base point, and keys that are used often.

use zeroize::Zeroizing;

use super::{
    look_up::look_up,
    recoding::{OddDigit, OddDigits},
};
use crate::{
    Curve,
    point::{Affine, Extended, Jacobian},
};

/// Odd multiples in a row.
const ENTRIES: usize = 1 << (OddDigits::WIDTH - 1);

/// For a point P: the rows (1, 3, 5, ..., 63) * 2^(12 i) * P.
///
/// A digit with an even position i takes its entry from row i / 2. The digits with odd positions
/// take theirs from the same rows; their sum is doubled six times before the others are added. 22
/// rows, 44 KiB, for 256 bits; 43 rows, 172 KiB, for 512.
pub(crate) struct Multiples<C: Curve> {
    rows: Box<[Row<C>]>,
}

/// Begins with a cache line, so that no entry shares one with its neighbour.
#[repr(align(64))]
struct Row<C: Curve>([Affine<C>; ENTRIES]);

impl<C: Curve> Multiples<C> {
    /// The width of digits for which [`Self::of_one`] has all odd numbers.
    pub(crate) const WIDTH: usize = OddDigits::WIDTH;

    /// Computes the table, in variable time: the point must be public and of order q.
    pub(crate) fn new(point: &Affine<C>) -> Self {
        // The points 2^(12 i) P and their doubles ...
        let rows = OddDigits::count::<C>().div_ceil(2);
        let mut bases = Vec::with_capacity(2 * rows);
        let mut base = Jacobian::from(*point);
        for _ in 0..rows {
            let twice = base.double();
            bases.push(base);
            bases.push(twice);
            base = twice;
            for _ in 1..2 * OddDigits::WIDTH {
                base = base.double();
            }
        }
        // ... give each row by additions of distinct points: 2B is added to B, 3B, ..., 61B.
        let mut entries = Vec::with_capacity(rows * ENTRIES);
        for pair in Jacobian::all_to_affine(&bases).chunks_exact(2) {
            let mut multiple = Extended::from(pair[0]);
            entries.push(multiple);
            for _ in 1..ENTRIES {
                multiple.add_distinct(&pair[1]);
                entries.push(multiple);
            }
        }
        let entries = Extended::all_to_affine_vartime(&entries);
        let (rows, _) = entries.as_chunks();
        Self {
            rows: rows.iter().map(|row| Row(*row)).collect(),
        }
    }

    /// The odd multiples 1 * P, 3 * P, ..., 63 * P.
    pub(crate) fn of_one(&self) -> &[Affine<C>; ENTRIES] {
        &self.rows[0].0
    }

    /// `scalar * P` in constant time, for 0 < scalar < q: the sequence of operations and of memory
    /// addresses is the same for all scalars.
    ///
    /// Only the last addition needs a formula for equal points. Let n be the number of digits.
    /// First the sum over odd positions, lowest first: |d_1 + ... + d_(i-2) 2^(6(i-3))| <= 63 (1 +
    /// 2^12 + ...) < 2^(6(i-1)) <= |d_i| 2^(6(i-1)), so the two points differ, and are not O. After
    /// six doublings this sum T is at least 1 farther from 0 than the greatest sum of digits at
    /// even positions (the difference of both bounds is exactly 1). So T + d_0 + ... never meets
    /// +-d_i 2^(6i) as an integer, and modulo q it can do so only if the integers reach q, which
    /// takes the last digit at least.
    pub(crate) fn mul(&self, scalar: &C::Scalar) -> Extended<C> {
        let digits = OddDigits::new::<C>(scalar);
        let count = OddDigits::count::<C>();
        let mut entry = Zeroizing::new(Affine::default());
        self.read(&digits, 1, &mut entry);
        let mut sum = Zeroizing::new(Extended::from(*entry));
        for position in (3..count).step_by(2) {
            self.read(&digits, position, &mut entry);
            sum.add_distinct(&entry);
        }
        for _ in 0..OddDigits::WIDTH {
            *sum = sum.double();
        }
        let last = (count - 1) & !1;
        for position in (0..last).step_by(2) {
            self.read(&digits, position, &mut entry);
            sum.add_distinct(&entry);
        }
        self.read(&digits, last, &mut entry);
        *sum = sum.add(&entry);
        sum.ct_negate_if(digits.negated())
    }

    /// `a * P + b * other's P`; the time depends on the scalars, which must be public.
    pub(crate) fn mul_add_vartime(
        &self,
        a: &C::Scalar,
        other: &Self,
        b: &C::Scalar,
    ) -> Extended<C> {
        let terms = [
            (self, OddDigits::new::<C>(a)),
            (other, OddDigits::new::<C>(b)),
        ];
        let count = OddDigits::count::<C>();
        // O: the default has ZZ = 0.
        let mut sum = Extended::default();
        for start in [1, 0] {
            for position in (start..count).step_by(2) {
                for (table, digits) in &terms {
                    let OddDigit { negative, index } = digits.digit(position);
                    let entry = &table.rows[position / 2].0[usize::from(index)];
                    let negative = negative.xor(digits.negated());
                    if negative.to_bool() {
                        sum.add_vartime(&entry.neg());
                    } else {
                        sum.add_vartime(entry);
                    }
                }
            }
            if start == 1 {
                for _ in 0..OddDigits::WIDTH {
                    sum = sum.double();
                }
            }
        }
        sum
    }

    /// The multiple a digit stands for, without its power of two; reads the whole row.
    fn read(&self, digits: &OddDigits, position: usize, entry: &mut Affine<C>) {
        let OddDigit { negative, index } = digits.digit(position);
        look_up(&self.rows[position / 2].0, index, entry);
        entry.ct_negate_if(negative);
    }
}
