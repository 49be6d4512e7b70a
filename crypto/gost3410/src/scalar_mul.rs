//! Multiples of points: one way for secret scalars, one for public ones.
//!
//! Both walk over the scalar in windows of four bits, most significant first.

use crypto_bigint::Choice;
use zeroize::Zeroizing;

use crate::{Curve, curve::MAX_BYTES, field::Residue, point::Point};

/// Multiples 0*P ... 15*P.
type Table<C> = [Point<C>; 16];

/// `scalar * point` in constant time: the sequence of operations and of memory addresses is the
/// same for all scalars.
pub(crate) fn mul<C: Curve>(point: &Point<C>, scalar: &C::Scalar) -> Point<C> {
    let table = table(point);
    let digits = Digits::<C>::new(scalar);
    let mut sum = Zeroizing::new(Point::IDENTITY);
    for window in (0..2 * C::BYTES).rev() {
        for _ in 0..4 {
            *sum = sum.double();
        }
        let addend = Zeroizing::new(look_up(&table, digits.digit(window)));
        *sum = sum.add(&addend);
    }
    *sum
}

/// `a * G + b * point`; the time depends on the scalars, so both must be public.
pub(crate) fn mul_add_vartime<C: Curve>(
    a: &C::Scalar,
    point: &Point<C>,
    b: &C::Scalar,
) -> Point<C> {
    let generator_table = table(&Point::<C>::GENERATOR);
    let point_table = table(point);
    let a = Digits::<C>::new(a);
    let b = Digits::<C>::new(b);
    let mut sum = Point::IDENTITY;
    for window in (0..2 * C::BYTES).rev() {
        for _ in 0..4 {
            sum = sum.double();
        }
        let (a, b) = (a.digit(window), b.digit(window));
        if a != 0 {
            sum = sum.add(&generator_table[usize::from(a)]);
        }
        if b != 0 {
            sum = sum.add(&point_table[usize::from(b)]);
        }
    }
    sum
}

fn table<C: Curve>(point: &Point<C>) -> Table<C> {
    let mut table = [Point::IDENTITY; 16];
    for i in 1..16 {
        table[i] = table[i - 1].add(point);
    }
    table
}

/// `table[digit]`, reading every entry.
fn look_up<C: Curve>(table: &Table<C>, digit: u8) -> Point<C> {
    let mut found = Point::IDENTITY;
    for (index, entry) in (0u8..).zip(table) {
        found = found.ct_select(entry, Choice::from_u8_eq(index, digit));
    }
    found
}

/// A scalar cut into four-bit digits; wiped when dropped.
struct Digits<C: Curve> {
    bytes: Zeroizing<[u8; MAX_BYTES]>,
    curve: core::marker::PhantomData<C>,
}

impl<C: Curve> Digits<C> {
    fn new(scalar: &C::Scalar) -> Self {
        let mut bytes = Zeroizing::new([0; MAX_BYTES]);
        scalar.write_le_bytes(&mut bytes[..C::BYTES]);
        Self {
            bytes,
            curve: core::marker::PhantomData,
        }
    }

    /// Digit `index` counted from the least significant; the index is public.
    fn digit(&self, index: usize) -> u8 {
        (self.bytes[index / 2] >> (4 * (index % 2))) & 0xF
    }
}
