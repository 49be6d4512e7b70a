//! Proof, by computation, that a fixed number of division steps suffices.
//!
//! After n steps, a pair (f, g) is one of the many images of the first pair under n steps whose
//! parities nobody knows; so consider all sequences of them. Steps are linear, therefore they map
//! convex sets to convex sets, and for each delta one convex polygon encloses every pair that can have
//! this delta after n steps. The first pairs are in the triangle 0 <= g <= f <= 1, in units of
//! 2^bits. A polygon with |g| < 2^-bits everywhere encloses no pair of integers but those with g = 0,
//! and can be dropped; when the last one has been dropped, g = 0 for certain.
//!
//! Method: Wuille and Maxwell, <https://github.com/sipa/safegcd-bounds>. Here vertices are rounded to
//! a grid, and always outwards: each is replaced by the corners of the grid's cell around it.

use std::collections::BTreeMap;

use super::Modulus;

/// Bits of the coordinates of vertices; fewer are faster, and the bound becomes greater.
const PRECISION: i32 = 14;

/// A convex polygon; its vertices (f, g) are multiples of 2^`f_exponent` and 2^`g_exponent`.
struct Polygon {
    vertices: Vec<(i64, i64)>,
    f_exponent: i32,
    g_exponent: i32,
}

/// A coordinate between `low` and `high`, in units of 2^`exponent`.
struct Span {
    low: i64,
    high: i64,
    exponent: i32,
}

#[test]
fn for_256_bits_g_is_zero_after_590_division_steps() {
    assert_eq!(steps_until_g_is_zero(256), 590);
    assert_eq!(Modulus::<4>::DIVSTEPS, 590);
}

#[test]
fn for_512_bits_g_is_zero_after_1180_division_steps() {
    assert_eq!(steps_until_g_is_zero(512), 1180);
    assert_eq!(Modulus::<8>::DIVSTEPS, 1180);
}

/// Number of steps after which all polygons are dropped.
fn steps_until_g_is_zero(bits: i32) -> u32 {
    // Polygons by delta - 1/2.
    let triangle = Polygon {
        vertices: vec![(0, 0), (1, 0), (1, 1)],
        f_exponent: 0,
        g_exponent: 0,
    };
    let mut polygons = BTreeMap::from([(0, triangle)]);
    let mut steps = 0;
    while !polygons.is_empty() {
        // With delta > 0: g odd leads to the opposite delta; to the next one, g even only. With delta
        // < 0: both lead to the next one.
        let mut images = BTreeMap::<i32, Vec<(Span, Span)>>::new();
        for (&delta, polygon) in &polygons {
            let next = if delta >= 0 { -delta } else { delta + 1 };
            let images = images.entry(next).or_default();
            let (f_exponent, g_exponent) = (polygon.f_exponent, polygon.g_exponent);
            for &(f, g) in &polygon.vertices {
                let (f, g) = (Span::exact(f, f_exponent), Span::exact(g, g_exponent));
                images.push(if delta >= 0 {
                    let half_difference = g.half_plus(&f.negated());
                    (g, half_difference)
                } else {
                    // Both images have the same f: they are the ends of a segment.
                    let segment = g.half_plus(&f.and_zero());
                    (f, segment)
                });
            }
        }
        let mut next: BTreeMap<_, _> = images
            .into_iter()
            .map(|(delta, points)| (delta, Polygon::around(&points)))
            .collect();
        for (delta, mut polygon) in polygons.into_iter().filter(|&(delta, _)| delta >= 0) {
            polygon.g_exponent -= 1;
            assert!(
                next.insert(delta + 1, polygon).is_none(),
                "nothing else leads to {delta} + 1"
            );
        }
        next.retain(|_, polygon| polygon.reaches(-bits));
        polygons = next;
        steps += 1;
    }
    steps
}

impl Polygon {
    /// The hull of these points, a little enlarged.
    fn around(points: &[(Span, Span)]) -> Self {
        let f_exponent = points.iter().map(|(f, _)| f.length()).max().unwrap() - PRECISION;
        let g_exponent = points.iter().map(|(_, g)| g.length()).max().unwrap() - PRECISION;
        let mut corners = Vec::with_capacity(2 * points.len());
        for (f, g) in points {
            let (f_low, f_high) = f.around(f_exponent);
            let (g_low, g_high) = g.around(g_exponent);
            corners.push((f_low, g_low));
            if f_low != f_high {
                corners.push((f_high, g_low));
            }
            if g_low != g_high {
                corners.push((f_low, g_high));
                if f_low != f_high {
                    corners.push((f_high, g_high));
                }
            }
        }
        // Andrew's monotone chains, the lower one and then the upper one.
        // In one number, since coordinates are short: sorted by f, then by g.
        corners.sort_unstable_by_key(|&(f, g)| (f << 32) + g);
        corners.dedup();
        let mut vertices = Vec::new();
        for _ in 0..2 {
            let start = vertices.len();
            for &corner in &corners {
                while vertices.len() >= start + 2
                    && !turns_left(
                        vertices[vertices.len() - 2],
                        vertices[vertices.len() - 1],
                        corner,
                    )
                {
                    vertices.pop();
                }
                vertices.push(corner);
            }
            vertices.pop();
            corners.reverse();
        }
        Self {
            vertices,
            f_exponent,
            g_exponent,
        }
    }

    /// Whether |g| >= 2^`exponent` somewhere.
    fn reaches(&self, exponent: i32) -> bool {
        let g = self.vertices.iter().map(|&(_, g)| g.abs()).max().unwrap();
        match exponent - self.g_exponent {
            ..=0 => g > 0,
            shift @ 1..=62 => g >= 1 << shift,
            _ => false,
        }
    }
}

impl Span {
    fn exact(number: i64, exponent: i32) -> Self {
        Self {
            low: number,
            high: number,
            exponent,
        }
    }

    fn negated(&self) -> Self {
        Self {
            low: -self.high,
            high: -self.low,
            exponent: self.exponent,
        }
    }

    /// All between this and 0.
    fn and_zero(&self) -> Self {
        Self {
            low: self.low.min(0),
            high: self.high.max(0),
            exponent: self.exponent,
        }
    }

    /// Half the sums with all of `other`.
    fn half_plus(&self, other: &Self) -> Self {
        let exponent = self.exponent.max(other.exponent) - 2 * PRECISION;
        let (a, b) = (self.around(exponent), other.around(exponent));
        Self {
            low: a.0 + b.0,
            high: a.1 + b.1,
            exponent: exponent - 1,
        }
    }

    /// The least number e such that both ends are less than 2^e in magnitude.
    fn length(&self) -> i32 {
        let magnitude = self.low.unsigned_abs().max(self.high.unsigned_abs());
        match magnitude {
            0 => -10_000,
            _ => magnitude.ilog2() as i32 + 1 + self.exponent,
        }
    }

    /// The closest multiples of 2^`exponent` that are not greater and not less.
    fn around(&self, exponent: i32) -> (i64, i64) {
        match self.exponent - exponent {
            shift @ 0.. => (self.low << shift, self.high << shift),
            shift => {
                let shift = shift.unsigned_abs().min(63);
                (self.low >> shift, -(-self.high >> shift))
            }
        }
    }
}

/// Whether the way from `a` through `b` to `c` turns left at `b`.
fn turns_left(a: (i64, i64), b: (i64, i64), c: (i64, i64)) -> bool {
    (b.0 - a.0) * (c.1 - a.1) > (b.1 - a.1) * (c.0 - a.0)
}
