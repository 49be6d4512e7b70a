//! Code that gives its secrets away on purpose: what the checks must catch before they are believed.
//!
//! Each function does what a careless signature library might do. `black_box` stands where the
//! compiler could otherwise turn a branch into a conditional move and make the leak go away.

use std::hint::black_box;

/// Length of the secrets here, in bytes.
pub const BYTES: usize = 32;

/// 2^61 - 1, a prime: a group small enough to be written in a line.
const P: u64 = (1 << 61) - 1;

/// `scalar * base` by double-and-add in the group of residues modulo 2^61 - 1 under multiplication:
/// adds only for bits that are set, so time and branches tell how many and which.
#[inline(never)]
pub fn double_and_add(scalar: &[u8; BYTES], base: u64) -> u64 {
    let mut sum = 1;
    for byte in scalar.iter().rev() {
        for bit in (0..8).rev() {
            sum = combine(sum, sum);
            if (byte >> bit) & 1 == 1 {
                sum = combine(sum, black_box(base));
            }
        }
    }
    sum
}

/// Compares from the front and stops at the first difference, so time and branches tell where it
/// is.
#[inline(never)]
pub fn early_exit_equal(a: &[u8; BYTES], b: &[u8; BYTES]) -> bool {
    for (a, b) in a.iter().zip(b) {
        if black_box(*a) != *b {
            return false;
        }
    }
    true
}

/// `scalar * base` as above with bytes for digits and a table indexed by them, so addresses, and
/// with them the cache, tell the digits.
#[inline(never)]
pub fn indexed_table(scalar: &[u8; BYTES], base: u64) -> u64 {
    let mut table = [1; 256];
    for digit in 1..256 {
        table[digit] = combine(table[digit - 1], base);
    }
    let table = black_box(table);
    let mut sum = 1;
    for byte in scalar.iter().rev() {
        for _ in 0..8 {
            sum = combine(sum, sum);
        }
        sum = combine(sum, table[usize::from(*byte)]);
    }
    sum
}

/// The group operation; itself in constant time, so that each control leaks in one way only.
#[inline(never)]
fn combine(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    let low = (wide as u64) & P;
    let high = (wide >> 61) as u64;
    let sum = low + high; // < 2 * P + 2
    let folded = (sum & P) + (sum >> 61); // <= P
    // P itself becomes 0 without a branch.
    folded & (((folded ^ P).wrapping_neg() >> 63).wrapping_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leaky_multiplications_are_right_otherwise() {
        let mut scalar = [0; BYTES];
        scalar[0] = 5;
        assert_eq!(double_and_add(&scalar, 3), 243);
        assert_eq!(indexed_table(&scalar, 3), 243);

        // 3^(P-1) = 1 and 3^P = 3 modulo P (Fermat).
        scalar[..8].copy_from_slice(&(P - 1).to_le_bytes());
        assert_eq!(double_and_add(&scalar, 3), 1);
        assert_eq!(indexed_table(&scalar, 3), 1);
        scalar[..8].copy_from_slice(&P.to_le_bytes());
        assert_eq!(double_and_add(&scalar, 3), 3);

        let scalar = std::array::from_fn(|i| (7 * i + 200) as u8);
        assert_eq!(double_and_add(&scalar, 3), indexed_table(&scalar, 3));
    }

    #[test]
    fn the_leaky_comparison_is_right_otherwise() {
        let a = [7; BYTES];
        assert!(early_exit_equal(&a, &a));
        for at in [0, 13, BYTES - 1] {
            let mut b = a;
            b[at] ^= 1;
            assert!(!early_exit_equal(&a, &b));
        }
    }
}
