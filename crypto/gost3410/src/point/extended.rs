//! Extended Jacobian coordinates: the cheapest addition of an affine point, for sums without many
//! doublings.
//!
//! Formulas: [Explicit-Formulas Database], short Weierstrass curves, "XYZZ coordinates".
//!
//! [Explicit-Formulas Database]: https://www.hyperelliptic.org/EFD/g1p/auto-shortw-xyzz.html

use crypto_bigint::{Choice, CtOption};
use zeroize::{Zeroize, Zeroizing};

use super::Affine;
use crate::{
    Curve,
    field::{Residue, invert_all_vartime},
};

/// (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ and ZZ^3 = ZZZ^2; ZZ = 0 for the identity.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extended<C: Curve> {
    x: C::Field,
    y: C::Field,
    zz: C::Field,
    zzz: C::Field,
}

impl<C: Curve> Extended<C> {
    /// Adds `other`, in constant time: madd-2008-s, 8M + 2S.
    ///
    /// `self` must not be O and not `other`; callers prove that. For `self` = -`other` the result
    /// is O, as it must be.
    #[inline]
    pub(crate) fn add_distinct(&mut self, other: &Affine<C>) {
        let (p, r) = self.differences(other);
        self.add_by_differences(&p, &r);
    }

    /// `self + other` in constant time; `self` must not be O.
    pub(crate) fn add(&self, other: &Affine<C>) -> Self {
        let (p, r) = self.differences(other);
        let same = p.is_zero().and(r.is_zero());
        let mut sum = *self;
        sum.add_by_differences(&p, &r);
        sum.ct_select(&Self::from(*other).double(), same)
    }

    /// Adds `other`, which may be any point; the time depends on both.
    pub(crate) fn add_vartime(&mut self, other: &Affine<C>) {
        if self.is_identity().to_bool() {
            *self = (*other).into();
            return;
        }
        let (p, r) = self.differences(other);
        if p.is_zero().and(r.is_zero()).to_bool() {
            *self = Self::from(*other).double();
        } else {
            self.add_by_differences(&p, &r);
        }
    }

    /// `self + self`: dbl-2008-s-1, 7M + 2S for a = -3, otherwise 7M + 4S. Holds for O.
    pub(crate) fn double(&self) -> Self {
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        let m = if C::A_IS_MINUS_3 {
            self.x.sub(&self.zz).mul(&self.x.add(&self.zz)).triple()
        } else {
            self.x.square().triple().add(&C::A.mul(&self.zz.square()))
        };
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&w.mul(&self.y));
        Self {
            x,
            y,
            zz: v.mul(&self.zz),
            zzz: w.mul(&self.zzz),
        }
    }

    /// (x, y) in constant time; none for O.
    ///
    /// 1/ZZZ is wiped: beside (x, y), which is published, it tells bits of the multiplier (D.
    /// Naccache, N. Smart, J. Stern, "Projective coordinates leak", EUROCRYPT 2004).
    #[expect(
        clippy::wrong_self_convention,
        reason = "by value it would leave a copy that nobody wipes"
    )]
    pub(crate) fn to_affine(&self) -> CtOption<Affine<C>> {
        let inverse = self.zzz.invert();
        let finite = inverse.is_some();
        // For O the value is unspecified but the option is empty.
        let inverse = Zeroizing::new(inverse.to_inner_unchecked());
        CtOption::new(self.scale(&inverse), finite)
    }

    /// (x, y) of each point; none may be O. Takes variable time.
    pub(crate) fn all_to_affine_vartime(points: &[Self]) -> Vec<Affine<C>> {
        let mut inverses: Vec<_> = points.iter().map(|point| point.zzz).collect();
        invert_all_vartime(&mut inverses);
        points
            .iter()
            .zip(&inverses)
            .map(|(point, inverse)| point.scale(inverse))
            .collect()
    }

    /// Whether this is O; constant time.
    pub(crate) fn is_identity(&self) -> Choice {
        self.zz.is_zero()
    }

    /// Whether this is a point with that x; false for O. Constant time.
    pub(crate) fn has_x(&self, x: &C::Field) -> Choice {
        x.mul(&self.zz).ct_eq(&self.x).and(self.is_identity().not())
    }

    /// `self`, or `-self` if `choice` is set; constant time.
    pub(crate) fn ct_negate_if(&self, choice: Choice) -> Self {
        Self {
            y: self.y.ct_select(&self.y.neg(), choice),
            ..*self
        }
    }

    /// P = U2 - X1 and R = S2 - Y1: both 0 if the points are the same, only P if one is the
    /// negative of the other.
    #[inline]
    fn differences(&self, other: &Affine<C>) -> (C::Field, C::Field) {
        let p = other.x.mul(&self.zz).sub(&self.x);
        let r = other.y.mul(&self.zzz).sub(&self.y);
        (p, r)
    }

    #[inline]
    fn add_by_differences(&mut self, p: &C::Field, r: &C::Field) {
        let pp = p.square();
        let ppp = pp.mul(p);
        let q = self.x.mul(&pp);
        self.x = r.square().sub(&ppp).sub(&q.double());
        self.y = r.mul(&q.sub(&self.x)).sub(&self.y.mul(&ppp));
        self.zz = self.zz.mul(&pp);
        self.zzz = self.zzz.mul(&ppp);
    }

    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        Self {
            x: self.x.ct_select(&other.x, choice),
            y: self.y.ct_select(&other.y, choice),
            zz: self.zz.ct_select(&other.zz, choice),
            zzz: self.zzz.ct_select(&other.zzz, choice),
        }
    }

    /// (x, y), given 1/ZZZ: 1/Z = ZZ/ZZZ, 1/ZZ = (1/Z)^2.
    fn scale(&self, inverse: &C::Field) -> Affine<C> {
        let inverse_z = Zeroizing::new(self.zz.mul(inverse));
        let inverse_zz = Zeroizing::new(inverse_z.square());
        Affine::unchecked(self.x.mul(&inverse_zz), self.y.mul(inverse))
    }
}

impl<C: Curve> From<Affine<C>> for Extended<C> {
    fn from(point: Affine<C>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            zz: C::Field::ONE,
            zzz: C::Field::ONE,
        }
    }
}

impl<C: Curve> Zeroize for Extended<C> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.zz.zeroize();
        self.zzz.zeroize();
    }
}
