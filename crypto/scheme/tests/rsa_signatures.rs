//! Which PKCS#1 v1.5 signatures are refused: the way over the message and the way over its digest
//! agree.

use encodings::{tlv, unhex};
use num_bigint::BigUint;
use rsa::{
    RsaPrivateKey,
    pkcs8::DecodePrivateKey,
    traits::{PrivateKeyParts, PublicKeyParts},
};
use serde::Deserialize;
use tamga_scheme::{
    DigestAlgorithm, PublicKey, SignatureScheme, SignatureValue, VerifyError, verify, verify_digest,
};

mod encodings;

/// id-sha256 with its NULL (RFC 8017 appendix B.1).
const SHA_256: &str = "06096086480165030402010500";

const MISMATCH: Result<(), VerifyError> = Err(VerifyError::Mismatch);
const MALFORMED: Result<(), VerifyError> = Err(VerifyError::Malformed);

/// A key of the vectors whose private operation is free: it signs any block.
struct Key {
    public: PublicKey,
    n: BigUint,
    e: BigUint,
    /// Both primes with the private exponent for each.
    primes: [(BigUint, BigUint); 2],
    /// Length of the modulus in bytes.
    k: usize,
}

impl Key {
    fn all() -> Vec<Self> {
        #[derive(Deserialize)]
        struct Vector {
            spki: String,
            pkcs8: String,
        }
        let keys: Vec<Self> = encodings::own_vectors("rsa.json")
            .into_iter()
            .map(|vector: Vector| {
                let private = RsaPrivateKey::from_pkcs8_der(&unhex(&vector.pkcs8)).expect("a key");
                let d = BigUint::from_bytes_be(&private.d().to_be_bytes());
                let prime = |index: usize| {
                    let p = BigUint::from_bytes_be(&private.primes()[index].to_be_bytes());
                    let exponent = &d % (&p - 1_u8);
                    (p, exponent)
                };
                Self {
                    public: PublicKey::from_spki_der(&unhex(&vector.spki)).expect("a key"),
                    n: BigUint::from_bytes_be(&private.n_bytes()),
                    e: BigUint::from_bytes_be(&private.e_bytes()),
                    primes: [prime(0), prime(1)],
                    k: private.size(),
                }
            })
            .collect();
        assert_eq!(keys.len(), 5);
        keys
    }

    /// RSASP1 (RFC 8017 section 5.2.1) of a block of any contents, as long as the modulus.
    fn sign_block(&self, block: &[u8]) -> Vec<u8> {
        assert_eq!(block.len(), self.k);
        let block = BigUint::from_bytes_be(block);
        assert!(block < self.n);
        let [(p, dp), (q, dq)] = &self.primes;
        let (sp, sq) = (block.modpow(dp, p), block.modpow(dq, q));
        let inverse = q.modinv(p).expect("two primes");
        let h = (sp + p - &sq % p) * inverse % p;
        self.octets(&(sq + h * q))
    }

    /// RSAVP1.
    fn open(&self, value: &[u8]) -> Vec<u8> {
        self.octets(&BigUint::from_bytes_be(value).modpow(&self.e, &self.n))
    }

    /// I2OSP as long as the modulus.
    fn octets(&self, number: &BigUint) -> Vec<u8> {
        let digits = number.to_bytes_be();
        [vec![0; self.k - digits.len()], digits].concat()
    }

    /// 00 01 FF … FF 00 `info`: EMSA-PKCS1-v1_5 (RFC 8017 section 9.2).
    fn block(&self, info: &[u8]) -> Vec<u8> {
        let padding = vec![0xFF; self.k - 3 - info.len()];
        [&[0, 1], padding.as_slice(), &[0], info].concat()
    }

    fn check(&self, message: &[u8], value: &[u8], expected: Result<(), VerifyError>, case: &str) {
        let scheme = SignatureScheme::RsaSha256;
        let value = SignatureValue::new(value);
        let over_message = verify(&self.public, scheme, message, &value).map(|_| ());
        assert_eq!(over_message, expected, "{case}, {} bytes", self.k);
        let digest = DigestAlgorithm::Sha256.digest(message);
        let over_digest = verify_digest(&self.public, scheme, &digest, &value).map(|_| ());
        assert_eq!(over_digest, expected, "{case}, {} bytes", self.k);
    }
}

fn digest(message: &[u8]) -> Vec<u8> {
    DigestAlgorithm::Sha256.digest(message)
}

/// DigestInfo with the given AlgorithmIdentifier contents.
fn digest_info(algorithm: &str, digest: &[u8]) -> Vec<u8> {
    tlv(
        0x30,
        &[tlv(0x30, &unhex(algorithm)), tlv(0x04, digest)].concat(),
    )
}

#[test]
fn the_block_of_the_standard_is_accepted_and_no_other_contents() {
    let message = b"Tamga";
    let hash = digest(message);
    let good = digest_info(SHA_256, &hash);
    for key in Key::all() {
        let right = key.block(&good);
        key.check(message, &key.sign_block(&right), Ok(()), "the standard's");
        key.check(
            b"tamga",
            &key.sign_block(&right),
            MISMATCH,
            "another message",
        );

        // DigestInfo in other encodings, with other identifiers, longer and shorter.
        let long_length = [&[0x30, 0x81, 0x31], &good[2..]].concat();
        let inner_long = [&[0x30, 0x32, 0x30, 0x81, 0x0D], &good[4..]].concat();
        let indefinite = [&[0x30, 0x80], &good[2..], &[0, 0]].concat();
        let infos = [
            ("a length in long form", long_length),
            ("an inner length in long form", inner_long),
            ("an indefinite length", indefinite),
            (
                "no parameters",
                digest_info("0609608648016503040201", &hash),
            ),
            (
                "parameters that are not NULL",
                digest_info("0609608648016503040201040112", &hash),
            ),
            (
                "a NULL with contents",
                digest_info("060960864801650304020105021234", &hash),
            ),
            (
                "SHA-224's identifier",
                digest_info("06096086480165030402040500", &hash),
            ),
            (
                "SHA-512's identifier",
                digest_info("06096086480165030402030500", &hash),
            ),
            (
                "SHA-512/256's identifier",
                digest_info("06096086480165030402060500", &hash),
            ),
            (
                "SHA-1's identifier",
                digest_info("06052b0e03021a0500", &hash),
            ),
            (
                "SHA-1",
                digest_info("06052b0e03021a0500", &DigestAlgorithm::Sha1.digest(message)),
            ),
            (
                "the identifier of the signature",
                digest_info("06092a864886f70d01010b0500", &hash),
            ),
            (
                "a longer hash",
                digest_info(SHA_256, &[&hash[..], &[0]].concat()),
            ),
            ("a shorter hash", digest_info(SHA_256, &hash[..31])),
            ("an empty hash", digest_info(SHA_256, &[])),
            ("nothing but the hash", hash.clone()),
            ("nothing but an OCTET STRING", tlv(0x04, &hash)),
            ("nothing", vec![]),
            ("bytes after it", [good.as_slice(), &[0; 8]].concat()),
            ("it twice", [good.clone(), good.clone()].concat()),
        ];
        for (case, info) in infos {
            key.check(message, &key.sign_block(&key.block(&info)), MISMATCH, case);
        }
    }
}

#[test]
fn padding_must_be_that_of_the_standard_to_the_last_byte() {
    let message = b"Tamga";
    let good = digest_info(SHA_256, &digest(message));
    for key in Key::all() {
        let right = key.block(&good);
        let separator = key.k - good.len() - 1;
        let with = |index: usize, byte: u8| {
            let mut block = right.clone();
            block[index] = byte;
            block
        };
        let shifted = |rest: &[u8]| {
            let padding = vec![0xFF; key.k - 3 - good.len() - rest.len()];
            [&[0, 1], padding.as_slice(), &[0], &good, rest].concat()
        };
        let blocks = [
            ("block type 0", with(1, 0)),
            ("block type 2", with(1, 2)),
            ("the first byte of padding", with(2, 0xFE)),
            ("a byte of padding", with(separator / 2, 0x7F)),
            ("a zero in the padding", with(separator / 2, 0)),
            ("the last byte of padding", with(separator - 1, 0xFE)),
            ("the separator", with(separator, 1)),
            ("no separator", with(separator, 0xFF)),
            ("a byte after the digest", shifted(&[0])),
            (
                "only eight bytes of padding",
                shifted(&vec![0xAA; key.k - 3 - good.len() - 8]),
            ),
            ("no padding", shifted(&vec![0xAA; key.k - 3 - good.len()])),
            (
                "the padding on the other side",
                [&good[..], &[0], &vec![0; key.k - 1 - good.len()]].concat(),
            ),
            ("zeros", vec![0; key.k]),
        ];
        for (case, block) in blocks {
            // A number from n on has no signature.
            if BigUint::from_bytes_be(&block) < key.n {
                key.check(message, &key.sign_block(&block), MISMATCH, case);
            }
        }
        for bit in (0..8 * key.k).step_by(199) {
            let mut block = right.clone();
            block[bit / 8] ^= 0x80 >> (bit % 8);
            if BigUint::from_bytes_be(&block) < key.n {
                key.check(message, &key.sign_block(&block), MISMATCH, "a flipped bit");
            }
        }
    }
}

#[test]
fn values_are_as_long_as_the_modulus_and_less_than_it() {
    let message = b"Tamga";
    for key in Key::all() {
        let good = key.sign_block(&key.block(&digest_info(SHA_256, &digest(message))));
        for (case, value) in [
            ("empty", vec![]),
            ("one byte", vec![1]),
            ("without its last byte", good[..key.k - 1].to_vec()),
            ("without its first byte", good[1..].to_vec()),
            ("with a zero before", [&[0], good.as_slice()].concat()),
            ("with a zero after", [good.as_slice(), &[0]].concat()),
            ("twice", [good.as_slice(), &good].concat()),
            ("n", key.octets(&key.n)),
            ("n + 1", key.octets(&(&key.n + 1_u8))),
            ("ones", vec![0xFF; key.k]),
        ] {
            key.check(message, &value, MALFORMED, case);
        }
        // s + n opens to the same block, and is as long where n leaves room.
        let sum = BigUint::from_bytes_be(&good) + &key.n;
        if sum.bits() <= 8 * key.k as u64 {
            assert_eq!(key.open(&key.octets(&sum)), key.open(&good));
            key.check(message, &key.octets(&sum), MALFORMED, "s + n");
        }
        for (case, number) in [
            ("0", BigUint::ZERO),
            ("1", BigUint::from(1_u8)),
            ("n - 1", &key.n - 1_u8),
            ("n - s", &key.n - BigUint::from_bytes_be(&good)),
        ] {
            key.check(message, &key.octets(&number), MISMATCH, case);
        }
    }
}

#[test]
fn s_plus_n_is_tried_with_at_least_one_key() {
    // Room above n: its highest bit is not the highest of its bytes.
    assert!(Key::all().iter().any(|key| key.n.bits() < 8 * key.k as u64));
}

#[test]
fn a_value_that_begins_with_zeros_keeps_them() {
    let mut found = 0;
    for key in Key::all() {
        for counter in 0_u32.. {
            let message = counter.to_be_bytes();
            let value = key.sign_block(&key.block(&digest_info(SHA_256, &digest(&message))));
            if value[0] == 0 {
                key.check(&message, &value, Ok(()), "a zero first");
                key.check(&message, &value[1..], MALFORMED, "the zero left out");
                found += 1;
                break;
            }
            if counter == 40 {
                break;
            }
        }
    }
    assert!(found > 0, "the modulus of 2049 bits makes half of them so");
}

/// Bleichenbacher 2006: with e = 3 a cube can be found whose beginning looks right, without the
/// private key; what follows is noise.
#[test]
fn cubes_that_only_begin_like_a_signature_are_refused() {
    let message = b"Tamga";
    let info = digest_info(SHA_256, &digest(message));
    let three = BigUint::from(3_u8);
    let key = Key::all()
        .into_iter()
        .find(|key| key.e == three)
        .expect("a key with e = 3");
    for padding in [0, 1, 8, 16] {
        let start = [&[0, 1], vec![0xFF; padding].as_slice(), &[0], &info].concat();
        let highest = [start.as_slice(), &vec![0xFF; key.k - start.len()]].concat();
        let root = BigUint::from_bytes_be(&highest).cbrt();
        let value = key.octets(&root);
        let opened = key.open(&value);
        assert_eq!(opened[..start.len()], start, "the forgery is as intended");
        assert_ne!(opened, highest);
        key.check(message, &value, MISMATCH, "a cube with noise after");
    }
}

/// The other half of the attack: a cube whose end is right.
#[test]
fn cubes_that_only_end_like_a_signature_are_refused() {
    // An odd digest has a cube root modulo a power of two.
    let (message, info) = (0_u32..)
        .map(|counter| counter.to_be_bytes())
        .map(|message| (message, digest_info(SHA_256, &digest(&message))))
        .find(|(_, info)| info.last().is_some_and(|byte| byte % 2 == 1))
        .expect("half of all digests are odd");
    let key = Key::all()
        .into_iter()
        .find(|key| key.e == BigUint::from(3_u8))
        .expect("a key with e = 3");
    let end = [&[0], info.as_slice()].concat();
    let target = BigUint::from_bytes_be(&end);
    let mut root = BigUint::from(1_u8);
    for bit in 1..8 * end.len() as u64 {
        // Bit by bit: the root modulo 2^(bit + 1).
        let difference = (&root * &root * &root) ^ &target;
        if difference.bit(bit) {
            root.set_bit(bit, true);
        }
    }
    let value = key.octets(&root);
    assert!(
        key.open(&value).ends_with(&end),
        "the forgery is as intended"
    );
    key.check(&message, &value, MISMATCH, "a cube with noise before");
}
