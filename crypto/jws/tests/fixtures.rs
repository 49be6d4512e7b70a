//! Tokens made by the independent generator, and whatever can be done to them.

use tamga_jws::{Claims, Error, Jws, Limits};
use tamga_scheme::{SignatureScheme, VerifyError};
use tamga_test_support::{Manifest, fixtures_dir, read, read_json};
use tamga_x509::{Certificate, UnixTime};

const GOOD: [(&str, SignatureScheme); 2] = [
    ("gen_gost2004", SignatureScheme::Gost2004),
    ("gen_gost2015", SignatureScheme::Gost2015With512),
];

fn token(name: &str) -> Option<(String, Certificate)> {
    let fixtures = fixtures_dir()?;
    let text = String::from_utf8(read(fixtures.join(format!("jwt/{name}.jwt")))).expect("ASCII");
    let certificate = read(fixtures.join(format!("jwt/{name}.cer")));
    Some((
        text.trim_end().to_owned(),
        Certificate::from_der_or_pem(&certificate).expect("a certificate"),
    ))
}

#[test]
fn every_token_of_the_manifest_gets_the_result_it_must_have() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let manifest: Manifest = read_json(fixtures.join("MANIFEST.json"));
    let mut judged = 0;
    for entry in manifest.entries.iter().filter(|entry| entry.kind == "jwt") {
        let text = String::from_utf8(read(fixtures.join(&entry.file))).expect("ASCII");
        let certificate = read(fixtures.join(entry.argument(2).expect("a certificate")));
        let certificate = Certificate::from_der_or_pem(&certificate).expect("a certificate");
        let jws = Jws::parse(text.trim_end(), &Limits::default()).expect(&entry.file);
        let result = jws.check_signature(certificate.public_key().expect("known"));
        match entry.must_hold() {
            true => assert!(result.is_ok(), "{}: {result:?}", entry.file),
            false => assert!(
                matches!(result, Err(VerifyError::Mismatch)),
                "{}: {result:?}",
                entry.file
            ),
        }
        judged += 1;
    }
    assert_eq!(judged, 4);
}

#[test]
fn header_and_claims_are_read() {
    for (name, scheme) in GOOD {
        let Some((text, _)) = token(name) else {
            return;
        };
        let jws = Jws::parse(&text, &Limits::default()).expect("read");
        assert_eq!(jws.header().scheme(), scheme);
        assert_eq!(jws.header().typ(), Some("JWT"));
        assert_eq!((jws.header().kid(), jws.header().cty()), (None, None));
        assert!(jws.header().certificates().is_empty());
        assert_eq!(
            jws.payload(),
            br#"{"iss":"test","sub":"shared","iat":1795165200}"#
        );
        let claims = Claims::parse(jws.payload(), &Limits::default()).expect("claims");
        assert_eq!(claims.issued_at(), Some(UnixTime(1_795_165_200)));
        assert_eq!((claims.expires(), claims.not_before()), (None, None));
    }
}

/// Every byte replaced by seven others: most are no base64url, the rest must not verify.
#[test]
fn no_changed_byte_leaves_a_token_that_verifies() {
    for (name, _) in GOOD {
        let Some((text, certificate)) = token(name) else {
            return;
        };
        let key = certificate.public_key().expect("known");
        let (mut refused, mut mismatched) = (0, 0);
        for at in 0..text.len() {
            for flip in [1, 2, 3, 4, 8, 16, 32] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                let changed = String::from_utf8(bytes).expect("ASCII");
                match Jws::parse(&changed, &Limits::default()) {
                    Err(_) => refused += 1,
                    Ok(jws) => match jws.check_signature(key) {
                        Err(_) => mismatched += 1,
                        Ok(_) => panic!("{changed} verifies"),
                    },
                }
            }
        }
        assert!(refused > 100 && mismatched > 500, "{refused} {mismatched}");
        // Cutting it anywhere, or adding to it, is noticed too.
        for end in 0..text.len() {
            let cut = Jws::parse(&text[..end], &Limits::default());
            assert!(cut.is_err() || cut.is_ok_and(|jws| jws.check_signature(key).is_err()));
        }
    }
}

#[test]
fn parts_of_two_tokens_do_not_combine() {
    let (Some((first, _)), Some((second, certificate))) =
        (token("gen_gost2004"), token("gen_gost2015"))
    else {
        return;
    };
    let key = certificate.public_key().expect("known");
    let (a, b): (Vec<&str>, Vec<&str>) = (first.split('.').collect(), second.split('.').collect());
    // The algorithm of one key kind never verifies with the other kind of key.
    let jws = Jws::parse(&first, &Limits::default()).expect("read");
    assert!(matches!(
        jws.check_signature(key),
        Err(VerifyError::WrongKey { .. })
    ));
    let mixed = Jws::parse(&[b[0], b[1], a[2]].join("."), &Limits::default()).expect("read");
    assert!(mixed.check_signature(key).is_err());
    assert_eq!(
        Jws::parse(&[a[0], a[1]].join("."), &Limits::default()).map(drop),
        Err(Error::Parts { found: 2 })
    );
}
