//! Sums of multiples of points: a table of odd multiples for points known beforehand, doublings
//! for all others.

mod look_up;
mod multiples;
mod recoding;

use recoding::Sliding;

pub(crate) use multiples::Multiples;

use crate::{
    Curve,
    field::Residue,
    point::{Affine, Cached, Jacobian},
};

/// Width of the digits of a point seen for the first time: 8 odd multiples.
const WIDTH: usize = 5;

/// `a * P + b * point`, P being the base point; the time depends on the numbers, so all must be
/// public.
///
/// The doublings are shared (Straus), digits are in non-adjacent form.
pub(crate) fn mul_add_vartime<C: Curve>(
    a: &C::Scalar,
    point: &Affine<C>,
    b: &C::Scalar,
) -> Jacobian<C> {
    let generator = C::generator_multiples().of_one();
    let odd_multiples = odd_multiples(point);
    let a = Sliding::new::<C>(a, Multiples::<C>::WIDTH + 1);
    let b = Sliding::new::<C>(b, WIDTH);
    let mut sum = Jacobian::IDENTITY;
    for bit in (0..a.len().max(b.len())).rev() {
        sum = sum.double();
        match a.digit(bit) {
            0 => {}
            digit @ 1.. => sum = sum.add_affine(&generator[usize::from(digit.unsigned_abs() / 2)]),
            digit => sum = sum.add_affine(&generator[usize::from(digit.unsigned_abs() / 2)].neg()),
        }
        match b.digit(bit) {
            0 => {}
            digit @ 1.. => sum = sum.add(&odd_multiples[usize::from(digit.unsigned_abs() / 2)]),
            digit => sum = sum.add(&odd_multiples[usize::from(digit.unsigned_abs() / 2)].neg()),
        }
    }
    sum
}

/// `scalar * point`; the time depends on both.
pub(crate) fn mul_vartime<C: Curve>(point: &Affine<C>, scalar: &C::Scalar) -> Jacobian<C> {
    mul_add_vartime(&C::Scalar::ZERO, point, scalar)
}

/// 1, 3, 5, ... times the point.
fn odd_multiples<C: Curve>(point: &Affine<C>) -> [Cached<C>; 1 << (WIDTH - 2)] {
    let point = Jacobian::from(*point);
    let twice = Cached::from(point.double());
    let mut multiples = [Cached::from(point); 1 << (WIDTH - 2)];
    let mut last = point;
    for multiple in &mut multiples[1..] {
        last = last.add(&twice);
        *multiple = last.into();
    }
    multiples
}

#[cfg(test)]
mod tests;
