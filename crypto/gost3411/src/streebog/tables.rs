//! S, P and L of clause 6 as one look-up per byte, for back ends that compute with tables.

use super::constants::{A, C, PI};
use super::state::Words;

/// `LPS[j][b]`: what byte `b` in word `j` contributes.
///
/// P moves byte `i` of word `j` to byte `j` of word `i`, and L works on each word alone. So byte `i`
/// of word `j` reaches word `i` of the result only, and the same table serves every `i`:
/// word `i` of LPS(x) is the sum over `j` of `LPS[j][byte i of x[j]]`.
#[repr(align(64))]
pub(super) struct Lps(pub(super) [[u64; 256]; 8]);

/// 16 KiB: half of the first-level cache of the processors one meets.
pub(super) static LPS: Lps = Lps(lps());

/// C_1 … C_12, least significant word first.
pub(super) static ITERATION: [Words; 12] = iteration();

const fn lps() -> [[u64; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut j = 0;
    while j < 8 {
        let mut byte = 0;
        while byte < 256 {
            tables[j][byte] = l_of_byte(PI[byte], j);
            byte += 1;
        }
        j += 1;
    }
    tables
}

/// l of clause 6 applied to a word that is zero except for byte `position`.
const fn l_of_byte(byte: u8, position: usize) -> u64 {
    let mut sum = 0;
    let mut bit = 0;
    while bit < 8 {
        if byte >> bit & 1 == 1 {
            sum ^= A[63 - (8 * position + bit)];
        }
        bit += 1;
    }
    sum
}

const fn iteration() -> [Words; 12] {
    let mut reversed = [[0; 8]; 12];
    let mut i = 0;
    while i < 12 {
        let mut word = 0;
        while word < 8 {
            reversed[i][word] = C[i][7 - word];
            word += 1;
        }
        i += 1;
    }
    reversed
}

#[cfg(test)]
mod tests {
    use super::super::constants::TAU;
    use super::super::state::{from_bytes, to_bytes};
    use super::*;

    /// Clause 6 step by step.
    fn lps_by_definition(x: &Words) -> Words {
        let substituted = to_bytes(x).map(|byte| PI[usize::from(byte)]);
        let permuted = TAU.map(|from| substituted[usize::from(from)]);
        from_bytes(&permuted).map(|word| {
            (0..64)
                .filter(|bit| word >> bit & 1 == 1)
                .fold(0, |sum, bit| sum ^ A[63 - bit])
        })
    }

    #[test]
    fn the_tables_give_the_three_transformations_of_clause_6() {
        let mut x: Words =
            std::array::from_fn(|i| 0x0123_4567_89ab_cdef_u64.rotate_left(7 * i as u32));
        for _ in 0..100 {
            let by_tables: Words = std::array::from_fn(|i| {
                (0..8).fold(0, |sum, j| {
                    sum ^ LPS.0[j][usize::from(x[j].to_le_bytes()[i])]
                })
            });
            assert_eq!(by_tables, lps_by_definition(&x));
            x = by_tables;
        }
    }

    #[test]
    fn pi_and_tau_are_permutations() {
        let mut pi = PI;
        pi.sort_unstable();
        assert!(
            pi.iter()
                .enumerate()
                .all(|(i, &byte)| i == usize::from(byte))
        );
        let mut tau = TAU;
        tau.sort_unstable();
        assert!(
            tau.iter()
                .enumerate()
                .all(|(i, &byte)| i == usize::from(byte))
        );
    }
}
