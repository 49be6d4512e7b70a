//! Steps of the binary gcd on approximations of two numbers; not in constant time.

use super::limbs::{self, Limbs, MASK, Matrix};

/// Halvings per matrix: as many as the approximations have exact low bits.
const HALVINGS: u32 = 31;

/// Replaces the numbers a and b >= 0 of `len` limbs, b odd, by numbers >= 0 with the same gcd, such
/// that their total length is at least 31 bits shorter or a = 0; b stays odd. `len` follows.
///
/// The result is the matrix with the denominator 2^31, |u| + |v| <= 2^31 and |q| + |r| <= 2^31.
#[inline(always)]
pub(super) fn halve_31_times(a: &mut Limbs, b: &mut Limbs, len: &mut usize) -> Matrix {
    let (approximate_a, approximate_b) = approximations(a, b, *len);
    let mut matrix = halve_words(approximate_a, approximate_b);
    limbs::apply(&matrix.shifted(31), a, b, *len);

    // Wrong comparisons of approximations leave a small negative number, which is as good.
    if a[*len - 1] < 0 {
        negate(a, *len);
        (matrix.u, matrix.v) = (-matrix.u, -matrix.v);
    }
    if b[*len - 1] < 0 {
        negate(b, *len);
        (matrix.q, matrix.r) = (-matrix.q, -matrix.r);
    }
    while *len > 1 && a[*len - 1] | b[*len - 1] == 0 {
        *len -= 1;
    }
    matrix
}

/// Words that stand for both numbers (Pornin, section 3): of up to 64 bits the numbers themselves;
/// otherwise the lowest 31 bits, and above them 33 bits from the top of the longer number downwards.
#[inline(always)]
fn approximations(a: &Limbs, b: &Limbs, len: usize) -> (u64, u64) {
    let top = 64 - (a[len - 1] | b[len - 1]).leading_zeros();
    if len == 1 || len == 2 && top <= 2 {
        return ((a[0] | a[1] << 62) as u64, (b[0] | b[1] << 62) as u64);
    }
    let low = (1 << HALVINGS) - 1;
    let approximation = |x: &Limbs| {
        let upper = (u128::from(x[len - 1] as u64) << 62 | u128::from(x[len - 2] as u64)) << 2;
        (upper >> top) as u64 & !low | x[0] as u64 & low
    };
    (approximation(a), approximation(b))
}

/// The matrix of 31 halvings of a, before each of which the smaller number is subtracted from the
/// greater one if both are odd.
#[inline(always)]
fn halve_words(mut a: u64, mut b: u64) -> Matrix {
    // Each word holds the two coefficients of one number, u + v 2^32 and q + r 2^32: all are greater
    // than -2^31 and at most 2^31, so that they can be told apart at the end.
    let (mut of_a, mut of_b) = (1_u64, 1_u64 << 32);
    let mut left = HALVINGS;
    let mut zeros = a.trailing_zeros();
    while zeros < left {
        left -= zeros;
        a >>= zeros;
        of_b <<= zeros;
        // Both are odd: subtract b from a; if that is negative, b becomes a, and a the distance.
        // Masks, since a branch would be mispredicted half of the time.
        let (difference, is_less) = a.overflowing_sub(b);
        let less = u64::from(is_less).wrapping_neg();
        zeros = difference.trailing_zeros();
        let of_difference = of_a.wrapping_sub(of_b);
        b = b.wrapping_add(difference & less);
        a = (difference ^ less).wrapping_sub(less);
        of_b = of_b.wrapping_add(of_difference & less);
        of_a = (of_difference ^ less).wrapping_sub(less);
    }
    of_b <<= left;

    let (u, v) = coefficients(of_a);
    let (q, r) = coefficients(of_b);
    Matrix { u, v, q, r }
}

/// Takes a word of two coefficients apart.
#[inline(always)]
const fn coefficients(word: u64) -> (i64, i64) {
    const BIAS: i64 = 0x7fff_ffff;
    let biased = word.wrapping_add(BIAS as u64 * (1 + (1 << 32)));
    (
        (biased & 0xffff_ffff) as i64 - BIAS,
        (biased >> 32) as i64 - BIAS,
    )
}

/// Changes the sign of a number of `len` limbs.
fn negate(a: &mut Limbs, len: usize) {
    let mut carry = 0;
    for limb in &mut a[..len - 1] {
        carry -= *limb;
        *limb = carry & MASK;
        carry >>= 62;
    }
    a[len - 1] = carry - a[len - 1];
}
