//! Every recorded document: what must hold holds, what must not does not.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use tamga_pdf::{Change, Effect, SigningOptions, SubFilter};
use tamga_test_support::{Manifest, fixtures_dir, read, read_json};
use tamga_x509::UnixTime;

use support::{HOLDERS, check, judge, parse, sign};

#[test]
fn every_recorded_document_is_judged_as_the_manifest_says() {
    let Some(dir) = fixtures_dir() else {
        return;
    };
    let manifest: Manifest = read_json(dir.join("MANIFEST.json"));
    let documents: Vec<_> = manifest
        .entries
        .iter()
        .filter(|entry| entry.kind == "pdf")
        .collect();
    assert!(documents.len() >= 7, "the manifest lost its documents");
    for entry in documents {
        let outcome = judge(&read(dir.join(&entry.file)));
        assert_eq!(
            outcome.is_ok(),
            entry.must_hold(),
            "{}: {outcome:?}, {}",
            entry.file,
            entry.expected.why
        );
    }
}

#[test]
fn each_damage_is_found_where_it_is() {
    let Some(dir) = fixtures_dir() else {
        return;
    };
    for scheme in ["gost2004", "gost2015"] {
        let file = read(dir.join(format!("pdf/gen_{scheme}_signed.pdf")));
        let pdf = parse(&file);
        let signature = pdf.signatures().next().unwrap();
        assert!(signature.covers_whole_document);
        assert_eq!(signature.sub_filter, SubFilter::EtsiCadesDetached);
        assert_eq!(
            signature.claimed_time,
            UnixTime::from_rfc3339("2026-11-20T09:00:00Z")
        );
        assert_eq!(pdf.changes_after(signature).effect, None);

        let file = read(dir.join(format!("pdf/neg_{scheme}_changed.pdf")));
        let pdf = parse(&file);
        let signature = pdf.signatures().next().unwrap();
        assert!(signature.covers_whole_document);
        assert_eq!(
            check(&pdf, signature),
            Err("content: the content does not match the message digest".into())
        );

        // The signature holds; what was appended has no cross-reference section.
        let file = read(dir.join(format!("pdf/neg_{scheme}_appended.pdf")));
        let pdf = parse(&file);
        let signature = pdf.signatures().next().unwrap();
        assert!(!signature.covers_whole_document);
        assert_eq!(check(&pdf, signature), Ok(()));
        let later = pdf.changes_after(signature);
        assert_eq!(later.effect, Some(Effect::Content));
        assert_eq!(
            later.changes,
            [&Change::BytesAppended {
                offset: 9476,
                length: 79
            }]
        );
    }
}

#[test]
fn the_recorded_document_without_signature_can_be_signed_with_every_scheme() {
    let Some(dir) = fixtures_dir() else {
        return;
    };
    let original = read(dir.join("pdf/sample_unsigned.pdf"));
    assert_eq!(parse(&original).fields().len(), 0);
    for id in HOLDERS {
        let signed = sign(&original, id, &SigningOptions::default()).unwrap();
        assert!(signed.starts_with(&original));
        assert_eq!(judge(&signed), Ok(()), "{id}");
    }
}
