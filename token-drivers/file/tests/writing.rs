//! Key files we write: what stands in them, and that they open again.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use setup::{PASSWORD, System, WRONG, data, entries, keystore, password};
use tamga_scheme::{PrivateKey, Random, RandomError, SignatureScheme};
use tamga_token_api::{KeyEntry, Keystore, TokenError, Unlock};
use tamga_token_file::pkcs12;

/// The private key of `bare.p12`, which holds it without encryption: PKCS#8 with the version and rsaEncryption.
fn person() -> (PrivateKey, KeyEntry) {
    let file = data("bare");
    let start = [
        0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    ];
    let at = file
        .windows(start.len())
        .position(|window| window == start)
        .expect("a key")
        - 4;
    let length = usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]])) + 4;
    let key = PrivateKey::from_pkcs8_der(&file[at..at + length]).unwrap();
    (key, entries(&data("chain"), PASSWORD).unwrap().remove(0))
}

#[test]
fn what_is_written_opens_with_its_password_only() {
    let (key, entry) = person();
    let chain: Vec<_> = [std::slice::from_ref(&entry.certificate), &entry.chain[..]].concat();
    let text = "Жаңа-құпия-1";
    let written = pkcs12::write(&key, &chain, "Менің кілтім", &password(text), &System).unwrap();
    let expected = KeyEntry {
        alias: "Менің кілтім".into(),
        ..entry
    };
    assert_eq!(entries(&written, text), Ok(vec![expected]));
    assert_eq!(entries(&written, "Жаңа-құпия-2"), Err(WRONG));
    // Salts and vectors are fresh.
    let again = pkcs12::write(&key, &chain, "Менің кілтім", &password(text), &System).unwrap();
    assert_ne!(written, again);
}

#[test]
fn an_empty_alias_falls_back_to_the_fingerprint() {
    use sha1::{Digest, Sha1};
    let (key, entry) = person();
    let own = [entry.certificate.clone()];
    let written = pkcs12::write(&key, &own, "", &password("1"), &System).unwrap();
    let opened = entries(&written, "1").unwrap();
    assert_eq!(
        opened[0].alias,
        hex::encode(Sha1::digest(entry.certificate.der()))
    );
}

#[test]
fn national_keys_survive_being_written() {
    let Some(fixtures) = tamga_test_support::fixtures_dir() else {
        return;
    };
    #[derive(serde::Deserialize)]
    struct Inside {
        file: String,
        password: String,
        key_oid: String,
        d: Option<String>,
    }
    let vectors: Vec<Inside> =
        tamga_test_support::read_json(fixtures.join("vectors/p12_contents.json"));
    for scheme in [SignatureScheme::Gost2004, SignatureScheme::Gost2015With512] {
        let inside = vectors
            .iter()
            .find(|inside| inside.key_oid == scheme.key_oid().to_string())
            .expect("a key of each scheme");
        let file = tamga_test_support::read(fixtures.join("p12").join(&inside.file));
        let entry = entries(&file, &inside.password).unwrap().remove(0);
        let d = hex::decode(inside.d.as_deref().expect("a scalar")).unwrap();
        let key = national_key(scheme, &entry, d);
        let own = std::slice::from_ref(&entry.certificate);
        let written = pkcs12::write(&key, own, &entry.alias, &password("1"), &System).unwrap();
        let mut store = keystore(&written).unwrap();
        let secret = password("1");
        let unlocked = store.unlock(Unlock::Password(&secret)).unwrap();
        assert_eq!(unlocked.entries(), std::slice::from_ref(&entry));
        assert_eq!(
            unlocked.signer(&entry).unwrap().public_key(),
            entry.certificate.public_key().unwrap()
        );
    }
}

/// PKCS#8 from a scalar: INTEGER big-endian for GOST-2004, OCTET STRING little-endian for GOST-2015.
fn national_key(scheme: SignatureScheme, entry: &KeyEntry, mut d: Vec<u8>) -> PrivateKey {
    use der::asn1::{AnyRef, OctetStringRef, UintRef};
    use der::{Decode, Encode};
    let spki = entry.certificate.public_key().unwrap().spki_der();
    let spki = spki::SubjectPublicKeyInfoRef::from_der(spki).unwrap();
    let inner = match scheme {
        SignatureScheme::Gost2004 => UintRef::new(&d).unwrap().to_der().unwrap(),
        _ => {
            d.reverse();
            d.resize(64, 0);
            OctetStringRef::new(&d).unwrap().to_der().unwrap()
        }
    };
    let fields = [
        0_u8.to_der().unwrap(),
        spki.algorithm.to_der().unwrap(),
        OctetStringRef::new(&inner).unwrap().to_der().unwrap(),
    ]
    .concat();
    let pkcs8 = AnyRef::new(der::Tag::Sequence, &fields)
        .unwrap()
        .to_der()
        .unwrap();
    PrivateKey::from_pkcs8_der(&pkcs8).unwrap()
}

#[test]
fn a_key_is_written_only_with_a_certificate_of_its_own() {
    let (key, entry) = person();
    let other = entries(&data("other"), PASSWORD)
        .unwrap()
        .remove(0)
        .certificate;
    let secret = password("1");
    let write = |chain: &[_]| pkcs12::write(&key, chain, "person", &secret, &System);
    assert_eq!(write(&[]), Err(TokenError::CertificateMissing));
    assert_eq!(
        write(std::slice::from_ref(&other)),
        Err(TokenError::Mismatch)
    );
    assert_eq!(
        write(&[other, entry.certificate]),
        Err(TokenError::Mismatch)
    );
}

#[test]
fn names_beyond_bmp_string_are_refused() {
    let (key, entry) = person();
    let why = TokenError::Unsupported("a name with characters outside of BMPString".into());
    let outcome = pkcs12::write(&key, &[entry.certificate], "😀", &password("1"), &System);
    assert_eq!(outcome, Err(why));
}

#[test]
fn without_randomness_nothing_is_written() {
    struct Broken;
    impl Random for Broken {
        fn fill(&self, _out: &mut [u8]) -> Result<(), RandomError> {
            Err(RandomError)
        }
    }
    let (key, entry) = person();
    let outcome = pkcs12::write(
        &key,
        &[entry.certificate],
        "person",
        &password("1"),
        &Broken,
    );
    assert_eq!(outcome, Err(TokenError::Driver("no randomness".into())));
}
