//! GOST 28147-89 in simple substitution mode, four blocks under four keys at once.

/// Eight 32-bit subkeys, in the order of their use in the first round.
pub(super) type Key = [u32; 8];

/// Encrypts block `i` under key `i`.
///
/// The four computations do not depend on each other. Each alone waits most of the time for its own
/// table look-ups; taken round by round together they fill those gaps.
#[inline(always)]
pub(super) fn encrypt_four(keys: &[Key; 4], blocks: [u64; 4]) -> [u64; 4] {
    // N1 and N2 of the standard: the low and the high half of the block.
    let mut low = blocks.map(|block| block as u32);
    let mut high = blocks.map(|block| (block >> 32) as u32);
    // Instead of exchanging the halves after each round, their roles alternate.
    for _ in 0..3 {
        for pair in 0..4 {
            round(keys, 2 * pair, &mut high, &low);
            round(keys, 2 * pair + 1, &mut low, &high);
        }
    }
    for pair in (0..4).rev() {
        round(keys, 2 * pair + 1, &mut high, &low);
        round(keys, 2 * pair, &mut low, &high);
    }
    // After the last round the halves are not exchanged.
    core::array::from_fn(|i| u64::from(high[i]) | u64::from(low[i]) << 32)
}

#[inline(always)]
fn round(keys: &[Key; 4], subkey: usize, target: &mut [u32; 4], source: &[u32; 4]) {
    for i in 0..4 {
        target[i] ^= substitute(source[i].wrapping_add(keys[i][subkey]));
    }
}

/// Substitution of all eight 4-bit groups, then rotation by 11 bits to the left.
#[inline(always)]
fn substitute(sum: u32) -> u32 {
    let [b0, b1, b2, b3] = sum.to_le_bytes().map(usize::from);
    TABLES[0][b0] ^ TABLES[1][b1] ^ TABLES[2][b2] ^ TABLES[3][b3]
}

/// Node i replaces the i-th 4-bit group counted from the least significant one; column = input.
///
/// GOST R 34.11-94 appendix A (id-GostR3411-94-TestParamSet of RFC 4357 section 11.2): the
/// parameters of GOST 34.311-95 in the national PKI.
const NODES: [[u8; 16]; 8] = [
    [4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3],
    [14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9],
    [5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11],
    [7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3],
    [6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2],
    [4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14],
    [13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12],
    [1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12],
];

/// For each byte of the sum: its two substituted groups in place, rotated.
static TABLES: [[u32; 256]; 4] = tables();

const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 4 {
        let mut value = 0;
        while value < 256 {
            let low = NODES[2 * byte][value & 15] as u32;
            let high = NODES[2 * byte + 1][value >> 4] as u32;
            tables[byte][value] = ((high << 4 | low) << (8 * byte)).rotate_left(11);
            value += 1;
        }
        byte += 1;
    }
    tables
}
