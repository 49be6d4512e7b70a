//! The four keys of one step: GOST R 34.11-94 clause 5.1.

use super::{
    cipher::Key,
    state::{Number, xor},
};

/// K₁ … K₄ for the block `m` and the state `h`.
#[inline(always)]
pub(super) fn keys(m: Number, h: Number) -> [Key; 4] {
    // Steps 1 and 2: U = h, V = m, K₁ = P(U + V).
    let (u, v) = (h, m);
    let k1 = p(xor(u, v));
    // Steps 3 to 6, for j = 2, 3, 4: U = A(U) + C_j, V = A(A(V)), K_j = P(U + V).
    let (u, v) = (a(u), a(a(v)));
    let k2 = p(xor(u, v));
    let (u, v) = (xor(a(u), C3), a(a(v)));
    let k3 = p(xor(u, v));
    let (u, v) = (a(u), a(a(v)));
    let k4 = p(xor(u, v));
    [k1, k2, k3, k4]
}

/// A: y₄ ‖ y₃ ‖ y₂ ‖ y₁ becomes (y₁ + y₂) ‖ y₄ ‖ y₃ ‖ y₂.
#[inline(always)]
fn a([y1, y2, y3, y4]: Number) -> Number {
    [y2, y3, y4, y1 ^ y2]
}

/// P: byte k of number i becomes byte i of subkey k.
///
/// A transposition of 4 by 8 bytes, done as two of 4 by 4 side by side: pairs of bytes change places
/// first, pairs of pairs after.
#[inline(always)]
fn p([y1, y2, y3, y4]: Number) -> Key {
    let (y1, y2) = exchange::<8>(y1, y2, 0x00FF_00FF_00FF_00FF);
    let (y3, y4) = exchange::<8>(y3, y4, 0x00FF_00FF_00FF_00FF);
    let (y1, y3) = exchange::<16>(y1, y3, 0x0000_FFFF_0000_FFFF);
    let (y2, y4) = exchange::<16>(y2, y4, 0x0000_FFFF_0000_FFFF);
    let rows = [y1, y2, y3, y4];
    core::array::from_fn(|k| (rows[k % 4] >> (32 * (k / 4))) as u32)
}

/// Exchanges the bits of `second` under `mask` with those of `first` that lie `BITS` higher.
#[inline(always)]
fn exchange<const BITS: u32>(first: u64, second: u64, mask: u64) -> (u64, u64) {
    let difference = (first >> BITS ^ second) & mask;
    (first ^ difference << BITS, second ^ difference)
}

/// C₃; C₂ and C₄ are zero.
///
/// Clause 5.1 prints it as 1⁸0⁸1¹⁶0²⁴1¹⁶0⁸(0⁸1⁸)²1⁸0⁸(0⁸1⁸)⁴(1⁸0⁸)⁴, the most significant bit first.
const C3: Number = [
    0xFF00_FF00_FF00_FF00,
    0x00FF_00FF_00FF_00FF,
    0xFF00_00FF_00FF_FF00,
    0xFF00_FFFF_0000_00FF,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Clause 5.1: φ(i + 1 + 4(k - 1)) = 8i + k for i = 0 … 3, k = 1 … 8, bytes counted from 1.
        #[test]
        fn p_moves_every_byte_to_the_place_the_standard_gives_it(numbers: Number) {
            let input: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            let output: Vec<u8> = p(numbers).iter().flat_map(|subkey| subkey.to_le_bytes()).collect();
            for i in 0..=3 {
                for k in 1..=8 {
                    prop_assert_eq!(output[i + 1 + 4 * (k - 1) - 1], input[8 * i + k - 1]);
                }
            }
        }
    }

    #[test]
    fn c3_is_the_run_of_bits_the_standard_prints() {
        let mut bits = String::new();
        let mut run = |bit: &str, count: usize| bits += &bit.repeat(count);
        run("1", 8);
        run("0", 8);
        run("1", 16);
        run("0", 24);
        run("1", 16);
        run("0", 8);
        for _ in 0..2 {
            run("0", 8);
            run("1", 8);
        }
        run("1", 8);
        run("0", 8);
        for _ in 0..4 {
            run("0", 8);
            run("1", 8);
        }
        for _ in 0..4 {
            run("1", 8);
            run("0", 8);
        }
        let printed: String = C3
            .iter()
            .rev()
            .map(|number| format!("{number:064b}"))
            .collect();
        assert_eq!(printed, bits);
    }
}
