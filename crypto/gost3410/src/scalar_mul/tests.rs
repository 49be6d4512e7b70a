//! Every way to multiply, against textbook arithmetic on plain integers.

use crypto_bigint::{NonZero, Odd, U512};
use proptest::prelude::*;

use super::{Multiples, mul_add_vartime, mul_vartime};
use crate::{
    CryptoProA, Curve, Tc26A256, Tc26A512,
    curve::MAX_BYTES,
    field::Residue,
    point::{Affine, Extended, Jacobian},
};

/// Affine arithmetic with all cases written out; shares nothing with the product.
struct Textbook {
    p: Odd<U512>,
    a: U512,
    q: U512,
    generator: (U512, U512),
}

/// A point, or none for O.
type Pair = Option<(U512, U512)>;

impl Textbook {
    fn new(p: &str, a: &str, q: &str, x: &str, y: &str) -> Self {
        let number = |hex: &str| U512::from_be_hex(&format!("{hex:0>128}"));
        Self {
            p: Odd::new(number(p)).expect("p is odd"),
            a: number(a),
            q: number(q),
            generator: (number(x), number(y)),
        }
    }

    fn crypto_pro_a() -> Self {
        Self::new(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
            "1",
            "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
        )
    }

    fn tc26_a256() -> Self {
        Self::new(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97",
            "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
            "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
            "91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
            "32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C",
        )
    }

    fn tc26_a512() -> Self {
        Self::new(
            &format!("{}DC7", "F".repeat(125)),
            &format!("{}DC4", "F".repeat(125)),
            concat!(
                "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
            ),
            "3",
            concat!(
                "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
                "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
            ),
        )
    }

    fn add(&self, left: Pair, right: Pair) -> Pair {
        let (Some((x1, y1)), Some((x2, y2))) = (left, right) else {
            return left.or(right);
        };
        let m = self.p.as_nz_ref();
        let slope = if x1 != x2 {
            self.divide(y2.sub_mod(&y1, m), x2.sub_mod(&x1, m))
        } else if y1 == y2 && y1 != U512::ZERO {
            let square = x1.mul_mod(&x1, m);
            let three_squares = square.add_mod(&square, m).add_mod(&square, m);
            self.divide(three_squares.add_mod(&self.a, m), y1.add_mod(&y1, m))
        } else {
            return None;
        };
        let x3 = slope.mul_mod(&slope, m).sub_mod(&x1, m).sub_mod(&x2, m);
        let y3 = slope.mul_mod(&x1.sub_mod(&x3, m), m).sub_mod(&y1, m);
        Some((x3, y3))
    }

    /// Bit by bit from the least significant.
    fn mul(&self, point: Pair, scalar: &U512) -> Pair {
        let mut sum = None;
        let mut power = point;
        for bit in 0..scalar.bits_vartime() {
            if scalar.bit_vartime(bit) {
                sum = self.add(sum, power);
            }
            power = self.add(power, power);
        }
        sum
    }

    fn mul_generator(&self, scalar: &U512) -> Pair {
        self.mul(Some(self.generator), scalar)
    }

    /// `number` mod q; which must be below 2^512.
    fn reduce(&self, number: &U512) -> U512 {
        number.rem_vartime(&NonZero::new(self.q).expect("q is not 0"))
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

fn pair<C: Curve>(point: &Affine<C>) -> Pair {
    let number = |residue: &C::Field| {
        let mut bytes = [0; MAX_BYTES];
        residue.write_le_bytes(&mut bytes[..C::BYTES]);
        U512::from_le_slice(&bytes)
    };
    Some((number(point.x()), number(point.y())))
}

fn extended<C: Curve>(point: Extended<C>) -> Pair {
    point
        .to_affine()
        .into_option()
        .and_then(|point| pair(&point))
}

fn jacobian<C: Curve>(point: Jacobian<C>) -> Pair {
    if point.is_identity() {
        None
    } else {
        pair(&Jacobian::all_to_affine(&[point])[0])
    }
}

fn scalar<C: Curve>(number: &U512) -> C::Scalar {
    let bytes = number.to_le_bytes();
    C::Scalar::from_le_bytes(&bytes.as_slice()[..C::BYTES])
        .into_option()
        .expect("below q")
}

/// All four ways give a*P and a*P + b*Q for Q = c*P; a, b, c below q, none of them 0.
fn check<C: Curve>(textbook: &Textbook, a: &U512, b: &U512, c: &U512) {
    let expected_q = textbook.mul_generator(c);
    let q = C::generator_multiples().mul(&scalar::<C>(c));
    assert_eq!(extended(q), expected_q, "constant time, {c}");
    let q = q.to_affine().into_option().expect("not O");

    let expected = textbook.add(textbook.mul_generator(a), textbook.mul(expected_q, b));
    let (a, b) = (scalar::<C>(a), scalar::<C>(b));
    assert_eq!(jacobian(mul_add_vartime(&a, &q, &b)), expected);
    let sum = C::generator_multiples().mul_add_vartime(&a, &Multiples::new(&q), &b);
    assert_eq!(extended(sum), expected);

    let product = textbook.mul(expected_q, &U512::from_le_slice(&padded::<C>(&b)));
    assert_eq!(jacobian(mul_vartime(&q, &b)), product);
}

fn padded<C: Curve>(number: &C::Scalar) -> [u8; MAX_BYTES] {
    let mut bytes = [0; MAX_BYTES];
    number.write_le_bytes(&mut bytes[..C::BYTES]);
    bytes
}

/// Scalars at which some way of multiplying could go wrong.
fn edges<C: Curve>(textbook: &Textbook) -> Vec<U512> {
    let q = textbook.q;
    let mut edges = Vec::new();
    for small in [1u64, 2, 3, 31, 32, 33, 62, 63, 64, 65, 127, 128, 4095, 4096] {
        edges.push(U512::from(small));
        edges.push(q.wrapping_sub(&U512::from(small)));
    }
    for bit in (0..C::ORDER_BITS as u32 - 1).step_by(37) {
        edges.push(U512::ONE.shl_vartime(bit));
        edges.push(
            U512::ONE
                .shl_vartime(bit)
                .wrapping_sub(&U512::ONE)
                .max(U512::ONE),
        );
    }
    // Where the last addition of the constant-time way meets two equal points: the sum so far and
    // the last entry are both d * 2^(6i) P modulo q, so k or -k is 2d * 2^(6i) mod q for the last
    // position i and its odd digit d. On tc26-512-A that is q - 126 * 2^504, on CryptoPro-A
    // 30 * 2^252 - q; all others have other digits, and are edges all the same.
    let last = ((8 * C::BYTES).div_ceil(6) - 1) & !1;
    for odd in (1..64u64).step_by(2) {
        for factor in [odd, 2 * odd] {
            let step = textbook.reduce(&U512::from(factor).shl_vartime(6 * last as u32));
            edges.push(q.wrapping_sub(&step));
            edges.push(step);
        }
    }
    edges
}

fn check_edges<C: Curve>(textbook: &Textbook) {
    for edge in edges::<C>(textbook) {
        let product = C::generator_multiples().mul(&scalar::<C>(&edge));
        assert_eq!(extended(product), textbook.mul_generator(&edge), "{edge}");
    }
}

#[test]
fn the_two_scalars_whose_last_addition_meets_equal_points_are_among_the_edges() {
    let number = |hex: &str| U512::from_be_hex(&format!("{hex:0>128}"));
    let edges_of_crypto_pro_a = edges::<CryptoProA>(&Textbook::crypto_pro_a());
    let exceptional = "E0000000000000000000000000000000939EEF8F66A52EFFBA7BE4F6489E476D";
    assert!(edges_of_crypto_pro_a.contains(&number(exceptional)));
    let edges_of_tc26_a512 = edges::<Tc26A512>(&Textbook::tc26_a512());
    let exceptional = concat!(
        "81FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    );
    assert!(edges_of_tc26_a512.contains(&number(exceptional)));
}

#[test]
fn sparse_extreme_and_exceptional_scalars_agree_with_the_textbook_formula() {
    check_edges::<CryptoProA>(&Textbook::crypto_pro_a());
    check_edges::<Tc26A256>(&Textbook::tc26_a256());
    check_edges::<Tc26A512>(&Textbook::tc26_a512());
}

#[test]
fn sums_that_meet_equal_points_opposite_points_and_the_identity_agree_with_the_textbook_formula() {
    fn check_all<C: Curve>(textbook: &Textbook) {
        let (one, two, minus_one) = (
            U512::ONE,
            U512::from(2u8),
            textbook.q.wrapping_sub(&U512::ONE),
        );
        let numbers = [one, two, U512::from(63u8), minus_one];
        for a in &numbers {
            for b in &numbers {
                for c in [&one, &two, &minus_one] {
                    check::<C>(textbook, a, b, c);
                }
            }
        }
    }
    check_all::<CryptoProA>(&Textbook::crypto_pro_a());
    check_all::<Tc26A256>(&Textbook::tc26_a256());
    check_all::<Tc26A512>(&Textbook::tc26_a512());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_scalars_agree_with_the_textbook_formula(numbers in any::<[[u8; MAX_BYTES]; 3]>()) {
        fn check_bytes<C: Curve>(textbook: &Textbook, numbers: &[[u8; MAX_BYTES]; 3]) {
            let [a, b, c] = numbers.map(|mut bytes| {
                bytes[C::BYTES..].fill(0);
                textbook.reduce(&U512::from_le_slice(&bytes)).max(U512::ONE)
            });
            check::<C>(textbook, &a, &b, &c);
        }
        check_bytes::<CryptoProA>(&Textbook::crypto_pro_a(), &numbers);
        check_bytes::<Tc26A256>(&Textbook::tc26_a256(), &numbers);
        check_bytes::<Tc26A512>(&Textbook::tc26_a512(), &numbers);
    }
}

#[test]
fn doubling_the_identity_gives_the_identity() {
    fn check<C: Curve>() {
        assert!(Jacobian::<C>::IDENTITY.double().is_identity());
        assert!(Extended::<C>::default().double().is_identity().to_bool());
        assert_eq!(extended(Extended::<C>::default()), None);
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn one_is_reached_by_adding_to_its_negative_twice() {
    fn check<C: Curve>() {
        let generator = Affine::<C>::GENERATOR;
        let mut point = Extended::from(generator.neg());
        assert!(point.add(&generator).is_identity().to_bool());
        point.add_vartime(&generator);
        assert!(point.is_identity().to_bool());
        point.add_vartime(&generator);
        assert_eq!(extended(point), pair(&generator));
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}
