//! Inverses against another implementation, against multiplication, and on awkward numbers.

use crypto_bigint::{NonZero, Odd, U256, U512, Uint, Word};

use super::{
    Modulus,
    divsteps::divsteps,
    invert, invert_vartime,
    limbs::{self, MASK},
};

/// TC26, 512-bit parameter set A (RFC 7836, appendix A.1): p = 2^512 - 569 and q.
const P_512_A: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
                       FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7";
const Q_512_A: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
                       27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275";
/// CryptoPro, parameter set A (RFC 4357, section 11.4): p = 2^256 - 617 and q.
const P_CRYPTO_PRO_A: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97";
const Q_CRYPTO_PRO_A: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893";
/// TC26, 256-bit parameter set A (RFC 7836, appendix A.2): q.
const Q_256_A: &str = "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67";
/// Primes far from a power of two: CryptoPro, parameter set C (RFC 4357, section 11.4), and
/// brainpoolP512r1 (RFC 5639, section 3.7).
const P_CRYPTO_PRO_C: &str = "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B";
const P_BRAINPOOL_512: &str = "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330871\
                               7D4D9B009BC66842AECDA12AE6A380E62881FF2F2D82C68528AA6056583A48F3";

#[test]
fn inverses_modulo_p_of_512_a_are_right() {
    check::<8, { U512::LIMBS }>(P_512_A);
}

#[test]
fn inverses_modulo_q_of_512_a_are_right() {
    check::<8, { U512::LIMBS }>(Q_512_A);
}

#[test]
fn inverses_modulo_p_of_crypto_pro_a_are_right() {
    check::<4, { U256::LIMBS }>(P_CRYPTO_PRO_A);
}

#[test]
fn inverses_modulo_q_of_crypto_pro_a_are_right() {
    check::<4, { U256::LIMBS }>(Q_CRYPTO_PRO_A);
}

#[test]
fn inverses_modulo_q_of_256_a_are_right() {
    check::<4, { U256::LIMBS }>(Q_256_A);
}

#[test]
fn inverses_modulo_primes_far_from_powers_of_two_are_right() {
    check::<4, { U256::LIMBS }>(P_CRYPTO_PRO_C);
    check::<8, { U512::LIMBS }>(P_BRAINPOOL_512);
}

#[test]
fn a_matrix_of_divsteps_does_what_single_division_steps_do() {
    let mut random = Random(3);
    let words = [
        0,
        1,
        -1,
        2,
        -2,
        1 << 19,
        1 << 20,
        1 << 40,
        1 << 59,
        1 << 60,
        MASK,
        MASK >> 1,
    ];
    let pairs = words.iter().flat_map(|&f| words.map(|g| (f, g)));
    let random_pairs = (0..2000).map(|_| (random.word() as i64, random.word() as i64));
    for (f, g) in pairs.chain(random_pairs) {
        let (f, g) = ((f & MASK) | 1, g & MASK);
        for zeta in [-70, -21, -20, -19, -3, -2, -1, 0, 1, 2, 18, 19, 20, 70] {
            for steps in [20, 30, 40, 50, 60] {
                let (end_of_zeta, matrix) = divsteps(zeta, f, g, steps);
                // 2 delta
                let mut delta = -2 * zeta - 1;
                let (mut x, mut y) = (i128::from(f), i128::from(g));
                for _ in 0..steps {
                    (delta, x, y) = match (y & 1 == 1, delta > 0) {
                        (true, true) => (2 - delta, y, (y - x) / 2),
                        (true, false) => (2 + delta, x, (y + x) / 2),
                        (false, _) => (2 + delta, x, y / 2),
                    };
                }
                let row = |a, b| limbs::product(a, f) + limbs::product(b, g);
                assert_eq!(-2 * end_of_zeta - 1, delta, "{f} {g} {zeta} {steps}");
                assert_eq!(row(matrix.u, matrix.v), x << 62, "{f} {g} {zeta} {steps}");
                assert_eq!(row(matrix.q, matrix.r), y << 62, "{f} {g} {zeta} {steps}");
            }
        }
    }
}

#[test]
fn words_survive_the_way_through_limbs() {
    let mut random = Random(4);
    for _ in 0..1000 {
        let (short, long): ([u64; 4], [u64; 8]) = (random.words(), random.words());
        assert_eq!(limbs::to_words::<4>(&limbs::from_words(&short)), short);
        assert_eq!(limbs::to_words::<8>(&limbs::from_words(&long)), long);
    }
    assert_eq!(
        limbs::to_words::<4>(&limbs::from_words(&[u64::MAX; 4])),
        [u64::MAX; 4]
    );
    assert_eq!(
        limbs::to_words::<8>(&limbs::from_words(&[u64::MAX; 8])),
        [u64::MAX; 8]
    );
}

#[test]
#[should_panic(expected = "a modulus is odd")]
fn an_even_modulus_is_refused() {
    Modulus::new([2, 0, 0, 1 << 63]);
}

#[test]
#[should_panic(expected = "a modulus fills its words")]
fn a_short_modulus_is_refused() {
    Modulus::new([1, 0, 0, 1 << 61]);
}

#[test]
#[should_panic(expected = "a modulus has 4 or 8 words")]
fn a_modulus_of_another_width_is_refused() {
    Modulus::new([1, 0, 0, 0, 1 << 63]);
}

/// Compares both inversions with crypto-bigint's and with the definition, on awkward numbers and on
/// 5000 random ones.
fn check<const N: usize, const LIMBS: usize>(modulus: &str) {
    let m = Uint::<LIMBS>::from_be_hex(modulus);
    let odd = Odd::new(m).unwrap();
    let non_zero = NonZero::new(m).unwrap();
    let ours = Modulus::<N>::new(words(&m));

    let mut numbers = awkward(m);
    let mut random = Random(N as u64);
    numbers.extend((0..5000).map(|_| random.number::<LIMBS>().rem_vartime(&non_zero)));
    for x in numbers {
        let inverse = invert(&words(&x), &ours);
        assert_eq!(inverse, invert_vartime(&words(&x), &ours), "{x:x}");
        let expected = x.invert_odd_mod(&odd).into_option();
        assert_eq!(
            inverse,
            expected.map_or([0; N], |inverse| words(&inverse)),
            "{x:x}"
        );
        match expected {
            Some(inverse) => {
                assert_eq!(x.mul_mod_vartime(&inverse, &non_zero), Uint::ONE, "{x:x}");
            }
            None => assert_eq!(x, Uint::ZERO),
        }
    }
}

/// Numbers less than `m` near 0, m, m/2 and powers of two; with long runs of equal bits; and the
/// inverses of small numbers.
fn awkward<const LIMBS: usize>(m: Uint<LIMBS>) -> Vec<Uint<LIMBS>> {
    let odd = Odd::new(m).unwrap();
    let mut numbers = Vec::new();
    for k in 0..200 {
        let k = Uint::from_u64(k);
        numbers.push(k);
        numbers.push(m.wrapping_sub(&k));
        numbers.push(m.shr(1).wrapping_sub(&k));
        numbers.push(m.shr(1).wrapping_add(&k));
        numbers.extend(k.invert_odd_mod(&odd).into_option());
    }
    for i in 0..Uint::<LIMBS>::BITS {
        let power = Uint::<LIMBS>::ONE.shl(i);
        numbers.push(power);
        numbers.push(m.wrapping_sub(&power));
        numbers.push(power.wrapping_sub(&Uint::ONE));
        numbers.push(power.wrapping_add(&Uint::ONE));
        for j in (0..i).step_by(37) {
            let run = power.wrapping_sub(&Uint::ONE.shl(j));
            numbers.push(run);
            numbers.push(!run);
            numbers.push(m.wrapping_sub(&run));
        }
    }
    numbers.retain(|x| *x < m);
    numbers
}

/// The words of 64 bits of a number whose own may be shorter.
fn words<const N: usize, const LIMBS: usize>(number: &Uint<LIMBS>) -> [u64; N] {
    let mut words = [0; N];
    for (i, word) in number.as_words().iter().enumerate() {
        let bit = i * Word::BITS as usize;
        words[bit / 64] |= *word << (bit % 64);
    }
    words
}

/// SplitMix64, for repeatable test data.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn words<const N: usize>(&mut self) -> [u64; N] {
        core::array::from_fn(|_| self.word())
    }

    fn number<const LIMBS: usize>(&mut self) -> Uint<LIMBS> {
        Uint::from_words(core::array::from_fn(|_| self.word() as Word))
    }
}
