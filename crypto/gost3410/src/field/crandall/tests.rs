//! Both ways of multiplying, and all other operations, against crypto-bigint: numbers of the full
//! width, divided by p.

use core::array;

use crypto_bigint::{
    NonZero, U256, U512, Uint, const_monty_params,
    modular::{ConstMontyForm, ConstMontyParams},
};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
#[cfg(target_arch = "x86_64")]
use crate::arithmetic::detected_adx;

/// Coordinates of tc26-512-A.
type Wide = Crandall<8, 569>;

/// Coordinates of CryptoPro-A and tc26-256-A.
type Narrow = Crandall<4, 617>;

const RANDOM_CASES: u32 = 10_000;

const WIDE_P: &str = concat!(
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7",
);
const NARROW_P: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97";

const_monty_params!(WideP, U512, WIDE_P, "p of tc26-512-A.");
const_monty_params!(NarrowP, U256, NARROW_P, "p of CryptoPro-A.");

/// What the processor offers for multiplying and squaring.
trait Ways<const N: usize> {
    /// `a * b` and `a * a`, weakly reduced, in every way.
    fn products(a: &[u64; N], b: &[u64; N]) -> Vec<[[u64; N]; 2]>;
}

macro_rules! ways {
    ($n:literal, $c:literal, $mul:ident, $square:ident) => {
        impl Ways<$n> for Crandall<$n, $c> {
            fn products(a: &[u64; $n], b: &[u64; $n]) -> Vec<[[u64; $n]; 2]> {
                let portable = [portable::mul::<$n, $c>(a, b), portable::square::<$n, $c>(a)];
                #[cfg(target_arch = "x86_64")]
                if let Some(adx) = detected_adx() {
                    let wide_instructions =
                        [x86_64::$mul::<$c>(adx, a, b), x86_64::$square::<$c>(adx, a)];
                    return vec![portable, wide_instructions];
                }
                vec![portable]
            }
        }
    };
}

ways!(8, 569, mul8, square8);
ways!(4, 617, mul4, square4);

/// Every operation on two numbers of the full width.
fn check<const N: usize, const C: u64>(a: &[u64; N], b: &[u64; N])
where
    Crandall<N, C>: Residue + Ways<N>,
{
    let p = NonZero::new(Uint::from_words(Crandall::<N, C>::MODULUS)).unwrap();
    let reduced = |limbs: &[u64; N]| Uint::from_words(*limbs).rem_vartime(&p);
    let product = |x: &Uint<N>, y: &Uint<N>| Uint::rem_wide_vartime(x.widening_mul(y), &p);
    let (x, y) = (Uint::from_words(*a), Uint::from_words(*b));

    let expected = [product(&x, &y), product(&x, &x)];
    for products in Crandall::<N, C>::products(a, b) {
        assert_eq!(products.map(|product| reduced(&product)), expected);
        let limbs = products.map(|product| Crandall::<N, C>(product).limbs());
        assert_eq!(limbs, expected.map(|number| number.to_words()));
    }

    let (f, g) = (Crandall::<N, C>(*a), Crandall::<N, C>(*b));
    let (x, y) = (reduced(a), reduced(b));
    let results = [
        (f, x),
        (f.mul(&g), product(&x, &y)),
        (f.square(), product(&x, &x)),
        (f.add(&g), x.add_mod(&y, &p)),
        (f.sub(&g), x.sub_mod(&y, &p)),
        (f.neg(), x.neg_mod(&p)),
        (f.double(), x.add_mod(&x, &p)),
        (f.triple(), product(&x, &Uint::from_u8(3))),
    ];
    for (actual, expected) in results {
        assert_eq!(actual.limbs(), expected.to_words());
        assert_eq!(actual, Crandall::from_limbs(expected.to_words()));
        assert_eq!(actual.is_zero().to_bool(), bool::from(expected.is_zero()));
    }
    assert_eq!(f == g, x == y);
}

/// Limbs at which carries appear or vanish.
fn edges(c: u64) -> [u64; 6] {
    [0, 1, c - 1, c, c + 1, u64::MAX]
}

/// Every edge in every place over every background, and numbers around p.
fn edge_numbers<const N: usize>(c: u64) -> Vec<[u64; N]> {
    let mut numbers = vec![];
    for background in edges(c) {
        numbers.push([background; N]);
        for place in 0..N {
            for edge in edges(c) {
                let mut limbs = [background; N];
                limbs[place] = edge;
                numbers.push(limbs);
            }
        }
    }
    for low in [c.wrapping_neg() - 1, c.wrapping_neg(), c.wrapping_neg() + 1] {
        let mut limbs = [u64::MAX; N];
        limbs[0] = low;
        numbers.push(limbs);
    }
    numbers
}

fn check_edges<const N: usize, const C: u64>()
where
    Crandall<N, C>: Residue + Ways<N>,
{
    let numbers = edge_numbers::<N>(C);
    assert!(numbers.len().pow(2) >= 10_000);
    for a in &numbers {
        for b in &numbers {
            check::<N, C>(a, b);
        }
    }
}

#[test]
fn operations_on_edge_values_give_what_division_gives() {
    check_edges::<8, 569>();
    check_edges::<4, 617>();
}

/// Numbers of the full width; about half of the limbs are edges.
fn number<const N: usize>(c: u64) -> impl Strategy<Value = [u64; N]> {
    vec(prop_oneof![any::<u64>(), select(edges(c).to_vec())], N)
        .prop_map(|limbs| limbs.try_into().expect("N limbs"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(RANDOM_CASES))]

    #[test]
    fn operations_on_512_bits_give_what_division_gives(a in number(569), b in number(569)) {
        check::<8, 569>(&a, &b);
    }

    #[test]
    fn operations_on_256_bits_give_what_division_gives(a in number(617), b in number(617)) {
        check::<4, 617>(&a, &b);
    }
}

/// (2^n - 1)^2: the folded sum is C * 2^n + (1 - 2 C), so its limbs are 2^n + 1 - 2 C and the limb
/// above is C - 1; adding (C - 1) * C reaches 2^n again, for the second carry.
#[test]
fn the_second_carry_of_a_product_comes_back() {
    fn check_second_carry<const N: usize, const C: u64>()
    where
        Crandall<N, C>: Residue + Ways<N>,
    {
        let largest = [u64::MAX; N];
        let mut expected = [0; N];
        expected[0] = (C - 1).pow(2);
        for products in Crandall::<N, C>::products(&largest, &largest) {
            assert_eq!(products, [expected; 2]);
        }
    }
    check_second_carry::<8, 569>();
    check_second_carry::<4, 617>();
}

#[test]
fn a_number_below_c_has_two_forms_that_are_one_residue() {
    fn check_forms<const N: usize, const C: u64>()
    where
        Crandall<N, C>: Residue,
    {
        for small in 0..C {
            let mut limbs = [0; N];
            limbs[0] = small;
            let mut above = Crandall::<N, C>::MODULUS;
            above[0] += small;
            let [low, high] = [limbs, above].map(Crandall::<N, C>::from_limbs);
            assert_eq!(high.limbs(), limbs);
            assert_eq!(low, high);
            assert_eq!(high.is_zero().to_bool(), small == 0);
            let mut bytes = vec![0xAA; 8 * N];
            high.write_le_bytes(&mut bytes);
            assert_eq!(bytes[..8], small.to_le_bytes());
            assert!(bytes[8..].iter().all(|byte| *byte == 0));
        }
    }
    check_forms::<8, 569>();
    check_forms::<4, 617>();
}

#[test]
fn reading_takes_numbers_below_p_only_unless_it_reduces() {
    fn check_reading<const N: usize, const C: u64>()
    where
        Crandall<N, C>: Residue,
    {
        let minus_one = Crandall::<N, C>::ONE.neg();
        for (offset, residue) in [
            (-1, Some(minus_one)),
            (0, None),
            (1, None),
            (i64::try_from(C - 1).unwrap(), None),
        ] {
            let mut number = Crandall::<N, C>::MODULUS;
            number[0] = number[0].wrapping_add_signed(offset);
            let bytes = number.map(u64::to_le_bytes);
            let bytes = bytes.as_flattened();
            assert_eq!(Crandall::from_le_bytes(bytes).into_option(), residue);
            let reduced = Crandall::<N, C>::from_le_bytes_reduced(bytes);
            assert_eq!(reduced, Crandall(number));
            assert_eq!(
                reduced.add(&Crandall::ONE).is_zero().to_bool(),
                offset == -1
            );
        }
    }
    check_reading::<8, 569>();
    check_reading::<4, 617>();
}

#[test]
fn bytes_are_little_endian() {
    let bytes: [u8; 64] = array::from_fn(|i| i as u8);
    let number = Wide::from_le_bytes(&bytes).into_option().expect("below p");
    assert_eq!(number.limbs()[0], 0x0706_0504_0302_0100);
    assert_eq!(number.limbs()[7], 0x3F3E_3D3C_3B3A_3938);
    let mut written = [0; 64];
    number.write_le_bytes(&mut written);
    assert_eq!(written, bytes);
}

#[test]
#[should_panic(expected = "callers check the length")]
fn reading_another_length_panics() {
    let _ = Narrow::from_le_bytes(&[0; 31]);
}

#[test]
#[should_panic(expected = "callers check the length")]
fn reducing_another_length_panics() {
    let _ = Wide::from_le_bytes_reduced(&[0; 65]);
}

#[test]
#[should_panic(expected = "callers give the right length")]
fn writing_another_length_panics() {
    Wide::ONE.write_le_bytes(&mut [0; 32]);
}

/// b of tc26-512-A.
const WIDE_B: &str = concat!(
    "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265",
    "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
);

#[test]
fn hexadecimal_numbers_are_read_and_printed_most_significant_first() {
    const B: Wide = Wide::from_be_hex(WIDE_B);
    assert_eq!(B.limbs()[0], 0x5031_9078_5A71_C760);
    assert_eq!(B.limbs()[7], 0xE8C2_505D_EDFC_86DD);
    assert_eq!(format!("{B:?}"), format!("0x{WIDE_B}"));
    assert_eq!(Wide::from_be_hex(&WIDE_B.to_lowercase()), B);
    // The form above p is printed as the number below it.
    assert_eq!(
        format!("{:?}", Narrow::from_limbs([u64::MAX; 4])),
        format!("0x{:064X}", 616)
    );
}

#[test]
#[should_panic(expected = "not less than the modulus")]
fn hexadecimal_p_is_refused() {
    let _ = Wide::from_be_hex(WIDE_P);
}

#[test]
#[should_panic(expected = "wrong number of digits")]
fn hexadecimal_numbers_of_another_length_are_refused() {
    let _ = Wide::from_be_hex(NARROW_P);
}

#[test]
#[should_panic(expected = "not a hexadecimal digit")]
fn other_characters_than_hexadecimal_digits_are_refused() {
    let _ = Narrow::from_be_hex(&"0G".repeat(32));
}

#[test]
fn selecting_gathering_and_wiping_move_whole_limbs() {
    let (mut a, b) = (Wide::from_be_hex(WIDE_B), Wide::ONE);
    assert_eq!(a.ct_select(&b, Choice::FALSE).0, a.0);
    assert_eq!(a.ct_select(&b, Choice::TRUE).0, b.0);
    let mut gathered = Wide::default();
    gathered.gather(&b, 0);
    assert_eq!(gathered.0, [0; 8]);
    gathered.gather(&a, u64::MAX);
    assert_eq!(gathered.0, a.0);
    a.zeroize();
    assert_eq!(a.0, [0; 8]);
    assert_eq!(Wide::default().0, [0; 8]);
}

/// The laws of a field, and the same results as in Montgomery form.
fn check_laws<const N: usize, const C: u64, P>(a: &[u64; N], b: &[u64; N], c: &[u64; N])
where
    Crandall<N, C>: Residue,
    P: ConstMontyParams<N>,
{
    let [f, g, h] = [a, b, c].map(|limbs| Crandall::<N, C>(*limbs));
    assert_eq!(f.mul(&g), g.mul(&f));
    assert_eq!(f.mul(&g).mul(&h), f.mul(&g.mul(&h)));
    assert_eq!(f.add(&g).mul(&h), f.mul(&h).add(&g.mul(&h)));
    assert_eq!(f.mul(&Crandall::ONE), f);
    assert_eq!(f.sub(&g).add(&g), f);
    assert_eq!(f.add(&f.neg()), Crandall::ZERO);
    assert_eq!(
        f.add(&g).square(),
        f.square().add(&f.mul(&g).double()).add(&g.square())
    );
    match f.invert_vartime().into_option() {
        Some(inverse) => {
            assert_eq!(inverse.mul(&f), Crandall::ONE);
            assert_eq!(inverse, power_of_p_minus_2(&f));
            assert_eq!(f.invert().into_option(), Some(inverse));
        }
        None => {
            assert!(f.is_zero().to_bool());
            assert_eq!(f.invert().into_option(), None);
        }
    }

    let [x, y, z] = [a, b, c].map(|limbs| ConstMontyForm::<P, N>::new(&Uint::from_words(*limbs)));
    let actual = f.mul(&g).sub(&h.square()).triple().neg();
    let expected = x.mul(&y).sub(&z.square()).triple().neg();
    assert_eq!(actual.limbs(), expected.retrieve().to_words());
}

/// x^(p - 2) = 1/x, by Fermat.
fn power_of_p_minus_2<const N: usize, const C: u64>(x: &Crandall<N, C>) -> Crandall<N, C>
where
    Crandall<N, C>: Residue,
{
    let mut exponent = Crandall::<N, C>::MODULUS;
    exponent[0] -= 2;
    let mut power = Crandall::ONE;
    for bit in (0..64 * N).rev() {
        power = power.square();
        if exponent[bit / 64] >> (bit % 64) & 1 == 1 {
            power = power.mul(x);
        }
    }
    power
}

proptest! {
    #[test]
    fn residues_of_512_bits_obey_the_laws(a in number(569), b in number(569), c in number(569)) {
        check_laws::<8, 569, WideP>(&a, &b, &c);
    }

    #[test]
    fn residues_of_256_bits_obey_the_laws(a in number(617), b in number(617), c in number(617)) {
        check_laws::<4, 617, NarrowP>(&a, &b, &c);
    }
}

#[test]
fn zero_has_no_inverse_in_either_form() {
    for zero in [Narrow::ZERO, Narrow::from_limbs(Narrow::MODULUS)] {
        assert_eq!(zero.invert().into_option(), None);
        assert_eq!(zero.invert_vartime().into_option(), None);
    }
    for zero in [Wide::ZERO, Wide::from_limbs(Wide::MODULUS)] {
        assert_eq!(zero.invert().into_option(), None);
        assert_eq!(zero.invert_vartime().into_option(), None);
    }
}
