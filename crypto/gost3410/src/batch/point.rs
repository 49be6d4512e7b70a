//! Points of tc26-512-A, y^2 = x^3 - 3x + b, eight side by side.
//!
//! Jacobian coordinates and formulas that have exceptions: adding O, a point to itself or to its
//! negative gives Z = 0 or starts from it. As Z of a sum is Z of the first point times a factor that is
//! 0 just for these exceptions, and Z of a double is 2*Y*Z with Y never 0 (the order of the curve is
//! odd), **a final Z other than 0 proves that no exception occurred on the way**. A final Z = 0 means
//! that the result is O or unknown. Complete formulas (Renes, Costello, Batina) would cost 8M + 3S + 2
//! multiplications by b instead of 4M + 4S for each of 510 doublings: half as much again for cases
//! that occur only when somebody makes them.
//!
//! Formulas: [Explicit-Formulas Database], `jacobian-3`: dbl-2001-b and madd (both with Z3 as a
//! product); additions of points with the same Z: N. Meloni, "New point addition formulae for ECC
//! applications" (WAIFI 2007).
//!
//! [Explicit-Formulas Database]: https://www.hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html

use super::{
    lanes::{Lanes, Mask},
    number::Number,
};

/// (x, y); never O.
#[derive(Clone, Copy)]
pub(super) struct Affine<V> {
    pub(super) x: Number<V>,
    pub(super) y: Number<V>,
}

/// (X : Y : Z) with x = X/Z^2, y = Y/Z^3; O or unknown if Z = 0.
#[derive(Clone, Copy)]
pub(super) struct Jacobian<V> {
    pub(super) x: Number<V>,
    pub(super) y: Number<V>,
    pub(super) z: Number<V>,
}

impl<V: Lanes> Affine<V> {
    /// This point, or its negative in the lanes of the mask.
    #[inline(always)]
    pub(super) fn to_jacobian(self, negative: Mask) -> Jacobian<V> {
        Jacobian {
            x: self.x,
            y: self.y.loose().negate_product(negative).carried(),
            z: Number::splat(1),
        }
    }
}

impl<V: Lanes> Jacobian<V> {
    /// `2 * self`: 4M + 4S.
    #[inline(always)]
    pub(super) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square().carried();
        // 4 * X * Y^2, below 2^59
        let beta_4 = self.x.mul(&gamma).shift_left(2);
        // 3 * (X - Z^2) * (X + Z^2)
        let difference = self.x.loose().sub::<6>(&delta).carried();
        let sum = self.x.loose().add(&delta);
        let alpha = sum.shift_left(1).add(&sum).carried().mul(&difference);
        let alpha = alpha.carried();

        let x = alpha.square().sub::<8>(&beta_4.shift_left(1)).carried();
        let rise = beta_4.sub::<1>(&x.loose()).carried();
        let y = alpha.mul(&rise).sub::<8>(&gamma.square().shift_left(3));
        let z = self.y.mul(&self.z).shift_left(1);
        Self {
            x,
            y: y.carried(),
            z: z.carried(),
        }
    }

    /// `self + other`, or `self - other` in the lanes of the mask: 8M + 3S.
    #[inline(always)]
    pub(super) fn add_affine(&self, other: &Affine<V>, negative: Mask) -> Self {
        let zz = self.z.square().carried();
        let u = other.x.mul(&zz);
        let s = other.y.mul(&self.z).carried().mul(&zz);
        let s = s.negate_product(negative);
        let h = u.sub::<1>(&self.x.loose()).carried();
        let r = s.sub::<1>(&self.y.loose()).carried();
        let hh = h.square().carried();
        let zero = Number::splat(0).loose();
        let minus_hhh = zero.sub::<6>(&h.mul(&hh)).carried();
        let v = self.x.mul(&hh);

        let x = r.square().add(&minus_hhh.loose());
        let x = x.sub::<6>(&v.shift_left(1)).carried();
        let fall = v.sub::<1>(&x.loose()).carried();
        let y = r.mul_add_mul(&fall, &self.y, &minus_hhh).carried();
        let z = self.z.mul(&h).carried();
        Self { x, y, z }
    }
}

/// Two points with the same Z, which is not written down: a point and the step to the next one.
#[derive(Clone, Copy)]
pub(super) struct Walk<V> {
    pub(super) point: Affine<V>,
    pub(super) step: Affine<V>,
}

impl<V: Lanes> Walk<V> {
    /// From Q in steps of 2*Q; the common Z is also given.
    #[inline(always)]
    pub(super) fn odd_multiples(q: &Affine<V>) -> (Self, Number<V>) {
        let xx = q.x.square();
        let yy = q.y.square().carried();
        // 3 * x^2 - 3, as the double of a point with Z = 1
        let minus_one = xx.sub::<1>(&Number::splat(1).loose());
        let m = minus_one.shift_left(1).add(&minus_one).carried();
        // Q with Z = 2*y: x * 4*y^2 and y * 8*y^3
        let x = q.x.mul(&yy).shift_left(2).carried();
        let y = yy.square().shift_left(3).carried();

        let double_x = m.square().sub::<2>(&x.loose().shift_left(1)).carried();
        let rise = x.loose().sub::<1>(&double_x.loose()).carried();
        let double_y = m.mul(&rise).sub::<1>(&y.loose()).carried();
        let walk = Self {
            point: Affine { x, y },
            step: Affine {
                x: double_x,
                y: double_y,
            },
        };
        (walk, q.y.loose().shift_left(1).carried())
    }

    /// The next point, and the factor by which Z grew: 4M + 2S.
    ///
    /// Point and step must be neither equal nor opposite.
    #[inline(always)]
    pub(super) fn next(&self) -> (Self, Number<V>) {
        let Self { point, step } = self;
        let z = step.x.loose().sub::<1>(&point.x.loose()).carried();
        let zz = z.square().carried();
        let step_x = step.x.mul(&zz).carried();
        let point_x = point.x.mul(&zz).carried();
        // Y of the step times z^3
        let width = step_x.loose().sub::<1>(&point_x.loose()).carried();
        let step_y = step.y.mul(&width).carried();

        let r = step.y.loose().sub::<1>(&point.y.loose()).carried();
        let both = step_x.loose().add(&point_x.loose());
        let x = r.square().sub::<2>(&both).carried();
        let fall = step_x.loose().sub::<1>(&x.loose()).carried();
        let y = r.mul(&fall).sub::<1>(&step_y.loose()).carried();
        let walk = Self {
            point: Affine { x, y },
            step: Affine {
                x: step_x,
                y: step_y,
            },
        };
        (walk, z)
    }
}
