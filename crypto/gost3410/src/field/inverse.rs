//! Inverses modulo a prime of 256 or 512 bits: in constant time for secrets, faster for public numbers.
//!
//! Numbers are little-endian words, less than the modulus, in no special representation. Both ways
//! reduce a pair of numbers to the pair (0, gcd) by 2x2 matrices that are found on single words, up
//! to 62 bits at a time, and apply the same matrices to a second pair modulo the modulus, where the
//! inverse appears:
//!
//! - [`invert`]: division steps of Bernstein and Yang, "Fast constant-time gcd computation and
//!   modular inversion" (TCHES 2019/3, <https://eprint.iacr.org/2019/266>), with delta starting at
//!   1/2, a fixed number of them;
//! - [`invert_vartime`]: the binary gcd of Pornin, "Optimized Binary GCD for Modular Inversion"
//!   (<https://eprint.iacr.org/2020/972>), skipping runs of zero bits.
//!
//! Each is the faster one for its purpose. In constant time the binary gcd needs 1023 steps instead
//! of 1180 for 512 bits, but a step has to compare numbers and costs more than a quarter more, and a
//! matrix takes up 31 steps instead of 60. In variable time the binary gcd takes about two steps at
//! once, and its numbers shrink faster.

mod binary_gcd;
#[cfg(test)]
mod bound;
mod divsteps;
mod limbs;
mod modulus;
#[cfg(test)]
mod tests;

use zeroize::{Zeroize, ZeroizeOnDrop};

use self::{
    binary_gcd::halve_31_times,
    divsteps::{BATCH, divsteps},
    limbs::Limbs,
};

pub(crate) use modulus::Modulus;

/// `1 / x` modulo m, and 0 for 0; `x` must be less than m.
///
/// Constant time: neither branches nor addresses depend on `x`.
pub(crate) fn invert<const N: usize>(x: &[u64; N], modulus: &Modulus<N>) -> [u64; N] {
    let mut state = State {
        f: modulus.limbs,
        g: limbs::from_words(x),
        d: limbs::ZERO,
        e: limbs::ONE,
    };
    let State { f, g, d, e } = &mut state;
    // -(delta + 1/2)
    let mut zeta = -1;
    let mut f_is_negative = 0;
    for batch in 0..Modulus::<N>::BATCHES {
        let steps = BATCH.min(Modulus::<N>::DIVSTEPS - BATCH * batch as u32);
        let (next_zeta, matrix) = divsteps(zeta, f[0], g[0], steps);
        zeta = next_zeta;

        // Steps look at the lowest bits only. So towards the end the upper limbs, which no step can
        // reach any more, are left out; of the last f, which is 1 or -1, bits 0 and 1 are made.
        let left = Modulus::<N>::BATCHES - batch;
        if left > 1 {
            limbs::apply(&matrix, f, g, left.min(Modulus::<N>::LIMBS));
        } else {
            f_is_negative = matrix.low_words(f[0], g[0], 63).0;
        }

        if batch < Modulus::<N>::UNREDUCED {
            limbs::apply_multiplied(&matrix, d, e, batch + 1);
        } else {
            modulus.digits.apply(&matrix, d, e);
        }
    }

    // Now g = 0 and f = 1 or -1, hence d x = f; or x = 0, then d has always been 0.
    let inverse = modulus
        .digits
        .canonical(d, Modulus::<N>::UNREDUCED, f_is_negative);
    limbs::to_words(&inverse)
}

/// `1 / x` modulo m, and 0 for 0; `x` must be less than m, and may become known through the time
/// this takes.
pub(crate) fn invert_vartime<const N: usize>(x: &[u64; N], modulus: &Modulus<N>) -> [u64; N] {
    if *x == [0; N] {
        return *x;
    }
    // a = u x and b = v x modulo m, up to the same power of two; b is odd.
    let (mut a, mut b) = (limbs::from_words(x), modulus.limbs);
    let (mut u, mut v) = (limbs::ONE, limbs::ZERO);
    let mut len = Modulus::<N>::LIMBS;
    let mut unreduced = 0;
    // Each time, 62 bits at least go from the total length of a and b, until a = 0.
    while !limbs::is_zero_vartime(&a, len) {
        let first = halve_31_times(&mut a, &mut b, &mut len);
        let matrix = if limbs::is_zero_vartime(&a, len) {
            first.shifted(31)
        } else {
            halve_31_times(&mut a, &mut b, &mut len).after(&first)
        };
        if unreduced < Modulus::<N>::UNREDUCED {
            unreduced += 1;
            limbs::apply_multiplied(&matrix, &mut u, &mut v, unreduced);
        } else {
            modulus.digits.apply(&matrix, &mut u, &mut v);
        }
    }

    // b is the gcd 1, hence v x = 1.
    limbs::to_words(&modulus.digits.canonical(&v, unreduced, 0))
}

/// What [`invert`] works on: f = d x and g = e x modulo m, up to the same power of two.
#[derive(Zeroize, ZeroizeOnDrop)]
struct State {
    f: Limbs,
    g: Limbs,
    d: Limbs,
    e: Limbs,
}

impl<const N: usize> Modulus<N> {
    /// Number of division steps after which g is 0, whatever x: 590 for an odd f < 2^256 and 1180 for
    /// an odd f < 2^512, if 0 <= g <= f at the beginning, and delta = 1/2.
    ///
    /// Source: the convex-hull method of Wuille and Maxwell,
    /// <https://github.com/sipa/safegcd-bounds>. Its formula (45907 bits + 26313) / 19929 for steps
    /// that begin with delta = 1/2 yields 591 and 1180, the method itself 590 for 256 bits, which
    /// O'Connor and Poelstra verified in Coq. The module `bound`, a test, repeats the proof for both
    /// widths.
    const DIVSTEPS: u32 = if N == 4 { 590 } else { 1180 };

    const BATCHES: usize = Self::DIVSTEPS.div_ceil(BATCH) as usize;

    /// Number of matrices that are applied to (d, e), or (u, v), as integers, without their
    /// denominators 2^62; the denominators follow at the end. 2^(62N) is still less than m.
    ///
    /// After all others, at most 20, which add m/2 each, numbers are less than 11 m.
    const UNREDUCED: usize = N;
}
