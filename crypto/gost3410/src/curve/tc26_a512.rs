//! id-tc26-gost-3410-12-512-paramSetA, the curve of GOST R 34.10-2015 (512 bits) in Kazakhstan.
//!
//! Numbers as printed in [RFC 7836 appendix A.1]. The national identifier is
//! 1.2.398.3.10.1.1.2.2.1.
//!
//! [RFC 7836 appendix A.1]: https://www.rfc-editor.org/rfc/rfc7836#appendix-A.1

use std::sync::LazyLock;

use crypto_bigint::{U512, const_monty_params, modular::ConstMontyForm};

use super::{Curve, Parameters};
use crate::{
    batch::{self, Lane},
    field::Crandall,
    point::Affine,
    scalar_mul::Multiples,
    verify_batch::{LANES, Pair},
};

/// The 512-bit curve tc26-512-A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tc26A512;

impl Curve for Tc26A512 {
    const BYTES: usize = 64;
}

impl Parameters for Tc26A512 {
    type Field = Field;
    type Scalar = ConstMontyForm<Q, { U512::LIMBS }>;

    const A: Field = number(concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
    ));
    const A_IS_MINUS_3: bool = true;
    const B: Field = number(concat!(
        "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265",
        "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
    ));
    const GENERATOR_X: Field = number(concat!(
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000003",
    ));
    const GENERATOR_Y: Field = number(concat!(
        "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
        "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
    ));
    const ORDER_BITS: usize = 512;
    const COFACTOR: usize = 1;

    fn generator_multiples() -> &'static Multiples<Self> {
        static MULTIPLES: LazyLock<Multiples<Tc26A512>> =
            LazyLock::new(|| Multiples::new(&Affine::GENERATOR));
        &MULTIPLES
    }

    fn match_in_lanes(checks: &[Pair<'_, Self>; LANES]) -> [Option<bool>; LANES] {
        if !batch::available() {
            return [None; LANES];
        }
        let lanes = checks.map(|(equation, public)| Lane {
            z1: batch::words(&equation.z1),
            z2: batch::words(&equation.z2),
            q_x: batch::words(public.point().x()),
            q_y: batch::words(public.point().y()),
        });
        batch::matches(
            &lanes,
            &checks.map(|(equation, _)| batch::words(&equation.r)),
        )
    }
}

/// p = 2^512 - 569, as printed: FFFF ... FDC7.
type Field = Crandall<8, 569>;

const_monty_params!(
    Q,
    U512,
    concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    ),
    "Order of the base point."
);

const fn number(hex: &str) -> Field {
    Field::from_be_hex(hex)
}
