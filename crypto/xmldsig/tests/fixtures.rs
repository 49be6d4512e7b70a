//! Every XML and WSSE document of the fixtures folder: core checks as the manifest says.

use std::path::Path;

use serde_json::Value;
use tamga_scheme::VerifyError;
use tamga_test_support::{fixtures_dir, read, read_json};
use tamga_xmldsig::{CheckError, CoveredNode, Error, Limits, SignedXml, XmlSignature};

fn parse(fixtures: &Path, file: &str) -> Result<SignedXml, Error> {
    SignedXml::parse(&read(fixtures.join(file)), &Limits::default())
}

/// Both checks with the key of the signature's own certificate.
fn core(signature: &XmlSignature) -> Result<(), CheckError> {
    let certificate = signature.certificate().expect("a certificate");
    signature.check_references()?;
    signature.check_signature(certificate.public_key().expect("a known key"))?;
    Ok(())
}

fn core_of_all(fixtures: &Path, file: &str) -> Result<(), CheckError> {
    let document = parse(fixtures, file).unwrap_or_else(|error| panic!("{file}: {error:?}"));
    assert!(!document.signatures().is_empty(), "{file}");
    document.signatures().iter().try_for_each(core)
}

/// Damaged documents, each with the reason it must be refused for.
fn expected_failure(file: &str) -> Result<CheckError, Error> {
    let mismatch = |uri: &str| {
        Ok(CheckError::DigestMismatch {
            uri: uri.to_owned(),
        })
    };
    match file {
        "wsse/neg_wsse_body_changed_a.xml" => mismatch("#id-a779e2e7-f14f-4dec-b56e-0ed5af898062"),
        "wsse/neg_wsse_gost2015_body.xml" => mismatch("#id-9e81e7b963c71363e2fb3eefcfecfc0e"),
        "wsse/neg_wsse_rsa_body.xml" => mismatch("#id-0ace83d4-0477-4890-90b2-50b3bd434949"),
        "wsse/neg_wsse_cr_lost_a.xml" | "xml/neg_cr_lost_a.xml" | "xml/neg_signaturevalue.xml" => {
            Ok(CheckError::Signature(VerifyError::Mismatch))
        }
        "xml/neg_attribute.xml"
        | "xml/neg_text.xml"
        | "xml/neg_transform_removed.xml"
        | "xml/neg_unused_namespace.xml" => mismatch(""),
        "xml/neg_method_swapped.xml" => Ok(CheckError::Signature(VerifyError::WrongKey {
            scheme: tamga_scheme::SignatureScheme::RsaSha256,
            key: tamga_scheme::KeyKind::Gost2015With512,
        })),
        "xml/neg_doctype.xml" => Err(Error::DoctypePresent {
            line: 1,
            column: 55,
        }),
        "xml/neg_duplicate_id.xml" => Err(Error::DuplicateId {
            id: "p-shared".to_owned(),
        }),
        "xml/neg_no_certificate_a.xml" => Err(Error::Malformed {
            signature: 0,
            element: "X509Certificate",
            problem: "not base64",
        }),
        other => panic!("{other}: no expectation written down"),
    }
}

/// Digests and value hold, yet the Body that SOAP processes is not the one signed.
fn is_wrapping(file: &str) -> bool {
    file.ends_with("_wrapping.xml")
}

/// Entries of the manifest for our two folders, by path.
fn documents(fixtures: &Path) -> Vec<(String, Value)> {
    let manifest: Value = read_json(fixtures.join("MANIFEST.json"));
    let entries = manifest["entries"].as_array().expect("a list").iter();
    let by_file = entries.map(|entry| (entry["file"].as_str().expect("text").to_owned(), entry));
    let ours = by_file.filter(|(file, _)| file.starts_with("xml/") || file.starts_with("wsse/"));
    ours.map(|(file, entry)| (file, entry.clone())).collect()
}

#[test]
fn every_document_of_the_manifest_is_judged_as_it_says() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let documents = documents(&fixtures);
    assert!(
        documents.len() >= 34,
        "the manifest lists {} documents",
        documents.len()
    );
    for (file, entry) in &documents {
        if entry["expected"]["result"] == "verifies" || is_wrapping(file) {
            assert_eq!(core_of_all(&fixtures, file), Ok(()), "{file}");
            continue;
        }
        match expected_failure(file) {
            Ok(expected) => assert_eq!(core_of_all(&fixtures, file), Err(expected), "{file}"),
            Err(expected) => {
                let found = parse(&fixtures, file).err();
                assert_eq!(found, Some(expected), "{file}");
            }
        }
    }
}

#[test]
fn signatures_are_read_as_the_manifest_lists_them() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for (file, entry) in documents(&fixtures) {
        let Some(listed) = entry["signatures"].as_array() else {
            continue;
        };
        let Ok(document) = parse(&fixtures, &file) else {
            continue;
        };
        assert_eq!(document.signatures().len(), listed.len(), "{file}");
        for (signature, listed) in document.signatures().iter().zip(listed) {
            assert_eq!(listed["method"], signature.scheme().xml_uri(), "{file}");
            assert_eq!(listed["c14n"], signature.canonicalization().uri(), "{file}");
            let references = listed["references"].as_array().expect("a list");
            assert_eq!(signature.references().len(), references.len(), "{file}");
            for (reference, listed) in signature.references().iter().zip(references) {
                assert_eq!(listed["uri"], reference.uri(), "{file}");
                assert_eq!(
                    listed["digest"],
                    reference.digest_algorithm().xml_uri(),
                    "{file}"
                );
            }
            let certificate = signature.certificate().expect("a certificate");
            assert_eq!(
                listed["cert"]["sha256"],
                hex::encode(certificate.sha256()),
                "{file}"
            );
        }
    }
}

#[test]
fn an_enveloped_signature_covers_the_root() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let document = parse(&fixtures, "xml/gost2015_enveloped_mitwork_a.xml").expect("read");
    let covered = document.signatures()[0]
        .check_references()
        .expect("it holds");
    assert!(covered.covers_root());
    let [reference] = covered.references() else {
        panic!("one reference")
    };
    assert_eq!(reference.node, CoveredNode::Document);
    assert!(reference.comments_dropped && reference.enveloped);
    assert_eq!(reference.later_signatures_removed, 0);
}

#[test]
fn an_identifier_covers_its_element_only() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let document = parse(&fixtures, "xml/gost2015_byid_fedor_xpath.xml").expect("read");
    let covered = document.signatures()[0]
        .check_references()
        .expect("it holds");
    assert!(!covered.covers_root() && !covered.covers_soap_body());
    let CoveredNode::Element { path, id } = &covered.references()[0].node else {
        panic!("an element")
    };
    assert_eq!(
        (path.to_string().as_str(), id.as_str()),
        ("/root[0 of 1]/a[0 of 1]", "part")
    );
}

#[test]
fn the_earlier_of_two_signatures_needs_the_later_one_removed() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for file in [
        "xml/mixed_rsa_gost2015_two_signatures.xml",
        "xml/gen_two_signatures_gost2004_gost2015.xml",
    ] {
        let document = parse(&fixtures, file).expect("read");
        let removed: Vec<usize> = document
            .signatures()
            .iter()
            .map(|signature| signature.check_references().expect("it holds"))
            .map(|covered| covered.references()[0].later_signatures_removed)
            .collect();
        assert_eq!(removed, [1, 0], "{file}");
    }
}

#[test]
fn the_signed_body_is_told_from_a_moved_one() {
    const BODY: &str = "/{http://schemas.xmlsoap.org/soap/envelope/}Envelope[0 of 1]/{http://schemas.xmlsoap.org/soap/envelope/}Body[0 of 1]";
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for (file, is_body, path) in [
        ("wsse/wsse_rsa_ncanode.xml", true, BODY),
        ("wsse/gen_wsse_gost2004.xml", true, BODY),
        ("wsse/gen_wsse_gost2015.xml", true, BODY),
        ("wsse/neg_wsse_rsa_wrapping.xml", false, ""),
        ("wsse/neg_wsse_gost2015_wrapping.xml", false, ""),
    ] {
        let document = parse(&fixtures, file).expect("read");
        let covered = document.signatures()[0]
            .check_references()
            .expect("it holds");
        assert_eq!(covered.covers_soap_body(), is_body, "{file}");
        assert!(!covered.covers_root(), "{file}");
        if is_body {
            let CoveredNode::Element { path: found, .. } = &covered.references()[0].node else {
                panic!("{file}: an element")
            };
            assert_eq!(found.to_string(), path, "{file}");
        }
    }
}

/// KeyInfo is not under the signature, so the real certificate can be moved into a token of the header.
#[test]
fn a_binary_security_token_is_followed_by_its_identifier() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let real = String::from_utf8(read(fixtures.join("wsse/gen_wsse_gost2015.xml"))).expect("UTF-8");
    let (before, rest) = real.split_once("<wsse:KeyIdentifier").expect("there");
    let (identifier, behind) = rest.split_once("</wsse:KeyIdentifier>").expect("there");
    let reference = format!("{before}<wsse:Reference URI=\"#token\"/>{behind}");
    let token = format!(
        "<wsse:BinarySecurityToken wsu:Id=\"token\"{identifier}</wsse:BinarySecurityToken>"
    );
    let moved = reference.replacen("<ds:Signature ", &format!("{token}<ds:Signature "), 1);
    let document = SignedXml::parse(moved.as_bytes(), &Limits::default()).expect("readable");
    assert_eq!(core(&document.signatures()[0]), Ok(()));
    let nowhere = moved.replacen("#token", "#other", 1);
    assert_eq!(
        SignedXml::parse(nowhere.as_bytes(), &Limits::default()).err(),
        Some(Error::Malformed {
            signature: 0,
            element: "Reference",
            problem: "no BinarySecurityToken there"
        })
    );
}

#[test]
fn any_changed_byte_of_a_signed_document_is_noticed_or_harmless() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let good = read(fixtures.join("xml/gost2004_enveloped_2020a.xml"));
    let text = String::from_utf8(good).expect("UTF-8");
    let name = text.find("NCANode").expect("the signed text");
    let changed = text.replacen("NCANode", "NCANodf", 1);
    let document = SignedXml::parse(changed.as_bytes(), &Limits::default()).expect("read");
    assert_eq!(
        core(&document.signatures()[0]),
        Err(CheckError::DigestMismatch { uri: String::new() })
    );
    // Cutting the document anywhere is an error, never a panic and never "valid".
    for end in (0..text.len()).step_by(7).chain(name..name + 7) {
        assert!(
            SignedXml::parse(&text.as_bytes()[..end], &Limits::default()).is_err(),
            "{end}"
        );
    }
}
