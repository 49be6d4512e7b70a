//! Which PKCS#8 is a key, what is made and written, and what an unusable generator does.

use encodings::{
    GOST_2004, GOST_2015, GOST_2015_256, Scripted, System, TUMAR, pkcs8, spki, tlv, unhex,
};
use serde::Deserialize;
use tamga_scheme::{
    KeyError, KeyKind, ObjectIdentifier, PrivateKey, PublicKey, RandomError, SignatureScheme,
};

mod encodings;

/// q of the three curves, big-endian.
const Q_2004: &str = "ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893";
const Q_256: &str = "400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67";
const Q_512: &str = concat!(
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
);

fn order(oid: &str) -> Vec<u8> {
    unhex(match oid {
        GOST_2015 => Q_512,
        GOST_2015_256 => Q_256,
        _ => Q_2004,
    })
}

fn one(oid: &str) -> Vec<u8> {
    let mut one = vec![0; order(oid).len()];
    *one.last_mut().expect("not empty") = 1;
    one
}

fn read_error(der: &[u8]) -> Option<KeyError> {
    PrivateKey::from_pkcs8_der(der).err()
}

#[test]
fn gost_scalars_are_reduced_modulo_q_and_zero_is_refused() {
    for oid in [GOST_2004, GOST_2015_256, GOST_2015, TUMAR] {
        let zero = vec![0; order(oid).len()];
        assert_eq!(read_error(&pkcs8(oid, &zero)), Some(KeyError::Invalid));
        assert_eq!(
            read_error(&pkcs8(oid, &order(oid))),
            Some(KeyError::Invalid)
        );

        let mut above = order(oid);
        *above.last_mut().expect("not empty") += 1;
        let above = PrivateKey::from_pkcs8_der(&pkcs8(oid, &above)).expect("q + 1 is 1");
        let one = PrivateKey::from_pkcs8_der(&pkcs8(oid, &one(oid))).expect("1");
        assert_eq!(above.public_key(), one.public_key());
        assert_eq!(*above.to_pkcs8_der(), *one.to_pkcs8_der());
    }
}

#[test]
fn gost_scalars_of_another_length_are_refused() {
    for length in [0, 1, 63, 65, 128] {
        assert_eq!(
            read_error(&pkcs8(GOST_2015, &vec![1; length])),
            Some(KeyError::Malformed)
        );
    }
    for (oid, length) in [GOST_2015_256, TUMAR]
        .into_iter()
        .flat_map(|oid| [0, 31, 33].map(|length| (oid, length)))
    {
        assert_eq!(
            read_error(&pkcs8(oid, &vec![1; length])),
            Some(KeyError::Malformed)
        );
    }
    // An INTEGER has no fixed length, but a greatest one.
    assert_eq!(
        read_error(&pkcs8(GOST_2004, &[1; 33])),
        Some(KeyError::Invalid)
    );
    assert_eq!(read_error(&pkcs8(GOST_2004, &[1; 31])), None);
}

#[test]
fn the_forms_of_the_two_gost_generations_are_not_exchangeable() {
    let with = |oid: &str, key: &[u8]| {
        let good = pkcs8(oid, &one(oid));
        // version and AlgorithmIdentifier, which have fixed lengths
        let start = if good[1] & 0x80 == 0 { 2 } else { 3 };
        let head = &good[start..start + 3 + 2 + usize::from(good[start + 4])];
        read_error(&tlv(0x30, &[head, &tlv(0x04, key)].concat()))
    };
    assert_eq!(with(GOST_2004, &tlv(0x02, &[1])), None);
    assert_eq!(
        with(GOST_2004, &tlv(0x04, &[1; 32])),
        Some(KeyError::Malformed)
    );
    assert_eq!(
        with(GOST_2004, &tlv(0x02, &[0xFF])),
        Some(KeyError::Malformed),
        "negative"
    );
    assert_eq!(
        with(GOST_2004, &tlv(0x02, &[0, 1])),
        Some(KeyError::Malformed),
        "not shortest"
    );
    assert_eq!(with(GOST_2015, &tlv(0x04, &[1; 64])), None);
    assert_eq!(
        with(GOST_2015, &tlv(0x02, &[1; 64])),
        Some(KeyError::Malformed)
    );
    assert_eq!(with(GOST_2015, &[1; 64]), Some(KeyError::Malformed));
    let tumar = |version: &[u8]| tlv(0x30, &[tlv(0x02, version), tlv(0x04, &[1; 32])].concat());
    assert_eq!(with(TUMAR, &tumar(&[1])), None);
    assert_eq!(with(TUMAR, &tumar(&[2])), Some(KeyError::Malformed));
}

#[test]
fn encodings_other_than_strict_der_are_malformed() {
    for oid in [GOST_2004, GOST_2015_256, GOST_2015, TUMAR] {
        let good = pkcs8(oid, &one(oid));
        assert_eq!(
            read_error(&[good.as_slice(), &[0]].concat()),
            Some(KeyError::Malformed)
        );
        for length in 0..good.len() {
            assert_eq!(read_error(&good[..length]), Some(KeyError::Malformed));
        }
    }
}

#[test]
fn a_public_key_inside_must_be_the_right_one() {
    for oid in [GOST_2004, GOST_2015_256, GOST_2015] {
        let good = pkcs8(oid, &one(oid));
        let key = PrivateKey::from_pkcs8_der(&good).expect("a key");
        let start = if good[1] & 0x80 == 0 { 2 } else { 3 };
        let with_public = |der: &[u8]| {
            // version 1, and [1] IMPLICIT BIT STRING (RFC 5958 section 2)
            let size = order(oid).len() * 2 + if oid == GOST_2015 { 3 } else { 2 };
            let bits = [&[0], &der[der.len() - size..]].concat();
            let body = [&[2, 1, 1], &good[start + 3..], &tlv(0x81, &bits)].concat();
            read_error(&tlv(0x30, &body))
        };
        let mut other = key.public_key().spki_der().to_vec();
        assert_eq!(with_public(&other), None);
        *other.last_mut().expect("not empty") ^= 1;
        assert_eq!(with_public(&other), Some(KeyError::Invalid));
    }
}

#[derive(Deserialize)]
struct Refused {
    comment: String,
    spki: Option<String>,
    pkcs8: String,
    error: String,
}

#[test]
fn every_key_outside_the_profile_is_refused_for_the_stated_reason() {
    let refused: Vec<Refused> = encodings::own_vectors("refused_keys.json");
    assert_eq!(refused.len(), 4);
    for key in refused {
        let expected = match key.error.split_once(' ') {
            Some(("Unsupported", oid)) => {
                KeyError::Unsupported(ObjectIdentifier::new(oid).expect("an OID"))
            }
            _ => {
                assert_eq!(key.error, "Invalid");
                KeyError::Invalid
            }
        };
        assert_eq!(
            read_error(&unhex(&key.pkcs8)),
            Some(expected.clone()),
            "{}",
            key.comment
        );
        if let Some(spki) = key.spki {
            assert_eq!(PublicKey::from_spki_der(&unhex(&spki)), Err(expected));
        }
    }
}

/// A key made by OpenSSL.
#[derive(Deserialize)]
struct Rsa {
    comment: String,
    spki: String,
    pkcs8: String,
}

#[test]
fn rsa_keys_of_openssl_are_read_and_written_in_the_same_form() {
    let vectors: Vec<Rsa> = encodings::own_vectors("rsa.json");
    assert_eq!(vectors.len(), 5);
    for vector in vectors {
        let key = PrivateKey::from_pkcs8_der(&unhex(&vector.pkcs8)).expect("a key");
        assert_eq!(key.public_key().kind(), KeyKind::Rsa);
        assert_eq!(
            hex::encode(key.public_key().spki_der()),
            vector.spki,
            "{}",
            vector.comment
        );
        assert_eq!(
            Ok(key.public_key()),
            PublicKey::from_spki_der(&unhex(&vector.spki)).as_ref()
        );
        assert_eq!(
            hex::encode(&*key.to_pkcs8_der()),
            vector.pkcs8,
            "{}",
            vector.comment
        );
    }
}

#[test]
fn rsa_numbers_that_do_not_fit_together_are_refused() {
    let vectors: Vec<Rsa> = encodings::own_vectors("rsa.json");
    let good = unhex(&vectors[0].pkcs8);
    let numbers = rsa_numbers(&good);
    assert_eq!(read_error(&rsa_pkcs8(&numbers)), None);
    let with = |index: usize, number: Vec<u8>| {
        let mut bad = numbers.clone();
        bad[index] = number;
        read_error(&rsa_pkcs8(&bad))
    };
    let invalid = Some(KeyError::Invalid);
    let changed = |index: usize| {
        let mut number = numbers[index].clone();
        let middle = number.len() / 2;
        number[middle] ^= 1;
        number
    };
    // n, e, d, p, q
    for index in 1..=5 {
        assert_eq!(with(index, changed(index)), invalid, "number {index}");
        assert_eq!(with(index, vec![0]), invalid, "number {index}");
        assert_eq!(with(index, vec![1]), invalid, "number {index}");
        assert_eq!(with(index, vec![0x7F; 60_000]), invalid, "number {index}");
    }
    // dp, dq, qInv are computed anew, so wrong ones do no harm.
    for index in 6..=8 {
        assert_eq!(with(index, changed(index)), None, "number {index}");
    }
    // The trivial factorization n = n * 1.
    let mut trivial = numbers.clone();
    trivial[4] = numbers[1].clone();
    trivial[5] = vec![1];
    assert_eq!(read_error(&rsa_pkcs8(&trivial)), invalid);
}

#[test]
fn a_flipped_byte_in_an_rsa_key_never_panics() {
    let vectors: Vec<Rsa> = encodings::own_vectors("rsa.json");
    let good = unhex(&vectors[0].pkcs8);
    let key = PrivateKey::from_pkcs8_der(&good).expect("a key");
    for index in (0..good.len()).step_by(7) {
        let mut bad = good.clone();
        bad[index] ^= 0x55;
        if let Ok(other) = PrivateKey::from_pkcs8_der(&bad) {
            // Only the CRT numbers, which are not used.
            assert_eq!(other.public_key(), key.public_key(), "byte {index}");
        }
    }
}

#[test]
fn a_made_key_of_every_scheme_is_read_again_as_the_same_key() {
    for scheme in SignatureScheme::all() {
        let key = PrivateKey::generate(scheme, &System).expect("random");
        assert_eq!(key.public_key().kind(), scheme.key_kind());
        let written = key.to_pkcs8_der();
        let again = PrivateKey::from_pkcs8_der(&written).expect("our own form");
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(again.public_key().spki_der(), key.public_key().spki_der());
        assert_eq!(*again.to_pkcs8_der(), *written);
        let public = PublicKey::from_spki_der(key.public_key().spki_der());
        assert_eq!(public.as_ref(), Ok(key.public_key()));

        let other = PrivateKey::generate(scheme, &System).expect("random");
        assert_ne!(other.public_key(), key.public_key());
    }
}

#[test]
fn a_made_rsa_key_has_2048_bits_and_the_usual_exponent() {
    let key = PrivateKey::generate(SignatureScheme::RsaSha256, &System).expect("random");
    let numbers = rsa_numbers(&key.to_pkcs8_der());
    assert_eq!(numbers[1].len(), 256);
    assert!(numbers[1][0] >= 0x80);
    assert_eq!(numbers[2], [1, 0, 1]);
}

#[test]
fn a_made_gost_key_is_the_first_candidate_in_range() {
    // The scalar is what the generator gave, little-endian.
    let mut bytes = vec![0xFF; 32];
    bytes.extend([0; 32]);
    bytes.extend([0x11; 32]);
    let key = PrivateKey::generate(SignatureScheme::Gost2004, &Scripted::new(&bytes));
    let key = key.expect("the third candidate is in range");
    assert_eq!(*key.to_pkcs8_der(), pkcs8(GOST_2004, &[0x11; 32]));
    let point = &key.public_key().spki_der()[key.public_key().spki_der().len() - 64..];
    assert_eq!(key.public_key().spki_der(), spki(GOST_2004, point));
}

#[test]
fn no_key_is_made_when_the_generator_fails_or_yields_only_zeros() {
    for scheme in SignatureScheme::all() {
        let silent = PrivateKey::generate(scheme, &Scripted::new(&[]));
        assert_eq!(silent.err(), Some(RandomError));
    }
    for scheme in [SignatureScheme::Gost2004, SignatureScheme::Gost2015With512] {
        let zeros = PrivateKey::generate(scheme, &Scripted::new(&[0; 4096]));
        assert_eq!(zeros.err(), Some(RandomError));
    }
}

/// version, n, e, d, p, q, dp, dq, qInv of a PKCS#8 RSA key, without sign bytes.
fn rsa_numbers(der: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = content(content(der, 0x30).0, 0x02).1;
    rest = content(rest, 0x30).1;
    let mut rest = content(content(rest, 0x04).0, 0x30).0;
    let mut numbers = Vec::new();
    while !rest.is_empty() {
        let (number, next) = content(rest, 0x02);
        let sign = usize::from(number.len() > 1 && number[0] == 0);
        numbers.push(number[sign..].to_vec());
        rest = next;
    }
    assert_eq!(numbers.len(), 9);
    numbers
}

fn rsa_pkcs8(numbers: &[Vec<u8>]) -> Vec<u8> {
    let integer = |number: &Vec<u8>| {
        let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
        tlv(0x02, &[sign, number].concat())
    };
    let key = tlv(
        0x30,
        &numbers.iter().map(integer).collect::<Vec<_>>().concat(),
    );
    let algorithm = unhex("300d06092a864886f70d0101010500");
    tlv(
        0x30,
        &[tlv(0x02, &[0]), algorithm, tlv(0x04, &key)].concat(),
    )
}

/// Content of the first element, which has this tag, and what follows it.
fn content(der: &[u8], tag: u8) -> (&[u8], &[u8]) {
    assert_eq!(der[0], tag);
    let (length, start) = match der[1] {
        0x81 => (usize::from(der[2]), 3),
        0x82 => (usize::from(der[2]) << 8 | usize::from(der[3]), 4),
        short => (usize::from(short), 2),
    };
    der[start..].split_at(length)
}

#[test]
fn keys_are_made_on_a_curve_whose_order_is_far_below_a_power_of_256() {
    // One in two candidates is out of range there.
    for _ in 0..60 {
        let key = PrivateKey::generate(SignatureScheme::Gost2015With256, &System);
        assert!(key.is_ok_and(|key| key.public_key().kind() == KeyKind::Gost2015With256));
    }
}
