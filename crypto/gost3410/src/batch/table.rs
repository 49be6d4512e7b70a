//! Tables of affine multiples, and how each lane picks its own entry.
//!
//! Entries lie as 64-bit words, x and y a cache line each. Eight of them, one per lane, are read whole
//! and turned by shuffles; gather instructions would be slower, on Intel for their mitigation of
//! GDS (Downfall) and on AMD because they are microcode.

use super::{
    Words,
    lanes::Lanes,
    number::Number,
    point::{Affine, Jacobian, Walk},
};

/// x and y, less than p.
pub(super) type Row = [Words; 2];

/// Eight points, lane n from row n.
#[inline(always)]
pub(super) fn pick<V: Lanes>(rows: [&Row; 8]) -> Affine<V> {
    let [
        [x0, y0],
        [x1, y1],
        [x2, y2],
        [x3, y3],
        [x4, y4],
        [x5, y5],
        [x6, y6],
        [x7, y7],
    ] = rows;
    Affine {
        x: Number::from_rows([x0, x1, x2, x3, x4, x5, x6, x7]),
        y: Number::from_rows([y0, y1, y2, y3, y4, y5, y6, y7]),
    }
}

/// For each lane the points start, start + step, ..., COUNT of them; `z` is the Z of both ends of the
/// walk's beginning.
///
/// One inversion brings all to Z = 1: every factor by which Z grew is known.
#[inline(always)]
pub(super) fn walk<V: Lanes, const COUNT: usize>(
    start: &Walk<V>,
    z: &Number<V>,
) -> [[Row; 8]; COUNT] {
    let mut walk = *start;
    let mut z = *z;
    let mut points = [walk.point; COUNT];
    let mut growth = [z; COUNT];
    for (point, growth) in points.iter_mut().zip(&mut growth).skip(1) {
        (walk, *growth) = walk.next();
        *point = walk.point;
        z = z.mul(growth).carried();
    }

    let mut rows = [[[[0; 8]; 2]; 8]; COUNT];
    let mut inverse = z.invert();
    for index in (0..COUNT).rev() {
        let square = inverse.square().carried();
        let cube = square.mul(&inverse).carried();
        let x = points[index].x.mul(&square).carried().to_rows();
        let y = points[index].y.mul(&cube).carried().to_rows();
        for lane in 0..8 {
            rows[index][lane] = [x[lane], y[lane]];
        }
        inverse = inverse.mul(&growth[index]).carried();
    }
    rows
}

/// The same point with Z = 1.
#[inline(always)]
pub(super) fn normalize<V: Lanes>(point: &Jacobian<V>) -> Affine<V> {
    let inverse = point.z.invert();
    let square = inverse.square().carried();
    Affine {
        x: point.x.mul(&square).carried(),
        y: point.y.mul(&square.mul(&inverse).carried()).carried(),
    }
}
