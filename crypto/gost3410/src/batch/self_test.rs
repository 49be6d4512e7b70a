//! Whether eight sums side by side come out as one by one: asked once, before batches are trusted.
//!
//! The instructions are seldom used by anything else, so a wrong one would show here first: as
//! signatures that verify and should not.

use super::{Lane, Words, words};
use crate::{
    Tc26A512,
    curve::{MAX_BYTES, Parameters},
    field::Residue,
    point::Affine,
};

type Scalar = <Tc26A512 as Parameters>::Scalar;

/// Whether `matches` accepts the right r in the even lanes and rejects a wrong one in the odd lanes,
/// and the other way round.
///
/// Q is k*P with a known k, so z1*P + z2*Q = (z1 + z2*k)*P comes from the multiplication of the
/// base point, which has nothing in common with `matches`. Takes about a millisecond.
pub(super) fn passes(matches: impl Fn(&[Lane; 8], &[Words; 8]) -> [Option<bool>; 8]) -> bool {
    let numbers: [_; 8] = core::array::from_fn(|lane| {
        [0x35, 0x6A, 0xD4].map(|fill| {
            let mut bytes = [fill ^ lane as u8; MAX_BYTES];
            bytes[7 * lane] = 0x9C;
            Scalar::from_le_bytes_reduced(&bytes)
        })
    });
    let batch = numbers.map(|[z1, z2, k]| {
        let q = multiple(&k);
        Lane {
            z1: words(&z1),
            z2: words(&z2),
            q_x: words(q.x()),
            q_y: words(q.y()),
        }
    });
    let right = numbers.map(|[z1, z2, k]| {
        let mut x = [0; MAX_BYTES];
        multiple(&z1.add(&z2.mul(&k))).x().write_le_bytes(&mut x);
        Scalar::from_le_bytes_reduced(&x)
    });
    [0, 1].into_iter().all(|odd| {
        let is_right = |lane: usize| lane % 2 == odd;
        let r = core::array::from_fn(|lane| {
            if is_right(lane) {
                words(&right[lane])
            } else {
                words(&right[lane].add(&Scalar::ONE))
            }
        });
        matches(&batch, &r) == core::array::from_fn(|lane| Some(is_right(lane)))
    })
}

/// `scalar * P`; no scalar here is 0.
fn multiple(scalar: &Scalar) -> Affine<Tc26A512> {
    Tc26A512::generator_multiples()
        .mul(scalar)
        .to_affine()
        .into_option()
        .expect("no scalar here is 0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{generator, lanes::Portable, multiply, order};

    fn by_portable_lanes(batch: &[Lane; 8], r: &[Words; 8]) -> [Option<bool>; 8] {
        let table = multiply::generator_table::<Portable>(&generator());
        multiply::matches::<Portable>(&table, &order(), batch, r)
    }

    #[test]
    fn right_lanes_pass() {
        assert!(passes(by_portable_lanes));
    }

    #[test]
    fn lanes_that_accept_all_or_nothing_or_decide_nothing_do_not_pass() {
        for verdict in [Some(true), Some(false), None] {
            assert!(!passes(|_, _| [verdict; 8]), "{verdict:?}");
        }
    }

    #[test]
    fn one_wrong_lane_is_noticed() {
        // What right lanes say, without computing it for each of the cases.
        let (batch, r) = captured();
        let right = [
            by_portable_lanes(&batch, &r[0]),
            by_portable_lanes(&batch, &r[1]),
        ];
        for lane in 0..8 {
            for half in 0..2 {
                let wrong = |_: &[Lane; 8], asked: &[Words; 8]| {
                    let which = usize::from(asked == &r[1]);
                    let mut verdicts = right[which];
                    if which == half {
                        verdicts[lane] = verdicts[lane].map(|verdict| !verdict);
                    }
                    verdicts
                };
                assert!(!passes(wrong), "lane {lane}, half {half}");
            }
        }
    }

    /// The batch and both lists of r that [`passes`] asks about.
    fn captured() -> ([Lane; 8], [[Words; 8]; 2]) {
        let asked = core::cell::RefCell::new(Vec::new());
        assert!(passes(|batch, r| {
            asked.borrow_mut().push((*batch, *r));
            by_portable_lanes(batch, r)
        }));
        let asked = asked.into_inner();
        (asked[0].0, [asked[0].1, asked[1].1])
    }
}
