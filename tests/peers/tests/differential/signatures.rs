//! Keys and digests that everybody signs and everybody verifies.

use num_bigint::BigUint;
use tamga_peers::foreign::Quirk;

use crate::{curve_numbers::CurveNumbers, keys, random::Random};

/// Random pairs for each curve.
const RANDOM: usize = 120;

/// A private scalar and what it signs.
pub(crate) struct ToSign {
    pub(crate) secret: Vec<u8>,
    pub(crate) digest: Vec<u8>,
}

/// Edge digests with edge keys, then random ones.
pub(crate) fn to_sign(numbers: &CurveNumbers) -> Vec<ToSign> {
    let mut random = Random::of(&format!("signatures of {}", numbers.curve.name()));
    let mut secrets = keys::ends(numbers).into_iter().cycle();
    let mut all = Vec::new();
    for digest in digests(numbers) {
        for _ in 0..8 {
            all.push(ToSign {
                secret: numbers.le(&secrets.next().expect("a cycle")),
                digest: digest.clone(),
            });
        }
    }
    for _ in 0..RANDOM {
        all.push(ToSign {
            secret: numbers.le(&random.number_below(&numbers.q)),
            digest: random.bytes(numbers.bytes()),
        });
    }
    all
}

/// Digests where the reduction modulo q and the reading of bytes go wrong.
pub(crate) fn digests(numbers: &CurveNumbers) -> Vec<Vec<u8>> {
    let (p, q, one) = (&numbers.p, &numbers.q, BigUint::from(1_u8));
    let mut random = Random::of(&format!("digests of {}", numbers.curve.name()));
    let largest = numbers.limit() - 1_u8;
    let mut all: Vec<Vec<u8>> = [
        BigUint::ZERO,
        one.clone(),
        q - 1_u8,
        q.clone(),
        q + 1_u8,
        q * 2_u8,
        q * 3_u8 + 1_u8,
        p.clone(),
        &largest - 1_u8,
        largest.clone(),
        q >> 1_u8,
        one << (8 * numbers.bytes() - 1),
    ]
    .iter()
    .filter(|number| **number <= largest)
    .map(|number| numbers.le(number))
    .collect();
    // Zeros in front and behind.
    for zeros in [1, 7, numbers.bytes() / 2, numbers.bytes() - 1] {
        let digest = random.bytes(numbers.bytes());
        let mut front = digest.clone();
        front[..zeros].fill(0);
        let mut behind = digest;
        behind[numbers.bytes() - zeros..].fill(0);
        all.extend([front, behind]);
    }
    all
}

/// Deviations that show with this digest, whatever the key.
pub(crate) fn shown_by_digest(numbers: &CurveNumbers, digest: &[u8]) -> Vec<Quirk> {
    if BigUint::from_bytes_le(digest) % &numbers.q != BigUint::ZERO {
        Vec::new()
    } else if digest.iter().all(|byte| *byte == 0) {
        vec![Quirk::NoDigestOfZero]
    } else {
        vec![Quirk::NoDigestOfZero, Quirk::ZeroBeforeReduction]
    }
}
