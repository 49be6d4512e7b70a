//! Keys, vectors and MAC keys from a password (RFC 7292 appendix B).

use digest::block_api::BlockSizeUser;
use digest::{Digest, FixedOutputReset};
use tamga_token_api::Password;
use zeroize::{Zeroize, Zeroizing};

use crate::password_octets::utf_16_be;

/// A password as BMPString with two zero octets behind (RFC 7292 appendix B.1).
pub(super) struct BmpPassword(Zeroizing<Vec<u8>>);

impl BmpPassword {
    pub(super) fn new(password: &Password) -> Self {
        Self(utf_16_be(password, &[0, 0]))
    }
}

/// What the derived octets are for (RFC 7292 appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// Key of a cipher.
    Key = 1,
    /// Initialisation vector of a cipher.
    Vector = 2,
    /// Key of the integrity check.
    MacKey = 3,
}

/// Derives `length` octets; the letters and step numbers are those of RFC 7292 appendix B.2.
pub(super) fn derive<D: Digest + BlockSizeUser + FixedOutputReset>(
    password: &BmpPassword,
    salt: &[u8],
    purpose: Purpose,
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let v = D::block_size();
    // 1. D: v octets of ID.
    let d = vec![purpose as u8; v];
    // 2. to 4. I = S || P, both repeated to a multiple of v octets.
    let password = &password.0;
    let full = |part: &[u8]| part.len().next_multiple_of(v);
    let mut i = Zeroizing::new(Vec::with_capacity(full(salt) + full(password)));
    for part in [salt, password] {
        i.extend(part.iter().cycle().take(full(part)));
    }
    let u = <D as Digest>::output_size();
    let mut derived = Zeroizing::new(Vec::with_capacity(length.next_multiple_of(u)));
    let mut hasher = D::new();
    // 5. and 6. c blocks of u octets.
    while derived.len() < length {
        // A. A_i = H^r(D || I).
        Digest::update(&mut hasher, &d);
        Digest::update(&mut hasher, &*i);
        let mut a = Digest::finalize_reset(&mut hasher);
        for _ in 1..iterations {
            Digest::update(&mut hasher, &a);
            Digest::finalize_into_reset(&mut hasher, &mut a);
        }
        derived.extend_from_slice(&a);
        // B. B: v octets of A_i. C. I_j = (I_j + B + 1) mod 2^(8v), big-endian.
        for block in i.chunks_exact_mut(v) {
            let mut carry = 1;
            for (at, octet) in block.iter_mut().enumerate().rev() {
                let sum = u16::from(*octet) + u16::from(a[at % u]) + carry;
                *octet = sum as u8;
                carry = sum >> 8;
            }
        }
        a.as_mut_slice().zeroize();
    }
    // 7. The first octets.
    derived.truncate(length);
    derived
}

#[cfg(test)]
mod tests {
    use super::{BmpPassword, Purpose, derive};
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
            let derived = derive::<Sha1>(
                &bmp(&vector.password),
                &salt,
                purpose,
                vector.iterations,
                vector.length,
            );
            assert_eq!(
                hex::encode(&*derived),
                vector.sha1,
                "{} {}",
                vector.password,
                vector.id
            );
        }
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
