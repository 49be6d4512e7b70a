//! z1*P + z2*Q for eight independent (z1, z2, Q), and the comparison with r.
//!
//! Straus with digits of fixed width: 510 doublings, 102 additions of multiples of Q from tables made
//! for the batch and 52 of multiples of the base point P from one table shared by all.
//! Neither doubling nor addition looks at what happens in a lane; see [`super::point`] for
//! why a lane that met an exception shows it at the end.

use super::{
    Lane, Words,
    lanes::Lanes,
    number::Number,
    point::{Affine, Jacobian, Walk},
    recoding::Odd,
    table::{Row, normalize, pick, walk},
};

/// Width of the digits for Q: 16 odd multiples, which pays for itself at 102 additions.
const WIDTH: u32 = 5;
const MULTIPLES: usize = 1 << (WIDTH - 1);

/// Width of the digits for P; twice [`WIDTH`], so that both end at bit 0.
const GENERATOR_WIDTH: u32 = 2 * WIDTH;
/// P, 3*P, ..., 1023*P: 64 KiB.
pub(super) const GENERATOR_MULTIPLES: usize = 1 << (GENERATOR_WIDTH - 1);

/// Weight of the highest digits: 512 bits are 51 digits of ten bits and two bits more.
const TOP: u32 = 510;

/// Odd multiples of the base point.
#[inline(always)]
pub(super) fn generator_table<V: Lanes>(generator: &Row) -> Box<[Row; GENERATOR_MULTIPLES]> {
    const ROUNDS: usize = GENERATOR_MULTIPLES / MULTIPLES;
    let generator = pick::<V>([generator; 8]);
    // P, 3*P, ..., 31*P are the same in each lane.
    let (start, z) = Walk::odd_multiples(&generator);
    let first = walk::<V, MULTIPLES>(&start, &z);
    // From each of them in steps of 32*P: half of them in one walk, half in another.
    let mut step = generator.to_jacobian(0);
    for _ in 0..WIDTH {
        step = step.double();
    }
    let step = normalize(&step);

    let mut table = vec![[[0; 8]; 2]; GENERATOR_MULTIPLES].into_boxed_slice();
    for (half, first) in first.as_chunks::<8>().0.iter().enumerate() {
        let start = Walk {
            point: pick(first.each_ref().map(|row| &row[0])),
            step,
        };
        let rows = walk::<V, ROUNDS>(&start, &Number::splat(1));
        for (round, row) in rows.iter().enumerate() {
            table[round * MULTIPLES + half * 8..][..8].copy_from_slice(row);
        }
    }
    table.try_into().expect("made with this length")
}

/// [`super::matches`].
#[inline(always)]
pub(super) fn matches<V: Lanes>(
    table: &[Row; GENERATOR_MULTIPLES],
    order: &Words,
    batch: &[Lane; 8],
    r: &[Words; 8],
) -> [Option<bool>; 8] {
    let sum = multiply_add::<V>(table, order, batch);
    let undecided = sum.z.is_zero();

    // x mod q = r if x is r or r + q, of which the latter must be less than p: X = x * Z^2.
    let zz = sum.z.square().carried();
    let second = r.each_ref().map(|r| second_candidate(r, order));
    let mut equal = 0;
    for candidate in [r, &second] {
        let candidate = Number::from_rows(candidate.each_ref());
        let difference = candidate.mul(&zz).sub::<1>(&sum.x.loose()).carried();
        equal |= difference.is_zero();
    }
    core::array::from_fn(|lane| (undecided >> lane & 1 == 0).then_some(equal >> lane & 1 == 1))
}

#[inline(always)]
fn multiply_add<V: Lanes>(
    table: &[Row; GENERATOR_MULTIPLES],
    order: &Words,
    batch: &[Lane; 8],
) -> Jacobian<V> {
    let q = Affine {
        x: Number::from_rows(batch.each_ref().map(|lane| &lane.q_x)),
        y: Number::from_rows(batch.each_ref().map(|lane| &lane.q_y)),
    };
    let (start, z) = Walk::odd_multiples(&q);
    let multiples = walk::<V, MULTIPLES>(&start, &z);
    let z1 = batch.each_ref().map(|lane| Odd::new(&lane.z1, order));
    let z2 = batch.each_ref().map(|lane| Odd::new(&lane.z2, order));

    let digits = Odd::digits(&z2, TOP, WIDTH, true);
    let first = pick::<V>(own_rows(&multiples, &digits.index));
    let mut sum = first.to_jacobian(digits.negative);
    let mut bit = TOP;
    loop {
        if bit.is_multiple_of(GENERATOR_WIDTH) {
            let digits = Odd::digits(&z1, bit, GENERATOR_WIDTH, bit == TOP);
            let addend = pick(digits.index.map(|index| &table[index]));
            sum = sum.add_affine(&addend, digits.negative);
        }
        if bit == 0 {
            return sum;
        }
        for _ in 0..WIDTH {
            sum = sum.double();
        }
        bit -= WIDTH;
        let digits = Odd::digits(&z2, bit, WIDTH, false);
        let addend = pick(own_rows(&multiples, &digits.index));
        sum = sum.add_affine(&addend, digits.negative);
    }
}

/// Row `index[lane]` of each lane's own table.
#[inline(always)]
fn own_rows<'a>(multiples: &'a [[Row; 8]; MULTIPLES], index: &[usize; 8]) -> [&'a Row; 8] {
    core::array::from_fn(|lane| &multiples[index[lane]][lane])
}

/// r + q if that is less than p, otherwise r again.
fn second_candidate(r: &Words, order: &Words) -> Words {
    let mut sum = [0; 8];
    let mut carry = false;
    for (sum, (r, order)) in sum.iter_mut().zip(r.iter().zip(order)) {
        (*sum, carry) = r.carrying_add(*order, carry);
    }
    // Less than p = 2^512 - 569: adding 569 reaches 2^512 neither now nor before.
    let (_, mut reaches) = sum[0].overflowing_add(569);
    for word in &sum[1..] {
        reaches &= *word == u64::MAX;
    }
    if carry || reaches { *r } else { sum }
}
