//! Batches against textbook arithmetic on plain integers, step by step and as a whole.

use crypto_bigint::{NonZero, Odd, U512};
use proptest::prelude::*;

use super::{Lane, Words, lanes::Ifma, multiply};

pub(super) mod numbers;
mod ranges;
mod scalars;
mod sums;

/// So many cases, or what PROPTEST_CASES says: the emulated processor is slow.
pub(super) fn cases(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() {
            asked.cases
        } else {
            cases
        },
        failure_persistence: None,
        ..asked
    }
}

/// The instructions where this processor has them, whatever another test keeps the process on;
/// `tests/emulator/run.sh` says that it must have them.
pub(super) fn instructions() -> Option<Ifma> {
    #[cfg(target_arch = "x86_64")]
    let found = crate::arithmetic::detected_ifma();
    #[cfg(not(target_arch = "x86_64"))]
    let found = super::lanes::ifma();
    if found.is_none() {
        assert!(
            std::env::var_os("TAMGA_EXPECT_VECTORS").is_none(),
            "the emulated processor lacks AVX-512 IFMA"
        );
        println!("NOT EXECUTED: this processor lacks AVX-512 IFMA");
    }
    found
}

fn p() -> Odd<U512> {
    let p = U512::MAX.wrapping_sub(&U512::from(568u16));
    Odd::new(p).expect("p is odd")
}

fn modulus() -> NonZero<U512> {
    *p().as_nz_ref()
}

fn order() -> NonZero<U512> {
    let order = U512::from_be_hex(concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    ));
    NonZero::new(order).expect("q is not 0")
}

/// A point, or none for O.
type Point = Option<(U512, U512)>;

/// The base point.
fn generator() -> Point {
    let y = U512::from_be_hex(concat!(
        "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
        "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
    ));
    Some((U512::from(3u8), y))
}

fn negated(point: Point) -> Point {
    point.map(|(x, y)| (x, y.neg_mod(&modulus())))
}

/// The textbook formula with all cases written out.
fn sum(left: Point, right: Point) -> Point {
    let m = &modulus();
    let (Some((x1, y1)), Some((x2, y2))) = (left, right) else {
        return left.or(right);
    };
    let (rise, run) = if x1 != x2 {
        (y2.sub_mod(&y1, m), x2.sub_mod(&x1, m))
    } else if y1 == y2 {
        let square = x1.mul_mod(&x1, m).sub_mod(&U512::ONE, m);
        (
            square.add_mod(&square, m).add_mod(&square, m),
            y1.add_mod(&y1, m),
        )
    } else {
        return None;
    };
    let inverse = run.invert_odd_mod(&p()).into_option().expect("not 0");
    let slope = rise.mul_mod(&inverse, m);
    let x3 = slope.mul_mod(&slope, m).sub_mod(&x1, m).sub_mod(&x2, m);
    let y3 = slope.mul_mod(&x1.sub_mod(&x3, m), m).sub_mod(&y1, m);
    Some((x3, y3))
}

/// Bit by bit from the least significant.
fn multiple(scalar: &U512, point: Point) -> Point {
    let mut result = None;
    let mut power = point;
    for bit in 0..scalar.bits_vartime() {
        if scalar.bit_vartime(bit) {
            result = sum(result, power);
        }
        power = sum(power, power);
    }
    result
}
