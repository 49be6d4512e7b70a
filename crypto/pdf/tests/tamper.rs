//! Every byte of a signed document, changed.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use tamga_pdf::{Error, SigningOptions};

use support::{judge, one_page, parse, sign};

#[test]
fn no_document_with_one_bit_changed_holds() {
    let with = |reserve| {
        let options = SigningOptions {
            reserve,
            reason: Some("why".into()),
            ..SigningOptions::default()
        };
        sign(&one_page("Test"), "rsa_individual", &options)
    };
    let Err(Error::ReserveTooSmall { actual, .. }) = with(1) else {
        panic!("one byte is enough for a CMS");
    };
    let original = with(actual + 16).unwrap();
    assert_eq!(judge(&original), Ok(()));
    let contents = parse(&original)
        .signatures()
        .next()
        .unwrap()
        .byte_range
        .contents();
    assert_eq!(contents.len(), 2 * (actual + 16) + 2);
    // Inside Contents as well: the padding must be zero, and what of the CMS is not signed (algorithms, names, the
    // certificate, which the signed reference pins) must still fit.
    let mut holds = Vec::new();
    let mut changed = original.clone();
    for at in 0..original.len() {
        changed[at] ^= 1;
        if judge(&changed).is_ok() {
            holds.push(at);
        }
        changed[at] = original[at];
    }
    assert_eq!(holds, Vec::<usize>::new(), "Contents is at {contents:?}");
}
