//! Which SubjectPublicKeyInfo is a key, and which is not.

use encodings::{GOST_2004, GOST_2015, GOST_2015_256, System, TUMAR, pkcs8, spki, tlv, unhex};
use tamga_scheme::{KeyError, KeyKind, ObjectIdentifier, PrivateKey, PublicKey, SignatureScheme};

mod encodings;

/// x ‖ y of a key on the curve of `oid`: the base point of its curve, from d = 1.
fn point(oid: &str) -> Vec<u8> {
    let size = if oid == GOST_2015 { 64 } else { 32 };
    let mut one = vec![0; size];
    one[size - 1] = 1;
    let key = PrivateKey::from_pkcs8_der(&pkcs8(oid, &one)).expect("d = 1 is a key");
    let der = key.public_key().spki_der();
    der[der.len() - 2 * size..].to_vec()
}

#[test]
fn every_gost_encoding_is_kept_byte_for_byte() {
    for (oid, kind) in [
        (GOST_2004, KeyKind::Gost2004),
        (GOST_2015_256, KeyKind::Gost2015With256),
        (GOST_2015, KeyKind::Gost2015With512),
        (TUMAR, KeyKind::Gost2004),
    ] {
        let der = spki(oid, &point(oid));
        let key = PublicKey::from_spki_der(&der).expect("a key");
        assert_eq!(key.spki_der(), der);
        assert_eq!(key.kind(), kind);
    }
}

#[test]
fn the_same_point_in_both_encodings_is_the_same_key() {
    let national = PublicKey::from_spki_der(&spki(GOST_2004, &point(GOST_2004)));
    let tumar = PublicKey::from_spki_der(&spki(TUMAR, &point(GOST_2004)));
    assert_eq!(national, tumar);
    assert!(national.is_ok());
}

#[test]
fn points_that_are_not_on_the_curve_are_refused() {
    for oid in [GOST_2004, GOST_2015_256, GOST_2015, TUMAR] {
        let mut off = point(oid);
        off[0] ^= 1;
        assert_eq!(
            PublicKey::from_spki_der(&spki(oid, &off)),
            Err(KeyError::Invalid)
        );
        let zero = vec![0; off.len()];
        assert_eq!(
            PublicKey::from_spki_der(&spki(oid, &zero)),
            Err(KeyError::Invalid)
        );
        let too_big = vec![0xFF; off.len()];
        assert_eq!(
            PublicKey::from_spki_der(&spki(oid, &too_big)),
            Err(KeyError::Invalid)
        );
    }
}

#[test]
fn points_of_another_length_are_malformed() {
    for oid in [GOST_2004, GOST_2015_256, GOST_2015, TUMAR] {
        let good = point(oid);
        for length in [0, 1, good.len() - 1, good.len() + 1, good.len() / 2] {
            let mut bytes = good.clone();
            bytes.resize(length, 0);
            assert_eq!(
                PublicKey::from_spki_der(&spki(oid, &bytes)),
                Err(KeyError::Malformed)
            );
        }
    }
}

#[test]
fn identifiers_outside_the_table_are_named() {
    let dsa = "1.2.840.10040.4.1";
    assert_eq!(
        PublicKey::from_spki_der(&spki(dsa, &point(GOST_2004))),
        Err(KeyError::Unsupported(oid(dsa)))
    );
    // A point of one curve of 256 bits is none of the other.
    assert_eq!(
        PublicKey::from_spki_der(&spki(GOST_2015_256, &point(GOST_2004))),
        Err(KeyError::Invalid)
    );
    // A signature's identifier is not a key's.
    let signature = SignatureScheme::Gost2004.signature_oid();
    assert_eq!(
        PublicKey::from_spki_der(&spki(&signature.to_string(), &point(GOST_2004))),
        Err(KeyError::Unsupported(signature))
    );
}

#[test]
fn both_parameters_of_a_gost_key_must_be_the_national_ones() {
    let parameter_set = "1.2.398.3.10.1.1.1.1.1";
    let digest = "1.2.398.3.10.1.3.1.1.0";
    let with = |parameters: &[&str]| {
        let parameters: Vec<u8> = parameters
            .iter()
            .flat_map(|p| tlv(0x06, oid(p).as_bytes()))
            .collect();
        PublicKey::from_spki_der(&gost_2004_spki(&tlv(0x30, &parameters)))
    };
    assert!(with(&[parameter_set, digest]).is_ok());
    // CryptoPro-B of RFC 4357, and its digest parameters.
    for foreign in ["1.2.643.2.2.35.2", "1.2.643.2.2.30.1"] {
        let unsupported = Err(KeyError::Unsupported(oid(foreign)));
        assert_eq!(with(&[foreign, digest]), unsupported);
        assert_eq!(with(&[parameter_set, foreign]), unsupported);
    }
    assert_eq!(
        with(&[digest, parameter_set]),
        Err(KeyError::Unsupported(oid(digest)))
    );
    assert_eq!(with(&[]), Err(KeyError::Malformed));
    assert_eq!(with(&[parameter_set]), Err(KeyError::Malformed));
    assert_eq!(
        with(&[parameter_set, digest, digest]),
        Err(KeyError::Malformed)
    );
    for not_a_sequence in [
        vec![],
        tlv(0x05, &[]),
        tlv(0x06, oid(parameter_set).as_bytes()),
    ] {
        let key = PublicKey::from_spki_der(&gost_2004_spki(&not_a_sequence));
        assert_eq!(key, Err(KeyError::Malformed));
    }
}

/// SubjectPublicKeyInfo of a good point with the given encoded parameters.
fn gost_2004_spki(parameters: &[u8]) -> Vec<u8> {
    let name = tlv(0x06, oid(GOST_2004).as_bytes());
    let algorithm = tlv(0x30, &[&name, parameters].concat());
    let bits = [&[0], tlv(0x04, &point(GOST_2004)).as_slice()].concat();
    tlv(0x30, &[algorithm, tlv(0x03, &bits)].concat())
}

#[test]
fn encodings_other_than_strict_der_are_malformed() {
    let malformed = Err(KeyError::Malformed);
    assert_eq!(PublicKey::from_spki_der(&[]), malformed);
    for oid in [GOST_2004, GOST_2015_256, GOST_2015, TUMAR] {
        let good = spki(oid, &point(oid));
        assert_eq!(
            PublicKey::from_spki_der(&[good.as_slice(), &[0]].concat()),
            malformed
        );
        for length in 0..good.len() {
            assert_eq!(PublicKey::from_spki_der(&good[..length]), malformed);
        }
    }
    // An indefinite length.
    let good = spki(GOST_2004, &point(GOST_2004));
    let indefinite = [&[0x30, 0x80], &good[2..], &[0, 0]].concat();
    assert_eq!(PublicKey::from_spki_der(&indefinite), malformed);
    // The point without its OCTET STRING.
    let bare = good.len() - 64;
    let (head, xy) = good.split_at(bare);
    let algorithm = &head[2..head.len() - 5];
    let unwrapped = tlv(
        0x30,
        &[algorithm, &tlv(0x03, &[&[0], xy].concat())].concat(),
    );
    assert_eq!(PublicKey::from_spki_der(&unwrapped), malformed);
}

#[test]
fn no_flipped_bit_of_an_encoding_gives_the_same_key() {
    for oid in [GOST_2004, GOST_2015_256, GOST_2015, TUMAR] {
        let good = spki(oid, &point(oid));
        let key = PublicKey::from_spki_der(&good);
        for bit in 0..8 * good.len() {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(PublicKey::from_spki_der(&bad), key, "bit {bit}");
        }
    }
}

#[test]
fn rsa_moduli_have_2048_to_4096_bits_and_odd_numbers() {
    let with = |n: &[u8], e: &[u8]| PublicKey::from_spki_der(&rsa_spki(n, e)).err();
    let modulus = |bytes: usize, first: u8, last: u8| {
        let mut n = vec![0xA5; bytes];
        n[0] = first;
        n[bytes - 1] = last;
        n
    };
    let e = [1, 0, 1];
    assert_eq!(with(&modulus(256, 0x80, 1), &e), None);
    assert_eq!(with(&modulus(512, 0xFF, 1), &e), None);
    assert_eq!(with(&modulus(256, 0x80, 1), &[3]), None);

    let invalid = Some(KeyError::Invalid);
    // 2047, 4097, 1024 and very many bits.
    for n in [
        modulus(256, 0x7F, 1),
        modulus(513, 0x01, 1),
        modulus(128, 0x80, 1),
        modulus(60_000, 0x80, 1),
    ] {
        assert_eq!(with(&n, &e), invalid, "{} bytes", n.len());
    }
    assert_eq!(with(&modulus(256, 0x80, 2), &e), invalid);
    // 0, 1, 2, 65536, more than 33 bits, as long as n.
    for e in [
        &[0u8][..],
        &[1],
        &[2],
        &[1, 0, 0],
        &[2, 0, 0, 0, 1],
        &modulus(256, 0x70, 1),
    ] {
        assert_eq!(with(&modulus(256, 0x80, 1), e), invalid, "e = {e:x?}");
    }
    // A negative modulus is no INTEGER of RFC 8017.
    let negative = tlv(
        0x30,
        &[tlv(0x02, &modulus(256, 0x80, 1)), tlv(0x02, &e)].concat(),
    );
    assert_eq!(
        PublicKey::from_spki_der(&rsa_spki_around(&negative, true)),
        Err(KeyError::Malformed)
    );
}

#[test]
fn rsa_parameters_are_null() {
    let mut n = vec![0xA5; 256];
    n[255] = 1;
    let key = tlv(0x30, &[integer(&n), integer(&[1, 0, 1])].concat());
    assert!(PublicKey::from_spki_der(&rsa_spki_around(&key, true)).is_ok());
    assert_eq!(
        PublicKey::from_spki_der(&rsa_spki_around(&key, false)),
        Err(KeyError::Malformed)
    );
}

#[test]
fn debug_output_of_a_key_pair_shows_only_the_public_half() {
    let key = PrivateKey::generate(SignatureScheme::Gost2004, &System).expect("random");
    let shown = format!("{:?}", key.public_key());
    let der = key.public_key().spki_der();
    assert!(
        shown.contains(&hex::encode(&der[der.len() - 64..])),
        "{shown}"
    );
}

fn rsa_spki(n: &[u8], e: &[u8]) -> Vec<u8> {
    rsa_spki_around(&tlv(0x30, &[integer(n), integer(e)].concat()), true)
}

fn rsa_spki_around(key: &[u8], null: bool) -> Vec<u8> {
    let parameters: &[u8] = if null { &[5, 0] } else { &[] };
    let algorithm = [&unhex("06092a864886f70d010101"), parameters].concat();
    tlv(
        0x30,
        &[tlv(0x30, &algorithm), tlv(0x03, &[&[0], key].concat())].concat(),
    )
}

/// A positive INTEGER.
fn integer(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number[0] & 0x80 == 0 { &[] } else { &[0] };
    tlv(0x02, &[sign, number].concat())
}

fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).expect("an OID")
}
