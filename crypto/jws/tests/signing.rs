//! Tokens we sign, strictness in reading, other programs as judges.

use std::process::Command;
use std::sync::OnceLock;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use tamga_jws::{Error, JsonJws, Jws, Limits, NewHeader, prepare};
use tamga_scheme::{
    AskNobody, Prepared, PrivateKey, SignatureScheme, Signer as _, SoftwareSigner, ToSign,
    VerifyError,
};
use tamga_test_support::{System, shared_dir};
use tamga_x509::Certificate;

const ROWS: [(SignatureScheme, &str); 3] = [
    (SignatureScheme::Gost2004, "GG2004"),
    (SignatureScheme::Gost2015With512, "GG2015"),
    (SignatureScheme::RsaSha256, "RS256"),
];

struct Key {
    scheme: SignatureScheme,
    key: PrivateKey,
    certificate: Certificate,
}

impl Key {
    fn of(scheme: SignatureScheme) -> &'static Self {
        static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
        let keys = KEYS.get_or_init(|| {
            let made = |(scheme, _)| {
                let (key, certificate) =
                    tamga_test_pki::self_issued(scheme, "SIGNER", &System).expect("a key");
                Self {
                    scheme,
                    key,
                    certificate,
                }
            };
            ROWS.into_iter().map(made).collect()
        });
        keys.iter().find(|key| key.scheme == scheme).expect("made")
    }

    fn complete<P: Prepared>(&self, prepared: P) -> P::Signed {
        let signer = SoftwareSigner::new(&self.key, &System);
        let value = signer.sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody);
        prepared.assemble(value.expect("signed"))
    }

    fn token(&self, payload: &[u8]) -> String {
        self.complete(prepare(payload, &NewHeader::jwt(), self.scheme).expect("prepared"))
    }

    fn public(&self) -> &tamga_scheme::PublicKey {
        self.certificate.public_key().expect("known")
    }
}

fn parse(token: &str) -> Result<Jws, Error> {
    Jws::parse(token, &Limits::default())
}

fn refusal(token: &str) -> Error {
    parse(token).map(drop).expect_err(token)
}

fn url(text: &str) -> String {
    Base64UrlUnpadded::encode_string(text.as_bytes())
}

/// A token with this header; what is refused is refused before any signature is looked at.
fn headed(header: &str) -> String {
    format!("{}.{}.AA", url(header), url("{}"))
}

#[test]
fn tokens_of_every_scheme_hold_and_have_the_header_of_the_national_library() {
    for (scheme, name) in ROWS {
        let key = Key::of(scheme);
        let payload = "{\"sub\":\"\u{436}\"}".as_bytes();
        let token = key.token(payload);
        let first = token.split('.').next().expect("a part");
        let header = Base64UrlUnpadded::decode_vec(first).expect("base64url");
        assert_eq!(
            String::from_utf8_lossy(&header),
            format!("{{\"typ\":\"JWT\",\"alg\":\"{name}\"}}")
        );
        let read = parse(&token).expect("read");
        assert_eq!(read.payload(), payload);
        read.check_signature(key.public()).expect("it holds");
        for (other, _) in ROWS.into_iter().filter(|(other, _)| *other != scheme) {
            assert!(read.check_signature(Key::of(other).public()).is_err());
        }
    }
}

#[test]
fn header_members_are_written_in_order_and_read_back() {
    let key = Key::of(SignatureScheme::RsaSha256);
    let chain = [
        key.certificate.clone(),
        Key::of(SignatureScheme::Gost2004).certificate.clone(),
    ];
    let header = NewHeader {
        kid: Some("a\"\u{7}\u{436}"),
        cty: Some("text/plain"),
        ..NewHeader::default()
    };
    let header = header.with_certificates(&chain);
    let token = key.complete(prepare(b"", &header, key.scheme).expect("prepared"));
    let text = Base64UrlUnpadded::decode_vec(token.split('.').next().expect("a part"));
    let text = String::from_utf8(text.expect("base64url")).expect("UTF-8");
    let start =
        "{\"alg\":\"RS256\",\"kid\":\"a\\\"\\u0007\u{436}\",\"cty\":\"text/plain\",\"x5c\":[\"";
    assert!(text.starts_with(start), "{text}");
    let read = parse(&token).expect("read");
    read.check_signature(key.public()).expect("it holds");
    assert_eq!(read.header().kid(), Some("a\"\u{7}\u{436}"));
    assert_eq!(read.header().cty(), Some("text/plain"));
    assert_eq!(read.header().typ(), None);
    let ders: Vec<&[u8]> = read
        .header()
        .certificates()
        .iter()
        .map(Certificate::der)
        .collect();
    assert_eq!(ders, [chain[0].der(), chain[1].der()]);
    assert_eq!(read.header().members().len(), 4);
    // The first certificate is the signer's.
    let [_, other] = chain;
    assert!(matches!(
        prepare(
            b"",
            &NewHeader::jwt().with_certificates(&[other]),
            key.scheme
        ),
        Err(Error::SchemeMismatch { .. })
    ));
    let many = vec![key.certificate.clone(); 17];
    assert_eq!(
        prepare(b"", &NewHeader::jwt().with_certificates(&many), key.scheme),
        Err(Error::TooLarge {
            what: "certificates",
            limit: 16
        })
    );
}

#[test]
fn algorithms_that_are_not_ours_are_refused_by_name() {
    for name in [
        "none", "None", "HS256", "HS512", "RS384", "PS256", "ES256", "gg2015", "",
    ] {
        let header = format!("{{\"alg\":\"{name}\"}}");
        assert_eq!(
            refusal(&headed(&header)),
            Error::Algorithm {
                value: name.to_owned()
            }
        );
    }
    assert_eq!(refusal(&headed("{}")), Error::MissingMember { name: "alg" });
    let text = Error::Member {
        name: "alg",
        expected: "text",
    };
    assert_eq!(refusal(&headed("{\"alg\":1}")), text);
    assert_eq!(refusal(&headed("{\"alg\":null}")), text);
}

#[test]
fn headers_that_say_more_than_is_understood_are_refused() {
    let critical = |names: &[&str]| Error::Critical {
        names: names.iter().map(|&n| n.to_owned()).collect(),
    };
    let member = |name, expected| Error::Member { name, expected };
    let names = "an array of names, not empty";
    let texts = "an array of base64 texts, not empty";
    for (member_text, expected) in [
        ("\"crit\":[\"exp\"],\"exp\":1", critical(&["exp"])),
        ("\"crit\":[\"b64\"],\"b64\":false", critical(&["b64"])),
        ("\"crit\":[]", member("crit", names)),
        ("\"crit\":\"exp\"", member("crit", names)),
        ("\"crit\":[1]", member("crit", names)),
        ("\"b64\":false", Error::PayloadEncoding),
        ("\"typ\":1", member("typ", "text")),
        ("\"kid\":{}", member("kid", "text")),
        ("\"cty\":null", member("cty", "text")),
        ("\"x5c\":[]", member("x5c", texts)),
        ("\"x5c\":\"AA\"", member("x5c", texts)),
        ("\"x5c\":[1]", member("x5c", texts)),
        (
            "\"x5c\":[\"A\"]",
            Error::Certificate {
                index: 0,
                source: None,
            },
        ),
        (
            "\"alg\":\"GG2015\"",
            Error::DuplicateMember {
                part: "header",
                name: "alg".to_owned(),
            },
        ),
    ] {
        let header = format!("{{\"alg\":\"RS256\",{member_text}}}");
        assert_eq!(refusal(&headed(&header)), expected, "{header}");
    }
    assert!(matches!(
        refusal(&headed("{\"alg\":\"RS256\",\"x5c\":[\"AAAA\"]}")),
        Error::Certificate {
            index: 0,
            source: Some(_)
        }
    ));
    let many = vec!["\"AAAA\""; 17].join(",");
    assert_eq!(
        refusal(&headed(&format!("{{\"alg\":\"RS256\",\"x5c\":[{many}]}}"))),
        Error::TooLarge {
            what: "certificates",
            limit: 16
        }
    );
    // Members without meaning here are kept.
    let kept = parse(&headed(
        "{\"alg\":\"RS256\",\"jku\":\"https://a\",\"n\":{\"a\":[1]}}",
    ))
    .expect("read");
    assert_eq!(kept.header().members()["jku"], "https://a");
    assert_eq!(refusal(&headed("[]")), Error::Json { part: "header" });
    let deep = format!(
        "{{\"alg\":\"RS256\",\"a\":{}{}}}",
        "[".repeat(32),
        "]".repeat(32)
    );
    assert_eq!(
        refusal(&headed(&deep)),
        Error::TooDeep {
            part: "header",
            limit: 32
        }
    );
}

#[test]
fn compact_tokens_have_one_form() {
    let key = Key::of(SignatureScheme::Gost2004);
    let token = key.token(b"{}");
    let [header, payload, value] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let base64 = |part| Error::Base64 { part };
    for (text, expected) in [
        (String::new(), Error::Parts { found: 1 }),
        (format!("{header}.{payload}"), Error::Parts { found: 2 }),
        (format!("{token}."), Error::Parts { found: 4 }),
        (format!("{token}.{token}"), Error::Parts { found: 4 }),
        (format!("{token}=="), base64("signature")),
        (format!("{token}\n"), base64("signature")),
        (format!(" {token}"), base64("header")),
        (format!("{header}.{payload} .{value}"), base64("payload")),
        (
            format!(".{payload}.{value}"),
            Error::Json { part: "header" },
        ),
    ] {
        assert_eq!(refusal(&text), expected, "{text}");
    }
    // One more byte in the value is base64url, and no signature.
    let longer = parse(&format!("{token}A")).expect("read");
    assert_eq!(
        longer.check_signature(key.public()).map(drop),
        Err(VerifyError::Malformed)
    );
    // An empty payload is one; it is not the signed one.
    let empty = parse(&format!("{header}..{value}")).expect("read");
    assert_eq!(empty.payload(), b"");
    assert!(empty.check_signature(key.public()).is_err());
    let unsigned = parse(&format!("{header}.{payload}.")).expect("read");
    assert!(unsigned.check_signature(key.public()).is_err());
}

#[test]
fn sizes_are_limited_exactly() {
    let token = Key::of(SignatureScheme::Gost2004).token(b"{}");
    let header = token.find('.').expect("a dot");
    let limits = |size, header| Limits {
        size,
        header,
        ..Limits::default()
    };
    assert!(Jws::parse(&token, &limits(token.len(), header)).is_ok());
    let too_large = |limits: Limits| {
        Jws::parse(&token, &limits)
            .map(drop)
            .expect_err("too large")
    };
    assert_eq!(
        too_large(limits(token.len() - 1, header)),
        Error::TooLarge {
            what: "bytes",
            limit: token.len() - 1
        }
    );
    assert_eq!(
        too_large(limits(token.len(), header - 1)),
        Error::TooLarge {
            what: "header bytes",
            limit: header - 1
        }
    );
}

#[test]
fn json_documents_take_several_signatures_and_hold() {
    for detached in [false, true] {
        let payload = b"any bytes \xff".to_vec();
        let mut document = match detached {
            true => JsonJws::detached(payload.clone()),
            false => JsonJws::attached(payload.clone()),
        };
        for (scheme, _) in ROWS {
            let key = Key::of(scheme);
            let chain = [key.certificate.clone()];
            let header = NewHeader::jwt().with_certificates(&chain);
            let before = document.to_json();
            document = key.complete(document.prepare(&header, scheme).expect("prepared"));
            // What was there stays, byte for byte.
            assert!(
                document
                    .to_json()
                    .starts_with(before.trim_end_matches("]}"))
            );
            // And survives being sent.
            let beside = detached.then_some(payload.as_slice());
            document =
                JsonJws::parse(&document.to_json(), beside, &Limits::default()).expect("read");
        }
        assert_eq!(document.payload(), payload);
        assert_eq!(document.is_detached(), detached);
        assert_eq!(document.to_json().contains("\"payload\""), !detached);
        let schemes: Vec<_> = document
            .signatures()
            .iter()
            .map(|one| one.header().scheme())
            .collect();
        assert_eq!(schemes, ROWS.map(|(scheme, _)| scheme));
        for signature in document.signatures() {
            let own = signature.header().certificates()[0]
                .public_key()
                .expect("known");
            document.check_signature(signature, own).expect("it holds");
        }
        let text = document.to_json();
        if detached {
            let other = JsonJws::parse(&text, Some(b"other"), &Limits::default()).expect("read");
            for signature in other.signatures() {
                let own = signature.header().certificates()[0]
                    .public_key()
                    .expect("known");
                assert!(other.check_signature(signature, own).is_err());
            }
            assert_eq!(json_refusal(&text, None), Error::PayloadMissing);
        } else {
            assert_eq!(json_refusal(&text, Some(&payload)), Error::PayloadTwice);
        }
    }
}

fn json_refusal(text: &str, payload: Option<&[u8]>) -> Error {
    let limits = Limits {
        signatures: 2,
        ..Limits::default()
    };
    JsonJws::parse(text, payload, &limits)
        .map(drop)
        .expect_err(text)
}

#[test]
fn json_documents_that_are_not_what_they_seem_are_refused() {
    let protected = url("{\"alg\":\"RS256\"}");
    let one = format!("{{\"protected\":\"{protected}\",\"signature\":\"AA\"}}");
    let member = |name, expected| Error::Member { name, expected };
    let objects = "an array of objects";
    let absent = "absent beside \"signatures\"";
    for (members, expected) in [
        (String::new(), Error::NoSignatures),
        (",\"signatures\":[]".to_owned(), Error::NoSignatures),
        (
            ",\"signatures\":{}".to_owned(),
            member("signatures", objects),
        ),
        (
            ",\"signatures\":[1]".to_owned(),
            member("signatures", objects),
        ),
        (
            format!(",\"signatures\":[{one},{one},{one}]"),
            Error::TooLarge {
                what: "signatures",
                limit: 2,
            },
        ),
        (
            format!(",\"signatures\":[{one}],\"signature\":\"AA\""),
            member("signature", absent),
        ),
        (
            format!(",\"signatures\":[{one}],\"header\":{{}}"),
            member("header", absent),
        ),
        (
            format!(
                ",\"signatures\":[{one},{}]",
                one.replace("\"signature\"", "\"header\":{},\"signature\"")
            ),
            Error::UnprotectedHeader { signature: 1 },
        ),
        (
            ",\"signatures\":[{\"signature\":\"AA\"}]".to_owned(),
            Error::MissingMember { name: "protected" },
        ),
        (
            ",\"signatures\":[{\"protected\":\"AA\"}]".to_owned(),
            Error::MissingMember { name: "signature" },
        ),
        (
            format!(",\"signatures\":[{}]", one.replace("AA", "AB")),
            Error::Base64 { part: "signature" },
        ),
        (
            format!(",\"signatures\":[{one}],\"payload\":\"AA\""),
            Error::DuplicateMember {
                part: "document",
                name: "payload".to_owned(),
            },
        ),
    ] {
        let text = format!("{{\"payload\":\"AA\"{members}}}");
        assert_eq!(json_refusal(&text, None), expected, "{text}");
    }
    let text = format!("{{\"payload\":1,\"signatures\":[{one}]}}");
    assert_eq!(json_refusal(&text, None), member("payload", "text"));
    assert_eq!(json_refusal("[]", None), Error::Json { part: "document" });
}

#[test]
fn the_flattened_form_is_read_like_the_general_one() {
    let key = Key::of(SignatureScheme::Gost2015With512);
    let token = key.token(b"payload");
    let [protected, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let text = format!(
        "{{\"payload\":\"{payload}\",\"protected\":\"{protected}\",\"signature\":\"{signature}\",\"more\":1}}"
    );
    let document = JsonJws::parse(&text, None, &Limits::default()).expect("read");
    let [one] = document.signatures() else {
        panic!("one signature")
    };
    document
        .check_signature(one, key.public())
        .expect("it holds");
    assert_eq!(
        document.to_json(),
        format!(
            "{{\"payload\":\"{payload}\",\"signatures\":[{{\"protected\":\"{protected}\",\"signature\":\"{signature}\"}}]}}"
        )
    );
}

#[test]
fn openssl_accepts_our_rs256_tokens_and_we_accept_its_own() {
    let key = Key::of(SignatureScheme::RsaSha256);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl")
            .args(arguments)
            .output()
            .expect("openssl must be installed");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    let token = key.token(b"{\"a\":1}");
    let (input, value) = token.rsplit_once('.').expect("a dot");
    std::fs::write(path("input"), input).expect("written");
    let value = Base64UrlUnpadded::decode_vec(value).expect("base64url");
    std::fs::write(path("value"), value).expect("written");
    let spki = Base64::encode_string(key.certificate.spki_der());
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{spki}\n-----END PUBLIC KEY-----\n");
    std::fs::write(path("key"), pem).expect("written");
    let says = openssl(&[
        "dgst",
        "-sha256",
        "-verify",
        &path("key"),
        "-signature",
        &path("value"),
        &path("input"),
    ]);
    assert_eq!(says, b"Verified OK\n");

    openssl(&[
        "genpkey",
        "-quiet",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-out",
        &path("private"),
    ]);
    let spki = openssl(&[
        "pkey",
        "-in",
        &path("private"),
        "-pubout",
        "-outform",
        "DER",
    ]);
    // Another order of members and white space: what is signed is the text.
    let input = format!(
        "{}.{}",
        url("{ \"alg\" : \"RS256\",\n\"typ\":\"JWT\" }"),
        url("{}")
    );
    std::fs::write(path("input"), &input).expect("written");
    let value = openssl(&["dgst", "-sha256", "-sign", &path("private"), &path("input")]);
    let theirs = format!("{input}.{}", Base64UrlUnpadded::encode_string(&value));
    let public = tamga_scheme::PublicKey::from_spki_der(&spki).expect("a key");
    parse(&theirs)
        .expect("read")
        .check_signature(&public)
        .expect("it holds");
}

#[test]
fn the_independent_oracle_accepts_our_tokens() {
    let Some(oracle) = shared_dir("oracle") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    for (scheme, name) in ROWS {
        let key = Key::of(scheme);
        let (token, certificate) = (folder.path().join(name), folder.path().join("cer"));
        std::fs::write(&token, key.token(b"{\"iss\":\"test\"}")).expect("written");
        std::fs::write(&certificate, key.certificate.der()).expect("written");
        let output = Command::new("/usr/bin/python3")
            .arg(oracle.join("oracle.py"))
            .arg("verify-jwt")
            .args([&token, &certificate])
            .output()
            .expect("python3 must be installed");
        let says = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {says}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_payload_comes_back_and_any_text_is_read_without_panic(
        payload in prop::collection::vec(any::<u8>(), 0..80),
        text in "[A-Za-z0-9._{}\":\\[\\],-]{0,60}",
        at in any::<prop::sample::Index>(),
        with in any::<char>(),
    ) {
        let key = Key::of(SignatureScheme::Gost2004);
        let token = key.token(&payload);
        let read = parse(&token).expect("read");
        prop_assert_eq!(read.payload(), payload.as_slice());
        prop_assert!(read.check_signature(key.public()).is_ok());
        let _any_result = (parse(&text), JsonJws::parse(&text, None, &Limits::default()));
        let mut characters: Vec<char> = token.chars().collect();
        let at = at.index(characters.len());
        if characters[at] != with {
            characters[at] = with;
            let changed: String = characters.into_iter().collect();
            let verifies = parse(&changed).is_ok_and(|jws| jws.check_signature(key.public()).is_ok());
            prop_assert!(!verifies, "{}", changed);
        }
    }
}
