//! id-tc26-gost-3410-2012-256-paramSetA, the curve of GOST R 34.10-2015 (256 bits) in Kazakhstan.
//!
//! Numbers as printed in [RFC 7836 appendix A.2]: a twisted Edwards curve, used here in its
//! Weierstrass form, with four times as many points as q. The national identifier is
//! 1.2.398.3.10.1.1.2.1.1; no key on this curve has been seen in use.
//!
//! [RFC 7836 appendix A.2]: https://www.rfc-editor.org/rfc/rfc7836#appendix-A.2

use std::sync::LazyLock;

use crypto_bigint::{U256, const_monty_params, modular::ConstMontyForm};

use super::{Curve, Parameters, crypto_pro_a::Field};
use crate::{point::Affine, scalar_mul::Multiples};

/// The 256-bit curve tc26-256-A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tc26A256;

impl Curve for Tc26A256 {
    const BYTES: usize = 32;
}

impl Parameters for Tc26A256 {
    type Field = Field;
    type Scalar = ConstMontyForm<Q, { U256::LIMBS }>;

    const A: Field = number("C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335");
    const A_IS_MINUS_3: bool = false;
    const B: Field = number("295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513");
    const GENERATOR_X: Field =
        number("91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28");
    const GENERATOR_Y: Field =
        number("32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C");
    const ORDER_BITS: usize = 255;
    const COFACTOR: usize = 4;

    fn generator_multiples() -> &'static Multiples<Self> {
        static MULTIPLES: LazyLock<Multiples<Tc26A256>> =
            LazyLock::new(|| Multiples::new(&Affine::GENERATOR));
        &MULTIPLES
    }
}

const_monty_params!(
    Q,
    U256,
    "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
    "Order of the base point."
);

const fn number(hex: &str) -> Field {
    Field::from_be_hex(hex)
}
