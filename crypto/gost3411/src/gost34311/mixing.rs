//! The output transformation of the step: powers of a shift register over 16-bit words.
//!
//! The standard's ψ moves sixteen words y₁ … y₁₆ down by one place and puts
//! y₁ + y₂ + y₃ + y₄ + y₁₃ + y₁₆ on top. So ψᵏ of (x₀ … x₁₅) is (xₖ … xₖ₊₁₅) of the sequence with
//!
//! ```text
//! xₙ₊₁₆ = xₙ + xₙ₊₁ + xₙ₊₂ + xₙ₊₃ + xₙ₊₁₂ + xₙ₊₁₅                                (1)
//! ```
//!
//! whose polynomial is f(t) = t¹⁶ + t¹⁵ + t¹² + t³ + t² + t + 1. Every multiple of f gives another
//! relation of the same sequence. The three below were found by search; they let four words be
//! computed at once in a 64-bit number, and jump 74 places instead of walking:
//!
//! ```text
//! xₙ₊₁₉ = xₙ + xₙ₊₂ + xₙ₊₄ + xₙ₊₆ + xₙ₊₁₂ + xₙ₊₁₃ + xₙ₊₁₄    f(t) (t + 1)³      (2)
//! xₙ    = xₙ₊₄ + xₙ₊₁₂ + xₙ₊₁₃ + xₙ₊₁₅ + xₙ₊₁₇               f(t) (t + 1)       (3)
//! xₙ₊₇₄ = xₙ₋₅ + xₙ₋₄ + xₙ₊₂ + xₙ₊₅ + xₙ₊₆ + xₙ₊₁₁           6 terms            (4)
//! ```

use super::state::{Number, xor};

/// Four neighbouring words of a sequence; the first one in the low bits.
type Quad = u64;

/// ψ⁶¹(h ⊕ ψ(m ⊕ ψ¹²(s))): GOST R 34.11-94 clause 5.3.
///
/// All three are one sequence that starts with `s`, where `m` is added at place 12 and `h` at place
/// 13; the result is its part from place 74.
#[inline(always)]
pub(super) fn mix(m: Number, s: Number, h: Number) -> Number {
    let early = twelve_back(xor(m, one_back(h)));
    seventy_four_on(xor(s, early))
}

/// ψ⁻¹.
#[inline(always)]
fn one_back([c0, c1, c2, c3]: Number) -> Number {
    let before = word_before(c0, c2, c3);
    [
        c0 << 16 | before,
        straddle::<3>(c0, c1),
        straddle::<3>(c1, c2),
        straddle::<3>(c2, c3),
    ]
}

/// ψ⁻¹²: three quads before `c0`.
#[inline(always)]
fn twelve_back([c0, c1, c2, c3]: Number) -> Number {
    let c4 = word_after(c0, c3);
    // (3) for four words; the neighbours share `straddle::<1>`.
    let (s2, s3) = (straddle::<1>(c2, c3), straddle::<1>(c3, c4));
    let b1 = c0 ^ c2 ^ s2 ^ s3 ^ straddle::<3>(c2, c3);
    let s1 = straddle::<1>(c1, c2);
    let b2 = b1 ^ c1 ^ s1 ^ s2 ^ straddle::<3>(c1, c2);
    let s0 = straddle::<1>(c0, c1);
    let b3 = b2 ^ c0 ^ s0 ^ s1 ^ straddle::<3>(c0, c1);
    [b3, b2, b1, c0]
}

/// ψ⁷⁴: the sequence from place -5 to 27, then relation (4).
#[inline(always)]
fn seventy_four_on([c0, c1, c2, c3]: Number) -> Number {
    // Backwards by (3); of the quad before that only the last word is wanted.
    let after = word_after(c0, c3);
    let b1 = c0 ^ c2 ^ straddle::<1>(c2, c3) ^ straddle::<3>(c2, c3) ^ straddle::<1>(c3, after);
    let b2 = word_before(b1, c1, c2) << 48;
    // Forwards by (2); neighbours share the sum of three quads.
    let (d4, d5, d6) = (b1 ^ c0 ^ c2, c0 ^ c1 ^ c3, c1 ^ c2);
    let c4 = forward(d4, d5, c2, c3);
    let d6 = d6 ^ c4;
    let c5 = forward(d5, d6, c3, c4);
    let d7 = c2 ^ c3 ^ c5;
    let c6 = forward(d6, d7, c4, c5);

    let jump = |two_before: Quad, before: Quad, here: Quad, after: Quad, two: Quad, three: Quad| {
        before
            ^ straddle::<1>(after, two)
            ^ straddle::<2>(here ^ after, after ^ two)
            ^ straddle::<3>(two_before ^ two, before ^ three)
    };
    [
        jump(b2, b1, c0, c1, c2, c3),
        jump(b1, c0, c1, c2, c3, c4),
        jump(c0, c1, c2, c3, c4, c5),
        jump(c1, c2, c3, c4, c5, c6),
    ]
}

/// Relation (2) for four words: `two` and `one` are the quads before the result, `sum` those 5, 4
/// and 2 quads before it, `next` the same sum one quad later.
#[inline(always)]
fn forward(sum: Quad, next: Quad, two: Quad, one: Quad) -> Quad {
    straddle::<1>(sum, next) ^ straddle::<3>(sum, next) ^ straddle::<2>(two, one)
}

/// The four words that start `WORDS` words after the start of `quad`.
#[inline(always)]
fn straddle<const WORDS: u32>(quad: Quad, next: Quad) -> Quad {
    quad >> (16 * WORDS) | next << (64 - 16 * WORDS)
}

/// Relation (1): the word after four quads, of which the first and the last matter.
#[inline(always)]
fn word_after(c0: Quad, c3: Quad) -> u64 {
    let pairs = c0 ^ c0 >> 32;
    (pairs ^ pairs >> 16 ^ c3 ^ c3 >> 48) & 0xFFFF
}

/// Relation (1) solved for its first word: the word before four quads, the second of which does not
/// matter.
#[inline(always)]
fn word_before(c0: Quad, c2: Quad, c3: Quad) -> u64 {
    (c0 ^ c0 >> 16 ^ c0 >> 32 ^ c2 >> 48 ^ c3 >> 32 ^ c3 >> 48) & 0xFFFF
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// ψ as the standard prints it.
    fn psi(y: [u16; 16]) -> [u16; 16] {
        let mut moved = y;
        moved.rotate_left(1);
        moved[15] = y[0] ^ y[1] ^ y[2] ^ y[3] ^ y[12] ^ y[15];
        moved
    }

    fn psi_times(times: usize, block: Number) -> Number {
        let words = core::array::from_fn(|i| (block[i / 4] >> (16 * (i % 4))) as u16);
        let words = (0..times).fold(words, |words, _| psi(words));
        core::array::from_fn(|i| {
            (0..4).fold(0, |quad, word| {
                quad | u64::from(words[4 * i + word]) << (16 * word)
            })
        })
    }

    proptest! {
        #[test]
        fn each_jump_is_the_walk_of_the_standard(block: Number) {
            prop_assert_eq!(psi_times(1, one_back(block)), block);
            prop_assert_eq!(psi_times(12, twelve_back(block)), block);
            prop_assert_eq!(seventy_four_on(block), psi_times(74, block));
        }

        #[test]
        fn mixing_is_the_composition_of_the_standard(m: Number, s: Number, h: Number) {
            let inner = psi_times(1, xor(m, psi_times(12, s)));
            prop_assert_eq!(mix(m, s, h), psi_times(61, xor(h, inner)));
        }
    }
}
