//! Points of a curve, as coordinates.
//!
//! Three forms, each where it is cheapest: affine pairs in tables and keys, [`Extended`] for long
//! sums of table entries, [`Jacobian`] for long chains of doublings.

mod extended;
mod jacobian;

use core::fmt;

use crypto_bigint::{Choice, CtOption};
use zeroize::Zeroize;

pub(crate) use extended::Extended;
pub(crate) use jacobian::{Cached, Jacobian};

use crate::{Curve, field::Residue};

/// (x, y) on the curve; never the identity O.
#[derive(Clone, Copy, Default)]
pub(crate) struct Affine<C: Curve> {
    x: C::Field,
    y: C::Field,
}

impl<C: Curve> Affine<C> {
    /// The base point P of the standard.
    pub(crate) const GENERATOR: Self = Self {
        x: C::GENERATOR_X,
        y: C::GENERATOR_Y,
    };

    /// The point (x, y); none if it does not satisfy y^2 = x^3 + a*x + b.
    pub(crate) fn new(x: &C::Field, y: &C::Field) -> CtOption<Self> {
        let point = Self { x: *x, y: *y };
        let on_curve = point.is_on_curve();
        CtOption::new(point, on_curve)
    }

    /// Coordinates computed by this crate's formulas, not checked again.
    fn unchecked(x: C::Field, y: C::Field) -> Self {
        Self { x, y }
    }

    pub(crate) fn x(&self) -> &C::Field {
        &self.x
    }

    pub(crate) fn y(&self) -> &C::Field {
        &self.y
    }

    /// Whether y^2 = x^3 + a*x + b; constant time.
    pub(crate) fn is_on_curve(&self) -> Choice {
        let right = self.x.square().add(&C::A).mul(&self.x).add(&C::B);
        self.y.square().ct_eq(&right)
    }

    /// Becomes `-self` if `choice` is set; constant time.
    #[inline]
    pub(crate) fn ct_negate_if(&mut self, choice: Choice) {
        self.y = self.y.ct_select(&self.y.neg(), choice);
    }

    /// `-self`.
    pub(crate) fn neg(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.neg(),
        }
    }

    /// Joins the bits of `other` if `mask` is all ones, of nothing if it is 0; the step of a look-up
    /// that starts from the default, all of whose bits are 0.
    #[inline(always)]
    pub(crate) fn gather(&mut self, other: &Self, mask: u64) {
        self.x.gather(&other.x, mask);
        self.y.gather(&other.y, mask);
    }
}

impl<C: Curve> PartialEq for Affine<C> {
    fn eq(&self, other: &Self) -> bool {
        self.x.ct_eq(&other.x).and(self.y.ct_eq(&other.y)).to_bool()
    }
}

impl<C: Curve> Eq for Affine<C> {}

impl<C: Curve> fmt::Debug for Affine<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Affine")
            .field(&self.x)
            .field(&self.y)
            .finish()
    }
}

impl<C: Curve> Zeroize for Affine<C> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
    }
}
