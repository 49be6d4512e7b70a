//! What a curve of GOST R 34.10 is; one file per parameter set.

mod crypto_pro_a;
mod tc26_a512;

pub use crypto_pro_a::CryptoProA;
pub use tc26_a512::Tc26A512;

use crate::field::Residue;

/// The longest element of any curve here, in bytes.
pub(crate) const MAX_BYTES: usize = 64;

/// A curve y^2 = x^3 + a*x + b over p with a = -3 and prime order q (cofactor 1).
///
/// Sealed: the complete addition formulas of this crate hold only for such curves.
pub trait Curve: Parameters {
    /// Length of a coordinate, a scalar and a digest in bytes: 32 or 64.
    ///
    /// Public keys and signatures have twice this length.
    const BYTES: usize;
}

/// The numbers of a curve; unreachable from outside, which seals [`Curve`].
pub trait Parameters:
    Copy + core::fmt::Debug + Default + Eq + PartialEq + Send + Sync + 'static
{
    /// Coordinates, modulo p.
    type Field: Residue;
    /// Scalars, modulo q.
    type Scalar: Residue;
    /// Coefficient b.
    const B: Self::Field;
    /// The base point's x.
    const GENERATOR_X: Self::Field;
    /// The base point's y.
    const GENERATOR_Y: Self::Field;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{point::Point, scalar_mul::mul};

    fn check_printed_parameters<C: Curve>(p_minus_a: &C::Field) {
        let three = C::Field::ONE.double().add(&C::Field::ONE);
        assert!(
            p_minus_a.ct_eq(&three).to_bool(),
            "the formulas need a = p - 3"
        );
        assert_eq!(C::BYTES, C::Field::BYTES);
        assert_eq!(C::BYTES, C::Scalar::BYTES);
        assert!(
            Point::<C>::from_affine(&C::GENERATOR_X, &C::GENERATOR_Y)
                .is_some()
                .to_bool()
        );

        // q*G = (q-1)*G + G, and q itself is 0 as a scalar.
        let minus_one = C::Scalar::ZERO.sub(&C::Scalar::ONE);
        let almost = mul::<C>(&Point::GENERATOR, &minus_one);
        assert_eq!(almost, Point::GENERATOR.neg());
        assert_eq!(almost.add(&Point::GENERATOR), Point::IDENTITY);
        assert_ne!(almost, Point::IDENTITY);
    }

    #[test]
    fn crypto_pro_a_has_a_equal_minus_3_and_a_base_point_of_order_q() {
        check_printed_parameters::<CryptoProA>(&crypto_pro_a::A.neg());
    }

    #[test]
    fn tc26_a512_has_a_equal_minus_3_and_a_base_point_of_order_q() {
        check_printed_parameters::<Tc26A512>(&tc26_a512::A.neg());
    }
}
