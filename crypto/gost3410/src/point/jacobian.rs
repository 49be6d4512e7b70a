//! Jacobian coordinates: the cheapest doubling. Everything here takes variable time: for public
//! points only.
//!
//! Formulas: [Explicit-Formulas Database], short Weierstrass curves, "Jacobian coordinates".
//!
//! [Explicit-Formulas Database]: https://www.hyperelliptic.org/EFD/g1p/auto-shortw-jacobian.html

use super::Affine;
use crate::{
    Curve,
    field::{Residue, invert_all_vartime},
};

/// (X, Y, Z) with x = X/Z^2, y = Y/Z^3; Z = 0 for the identity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jacobian<C: Curve> {
    x: C::Field,
    y: C::Field,
    z: C::Field,
}

/// A point that is added many times: with Z^2 and Z^3.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cached<C: Curve> {
    point: Jacobian<C>,
    zz: C::Field,
    zzz: C::Field,
}

impl<C: Curve> Jacobian<C> {
    /// The neutral element O.
    pub(crate) const IDENTITY: Self = Self {
        x: C::Field::ONE,
        y: C::Field::ONE,
        z: C::Field::ZERO,
    };

    /// `self + self`: dbl-2001-b, 3M + 5S, for a = -3; otherwise 3M + 7S. Holds for O.
    pub(crate) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.mul(&gamma);
        let alpha = if C::A_IS_MINUS_3 {
            self.x.sub(&delta).mul(&self.x.add(&delta)).triple()
        } else {
            self.x.square().triple().add(&C::A.mul(&delta.square()))
        };
        let beta4 = beta.double().double();
        let x = alpha.square().sub(&beta4.double());
        let z = self.y.add(&self.z).square().sub(&gamma).sub(&delta);
        let gamma2_8 = gamma.double().square().double();
        let y = alpha.mul(&beta4.sub(&x)).sub(&gamma2_8);
        Self { x, y, z }
    }

    /// `self + other`: madd-2007-bl, 7M + 4S.
    pub(crate) fn add_affine(&self, other: &Affine<C>) -> Self {
        if self.is_identity() {
            return (*other).into();
        }
        let z1z1 = self.z.square();
        let u2 = other.x.mul(&z1z1);
        let s2 = other.y.mul(&self.z).mul(&z1z1);
        let h = u2.sub(&self.x);
        let r = s2.sub(&self.y);
        if h.is_zero().to_bool() {
            return if r.is_zero().to_bool() {
                self.double()
            } else {
                Self::IDENTITY
            };
        }
        let hh = h.square();
        let z = self.z.add(&h).square().sub(&z1z1).sub(&hh);
        Self::finish(&self.x, &self.y, &h, &hh, &r, z)
    }

    /// `self + other`: add-2007-bl with Z^2 and Z^3 of `other` known, 10M + 4S.
    pub(crate) fn add(&self, other: &Cached<C>) -> Self {
        if self.is_identity() {
            return other.point;
        }
        if other.point.is_identity() {
            return *self;
        }
        let z1z1 = self.z.square();
        let u1 = self.x.mul(&other.zz);
        let u2 = other.point.x.mul(&z1z1);
        let s1 = self.y.mul(&other.zzz);
        let s2 = other.point.y.mul(&self.z).mul(&z1z1);
        let h = u2.sub(&u1);
        let r = s2.sub(&s1);
        if h.is_zero().to_bool() {
            return if r.is_zero().to_bool() {
                self.double()
            } else {
                Self::IDENTITY
            };
        }
        let sum = self.z.add(&other.point.z).square();
        let z = sum.sub(&z1z1).sub(&other.zz).mul(&h);
        Self::finish(&u1, &s1, &h, &h.square(), &r, z)
    }

    /// `-self`.
    pub(crate) fn neg(&self) -> Self {
        Self {
            y: self.y.neg(),
            ..*self
        }
    }

    pub(crate) fn is_identity(&self) -> bool {
        self.z.is_zero().to_bool()
    }

    /// Whether this is a point with that x; false for O.
    pub(crate) fn has_x(&self, x: &C::Field) -> bool {
        !self.is_identity() && x.mul(&self.z.square()).ct_eq(&self.x).to_bool()
    }

    /// (x, y) of each point; none may be O.
    pub(crate) fn all_to_affine(points: &[Self]) -> Vec<Affine<C>> {
        let mut inverses: Vec<_> = points.iter().map(|point| point.z).collect();
        invert_all_vartime(&mut inverses);
        points
            .iter()
            .zip(&inverses)
            .map(|(point, inverse)| {
                let square = inverse.square();
                Affine::unchecked(point.x.mul(&square), point.y.mul(&square).mul(inverse))
            })
            .collect()
    }

    /// X3 and Y3 of both additions, from U1, S1, H = U2 - U1, H^2 and S2 - S1; Z3 comes with half the
    /// factor r of the formulas: (X3, Y3, Z3) = (r^2 - J - 2V, ...) with r = 2(S2 - S1), I = 4H^2
    /// and Z3 = 2 Z1 Z2 H.
    fn finish(
        u1: &C::Field,
        s1: &C::Field,
        h: &C::Field,
        hh: &C::Field,
        difference: &C::Field,
        z: C::Field,
    ) -> Self {
        let i = hh.double().double();
        let j = h.mul(&i);
        let r = difference.double();
        let v = u1.mul(&i);
        let x = r.square().sub(&j).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&s1.mul(&j).double());
        Self { x, y, z }
    }
}

impl<C: Curve> From<Affine<C>> for Jacobian<C> {
    fn from(point: Affine<C>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: C::Field::ONE,
        }
    }
}

impl<C: Curve> From<Jacobian<C>> for Cached<C> {
    fn from(point: Jacobian<C>) -> Self {
        let zz = point.z.square();
        Self {
            point,
            zz,
            zzz: zz.mul(&point.z),
        }
    }
}

impl<C: Curve> Cached<C> {
    /// `-self`.
    pub(crate) fn neg(&self) -> Self {
        Self {
            point: self.point.neg(),
            ..*self
        }
    }
}
