//! Real signatures made again: the bytes we would have written around the same value, compared with those recorded.

mod signing_keys;

use self::signing_keys::cut_signature;
use tamga_scheme::{Prepared, SignatureValue};
use tamga_test_support::{Manifest, fixtures_dir, read, read_json};
use tamga_xmldsig::{
    CheckError, Form, Limits, LineEnd, LocationPath, Options, Placement, SignedXml, prepare_with,
};

/// How a recorded file was written.
struct Recorded {
    file: &'static str,
    form: Form,
    /// Both path arguments, for signatures over one element.
    paths: Option<[&'static str; 2]>,
}

const fn enveloped(file: &'static str, form: Form) -> Recorded {
    Recorded {
        file,
        form,
        paths: None,
    }
}

/// Every real signature that holds. All are Santuario's layout; they differ in the line ends alone, which follow the
/// Java (base64 with CR LF since Santuario 2.1, written as `&#13;`) and the system (raw CR LF on Windows). Two of the
/// fixtures have no declaration: the signer that made them drops it, where we write one.
const RECORDED: [Recorded; 11] = [
    enveloped("xml/gost2004_enveloped_2020a.xml", LF),
    enveloped("xml/gost2015_enveloped_fedor_simple.xml", REFERENCES),
    enveloped("xml/gost2015_enveloped_mitwork_a.xml", LF),
    enveloped("xml/mixed_rsa_gost2015_two_signatures.xml", REFERENCES),
    enveloped("xml/rsa_enveloped_individual-auth_2020a.xml", LF),
    enveloped("xml/rsa_enveloped_individual-sign_2020a.xml", LF),
    enveloped("xml/rsa_enveloped_legal-auth_2020a.xml", LF),
    enveloped("xml/rsa_enveloped_login_individual_2024.xml", LF),
    enveloped("xml/rsa_enveloped_ncanode_a.xml", REFERENCES),
    enveloped(
        "xml/rsa_enveloped_prod-ca_2018.xml",
        Form::Lines(LineEnd::CrLf),
    ),
    Recorded {
        file: "xml/gost2015_byid_fedor_xpath.xml",
        form: REFERENCES,
        paths: Some(["/root/a", "/root"]),
    },
];

const LF: Form = Form::Lines(LineEnd::Lf);
const REFERENCES: Form = Form::LinesWithReferences;

/// Generated ones: not recorded from a signer, but by another program than ours.
const GENERATED: [Recorded; 3] = [
    enveloped("xml/gen_gost2015_enveloped_rich.xml", Form::Compact),
    enveloped("xml/gen_rsa_enveloped_rich.xml", Form::Compact),
    Recorded {
        file: "xml/gen_gost2004_byid.xml",
        form: Form::Compact,
        paths: Some(["/d:doc/d:part", "/d:doc"]),
    },
];

fn options(recorded: &Recorded, form: Form) -> Options {
    let path = |text| LocationPath::parse(text).expect("a path");
    let placement = match recorded.paths {
        None => Placement::Enveloped,
        Some([signed, parent]) => Placement::ById {
            signed: path(signed),
            parent: path(parent),
        },
    };
    Options {
        placement,
        ..Options::enveloped(form)
    }
}

/// Takes the last signature off a document, makes it again around its own value and compares; returns what is left.
fn remake(recorded: &Recorded, document: &str, number: usize) -> String {
    let file = recorded.file;
    let parsed = SignedXml::parse(document.as_bytes(), &Limits::default()).expect(file);
    let signature = &parsed.signatures()[number];
    let certificate = signature.certificate().expect(file);
    signature.check_references().expect(file);
    signature
        .check_signature(certificate.public_key().expect(file))
        .expect(file);
    let (real, unsigned) = cut_signature(document);
    let made_with = |form: Form| {
        let options = options(recorded, form);
        let prepared =
            prepare_with(&unsigned, &options, signature.scheme(), certificate).expect(file);
        let to_sign = prepared.to_sign().to_vec();
        let value = SignatureValue::new(signature.value().as_bytes());
        (to_sign, prepared.assemble(value))
    };
    let (to_sign, made) = made_with(recorded.form);
    // The digest is ours, the value recorded: equal SignedInfo means the recorded value is one over our bytes.
    assert_eq!(
        String::from_utf8_lossy(&to_sign),
        String::from_utf8_lossy(signature.signed_info()),
        "{file}"
    );
    let (ours, rest) = cut_signature(&made);
    assert_eq!(ours, real, "{file}");
    // The rest is the caller's, but for the declaration.
    let behind_declaration = |text: &str| match text.strip_prefix("<?xml ") {
        Some(text) => text.split_once("?>").expect(file).1.to_owned(),
        None => text.to_owned(),
    };
    assert_eq!(
        behind_declaration(&rest),
        behind_declaration(&unsigned),
        "{file}"
    );
    // No other form gives these bytes: the table says what the file is, not what happens to pass.
    for form in signing_keys::FORMS {
        if form != recorded.form {
            let (_, made) = made_with(form);
            assert_ne!(cut_signature(&made).0, real, "{file} as {form:?}");
        }
    }
    unsigned
}

#[test]
fn the_bytes_equal_recorded_signatures() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for recorded in RECORDED.iter().chain(&GENERATED) {
        let mut document = String::from_utf8(read(fixtures.join(recorded.file))).expect("UTF-8");
        let parsed = SignedXml::parse(document.as_bytes(), &Limits::default()).expect("readable");
        // Last to first: each was made over the document with the earlier ones in it.
        for number in (0..parsed.signatures().len()).rev() {
            document = remake(recorded, &document, number);
        }
        assert!(!document.contains("<ds:Signature "), "{}", recorded.file);
    }
}

#[test]
fn every_real_signature_that_holds_is_in_the_table() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let manifest: Manifest = read_json(fixtures.join("MANIFEST.json"));
    let raw: serde_json::Value = read_json(fixtures.join("MANIFEST.json"));
    let sources = raw["entries"].as_array().expect("a list");
    let mut real: Vec<&str> = manifest
        .entries
        .iter()
        .zip(sources)
        .filter(|(entry, raw)| {
            entry.file.starts_with("xml/") && raw["source"] == "real" && entry.must_hold()
        })
        .map(|(entry, _)| entry.file.as_str())
        .collect();
    let mut table: Vec<&str> = RECORDED.iter().map(|recorded| recorded.file).collect();
    real.sort_unstable();
    table.sort_unstable();
    assert_eq!(table, real);
}

/// `&#13;` between the lines of a long digest is signed: the recorded document without it does not hold, and signing
/// such a text with that form of ours would not have given it either.
#[test]
fn a_recorded_signature_that_lost_its_references_does_not_hold() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let text = String::from_utf8(read(fixtures.join("xml/neg_cr_lost_a.xml"))).expect("UTF-8");
    let parsed = SignedXml::parse(text.as_bytes(), &Limits::default()).expect("readable");
    let signature = &parsed.signatures()[0];
    let key = signature.certificate().expect("there").public_key();
    assert!(matches!(
        signature.check_signature(key.expect("known")),
        Err(CheckError::Signature(_))
    ));
}
