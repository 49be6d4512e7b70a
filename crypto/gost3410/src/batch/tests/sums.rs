//! z1*P + z2*Q and its comparison with r: by portable lanes, and by vectors where this CPU has them.

use std::sync::LazyLock;

use super::*;
use crate::batch::{lanes::Portable, multiply::GENERATOR_MULTIPLES, table::Row};

static TABLE: LazyLock<Box<[Row; GENERATOR_MULTIPLES]>> = LazyLock::new(|| {
    let (x, y) = generator().expect("not O");
    multiply::generator_table::<Portable>(&[x.to_words(), y.to_words()])
});

/// A lane and what it should be equal to.
#[derive(Clone, Copy)]
struct Case {
    z1: U512,
    z2: U512,
    q: (U512, U512),
    r: U512,
    expected: Option<bool>,
}

impl Case {
    /// With the r that belongs to it; z1*P + z2*Q must not be O.
    fn right(z1: U512, z2: U512, q: Point) -> Self {
        let c = sum(multiple(&z1, generator()), multiple(&z2, q));
        let (x, _) = c.expect("not O");
        Self {
            z1,
            z2,
            q: q.expect("not O"),
            r: x.rem_vartime(&order()),
            expected: Some(true),
        }
    }

    /// The same with another r.
    fn wrong(self) -> Self {
        Self {
            r: self.r.add_mod(&U512::ONE, &order()),
            expected: Some(false),
            ..self
        }
    }

    fn undecided(z1: U512, z2: U512, q: Point) -> Self {
        Self {
            z1,
            z2,
            q: q.expect("not O"),
            r: U512::ONE,
            expected: None,
        }
    }
}

#[track_caller]
fn check(cases: &[Case; 8]) {
    let batch = cases.map(|case| Lane {
        z1: case.z1.to_words(),
        z2: case.z2.to_words(),
        q_x: case.q.0.to_words(),
        q_y: case.q.1.to_words(),
    });
    let r = cases.map(|case| case.r.to_words());
    let expected = cases.map(|case| case.expected);
    let order = order().to_words();
    if let Some(ifma) = instructions() {
        let table = ifma.generator_table(&crate::batch::generator());
        assert_eq!(table, *TABLE);
        let by_vectors = ifma.matches(&table, &order, &batch, &r);
        assert_eq!(by_vectors, expected, "vectors");
    }
    let portable = multiply::matches::<Portable>(&TABLE, &order, &batch, &r);
    assert_eq!(portable, expected, "portable lanes");
}

fn scalar(words: &Words) -> U512 {
    U512::from_words(*words).rem_vartime(&order())
}

/// A point of which nobody knows the logarithm; any will do.
fn some_point() -> Point {
    multiple(
        &U512::from(0xC0FF_EE00_1234_5678_u64).shl_vartime(300),
        generator(),
    )
}

fn minus(distance: u64) -> U512 {
    order().wrapping_sub(&U512::from(distance))
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn sums_of_any_scalars_and_points_match_their_r_and_no_other(
        numbers in any::<[[Words; 3]; 8]>(),
        wrong in any::<[bool; 8]>(),
    ) {
        let cases: [Case; 8] = core::array::from_fn(|lane| {
            let [z1, z2, k] = numbers[lane].each_ref().map(scalar);
            let case = Case::right(z1, z2, multiple(&k, generator()));
            if wrong[lane] { case.wrong() } else { case }
        });
        check(&cases);
    }
}

#[test]
fn scalars_at_the_ends_match() {
    let q = some_point();
    check(&[
        Case::right(U512::ZERO, U512::ONE, q),
        Case::right(U512::ONE, U512::ZERO, q),
        Case::right(U512::ONE, U512::ONE, q),
        Case::right(minus(1), minus(1), q),
        Case::right(U512::ZERO, minus(1), q),
        Case::right(minus(1), U512::ZERO, q),
        Case::right(U512::from(2u8), minus(2), q),
        Case::right(U512::ONE.shl_vartime(511), U512::ONE.shl_vartime(510), q),
    ]);
    check(&[
        Case::right(U512::ZERO, U512::ONE, q).wrong(),
        Case::right(U512::ONE, U512::ZERO, q).wrong(),
        Case::right(U512::ONE, U512::ONE, q),
        Case::right(minus(1), minus(1), q).wrong(),
        Case::right(U512::ZERO, minus(1), q),
        Case::right(minus(1), U512::ZERO, q).wrong(),
        Case::right(U512::from(2u8), minus(2), q),
        Case::right(U512::from(1023u16), U512::from(31u8), q),
    ]);
}

#[test]
fn exceptions_of_the_formulas_leave_their_lane_undecided_and_no_other() {
    let k = U512::from(0x1234_5678_9ABC_DEF1_u64).shl_vartime(77);
    let q = multiple(&k, generator());
    let z2 = U512::from(0xFEDC_BA98_u64).shl_vartime(200);
    // z1*P = -z2*Q
    let opposite = z2.mul_mod(&k, &order()).neg_mod(&order());
    check(&[
        Case::undecided(opposite, z2, q),
        Case::right(opposite, z2.wrapping_add(&U512::ONE), q),
        Case::undecided(U512::ZERO, U512::ZERO, q),
        // Q = P and Q = -P: already the highest digits, 1 and 1, name the same or opposite points.
        Case::undecided(U512::from(7u8), U512::from(5u8), generator()),
        Case::undecided(U512::from(7u8), U512::from(5u8), negated(generator())),
        // With highest digits 1 and 3 the sums are never equal.
        Case::right(U512::from(7u8), minus(8), generator()),
        Case::right(U512::from(7u8), minus(8), negated(generator())).wrong(),
        Case::right(U512::ONE, U512::ONE, q),
    ]);
}

#[test]
fn an_x_not_less_than_q_matches_r_plus_q() {
    // The first x >= q that has a y: p = 3 (mod 4), so a root is the power (p + 1) / 4.
    let m = &modulus();
    let b = U512::from_be_hex(concat!(
        "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265",
        "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
    ));
    let exponent = p().wrapping_add(&U512::ONE).shr_vartime(2);
    let q = (0u8..).find_map(|distance| {
        let x = order().wrapping_add(&U512::from(distance));
        let cube = x.mul_mod(&x, m).sub_mod(&U512::from(3u8), m).mul_mod(&x, m);
        let square = cube.add_mod(&b, m);
        let mut root = U512::ONE;
        for bit in (0..exponent.bits_vartime()).rev() {
            root = root.mul_mod(&root, m);
            if exponent.bit_vartime(bit) {
                root = root.mul_mod(&square, m);
            }
        }
        (root.mul_mod(&root, m) == square).then_some((x, root))
    });
    let right = Case::right(U512::ZERO, U512::ONE, q);
    assert!(right.r < U512::from(255u8), "x - q");
    let other = Case::right(U512::ONE, U512::ONE, some_point());
    // An r of the same smallness without such an x.
    let small = Case {
        r: U512::from(5u8),
        ..other.wrong()
    };
    check(&[
        right,
        right.wrong(),
        other,
        small,
        right,
        other,
        small,
        other.wrong(),
    ]);
}

#[test]
fn the_generator_table_holds_the_odd_multiples() {
    let double = sum(generator(), generator());
    let mut expected = generator();
    for row in TABLE.iter() {
        let (x, y) = expected.expect("not O");
        assert_eq!(*row, [x.to_words(), y.to_words()]);
        expected = sum(expected, double);
    }
}

#[test]
fn the_numbers_of_the_curve_are_those_of_the_standard() {
    let (x, y) = generator().expect("not O");
    assert_eq!(crate::batch::generator(), [x.to_words(), y.to_words()]);
    assert_eq!(crate::batch::order(), order().to_words());
}
