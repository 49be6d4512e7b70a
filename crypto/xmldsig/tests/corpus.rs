//! The corpora of fuzz targets and thousands of their mutations, through the functions of the targets, on any compiler.

#[path = "../../../fuzz/mutations.rs"]
mod mutations;
#[path = "../../../fuzz/subjects/xml.rs"]
mod xml;
#[path = "../../../fuzz/subjects/xml_signing.rs"]
mod xml_signing;

use tamga_xmldsig::Error;

#[test]
fn documents_of_the_corpus_are_read_as_listed() {
    let read = |signatures, references_hold, hold| {
        Ok(xml::Read {
            signatures,
            references_hold,
            hold,
        })
    };
    mutations::check(
        "xml",
        xml::read,
        vec![
            ("broken", read(1, 0, 0)),
            ("by_id", read(1, 1, 1)),
            ("enveloped_gost2004", read(1, 1, 1)),
            ("enveloped_rsa", read(1, 1, 1)),
            ("enveloped_twice", read(2, 2, 2)),
            ("soap", read(1, 1, 1)),
            ("unsigned", read(0, 0, 0)),
        ],
    );
}

#[test]
fn inputs_of_the_signing_corpus_are_signed_as_listed() {
    let inside = Error::PlaceInsideSigned {
        signed: "/r/a".to_owned(),
        parent: "/r/a".to_owned(),
    };
    mutations::check(
        "xml_signing",
        xml_signing::sign,
        vec![
            ("anew", Ok(Some(1))),
            ("by_id", Ok(Some(1))),
            ("enveloped", Ok(Some(1))),
            ("inside", Err(inside)),
            ("soap_time", Ok(Some(1))),
            ("soap_trimmed", Ok(Some(1))),
            ("too_deep_once_signed", Ok(None)),
            ("twice", Ok(Some(2))),
            ("unreadable", Ok(None)),
        ],
    );
}

#[test]
fn mutations_of_signed_documents_are_read_or_refused_and_canonical_forms_are_fixed_points() {
    let [read, refused] = mutations::mutate("xml", 6000, xml::read);
    assert!(read > 100 && refused > 500, "{read} {refused}");
}

#[test]
fn mutations_of_documents_are_refused_or_signed_so_that_the_signature_reads() {
    let [read, refused] = mutations::mutate("xml_signing", 6000, xml_signing::sign);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}
