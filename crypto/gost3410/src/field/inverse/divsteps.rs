//! Division steps on the lowest words of two numbers, in constant time.
//!
//! One step, for an odd f and with delta half an odd number (Bernstein and Yang, section 8, and
//! Wuille's variant that begins with delta = 1/2):
//!
//! - g odd and delta > 0: 1 - delta, g, (g - f) / 2;
//! - g odd and delta < 0: 1 + delta, f, (g + f) / 2;
//! - g even: 1 + delta, f, g / 2.

use super::limbs::Matrix;

/// Division steps per matrix: three segments.
pub(super) const BATCH: u32 = 3 * SEGMENT;

/// Division steps that can be taken while words hold the bits of f and g together with their
/// coefficients.
const SEGMENT: u32 = 20;

/// A last segment that is shorter.
const HALF_SEGMENT: u32 = SEGMENT / 2;

/// Where in a word the two coefficients begin after a segment; below are `SEGMENT` bits of f or g.
const FIRST_AT: u32 = SEGMENT;
const SECOND_AT: u32 = FIRST_AT + SEGMENT + 2;

/// Takes `steps` division steps, a multiple of 10 from 20 to 60, on two numbers whose lowest 62 bits
/// are those of `f` and `g`: the new zeta, and the matrix with the denominator 2^62.
///
/// zeta is -(delta + 1/2), an integer whose sign tells whether delta > 0.
#[inline(always)]
pub(super) fn divsteps(zeta: i64, f: i64, g: i64, steps: u32) -> (i64, Matrix) {
    let (mut zeta, mut matrix) = segment::<SEGMENT>(zeta, f, g);
    let mut left = steps - SEGMENT;
    // A segment uses up as many correct bits as it has steps; the next ones find enough.
    let (mut f, mut g) = matrix.low_words(f, g, SEGMENT);
    while left >= SEGMENT {
        let (next_zeta, next) = segment::<SEGMENT>(zeta, f, g);
        zeta = next_zeta;
        matrix = next.after(&matrix);
        (f, g) = next.low_words(f, g, SEGMENT);
        left -= SEGMENT;
    }
    if left > 0 {
        let (next_zeta, next) = segment::<HALF_SEGMENT>(zeta, f, g);
        zeta = next_zeta;
        matrix = next.after(&matrix);
    }
    (zeta, matrix.shifted(62 - steps))
}

/// Takes `STEPS` <= [`SEGMENT`] division steps: the new zeta, and the matrix with the denominator
/// 2^`STEPS`.
///
/// A step does to the rows of the matrix what it does to f and g. So one word holds f and its row,
/// another one g and its row, and a step costs no more than on f and g alone: after i steps, with
/// the matrix ((u, v), (q, r)) / 2^i, the words are
///
/// f + (u 2^FIRST_AT + v 2^SECOND_AT) 2^(STEPS - i),
/// g + (q 2^FIRST_AT + r 2^SECOND_AT) 2^(STEPS - i).
///
/// In place of the two numbers, f and g begin with their lowest `STEPS` bits, taken as signed; so
/// they never exceed 2^(STEPS - 1). As |u| + |v| <= 2^i and |q| + |r| <= 2^i, words do not exceed
/// 2^62 + 2^20. Nor does their sum or difference exceed 2^63, for |v| = |r| = 2^i would make u = q = 0
/// and the matrix singular, but its determinant is 2^-i.
#[inline(always)]
fn segment<const STEPS: u32>(mut zeta: i64, f: i64, g: i64) -> (i64, Matrix) {
    let mut f = lowest_bits::<STEPS>(f) + (1 << (FIRST_AT + STEPS));
    let mut g = lowest_bits::<STEPS>(g) + (1 << (SECOND_AT + STEPS));
    // Five at a time: a loop of single steps is slower, and one without a jump not faster.
    for _ in 0..STEPS / 5 {
        (zeta, f, g) = divstep(zeta, f, g);
        (zeta, f, g) = divstep(zeta, f, g);
        (zeta, f, g) = divstep(zeta, f, g);
        (zeta, f, g) = divstep(zeta, f, g);
        (zeta, f, g) = divstep(zeta, f, g);
    }
    let (u, v) = coefficients(f);
    let (q, r) = coefficients(g);
    (zeta, Matrix { u, v, q, r })
}

/// Takes one division step on words that end in the lowest bits of f and g.
#[inline(always)]
const fn divstep(zeta: i64, f: i64, g: i64) -> (i64, i64, i64) {
    // All ones or 0: delta > 0; g odd; both.
    let positive = zeta >> 63;
    let odd = -(g & 1);
    let swap = positive & odd;
    // -f or f, for -f is the complement of f plus 1.
    let addend = (f ^ positive) - positive;
    let difference = (f ^ g) & swap;
    // For -(1 - delta + 1/2) is the complement of zeta minus 1, and -(1 + delta + 1/2) zeta minus 1.
    ((zeta ^ swap) - 1, f ^ difference, (g + (addend & odd)) >> 1)
}

/// The lowest `BITS` bits as a signed number.
#[inline(always)]
const fn lowest_bits<const BITS: u32>(x: i64) -> i64 {
    x << (64 - BITS) >> (64 - BITS)
}

/// The two coefficients in a word, both signed; what is left of f or g below them is dropped.
#[inline(always)]
const fn coefficients(word: i64) -> (i64, i64) {
    let rounded = word + (1 << (FIRST_AT - 1));
    let first = lowest_bits::<SECOND_AT>(rounded) >> FIRST_AT;
    let second = (rounded + (1 << (SECOND_AT - 1))) >> SECOND_AT;
    (first, second)
}
