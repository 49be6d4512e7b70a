//! Nothing overflows and no factor is cut: every formula, computed with ranges.

use crate::batch::{
    lanes::Range,
    number::{LIMBS, Loose, Number},
    point::{Affine, Jacobian, Walk},
};

/// Every number that [`Number`] allows, and none else.
fn any() -> Number<Range> {
    let mut limbs = [Range::up_to((1 << 52) - 1); LIMBS];
    limbs[9] = Range::up_to((1 << 44) + (1 << 12) - 1);
    Number(limbs)
}

fn any_affine() -> Affine<Range> {
    Affine { x: any(), y: any() }
}

fn any_walk() -> Walk<Range> {
    Walk {
        point: any_affine(),
        step: any_affine(),
    }
}

#[track_caller]
fn check(number: Number<Range>) {
    for (limb, bound) in number.0.iter().zip(any().0) {
        assert!(limb.high <= bound.high, "{limb:?} exceeds {bound:?}");
    }
}

#[track_caller]
fn check_walk((walk, z): (Walk<Range>, Number<Range>)) {
    for number in [walk.point.x, walk.point.y, walk.step.x, walk.step.y, z] {
        check(number);
    }
}

#[track_caller]
fn check_loose(number: Loose<Range>, bits: u32) {
    for limb in number.0 {
        assert!(limb.high >> bits == 0, "{limb:?} has more than {bits} bits");
    }
}

#[test]
fn products_of_any_numbers_stay_in_the_stated_bounds() {
    check_loose(any().mul(&any()), 57);
    check_loose(any().square(), 57);
    check_loose(any().mul_add_mul(&any(), &any(), &any()), 58);
    check_loose(any().mul(&any()).negate_product(1), 58);
}

#[test]
fn limbs_below_2_to_the_63_can_be_carried() {
    check(Loose([Range::up_to((1 << 63) - 1); LIMBS]).carried());
}

#[test]
fn doubling_any_point_overflows_nowhere() {
    let point = Jacobian {
        x: any(),
        y: any(),
        z: any(),
    };
    let double = point.double();
    for number in [double.x, double.y, double.z] {
        check(number);
    }
}

#[test]
fn adding_any_points_overflows_nowhere() {
    let point = Jacobian {
        x: any(),
        y: any(),
        z: any(),
    };
    let sum = point.add_affine(&any_affine(), 0);
    for number in [sum.x, sum.y, sum.z] {
        check(number);
    }
}

#[test]
fn making_tables_of_any_points_overflows_nowhere() {
    check_walk(Walk::odd_multiples(&any_affine()));
    check_walk(any_walk().next());
    let Jacobian { x, y, z } = any_affine().to_jacobian(1);
    for number in [x, y, z] {
        check(number);
    }
}

#[test]
fn comparing_any_numbers_overflows_nowhere() {
    check(any().mul(&any()).sub::<1>(&any().loose()).carried());
}

#[test]
#[should_panic(expected = "can be negative")]
fn a_difference_with_too_small_a_multiple_of_p_is_noticed() {
    let _ = any().loose().sub::<0>(&any().loose());
}

#[test]
#[should_panic(expected = "a factor of more than 52 bits would be cut")]
fn a_factor_without_carries_is_noticed() {
    let _ = Number(any().loose().shift_left(1).0).mul(&any());
}
