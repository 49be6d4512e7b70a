//! Documents we sign: bytes of the layout against real signatures, validity against other implementations.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tamga_scheme::{AskNobody, DigestAlgorithm, Prepared, SignatureScheme, SignatureValue, ToSign};
use tamga_test_support::System;
use tamga_test_support::{fixtures_dir, read, read_json, shared_dir};
use tamga_token_api::{Keystore, Password, Unlock};
use tamga_token_file::FileKeystore;
use tamga_x509::Certificate;
use tamga_xmldsig::{Error, Form, Limits, LineEnd, Problem, SignedXml, XmlSignature, prepare};

const FORMS: [Form; 4] = [
    Form::Compact,
    Form::Lines(LineEnd::Lf),
    Form::Lines(LineEnd::CrLf),
    Form::LinesWithReferences,
];

const KEYS: [(SignatureScheme, &str); 3] = [
    (
        SignatureScheme::Gost2004,
        "p12/gost2004_hr_2023-11-16_active_7d187b8f.p12",
    ),
    (SignatureScheme::Gost2015With512, "p12/"),
    (
        SignatureScheme::RsaSha256,
        "p12/rsa_individual_2023-11-16_active_641e7295.p12",
    ),
];

/// Whatever a page may send; the places where naive splicing goes wrong.
const DOCUMENTS: [&str; 10] = [
    "<tag>data</tag>",
    "<a/>",
    "<p:a xmlns:p='urn:p' xmlns='urn:d' xml:lang='kk' b='/>'\n/>",
    "\u{feff}<?xml version=\"1.0\" encoding=\"windows-1251\"?>\r\n<!-- before -->\r\n<a>\r\n <b/>\r\n</a>\r\n<?after?>\n",
    "<a xmlns:ds='urn:other'><ds:b/><![CDATA[</a>]]><!-- </a> --></a\n>",
    "<a><a></a><a b='&lt;/a>' c=\"/>\"/></a>",
    "<\u{49b}\u{430}\u{437}>\u{4d8}\u{1f600}&#13;</\u{49b}\u{430}\u{437}>",
    "<a xmlns='urn:1'><b xmlns=''/>1<!-- x -->2</a><!-- after -->",
    "<a>1\r&amp;\r2</a>",
    "<ds:SignedInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>",
];

fn key_file(fixtures: &Path, scheme: SignatureScheme) -> PathBuf {
    let (_, file) = KEYS
        .iter()
        .find(|(of, _)| *of == scheme)
        .expect("every scheme has a key");
    if file.ends_with(".p12") {
        return fixtures.join(file);
    }
    // File names of the GOST-2015 keys differ between issues of the test PKI; the manifest knows them.
    let manifest: serde_json::Value = read_json(fixtures.join("MANIFEST.json"));
    let entries = manifest["entries"].as_array().expect("a list");
    let entry = entries.iter().find(|entry| {
        entry["kind"] == "p12"
            && entry["algorithm"] == "GOST-2015-512"
            && entry["expected"]["result"] == "opens"
    });
    fixtures.join(
        entry.expect("a GOST-2015 key")["file"]
            .as_str()
            .expect("text"),
    )
}

/// Signs several documents with one key of the public test PKI.
fn sign_all(
    fixtures: &Path,
    scheme: SignatureScheme,
    form: Form,
    documents: &[String],
) -> Vec<String> {
    let path = key_file(fixtures, scheme);
    let mut keystore = FileKeystore::open(&path, Arc::new(System)).expect("a key file");
    let password = Password::new("Qwerty12".to_owned());
    let unlocked = keystore
        .unlock(Unlock::Password(&password))
        .expect("the password");
    let entry = &unlocked.entries()[0];
    let signer = unlocked.signer(entry).expect("a signer");
    documents
        .iter()
        .map(|document| {
            let prepared = prepare(document, form, scheme, &entry.certificate).expect("prepared");
            let value = signer.sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody);
            prepared.assemble(value.expect("signed"))
        })
        .collect()
}

fn documents() -> Vec<String> {
    DOCUMENTS.map(str::to_owned).to_vec()
}

fn check_own(signed: &str) -> Vec<XmlSignature> {
    let document = SignedXml::parse(signed.as_bytes(), &Limits::default()).expect("readable");
    for signature in document.signatures() {
        let key = signature
            .certificate()
            .expect("ours")
            .public_key()
            .expect("known");
        assert!(
            signature.check_references().expect("digests").covers_root(),
            "{signed}"
        );
        signature.check_signature(key).expect("value");
    }
    document.signatures().to_vec()
}

/// What a page sees before and behind the signature: its own bytes.
fn without_signature(signed: &str) -> String {
    let start = signed.rfind("<ds:Signature ").expect("signed");
    let end = signed.rfind("</ds:Signature>").expect("signed") + "</ds:Signature>".len();
    [&signed[..start], &signed[end..]].concat()
}

#[test]
fn every_scheme_and_form_makes_signatures_that_hold_here() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for (scheme, _) in KEYS {
        for form in FORMS {
            for signed in sign_all(&fixtures, scheme, form, &documents()) {
                assert_eq!(check_own(&signed).len(), 1);
            }
        }
    }
}

#[test]
fn the_independent_oracle_accepts_what_we_sign() {
    let (Some(fixtures), Some(oracle)) = (fixtures_dir(), shared_dir("oracle")) else {
        return;
    };
    let folder = scratch("oracle");
    for (scheme, _) in KEYS {
        for form in FORMS {
            // The oracle is slow: all documents in one form, the first few in the others.
            let documents = documents();
            let chosen = if form == FORMS[2] {
                &documents[..]
            } else {
                &documents[..3]
            };
            let first = sign_all(&fixtures, scheme, form, chosen);
            // A second signature of another kind covers the first.
            let twice = sign_all(&fixtures, SignatureScheme::RsaSha256, form, &first[..2]);
            for (number, signed) in first.iter().chain(&twice).enumerate() {
                let path = folder.join(format!("{}_{form:?}_{number}.xml", scheme.name()));
                std::fs::write(&path, signed).expect("written");
                let output = Command::new("/usr/bin/python3")
                    .arg(oracle.join("oracle.py"))
                    .arg("verify-xml")
                    .arg(&path)
                    .output()
                    .expect("python3 with lxml must be installed");
                let says = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{}: {says}", path.display());
            }
        }
    }
}

#[test]
fn xmlsec1_accepts_our_rsa_signatures() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let folder = scratch("xmlsec1");
    for form in FORMS {
        let signed = sign_all(&fixtures, SignatureScheme::RsaSha256, form, &documents());
        for (number, signed) in signed.iter().enumerate() {
            let path = folder.join(format!("{form:?}_{number}.xml"));
            std::fs::write(&path, signed).expect("written");
            let output = Command::new("xmlsec1")
                .args(["--verify", "--insecure"])
                .arg(&path)
                .output()
                .expect("xmlsec1 must be installed");
            let says = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {says}", path.display());
        }
    }
}

#[test]
fn a_second_signature_covers_the_first_and_leaves_it_valid() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for form in FORMS {
        let mut signed = vec!["<?xml version='1.0'?><a xmlns='urn:d'>x</a>".to_owned()];
        for scheme in [
            SignatureScheme::Gost2015With512,
            SignatureScheme::RsaSha256,
            SignatureScheme::Gost2004,
        ] {
            signed = sign_all(&fixtures, scheme, form, &signed);
        }
        let signatures = check_own(&signed[0]);
        let removed: Vec<usize> = signatures
            .iter()
            .map(|one| {
                one.check_references().expect("digests").references()[0].later_signatures_removed
            })
            .collect();
        assert_eq!(removed, [2, 1, 0]);
    }
}

#[test]
fn the_callers_bytes_stay_except_the_declaration_and_an_empty_root() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";
    let signed = sign_all(
        &fixtures,
        SignatureScheme::RsaSha256,
        FORMS[2],
        &documents(),
    );
    for (document, signed) in DOCUMENTS.iter().zip(&signed) {
        let bare = document.trim_start_matches('\u{feff}');
        let bare = match bare.strip_prefix("<?xml") {
            Some(rest) => rest.split_once("?>").expect("a declaration").1,
            None => bare,
        };
        let expected = match bare {
            "<a/>" => "<a></a>".to_owned(),
            empty if empty.ends_with("'/>") => empty.replace("/>", "></ds:SignedInfo>"),
            empty if empty.ends_with("\n/>") => empty.replace("\n/>", "></p:a>"),
            other => other.to_owned(),
        };
        assert_eq!(without_signature(signed), [DECLARATION, &expected].concat());
    }
}

/// Recorded replies of the original on Windows (CR LF) and Linux (LF); their certificates are blanked.
#[test]
fn the_layout_equals_recorded_replies_byte_for_byte() {
    let (Some(wire), Some(fixtures)) = (shared_dir("wire-fixtures"), fixtures_dir()) else {
        return;
    };
    let recordings: serde_json::Value = read_json(wire.join("sigex-recordings.json"));
    let texts: Vec<&str> = recordings
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|recording| recording["response"].as_str())
        .collect();
    let mut compared = 0;
    for response in texts {
        let Ok(response) = serde_json::from_str::<serde_json::Value>(response) else {
            continue;
        };
        let result = match &response["responseObject"] {
            serde_json::Value::Null => &response["body"]["result"][0],
            serde_json::Value::Array(several) => &several[0],
            one => one,
        };
        let Some(real) = result
            .as_str()
            .filter(|text| text.contains("<ds:Signature "))
        else {
            continue;
        };
        let form = Form::Lines(if real.contains('\r') {
            LineEnd::CrLf
        } else {
            LineEnd::Lf
        });
        let open = fixtures.join("xml/rsa_enveloped_ncanode_a.xml");
        let any = SignedXml::parse(&read(open), &Limits::default()).expect("readable");
        let certificate = any.signatures()[0].certificate().expect("there");
        let prepared = prepare(
            "<tag>data</tag>",
            form,
            SignatureScheme::RsaSha256,
            certificate,
        )
        .expect("ok");
        let value = between(real, "<ds:SignatureValue>", "</ds:SignatureValue>");
        let bare: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        let value = <base64ct::Base64 as base64ct::Encoding>::decode_vec(&bare).expect("base64");
        let ours = prepared.assemble(SignatureValue::new(value));
        assert_eq!(blanked(&ours), blanked(real));
        compared += 1;
    }
    assert_eq!(compared, 3);
}

fn between<'a>(text: &'a str, before: &str, behind: &str) -> &'a str {
    text.split_once(before)
        .expect("there")
        .1
        .split_once(behind)
        .expect("there")
        .0
}

fn blanked(text: &str) -> String {
    let (before, behind) = ("<ds:X509Certificate>", "</ds:X509Certificate>");
    text.replacen(between(text, before, behind), "", 1)
}

/// SHA-256 of `<tag>data</tag>`, known from recordings of the original.
#[test]
fn the_digest_of_the_known_document_is_the_known_one() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let signed = sign_all(
        &fixtures,
        SignatureScheme::RsaSha256,
        Form::Compact,
        &documents(),
    )
    .remove(0);
    assert_eq!(
        between(&signed, "<ds:DigestValue>", "</ds:DigestValue>"),
        "soDZFGIUsZ1x0sK/7x1bJvtGeQsO0BKOVwAvKxC3RJY="
    );
    let signatures = check_own(&signed);
    assert_eq!(
        signatures[0].references()[0].digest_algorithm(),
        DigestAlgorithm::Sha256
    );
}

#[test]
fn unusable_documents_and_foreign_certificates_are_refused() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let document = read(fixtures.join("xml/rsa_enveloped_ncanode_a.xml"));
    let parsed = SignedXml::parse(&document, &Limits::default()).expect("readable");
    let certificate: &Certificate = parsed.signatures()[0].certificate().expect("there");
    let refused = |document: &str, scheme: SignatureScheme| {
        prepare(document, Form::Compact, scheme, certificate).expect_err("refused")
    };
    let rsa = SignatureScheme::RsaSha256;
    assert_eq!(
        refused("<this>is not a valid XML", rsa),
        Error::NotWellFormed {
            line: 1,
            column: 25,
            problem: Problem::UnexpectedEnd
        }
    );
    assert_eq!(
        refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", rsa),
        Error::DoctypePresent { line: 1, column: 1 }
    );
    assert_eq!(
        refused("<a xmlns='x'/>", rsa),
        Error::RelativeNamespace {
            uri: "x".to_owned()
        }
    );
    assert_eq!(
        refused(&"<a>".repeat(300), rsa),
        Error::TooDeep {
            limit: Limits::default().depth
        }
    );
    assert_eq!(
        refused("<a/>", SignatureScheme::Gost2004),
        Error::SchemeMismatch {
            scheme: SignatureScheme::Gost2004,
            key: tamga_scheme::KeyKind::Rsa
        }
    );
}

/// A fresh folder in the build directory.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("xmldsig-signing")
        .join(name);
    std::fs::create_dir_all(&folder).expect("the build directory is writable");
    folder
}
