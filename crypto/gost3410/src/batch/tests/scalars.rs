//! Scalars as odd digits.

use super::*;
use crate::batch::recoding::Odd as OddScalar;

/// The sum of the digits times their weights, modulo q.
fn value(digits: impl Iterator<Item = (u32, usize, bool)>) -> U512 {
    let m = &order();
    digits.fold(U512::ZERO, |sum, (bit, index, negative)| {
        let digit = U512::from(2 * index as u64 + 1);
        let term = digit.mul_mod(&U512::ONE.shl_vartime(bit).rem_vartime(m), m);
        if negative {
            sum.sub_mod(&term, m)
        } else {
            sum.add_mod(&term, m)
        }
    })
}

fn check(scalars: [U512; 8], width: u32) {
    let order = order().to_words();
    let odd = scalars.map(|scalar| OddScalar::new(&scalar.to_words(), &order));
    for (lane, scalar) in scalars.iter().enumerate() {
        let digits = (0..=510).rev().step_by(width as usize).map(|bit| {
            let digits = OddScalar::digits(&odd, bit, width, bit == 510);
            let index = digits.index[lane];
            assert!(index < 1 << (width - 1), "a place in the table");
            (bit, index, digits.negative >> lane & 1 == 1)
        });
        assert_eq!(&value(digits), scalar);
    }
}

#[test]
fn digits_of_scalars_at_the_ends_add_up() {
    let minus = |distance: u64| order().wrapping_sub(&U512::from(distance));
    let ends = [0u64, 1, 2, 31, 32].map(U512::from);
    let scalars = [
        ends[0],
        ends[1],
        ends[2],
        ends[3],
        ends[4],
        minus(1),
        minus(2),
        U512::ONE.shl_vartime(511),
    ];
    check(scalars, 5);
    check(scalars, 10);
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn digits_of_any_scalar_add_up(words in any::<[Words; 8]>()) {
        let scalars = words.map(|words| U512::from_words(words).rem_vartime(&order()));
        check(scalars, 5);
        check(scalars, 10);
    }
}
