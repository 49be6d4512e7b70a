//! Laws of the group, and agreement with a second, textbook formula.

use crypto_bigint::{NonZero, Odd, U512};
use proptest::prelude::*;

use super::Point;
use crate::{
    CryptoProA, Curve, Tc26A512,
    curve::MAX_BYTES,
    field::Residue,
    scalar_mul::{mul, mul_add_vartime},
};

/// Affine arithmetic on plain integers with all cases written out; shares nothing with the product.
struct Textbook {
    p: Odd<U512>,
    generator: (U512, U512),
}

/// A point, or none for O.
type Affine = Option<(U512, U512)>;

impl Textbook {
    fn new(p: &str, x: &str, y: &str) -> Self {
        let number = |hex: &str| U512::from_be_hex(&format!("{hex:0>128}"));
        Self {
            p: Odd::new(number(p)).expect("p is odd"),
            generator: (number(x), number(y)),
        }
    }

    fn crypto_pro_a() -> Self {
        Self::new(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
            "1",
            "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
        )
    }

    fn tc26_a512() -> Self {
        Self::new(
            &format!("{}DC7", "F".repeat(125)),
            "3",
            concat!(
                "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
                "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
            ),
        )
    }

    fn add(&self, left: Affine, right: Affine) -> Affine {
        let (Some((x1, y1)), Some((x2, y2))) = (left, right) else {
            return left.or(right);
        };
        let m = self.p.as_nz_ref();
        let slope = if x1 != x2 {
            self.divide(y2.sub_mod(&y1, m), x2.sub_mod(&x1, m))
        } else if y1 == y2 && y1 != U512::ZERO {
            let square = x1.mul_mod(&x1, m);
            let three_squares = square.add_mod(&square, m).add_mod(&square, m);
            // a = p - 3
            self.divide(
                three_squares.sub_mod(&U512::from(3u8), m),
                y1.add_mod(&y1, m),
            )
        } else {
            return None;
        };
        let x3 = slope.mul_mod(&slope, m).sub_mod(&x1, m).sub_mod(&x2, m);
        let y3 = slope.mul_mod(&x1.sub_mod(&x3, m), m).sub_mod(&y1, m);
        Some((x3, y3))
    }

    /// Bit by bit from the least significant.
    fn mul_generator(&self, scalar: &U512) -> Affine {
        let mut sum = None;
        let mut power = Some(self.generator);
        for bit in 0..U512::BITS {
            if scalar.bit_vartime(bit) {
                sum = self.add(sum, power);
            }
            power = self.add(power, power);
        }
        sum
    }

    fn divide(&self, numerator: U512, denominator: U512) -> U512 {
        let inverse = denominator
            .invert_odd_mod(&self.p)
            .into_option()
            .expect("not 0");
        let m: &NonZero<U512> = self.p.as_nz_ref();
        numerator.mul_mod(&inverse, m)
    }
}

fn affine<C: Curve>(point: Point<C>) -> Affine {
    let number = |residue: C::Field| {
        let mut bytes = [0; MAX_BYTES];
        residue.write_le_bytes(&mut bytes[..C::BYTES]);
        U512::from_le_slice(&bytes)
    };
    point
        .to_affine()
        .into_option()
        .map(|(x, y)| (number(x), number(y)))
}

fn scalar<C: Curve>(bytes: &[u8; MAX_BYTES]) -> C::Scalar {
    C::Scalar::from_le_bytes_reduced(&bytes[..C::BYTES])
}

fn multiple<C: Curve>(bytes: &[u8; MAX_BYTES]) -> Point<C> {
    mul(&Point::GENERATOR, &scalar::<C>(bytes))
}

fn check_laws<C: Curve>(a: &[u8; MAX_BYTES], b: &[u8; MAX_BYTES], c: &[u8; MAX_BYTES]) {
    let (p, q, r) = (multiple::<C>(a), multiple::<C>(b), multiple::<C>(c));
    assert_eq!(p.add(&q), q.add(&p));
    assert_eq!(p.add(&q).add(&r), p.add(&q.add(&r)));
    assert_eq!(p.add(&Point::IDENTITY), p);
    assert_eq!(Point::IDENTITY.add(&p), p);
    assert_eq!(p.add(&p), p.double());
    assert_eq!(p.add(&p.neg()), Point::IDENTITY);
    assert_eq!(p.neg().add(&p), Point::IDENTITY);

    // (a + b)*G = a*G + b*G, and the fast way for public scalars agrees.
    let sum = mul(&Point::<C>::GENERATOR, &scalar::<C>(a).add(&scalar::<C>(b)));
    assert_eq!(sum, p.add(&q));
    let both = mul_add_vartime(&scalar::<C>(a), &q, &scalar::<C>(c));
    assert_eq!(both, p.add(&mul(&q, &scalar::<C>(c))));
}

fn check_against_textbook<C: Curve>(textbook: &Textbook, bytes: &[u8; MAX_BYTES]) {
    let mut number = [0; MAX_BYTES];
    scalar::<C>(bytes).write_le_bytes(&mut number[..C::BYTES]);
    let expected = textbook.mul_generator(&U512::from_le_slice(&number));
    assert_eq!(affine(multiple::<C>(bytes)), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn points_obey_the_laws_of_a_group(
        a in any::<[u8; MAX_BYTES]>(),
        b in any::<[u8; MAX_BYTES]>(),
        c in any::<[u8; MAX_BYTES]>(),
    ) {
        check_laws::<CryptoProA>(&a, &b, &c);
        check_laws::<Tc26A512>(&a, &b, &c);
    }

    #[test]
    fn scalar_multiplication_agrees_with_the_textbook_formula(bytes in any::<[u8; MAX_BYTES]>()) {
        check_against_textbook::<CryptoProA>(&Textbook::crypto_pro_a(), &bytes);
        check_against_textbook::<Tc26A512>(&Textbook::tc26_a512(), &bytes);
    }
}

#[test]
fn small_and_sparse_scalars_agree_with_the_textbook_formula() {
    for (position, value) in [
        (0, 0),
        (0, 1),
        (0, 2),
        (0, 15),
        (0, 16),
        (0, 0xF0),
        (31, 0x10),
        (31, 1),
    ] {
        let mut bytes = [0; MAX_BYTES];
        bytes[position] = value;
        check_against_textbook::<CryptoProA>(&Textbook::crypto_pro_a(), &bytes);
        check_against_textbook::<Tc26A512>(&Textbook::tc26_a512(), &bytes);
    }
}

#[test]
fn the_identity_is_neutral_to_itself_and_has_no_coordinates() {
    fn check<C: Curve>() {
        let identity = Point::<C>::IDENTITY;
        assert_eq!(identity.add(&identity), identity);
        assert_eq!(identity.double(), identity);
        assert_eq!(affine(identity), None);
        assert_ne!(identity, Point::GENERATOR);
        assert_eq!(mul(&identity, &C::Scalar::ONE), identity);
        assert_eq!(mul(&Point::<C>::GENERATOR, &C::Scalar::ZERO), identity);
        assert_eq!(
            mul(&Point::<C>::GENERATOR, &C::Scalar::ONE),
            Point::GENERATOR
        );
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}
