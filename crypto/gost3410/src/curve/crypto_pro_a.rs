//! id-GostR3410-2001-CryptoPro-A-ParamSet, the curve of GOST 34.310-2004 in Kazakhstan.
//!
//! Numbers as printed in [RFC 4357 section 11.4]; the same curve is
//! id-tc26-gost-3410-2012-256-paramSetB of [RFC 9215 appendix B]. The national identifier is
//! 1.2.398.3.10.1.1.1.1.1.
//!
//! [RFC 4357 section 11.4]: https://www.rfc-editor.org/rfc/rfc4357#section-11.4
//! [RFC 9215 appendix B]: https://www.rfc-editor.org/rfc/rfc9215#appendix-B

use std::sync::LazyLock;

use crypto_bigint::{U256, const_monty_params, modular::ConstMontyForm};

use super::{Curve, Parameters};
use crate::{field::Crandall, point::Affine, scalar_mul::Multiples};

/// The 256-bit curve CryptoPro-A.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CryptoProA;

impl Curve for CryptoProA {
    const BYTES: usize = 32;
}

impl Parameters for CryptoProA {
    type Field = Field;
    type Scalar = ConstMontyForm<Q, { U256::LIMBS }>;

    const A: Field = number("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94");
    const A_IS_MINUS_3: bool = true;
    const B: Field = number("00000000000000000000000000000000000000000000000000000000000000A6");
    const GENERATOR_X: Field =
        number("0000000000000000000000000000000000000000000000000000000000000001");
    const GENERATOR_Y: Field =
        number("8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14");
    const ORDER_BITS: usize = 256;
    const COFACTOR: usize = 1;

    fn generator_multiples() -> &'static Multiples<Self> {
        static MULTIPLES: LazyLock<Multiples<CryptoProA>> =
            LazyLock::new(|| Multiples::new(&Affine::GENERATOR));
        &MULTIPLES
    }
}

/// p = 2^256 - 617.
pub(super) type Field = Crandall<4, 617>;

const_monty_params!(
    Q,
    U256,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
    "Order of the base point."
);

const fn number(hex: &str) -> Field {
    Field::from_be_hex(hex)
}
