//! Public keys: points of the curve other than the identity.

use core::fmt;

use crate::{Curve, Error, field::Residue, point::Affine, scalar_mul::mul_vartime};

/// A public key whose point has been checked to lie on the curve and to have order q.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<C: Curve> {
    point: Affine<C>,
}

impl<C: Curve> PublicKey<C> {
    /// Reads `x ‖ y`, each [`Curve::BYTES`] long and little-endian, the form of certificates ([RFC
    /// 9215 section 4.3]).
    ///
    /// # Errors
    /// [`Error::PointLength`], [`Error::CoordinateRange`] (not less than p), [`Error::NotOnCurve`],
    /// [`Error::NotInSubgroup`] (only [`crate::Tc26A256`] has such points).
    ///
    /// [RFC 9215 section 4.3]: https://www.rfc-editor.org/rfc/rfc9215#section-4.3
    pub fn from_le_xy(bytes: &[u8]) -> Result<Self, Error> {
        let expected = 2 * C::BYTES;
        if bytes.len() != expected {
            return Err(Error::PointLength {
                expected,
                actual: bytes.len(),
            });
        }
        let (x, y) = bytes.split_at(C::BYTES);
        let x = C::Field::from_le_bytes(x)
            .into_option()
            .ok_or(Error::CoordinateRange)?;
        let y = C::Field::from_le_bytes(y)
            .into_option()
            .ok_or(Error::CoordinateRange)?;
        let point = Affine::new(&x, &y).into_option().ok_or(Error::NotOnCurve)?;
        if C::COFACTOR != 1 && !has_order_q(&point) {
            return Err(Error::NotInSubgroup);
        }
        Ok(Self { point })
    }

    /// Writes the form read by [`Self::from_le_xy`].
    pub fn to_le_xy(&self) -> Vec<u8> {
        let mut out = vec![0; 2 * C::BYTES];
        let (x_bytes, y_bytes) = out.split_at_mut(C::BYTES);
        self.point.x().write_le_bytes(x_bytes);
        self.point.y().write_le_bytes(y_bytes);
        out
    }

    /// A multiple d*G with 0 < d < q.
    pub(crate) fn from_multiple(point: Affine<C>) -> Self {
        Self { point }
    }

    pub(crate) fn point(&self) -> &Affine<C> {
        &self.point
    }
}

/// Whether q * point = O: (q - 1) * point is -point.
fn has_order_q<C: Curve>(point: &Affine<C>) -> bool {
    let minus_one = C::Scalar::ZERO.sub(&C::Scalar::ONE);
    let almost = mul_vartime(point, &minus_one);
    almost.add_affine(point).is_identity()
}

impl<C: Curve> fmt::Debug for PublicKey<C> {
    /// `PublicKey(x ‖ y)` in hexadecimal, little-endian.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for byte in self.to_le_xy() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
