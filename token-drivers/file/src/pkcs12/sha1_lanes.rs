//! SHA-1 of four short messages side by side (FIPS 180-4 section 6.1.2).
//!
//! Key derivation hashes its own output thousands of times, and a file asks for several derivations at once: one after
//! the other they wait for every rotation, side by side they share it. Only the instructions every processor has are
//! used, so nothing is chosen at run time. Data decide nothing: no branches, no table look-ups.

use wide::u32x4;
use zeroize::Zeroize;

/// Messages hashed at once.
pub(super) const LANES: usize = 4;

/// Octets of a digest.
pub(super) const DIGEST: usize = 20;

/// Replaces each of four digests by its own digest, `times` over.
pub(super) fn iterate(digests: &mut [[u8; DIGEST]; LANES], times: u32) {
    // One block: the digest, the bit behind it, its length in bits (section 5.1.1).
    let mut block = [u32x4::splat(0); 16];
    block[DIGEST / 4] = u32x4::splat(0x8000_0000);
    block[15] = u32x4::splat(8 * DIGEST as u32);
    for (at, word) in block[..DIGEST / 4].iter_mut().enumerate() {
        *word = u32x4::new(std::array::from_fn(|lane| {
            let octets = digests[lane][4 * at..][..4].try_into();
            u32::from_be_bytes(octets.expect("four of twenty octets"))
        }));
    }
    for _ in 0..times {
        let digest = compress(&block);
        block[..DIGEST / 4].copy_from_slice(&digest);
    }
    for (at, word) in block[..DIGEST / 4].iter_mut().enumerate() {
        let mut lanes = word.to_array();
        for (digest, word) in digests.iter_mut().zip(lanes) {
            digest[4 * at..][..4].copy_from_slice(&word.to_be_bytes());
        }
        lanes.zeroize();
        *word = u32x4::splat(0);
    }
    // Keeps the wiping above from being left out as a write nobody reads.
    std::hint::black_box(&block);
}

/// Initial hash value (section 5.3.1).
const INITIAL: [u32; 5] = [
    0x6745_2301,
    0xefcd_ab89,
    0x98ba_dcfe,
    0x1032_5476,
    0xc3d2_e1f0,
];

/// The hash of one padded block (section 6.1.2; the message schedule in a ring of 16 words, section 6.1.3).
#[inline(always)]
fn compress(block: &[u32x4; 16]) -> [u32x4; 5] {
    let mut w = *block;
    let initial = INITIAL.map(u32x4::splat);
    let [mut a, mut b, mut c, mut d, mut e] = initial;
    // The five variables change their roles instead of their values: unrolled, no word moves.
    macro_rules! step {
        ($t:expr, $f:expr, $k:expr, $a:ident $b:ident $c:ident $d:ident $e:ident) => {
            if $t >= 16 {
                let word = w[($t + 13) % 16] ^ w[($t + 8) % 16] ^ w[($t + 2) % 16] ^ w[$t % 16];
                w[$t % 16] = rotate_left::<1, 31>(word);
            }
            $e = rotate_left::<5, 27>($a) + $f($b, $c, $d) + $e + u32x4::splat($k) + w[$t % 16];
            $b = rotate_left::<30, 2>($b);
        };
    }
    macro_rules! five {
        ($t:expr, $f:expr, $k:expr) => {
            step!($t, $f, $k, a b c d e);
            step!($t + 1, $f, $k, e a b c d);
            step!($t + 2, $f, $k, d e a b c);
            step!($t + 3, $f, $k, c d e a b);
            step!($t + 4, $f, $k, b c d e a);
        };
    }
    macro_rules! twenty {
        ($t:expr, $f:expr, $k:expr) => {
            five!($t, $f, $k);
            five!($t + 5, $f, $k);
            five!($t + 10, $f, $k);
            five!($t + 15, $f, $k);
        };
    }
    // Ch, Parity, Maj (section 4.1.1) with the constants of section 4.2.1.
    let choose = |x: u32x4, y: u32x4, z: u32x4| z ^ (x & (y ^ z));
    let parity = |x: u32x4, y: u32x4, z: u32x4| x ^ y ^ z;
    let majority = |x: u32x4, y: u32x4, z: u32x4| (x & y) | (z & (x | y));
    twenty!(0, choose, 0x5a82_7999);
    twenty!(20, parity, 0x6ed9_eba1);
    twenty!(40, majority, 0x8f1b_bcdc);
    twenty!(60, parity, 0xca62_c1d6);
    [
        initial[0] + a,
        initial[1] + b,
        initial[2] + c,
        initial[3] + d,
        initial[4] + e,
    ]
}

#[inline(always)]
fn rotate_left<const LEFT: u32, const RIGHT: u32>(word: u32x4) -> u32x4 {
    (word << LEFT) | (word >> RIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha1::{Digest as _, Sha1};

    #[test]
    fn every_lane_is_what_sha_1_makes_of_its_own_message() {
        let mut numbers = tamga_test_support::Numbers(1);
        for times in [0, 1, 2, 3, 50] {
            let start: [[u8; DIGEST]; LANES] =
                std::array::from_fn(|_| std::array::from_fn(|_| numbers.draw() as u8));
            let mut found = start;
            iterate(&mut found, times);
            for (found, start) in found.iter().zip(start) {
                let expected = (0..times).fold(start, |value, _| Sha1::digest(value).into());
                assert_eq!(*found, expected, "{times}");
            }
        }
    }

    #[test]
    fn the_published_digest_of_twenty_zeros_comes_out() {
        let mut digests = [[0; DIGEST]; LANES];
        iterate(&mut digests, 1);
        for digest in digests {
            // `head -c 20 /dev/zero | sha1sum`
            assert_eq!(
                hex::encode(digest),
                "6768033e216468247bd031a0a2d9876d79818f8f"
            );
        }
    }
}
