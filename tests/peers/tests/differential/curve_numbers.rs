//! The curves in textbook arithmetic: slow, obvious, and independent of every implementation that is judged.

use num_bigint::BigUint;
use tamga_peers::algorithm::Curve;

/// y^2 = x^3 + a*x + b modulo p, and a base point of prime order q.
pub(crate) struct CurveNumbers {
    pub(crate) curve: Curve,
    pub(crate) p: BigUint,
    pub(crate) q: BigUint,
    pub(crate) a: BigUint,
    pub(crate) b: BigUint,
    pub(crate) base: Point,
}

/// A point; none is O.
pub(crate) type Point = Option<(BigUint, BigUint)>;

/// x = X / Z^2, y = Y / Z^3; Z = 0 is O. Saves the inversions of long multiplications.
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl CurveNumbers {
    /// Numbers as printed in RFC 4357 section 11.4 and RFC 7836 appendix A.
    pub(crate) fn of(curve: Curve) -> Self {
        let [p, q, a, b, x, y] = match curve {
            Curve::CryptoProA => [
                "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
                "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
                "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
                "A6",
                "1",
                "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
            ],
            Curve::Tc26A256 => [
                "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
                "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
                "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
                "295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513",
                "91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
                "32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C",
            ],
            Curve::Tc26A512 => [
                concat!(
                    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
                ),
                concat!(
                    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                    "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
                ),
                concat!(
                    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
                ),
                concat!(
                    "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265",
                    "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
                ),
                "3",
                concat!(
                    "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
                    "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
                ),
            ],
        }
        .map(|hex| BigUint::parse_bytes(hex.as_bytes(), 16).expect("printed above"));
        Self {
            curve,
            p,
            q,
            a,
            b,
            base: Some((x, y)),
        }
    }

    /// Length of a number in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.curve.bytes()
    }

    /// 2 to the power of eight times [`Self::bytes`]: what does not fit any more.
    pub(crate) fn limit(&self) -> BigUint {
        BigUint::from(1_u8) << (8 * self.bytes())
    }

    /// Little-endian, of the curve's length.
    ///
    /// # Panics
    /// If the number does not fit.
    pub(crate) fn le(&self, number: &BigUint) -> Vec<u8> {
        let mut bytes = number.to_bytes_le();
        assert!(bytes.len() <= self.bytes(), "{number:x} does not fit");
        bytes.resize(self.bytes(), 0);
        bytes
    }

    /// Two numbers, as points and signatures are written.
    pub(crate) fn pair(&self, first: &BigUint, second: &BigUint) -> Vec<u8> {
        [self.le(first), self.le(second)].concat()
    }

    /// The number 1 stands in for a digest that is 0 modulo q (GOST R 34.10-2012, step 2).
    pub(crate) fn e(&self, digest: &[u8]) -> BigUint {
        let e = BigUint::from_bytes_le(digest) % &self.q;
        if e == BigUint::ZERO {
            BigUint::from(1_u8)
        } else {
            e
        }
    }

    pub(crate) fn inverse_mod_q(&self, number: &BigUint) -> BigUint {
        number.modinv(&self.q).expect("q is prime")
    }

    /// `q - number`.
    pub(crate) fn negative_mod_q(&self, number: &BigUint) -> BigUint {
        (&self.q - number % &self.q) % &self.q
    }

    /// The point with this x and the smaller y, if there is one of order q.
    pub(crate) fn point_at(&self, x: &BigUint) -> Option<(BigUint, BigUint)> {
        let y = self.square_root(&self.right_side(x))?;
        let other = (&self.p - &y) % &self.p;
        let point = Some((x.clone(), y.min(other)));
        self.multiply(&self.q, &point).is_none().then_some(point)?
    }

    /// The points of order q with the smallest x not below `from`.
    pub(crate) fn points_from(&self, from: &BigUint, count: usize) -> Vec<(BigUint, BigUint)> {
        (0_u32..)
            .map(|step| from + step)
            .take_while(|x| *x < self.p)
            .filter_map(|x| self.point_at(&x))
            .take(count)
            .collect()
    }

    /// The points whose order divides the cofactor, without O: three where that is 4, none where it is 1.
    pub(crate) fn points_of_low_order(&self) -> Vec<(BigUint, BigUint)> {
        let points = (0_u8..).map(BigUint::from).filter_map(|x| {
            let y = self.square_root(&self.right_side(&x))?;
            Some((x, y))
        });
        // q times a point is of such an order; a dozen points give all of them with high probability.
        let mut found: Vec<_> = points
            .take(24)
            .filter_map(|point| self.multiply(&self.q, &Some(point)))
            .flat_map(|point| [self.negative(&Some(point.clone())), Some(point)])
            .flatten()
            .collect();
        found.sort();
        found.dedup();
        found
    }

    pub(crate) fn negative(&self, point: &Point) -> Point {
        point
            .as_ref()
            .map(|(x, y)| (x.clone(), (&self.p - y) % &self.p))
    }

    /// The chord or the tangent.
    pub(crate) fn add(&self, first: &Point, second: &Point) -> Point {
        let (Some((x1, y1)), Some((x2, y2))) = (first, second) else {
            return first.clone().or_else(|| second.clone());
        };
        let p = &self.p;
        let slope = if x1 != x2 {
            (p + y2 - y1) * (p + x2 - x1).modinv(p).expect("different x")
        } else if y1 == y2 && *y1 != BigUint::ZERO {
            let three: BigUint = x1 * x1 * 3_u8;
            (three + &self.a) * (y1 * 2_u8).modinv(p).expect("y is not 0")
        } else {
            return None;
        } % p;
        let x = (&slope * &slope + p + p - x1 - x2) % p;
        let y = (&slope * (p + x1 - &x) + p - y1) % p;
        Some((x, y))
    }

    pub(crate) fn multiply(&self, number: &BigUint, point: &Point) -> Point {
        // A short way for numbers just below q; q itself must stay itself, to find out orders.
        let other = if *number < self.q {
            &self.q - number
        } else {
            number.clone()
        };
        if other < *number {
            return self.negative(&self.multiply(&other, point));
        }
        let Some(point) = point else { return None };
        let mut sum = self.identity();
        for bit in (0..number.bits()).rev() {
            sum = self.double(&sum);
            if number.bit(bit) {
                sum = self.add_point(&sum, point);
            }
        }
        self.affine(&sum)
    }

    fn identity(&self) -> Jacobian {
        Jacobian {
            x: BigUint::from(1_u8),
            y: BigUint::from(1_u8),
            z: BigUint::ZERO,
        }
    }

    fn affine(&self, point: &Jacobian) -> Point {
        let inverse = point.z.modinv(&self.p)?;
        let square = &inverse * &inverse % &self.p;
        let x = &point.x * &square % &self.p;
        let y = &point.y * square * inverse % &self.p;
        Some((x, y))
    }

    fn double(&self, point: &Jacobian) -> Jacobian {
        let p = &self.p;
        let Jacobian { x, y, z } = point;
        let yy = y * y % p;
        let zz = z * z % p;
        let s: BigUint = x * &yy * 4_u8 % p;
        let m: BigUint = (x * x * 3_u8 + &self.a * (&zz * &zz % p)) % p;
        let x = (&m * &m + (p - &s) * 2_u8) % p;
        let eight: BigUint = &yy * &yy * 8_u8 % p;
        let y_new = (m * (s + p - &x) + p - eight) % p;
        let z = y * z * 2_u8 % p;
        Jacobian { x, y: y_new, z }
    }

    fn add_point(&self, sum: &Jacobian, (x2, y2): &(BigUint, BigUint)) -> Jacobian {
        let p = &self.p;
        let Jacobian { x, y, z } = sum;
        if *z == BigUint::ZERO {
            return Jacobian {
                x: x2.clone(),
                y: y2.clone(),
                z: BigUint::from(1_u8),
            };
        }
        let zz = z * z % p;
        let h = (x2 * &zz + p - x) % p;
        let r = (y2 * (&zz * z % p) + p - y) % p;
        if h == BigUint::ZERO {
            return if r == BigUint::ZERO {
                self.double(sum)
            } else {
                self.identity()
            };
        }
        let hh = &h * &h % p;
        let hhh = &hh * &h % p;
        let v = x * hh % p;
        let x_new = (&r * &r + (p - &hhh) + (p - &v) * 2_u8) % p;
        let y_new = (r * (v + p - &x_new) + p - y * hhh % p) % p;
        Jacobian {
            x: x_new,
            y: y_new,
            z: z * h % p,
        }
    }

    /// x^3 + a*x + b.
    fn right_side(&self, x: &BigUint) -> BigUint {
        (x * x * x + &self.a * x + &self.b) % &self.p
    }

    /// Every p here is 3 modulo 4: the power (p + 1) / 4.
    fn square_root(&self, square: &BigUint) -> Option<BigUint> {
        let root = square.modpow(&((&self.p + 1_u8) >> 2_u8), &self.p);
        (&root * &root % &self.p == *square).then_some(root)
    }
}

#[test]
fn the_textbook_has_base_points_of_order_q_on_the_curves() {
    for curve in Curve::ALL {
        let numbers = CurveNumbers::of(curve);
        let (x, y) = numbers.base.clone().expect("not O");
        let found = numbers.point_at(&x).expect("of order q");
        assert!(found.1 == y || (&numbers.p - found.1) == y, "{curve:?}");
        let last = &numbers.q - 1_u8;
        assert_eq!(
            numbers.multiply(&last, &numbers.base),
            numbers.negative(&numbers.base)
        );
        // Coordinates and Jacobian coordinates agree.
        let mut sum = None;
        for number in 0_u8..20 {
            assert_eq!(numbers.multiply(&number.into(), &numbers.base), sum);
            sum = numbers.add(&sum, &numbers.base);
        }
        let low = if curve == Curve::Tc26A256 { 3 } else { 0 };
        assert_eq!(numbers.points_of_low_order().len(), low, "{curve:?}");
    }
}
