//! Public keys: points of the curve other than the identity.

use core::fmt;

use crate::{Curve, Error, curve::MAX_BYTES, field::Residue, point::Point};

/// A public key whose point has been checked to lie on the curve.
///
/// The order of the curve is prime, so every such point has order q.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<C: Curve> {
    point: Point<C>,
}

impl<C: Curve> PublicKey<C> {
    /// Reads `x ‖ y`, each [`Curve::BYTES`] long and little-endian, the form of certificates ([RFC
    /// 9215 section 4.3]).
    ///
    /// # Errors
    /// [`Error::PointLength`], [`Error::CoordinateRange`] (not less than p), [`Error::NotOnCurve`].
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
        let point = Point::from_affine(&x, &y)
            .into_option()
            .ok_or(Error::NotOnCurve)?;
        Ok(Self { point })
    }

    /// Writes the form read by [`Self::from_le_xy`].
    pub fn to_le_xy(&self) -> Vec<u8> {
        let (x, y) = self
            .point
            .to_affine()
            .into_option()
            .expect("a public key is never O");
        let mut out = [0; 2 * MAX_BYTES];
        let (x_bytes, y_bytes) = out[..2 * C::BYTES].split_at_mut(C::BYTES);
        x.write_le_bytes(x_bytes);
        y.write_le_bytes(y_bytes);
        out[..2 * C::BYTES].to_vec()
    }

    /// A multiple d*G with 0 < d < q.
    pub(crate) fn from_multiple(point: Point<C>) -> Self {
        Self { point }
    }

    pub(crate) fn point(&self) -> &Point<C> {
        &self.point
    }
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
