//! Private scalars whose multiples of the base point are compared.

use num_bigint::BigUint;

use crate::{curve_numbers::CurveNumbers, random::Random};

/// Random scalars for each curve.
const RANDOM: usize = 40;

/// Scalars with `0 < d < q`: the ends, every power of two and its neighbours, long runs of zeros and ones, random ones.
pub(crate) fn scalars(numbers: &CurveNumbers) -> Vec<BigUint> {
    let q = &numbers.q;
    let mut random = Random::of(&format!("scalars of {}", numbers.curve.name()));
    let mut all = ends(numbers);
    for power in 0..q.bits() {
        all.push(BigUint::from(1_u8) << power);
    }
    for power in (2..q.bits()).step_by(3) {
        let two: BigUint = BigUint::from(1_u8) << power;
        all.push(&two - 1_u8);
        all.push(q - two);
    }
    for _ in 0..RANDOM {
        let wide = random.number_below(q);
        // As long as it comes, and short: leading zero bytes.
        all.push(&wide >> random.below(8 * numbers.bytes()));
        all.push(runs(numbers, &mut random) % q);
        all.push(wide);
    }
    all.retain(|d| *d != BigUint::ZERO && d < q);
    all
}

/// The scalars where mistakes live.
pub(crate) fn ends(numbers: &CurveNumbers) -> Vec<BigUint> {
    let q = &numbers.q;
    let mut all: Vec<BigUint> = (1_u8..=17).map(BigUint::from).collect();
    all.extend((1_u8..=17).map(|step| q - step));
    // Halves; numbers of only even and only odd bits; the limits of limbs.
    all.extend([q >> 1_u8, (q >> 1_u8) + 1_u8]);
    all.extend(
        [0x55, 0xAA, 0x0F].map(|byte| BigUint::from_bytes_le(&vec![byte; numbers.bytes()]) % q),
    );
    all
}

/// Long runs of zeros and ones.
fn runs(numbers: &CurveNumbers, random: &mut Random) -> BigUint {
    let mut out = BigUint::ZERO;
    let mut one = false;
    while out.bits() < 8 * numbers.bytes() as u64 {
        let length = 1 + random.below(100);
        out <<= length;
        if one || out == BigUint::ZERO {
            out += (BigUint::from(1_u8) << length) - 1_u8;
        }
        one = !one;
    }
    out % numbers.limit()
}

#[test]
fn every_scalar_is_in_range() {
    for curve in tamga_peers::algorithm::Curve::ALL {
        let numbers = CurveNumbers::of(curve);
        for d in scalars(&numbers) {
            assert!(d > BigUint::ZERO && d < numbers.q, "{curve:?}: {d:x}");
        }
    }
}
