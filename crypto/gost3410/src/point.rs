//! Points of a curve in projective coordinates, added by formulas without exceptional cases.
//!
//! J. Renes, C. Costello, L. Batina, "Complete addition formulas for prime order elliptic curves",
//! [IACR ePrint 2015/1060]. They hold for every pair of points because the order of the curves is
//! odd.
//!
//! [IACR ePrint 2015/1060]: https://eprint.iacr.org/2015/1060

use crypto_bigint::{Choice, CtOption};
use zeroize::Zeroize;

use crate::{Curve, field::Residue};

/// (X : Y : Z) with x = X/Z, y = Y/Z; the identity is (0 : 1 : 0).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point<C: Curve> {
    x: C::Field,
    y: C::Field,
    z: C::Field,
}

impl<C: Curve> Point<C> {
    /// The neutral element O.
    pub(crate) const IDENTITY: Self = Self {
        x: C::Field::ZERO,
        y: C::Field::ONE,
        z: C::Field::ZERO,
    };

    /// The base point P of the standard.
    pub(crate) const GENERATOR: Self = Self {
        x: C::GENERATOR_X,
        y: C::GENERATOR_Y,
        z: C::Field::ONE,
    };

    /// The point (x, y); none if it does not satisfy y^2 = x^3 - 3x + b.
    pub(crate) fn from_affine(x: &C::Field, y: &C::Field) -> CtOption<Self> {
        let three_x = x.double().add(x);
        let right = x.square().mul(x).sub(&three_x).add(&C::B);
        let on_curve = y.square().ct_eq(&right);
        CtOption::new(
            Self {
                x: *x,
                y: *y,
                z: C::Field::ONE,
            },
            on_curve,
        )
    }

    /// (x, y); none for the identity.
    pub(crate) fn to_affine(self) -> CtOption<(C::Field, C::Field)> {
        let inverse = self.z.invert();
        let finite = inverse.is_some();
        // For Z = 0 the value is unspecified but the option is empty.
        let inverse = inverse.to_inner_unchecked();
        CtOption::new((self.x.mul(&inverse), self.y.mul(&inverse)), finite)
    }

    /// `self + other`: algorithm 4 of the paper (a = -3), 12M + 2m_b.
    pub(crate) fn add(&self, other: &Self) -> Self {
        let (x1, y1, z1) = (&self.x, &self.y, &self.z);
        let (x2, y2, z2) = (&other.x, &other.y, &other.z);

        let t0 = x1.mul(x2); //  1
        let t1 = y1.mul(y2); //  2
        let t2 = z1.mul(z2); //  3
        let t3 = x1.add(y1); //  4
        let t4 = x2.add(y2); //  5
        let t3 = t3.mul(&t4); //  6
        let t4 = t0.add(&t1); //  7
        let t3 = t3.sub(&t4); //  8
        let t4 = y1.add(z1); //  9
        let x3 = y2.add(z2); // 10
        let t4 = t4.mul(&x3); // 11
        let x3 = t1.add(&t2); // 12
        let t4 = t4.sub(&x3); // 13
        let x3 = x1.add(z1); // 14
        let y3 = x2.add(z2); // 15
        let x3 = x3.mul(&y3); // 16
        let y3 = t0.add(&t2); // 17
        let y3 = x3.sub(&y3); // 18
        let z3 = C::B.mul(&t2); // 19
        let x3 = y3.sub(&z3); // 20
        let z3 = x3.double(); // 21
        let x3 = x3.add(&z3); // 22
        let z3 = t1.sub(&x3); // 23
        let x3 = t1.add(&x3); // 24
        let y3 = C::B.mul(&y3); // 25
        let t1 = t2.double(); // 26
        let t2 = t1.add(&t2); // 27
        let y3 = y3.sub(&t2); // 28
        let y3 = y3.sub(&t0); // 29
        let t1 = y3.double(); // 30
        let y3 = t1.add(&y3); // 31
        let t1 = t0.double(); // 32
        let t0 = t1.add(&t0); // 33
        let t0 = t0.sub(&t2); // 34
        let t1 = t4.mul(&y3); // 35
        let t2 = t0.mul(&y3); // 36
        let y3 = x3.mul(&z3); // 37
        let y3 = y3.add(&t2); // 38
        let x3 = t3.mul(&x3); // 39
        let x3 = x3.sub(&t1); // 40
        let z3 = t4.mul(&z3); // 41
        let t1 = t3.mul(&t0); // 42
        let z3 = z3.add(&t1); // 43

        Self {
            x: x3,
            y: y3,
            z: z3,
        }
    }

    /// `self + self`: algorithm 6 of the paper (a = -3), 8M + 3S + 2m_b.
    pub(crate) fn double(&self) -> Self {
        let (x, y, z) = (&self.x, &self.y, &self.z);

        let t0 = x.square(); //  1
        let t1 = y.square(); //  2
        let t2 = z.square(); //  3
        let t3 = x.mul(y); //  4
        let t3 = t3.double(); //  5
        let z3 = x.mul(z); //  6
        let z3 = z3.double(); //  7
        let y3 = C::B.mul(&t2); //  8
        let y3 = y3.sub(&z3); //  9
        let x3 = y3.double(); // 10
        let y3 = x3.add(&y3); // 11
        let x3 = t1.sub(&y3); // 12
        let y3 = t1.add(&y3); // 13
        let y3 = x3.mul(&y3); // 14
        let x3 = x3.mul(&t3); // 15
        let t3 = t2.double(); // 16
        let t2 = t2.add(&t3); // 17
        let z3 = C::B.mul(&z3); // 18
        let z3 = z3.sub(&t2); // 19
        let z3 = z3.sub(&t0); // 20
        let t3 = z3.double(); // 21
        let z3 = z3.add(&t3); // 22
        let t3 = t0.double(); // 23
        let t0 = t3.add(&t0); // 24
        let t0 = t0.sub(&t2); // 25
        let t0 = t0.mul(&z3); // 26
        let y3 = y3.add(&t0); // 27
        let t0 = y.mul(z); // 28
        let t0 = t0.double(); // 29
        let z3 = t0.mul(&z3); // 30
        let x3 = x3.sub(&z3); // 31
        let z3 = t0.mul(&t1); // 32
        let z3 = z3.double(); // 33
        let z3 = z3.double(); // 34

        Self {
            x: x3,
            y: y3,
            z: z3,
        }
    }

    /// `self`, or `other` if `choice` is set; constant time.
    pub(crate) fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        Self {
            x: self.x.ct_select(&other.x, choice),
            y: self.y.ct_select(&other.y, choice),
            z: self.z.ct_select(&other.z, choice),
        }
    }

    /// `-self`.
    #[cfg(test)]
    pub(crate) fn neg(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.neg(),
            z: self.z,
        }
    }
}

/// Equality of points, not of representations: X1*Z2 = X2*Z1 and Y1*Z2 = Y2*Z1.
///
/// No triple (0 : 0 : 0) arises, so the identity equals only itself.
impl<C: Curve> PartialEq for Point<C> {
    fn eq(&self, other: &Self) -> bool {
        let x = self.x.mul(&other.z).ct_eq(&other.x.mul(&self.z));
        let y = self.y.mul(&other.z).ct_eq(&other.y.mul(&self.z));
        x.and(y).to_bool()
    }
}

impl<C: Curve> Eq for Point<C> {}

impl<C: Curve> Zeroize for Point<C> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
    }
}

#[cfg(test)]
mod tests;
