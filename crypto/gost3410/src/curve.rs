//! What a curve of GOST R 34.10 is; one file per parameter set.

mod crypto_pro_a;
mod tc26_a256;
mod tc26_a512;

pub use crypto_pro_a::CryptoProA;
pub use tc26_a256::Tc26A256;
pub use tc26_a512::Tc26A512;

use crate::{
    field::Residue,
    scalar_mul::Multiples,
    verify_batch::{LANES, Pair},
};

/// The longest element of any curve here, in bytes.
pub(crate) const MAX_BYTES: usize = 64;

/// A curve y^2 = x^3 + a*x + b over p with a base point of prime order q.
///
/// Sealed: the proofs in this crate hold only for the parameter sets it has.
#[expect(private_bounds, reason = "seals the trait")]
pub trait Curve: Parameters {
    /// Length of a coordinate, a scalar and a digest in bytes: 32 or 64.
    ///
    /// Public keys and signatures have twice this length.
    const BYTES: usize;
}

/// The numbers of a curve; unreachable from outside, which seals [`Curve`].
pub(crate) trait Parameters:
    Copy + core::fmt::Debug + Default + Eq + PartialEq + Send + Sync + 'static
{
    /// Coordinates, modulo p.
    type Field: Residue;
    /// Scalars, modulo q.
    type Scalar: Residue;
    /// Coefficient a.
    const A: Self::Field;
    /// Whether a = p - 3, which makes doublings cheaper.
    const A_IS_MINUS_3: bool;
    /// Coefficient b.
    const B: Self::Field;
    /// The base point's x.
    const GENERATOR_X: Self::Field;
    /// The base point's y.
    const GENERATOR_Y: Self::Field;
    /// Bits of q.
    const ORDER_BITS: usize;
    /// Number of points divided by q: 1 or 4.
    const COFACTOR: usize;

    /// Multiples of the base point, computed at first use.
    fn generator_multiples() -> &'static Multiples<Self>
    where
        Self: Curve;

    /// Whether each equation holds, computed side by side; none for those that must be checked
    /// alone, which are all where neither curve nor processor can.
    fn match_in_lanes(_: &[Pair<'_, Self>; LANES]) -> [Option<bool>; LANES]
    where
        Self: Curve,
    {
        [None; LANES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::point::{Affine, Jacobian};

    fn check_printed_parameters<C: Curve>(minus_3: bool) {
        assert_eq!(C::A_IS_MINUS_3, minus_3);
        let three = C::Field::ONE.double().add(&C::Field::ONE);
        assert_eq!(C::A.ct_eq(&three.neg()).to_bool(), minus_3);
        assert_eq!(C::BYTES, C::Field::BYTES);
        assert_eq!(C::BYTES, C::Scalar::BYTES);
        assert!(Affine::<C>::GENERATOR.is_on_curve().to_bool());

        // The order has the bits stated: q - 1 has its highest bit at ORDER_BITS - 1.
        let minus_one = C::Scalar::ZERO.sub(&C::Scalar::ONE);
        let mut bytes = [0; MAX_BYTES];
        minus_one.write_le_bytes(&mut bytes[..C::BYTES]);
        let highest = (0..8 * MAX_BYTES)
            .rev()
            .find(|bit| bytes[bit / 8] >> (bit % 8) & 1 == 1);
        assert_eq!(highest, Some(C::ORDER_BITS - 1));

        // (q - 1) * P = -P, so q * P = O.
        let almost = C::generator_multiples().mul(&minus_one).to_affine();
        assert_eq!(almost.into_option(), Some(Affine::GENERATOR.neg()));
        let order = Jacobian::from(Affine::<C>::GENERATOR.neg()).add_affine(&Affine::GENERATOR);
        assert!(order.is_identity());
    }

    #[test]
    fn the_printed_numbers_give_base_points_of_order_q() {
        check_printed_parameters::<CryptoProA>(true);
        check_printed_parameters::<Tc26A256>(false);
        check_printed_parameters::<Tc26A512>(true);
    }
}
