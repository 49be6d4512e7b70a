//! Keys, vectors and MAC keys from a password (RFC 7292 appendix B).

use digest::block_api::BlockSizeUser;
use digest::{Digest, FixedOutputReset};
use sha1::Sha1;
use tamga_token_api::Password;
use zeroize::{Zeroize, Zeroizing};

use super::sha1_lanes;
use crate::password_octets::utf_16_be;

/// A password as BMPString with two zero octets behind (RFC 7292 appendix B.1).
pub(super) struct BmpPassword(Zeroizing<Vec<u8>>);

impl BmpPassword {
    pub(super) fn new(password: &Password) -> Self {
        Self(utf_16_be(password, &[0, 0]))
    }
}

/// What the derived octets are for (RFC 7292 appendix B.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Key of a cipher.
    Key = 1,
    /// Initialisation vector of a cipher.
    Vector = 2,
    /// Key of the integrity check.
    MacKey = 3,
}

/// One derivation by SHA-1, the digest of all encryptions of RFC 7292.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) salt: Vec<u8>,
    pub(super) purpose: Purpose,
    /// At least 1 is done.
    pub(super) iterations: u32,
    /// Octets wanted.
    pub(super) length: usize,
}

/// What one password gives, by SHA-1: what was foreseen is derived side by side, the rest when it is asked for.
pub(super) struct Derivations<'a> {
    password: &'a BmpPassword,
    done: Vec<(Wish, Zeroizing<Vec<u8>>)>,
}

impl<'a> Derivations<'a> {
    /// Derives all of `foreseen` in lockstep; they must agree in the number of iterations.
    pub(super) fn foresee(password: &'a BmpPassword, foreseen: Vec<Wish>) -> Self {
        let derived = side_by_side(password, &foreseen);
        Self {
            password,
            done: foreseen.into_iter().zip(derived).collect(),
        }
    }

    /// The octets.
    pub(super) fn derive(&self, wish: Wish) -> Zeroizing<Vec<u8>> {
        if let Some((_, octets)) = self.done.iter().find(|(one, _)| *one == wish) {
            return octets.clone();
        }
        let wishes = [wish];
        let mut derived = side_by_side(self.password, &wishes);
        derived.pop().expect("one for each wish")
    }
}

/// Derives for wishes with equal numbers of iterations, four blocks at a time.
///
/// The blocks of one wish follow from one another, so the wish with most blocks left goes first.
fn side_by_side(password: &BmpPassword, wishes: &[Wish]) -> Vec<Zeroizing<Vec<u8>>> {
    let iterations = wishes.first().map_or(1, |wish| wish.iterations);
    debug_assert!(wishes.iter().all(|wish| wish.iterations == iterations));
    let mut underway: Vec<Derivation> = wishes
        .iter()
        .map(|wish| {
            let v = Sha1::block_size();
            Derivation::new::<Sha1>(password, &wish.salt, wish.purpose, wish.length, v)
        })
        .collect();
    loop {
        let mut order: Vec<usize> = (0..underway.len())
            .filter(|&index| !underway[index].is_done())
            .collect();
        order.sort_by_key(|&index| std::cmp::Reverse(underway[index].missing()));
        order.truncate(sha1_lanes::LANES);
        if order.is_empty() {
            break;
        }
        let mut blocks = Zeroizing::new([[0; sha1_lanes::DIGEST]; sha1_lanes::LANES]);
        for (block, &index) in blocks.iter_mut().zip(&order) {
            block.copy_from_slice(&underway[index].first_round::<Sha1>());
        }
        sha1_lanes::iterate(&mut blocks, iterations.saturating_sub(1));
        for (block, &index) in blocks.iter().zip(&order) {
            underway[index].take(block);
        }
    }
    underway.into_iter().map(Derivation::finish).collect()
}

/// Derives `length` octets by any digest; the letters and step numbers are those of RFC 7292 appendix B.2.
pub(super) fn derive<D: Digest + BlockSizeUser + FixedOutputReset>(
    password: &BmpPassword,
    salt: &[u8],
    purpose: Purpose,
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let mut derivation = Derivation::new::<D>(password, salt, purpose, length, D::block_size());
    let mut hasher = D::new();
    while !derivation.is_done() {
        // A. A_i = H^r(D || I).
        let mut a = derivation.first_round::<D>();
        for _ in 1..iterations {
            Digest::update(&mut hasher, &a);
            Digest::finalize_into_reset(&mut hasher, &mut a);
        }
        derivation.take(&a);
        a.as_mut_slice().zeroize();
    }
    derivation.finish()
}

/// One derivation between its blocks.
struct Derivation {
    /// D: v octets of ID.
    d: Vec<u8>,
    /// I = S || P.
    i: Zeroizing<Vec<u8>>,
    /// A_1 || A_2 ...
    derived: Zeroizing<Vec<u8>>,
    length: usize,
}

impl Derivation {
    fn new<D: Digest>(
        password: &BmpPassword,
        salt: &[u8],
        purpose: Purpose,
        length: usize,
        v: usize,
    ) -> Self {
        // 2. to 4. I = S || P, both repeated to a multiple of v octets.
        let password = &password.0;
        let full = |part: &[u8]| part.len().next_multiple_of(v);
        let mut i = Zeroizing::new(Vec::with_capacity(full(salt) + full(password)));
        for part in [salt, password] {
            i.extend(part.iter().cycle().take(full(part)));
        }
        let u = <D as Digest>::output_size();
        Self {
            // 1. D: v octets of ID.
            d: vec![purpose as u8; v],
            i,
            derived: Zeroizing::new(Vec::with_capacity(length.next_multiple_of(u))),
            length,
        }
    }

    fn is_done(&self) -> bool {
        self.missing() == 0
    }

    /// Octets that are still to come.
    fn missing(&self) -> usize {
        self.length.saturating_sub(self.derived.len())
    }

    /// H(D || I), the first of the iterations.
    fn first_round<D: Digest>(&self) -> digest::Output<D> {
        D::new()
            .chain_update(&self.d)
            .chain_update(&*self.i)
            .finalize()
    }

    /// 5. and 6. Takes A_i in and changes I for the next block.
    fn take(&mut self, a: &[u8]) {
        self.derived.extend_from_slice(a);
        // B. B: v octets of A_i. C. I_j = (I_j + B + 1) mod 2^(8v), big-endian.
        for block in self.i.chunks_exact_mut(self.d.len()) {
            let mut carry = 1;
            for (at, octet) in block.iter_mut().enumerate().rev() {
                let sum = u16::from(*octet) + u16::from(a[at % a.len()]) + carry;
                *octet = sum as u8;
                carry = sum >> 8;
            }
        }
    }

    /// 7. The first octets.
    fn finish(mut self) -> Zeroizing<Vec<u8>> {
        self.derived.truncate(self.length);
        self.derived
    }
}

#[cfg(test)]
mod tests {
    use super::{BmpPassword, Derivations, Purpose, Wish, derive};
    use sha1::Sha1;
    use sha2::{Sha256, Sha512};
    use tamga_token_api::Password;

    fn bmp(text: &str) -> BmpPassword {
        BmpPassword::new(&Password::new(text.into()))
    }

    #[test]
    fn passwords_become_big_endian_utf_16_with_two_zero_octets() {
        assert_eq!(**bmp("").0, [0, 0]);
        // RFC 7292 appendix B.1.
        assert_eq!(
            hex::encode(&*bmp("Beavis").0),
            "0042006500610076006900730000"
        );
        assert_eq!(hex::encode(&*bmp("Құ😀").0), "049a04b1d83dde000000");
    }

    #[test]
    fn vectors_of_an_independent_implementation_hold() {
        let Some(fixtures) = tamga_test_support::fixtures_dir() else {
            return;
        };
        #[derive(serde::Deserialize)]
        struct Vector {
            password: String,
            salt: String,
            id: u8,
            iterations: u32,
            length: usize,
            sha1: String,
        }
        let vectors: Vec<Vector> =
            tamga_test_support::read_json(fixtures.join("vectors/pkcs12_kdf.json"));
        assert_eq!(vectors.len(), 48);
        for vector in vectors {
            let purpose = match vector.id {
                1 => Purpose::Key,
                2 => Purpose::Vector,
                3 => Purpose::MacKey,
                other => panic!("purpose {other}"),
            };
            let salt = hex::decode(&vector.salt).unwrap();
            let (password, iterations, length) =
                (bmp(&vector.password), vector.iterations, vector.length);
            let wish = Wish {
                salt: salt.clone(),
                purpose,
                iterations,
                length,
            };
            let one_by_one = derive::<Sha1>(&password, &salt, purpose, iterations, length);
            let beside_others = Derivations::foresee(&password, beside(&wish)).derive(wish.clone());
            let later = Derivations::foresee(&password, Vec::new()).derive(wish);
            for derived in [one_by_one, beside_others, later] {
                let what = (&vector.password, vector.id);
                assert_eq!(hex::encode(&*derived), vector.sha1, "{what:?}");
            }
        }
    }

    /// Seven wishes, the given one among them: more than fit side by side.
    fn beside(wish: &Wish) -> Vec<Wish> {
        (0..7)
            .map(|index| Wish {
                salt: if index == 5 {
                    wish.salt.clone()
                } else {
                    vec![index; 20]
                },
                length: if index == 5 {
                    wish.length
                } else {
                    5 + 10 * usize::from(index)
                },
                ..wish.clone()
            })
            .collect()
    }

    /// Made with `openssl kdf -keylen 24 -kdfopt digest:SHA256 -kdfopt pass:… -kdfopt salt:… -kdfopt id:1 -kdfopt iter:2048 PKCS12KDF`.
    #[test]
    fn longer_digests_agree_with_openssl() {
        let salt = hex::decode("0102030405060708").unwrap();
        let sha256 = derive::<Sha256>(&bmp("Qwerty12"), &salt, Purpose::Key, 2048, 72);
        let sha512 = derive::<Sha512>(&bmp("Qwerty12"), &salt, Purpose::MacKey, 1000, 130);
        assert_eq!(hex::encode(&*sha256), OPENSSL_SHA256);
        assert_eq!(hex::encode(&*sha512), OPENSSL_SHA512);
    }

    const OPENSSL_SHA256: &str = "bb5f379260f842cba7dd28c56e5c2723afcbdff7bf5e78fde16179a53fc7d86dc6e804910663bcb58b6fd75f358ca1e3822fe5d9e73568705826ea4f0557def61d867cd13e0b633a";
    const OPENSSL_SHA512: &str = "a144caa7560ebe0b88417c7ad329bcb6600a29c677ebfa4b02e86c48a0a5cb88fa3f97bc22ac987b29f3ec4ce3f18dbc1e1cf08d37b97b6ed52980c58153e6c069041eba343d165fdc70f79f441230773957010e974cc5e83d031ffad4e957add22fe6b2de9d35cbe8dd9d1671aa0eef916edbfa6c583f644ff9047df40d32094886";
}
