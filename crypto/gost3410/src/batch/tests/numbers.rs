//! Numbers modulo p: checks for any lanes, and the portable ones checked.

use super::*;
use crate::batch::{
    lanes::{Lanes, Portable},
    number::{LIMBS, Loose, Number},
};

/// Numbers as they may come in: below 2^512, and more of them near the ends than chance gives.
pub(in crate::batch) fn any_words() -> impl Strategy<Value = Words> {
    let edge = |distance: u64| {
        let distance = U512::from(distance);
        prop_oneof![
            Just(distance.to_words()),
            Just(p().wrapping_sub(&distance).to_words()),
            Just(U512::MAX.wrapping_sub(&distance).to_words()),
        ]
    };
    prop_oneof![2 => any::<Words>(), 1 => (0..600u64).prop_flat_map(edge)]
}

/// Limbs of a number, up to the bounds of [`Number`].
pub(in crate::batch) fn any_limbs() -> impl Strategy<Value = [u64; LIMBS]> {
    let limb = |top: u64| prop_oneof![0..=top, Just(0), Just(top), Just(top - 1)];
    let low = prop::array::uniform9(limb((1 << 52) - 1));
    (low, limb((1 << 44) + (1 << 12) - 1))
        .prop_map(|(low, top)| core::array::from_fn(|i| if i < 9 { low[i] } else { top }))
}

/// Lane n from row n; ten limbs are more than [`Lanes::from_rows`] takes at once.
fn from_limbs<V: Lanes>(rows: &[[u64; LIMBS]; 8]) -> Number<V> {
    let rows = rows.map(|row| {
        let mut words = [[0; 8]; 2];
        words.as_flattened_mut()[..LIMBS].copy_from_slice(&row);
        words
    });
    let low = V::from_rows(rows.each_ref().map(|row| &row[0]));
    let high = V::from_rows(rows.each_ref().map(|row| &row[1]));
    Number(core::array::from_fn(|i| {
        if i < 8 { low[i] } else { high[i - 8] }
    }))
}

/// The value modulo p.
fn value(limbs: &[u64; LIMBS]) -> U512 {
    let m = &modulus();
    let shift = U512::from(1u64 << 52);
    limbs.iter().rev().fold(U512::ZERO, |value, limb| {
        value.mul_mod(&shift, m).add_mod(&U512::from(*limb), m)
    })
}

/// The number modulo p.
fn reduced(words: &Words) -> U512 {
    U512::from_words(*words).rem_vartime(&modulus())
}

#[track_caller]
fn check<V: Lanes>(actual: Loose<V>, expected: impl Fn(usize) -> U512) {
    let rows = actual.carried().to_rows();
    for (lane, row) in rows.iter().enumerate() {
        assert_eq!(U512::from_words(*row), expected(lane), "lane {lane}");
    }
}

pub(in crate::batch) fn check_conversion<V: Lanes>(words: &[Words; 8]) {
    let number = Number::<V>::from_rows(words.each_ref());
    check(number.loose(), |lane| reduced(&words[lane]));
}

pub(in crate::batch) fn check_arithmetic<V: Lanes>(a: &[[u64; LIMBS]; 8], b: &[[u64; LIMBS]; 8]) {
    let m = &modulus();
    let (x, y) = (from_limbs::<V>(a), from_limbs::<V>(b));
    let (v, w) = (a.each_ref().map(value), b.each_ref().map(value));
    let product = |lane: usize| v[lane].mul_mod(&w[lane], m);
    check(x.loose(), |lane| v[lane]);
    check(x.mul(&y), product);
    check(x.square(), |lane| v[lane].mul_mod(&v[lane], m));
    check(x.mul_add_mul(&y, &y, &y), |lane| {
        product(lane).add_mod(&w[lane].mul_mod(&w[lane], m), m)
    });
    check(x.loose().add(&y.loose()), |lane| {
        v[lane].add_mod(&w[lane], m)
    });
    check(x.loose().sub::<1>(&y.loose()), |lane| {
        v[lane].sub_mod(&w[lane], m)
    });
    check(x.loose().sub::<8>(&x.mul(&y).shift_left(3)), |lane| {
        v[lane].sub_mod(&product(lane).mul_mod(&U512::from(8u8), m), m)
    });
    let mask = 0b0101_0011;
    check(x.mul(&y).negate_product(mask), |lane| {
        if mask >> lane & 1 == 1 {
            product(lane).neg_mod(m)
        } else {
            product(lane)
        }
    });
}

/// Numbers that are 0 modulo p count as 1.
pub(in crate::batch) fn check_inversion<V: Lanes>(words: &[Words; 8]) {
    let numbers = words.each_ref().map(|words| reduced(words).max(U512::ONE));
    let rows = numbers.map(|number| number.to_words());
    check(
        Number::<V>::from_rows(rows.each_ref()).invert().loose(),
        |lane| {
            numbers[lane]
                .invert_odd_mod(&p())
                .into_option()
                .expect("not 0")
        },
    );
}

pub(in crate::batch) fn check_zeros<V: Lanes>() {
    let p = *p().as_ref();
    let numbers = [
        U512::ZERO,
        U512::ONE,
        p.wrapping_sub(&U512::ONE),
        p,
        p.wrapping_add(&U512::ONE),
        U512::MAX,
        U512::ONE.shl_vartime(52),
        U512::ONE.shl_vartime(511),
    ]
    .map(|number| number.to_words());
    assert_eq!(
        Number::<V>::from_rows(numbers.each_ref()).is_zero(),
        0b0000_1001
    );
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn words_come_back_reduced(words in prop::array::uniform8(any_words())) {
        check_conversion::<Portable>(&words);
    }

    #[test]
    fn arithmetic_on_any_limbs_agrees_with_plain_integers(
        a in prop::array::uniform8(any_limbs()),
        b in prop::array::uniform8(any_limbs()),
    ) {
        check_arithmetic::<Portable>(&a, &b);
    }

    #[test]
    fn inverses_agree_with_plain_integers(words in prop::array::uniform8(any_words())) {
        check_inversion::<Portable>(&words);
    }
}

#[test]
fn zero_and_p_are_zero_and_their_neighbours_are_not() {
    check_zeros::<Portable>();
}

#[test]
fn the_largest_limbs_multiply_without_loss() {
    let mut largest = [(1 << 52) - 1; LIMBS];
    largest[9] = (1 << 44) + (1 << 12) - 1;
    check_arithmetic::<Portable>(&[largest; 8], &[largest; 8]);
}
