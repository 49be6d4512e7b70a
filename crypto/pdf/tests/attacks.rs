//! Attacks on signatures in documents: what is signed must be what is shown.
//!
//! Classes USF, SWA and ISA: Mladenov and others, "1 Trillion Dollar Refund", CCS 2019; shadow attacks: NDSS 2021.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use tamga_cms::{Content, ContentDigests, Draft, NewSigner, Profile, SignedData};
use tamga_pdf::{Change, Effect, FieldValue, SignatureError, SigningOptions, prepare};
use tamga_scheme::{AskNobody, Prepared, Signer, SoftwareSigner, ToSign};
use tamga_test_support::System;

use support::{
    HOLDERS, NOW, check, file, find_last, holder, one_page, overwrite, parse, previous, signed,
    update, update_from,
};

/// Why the only field is refused.
fn refusal(file: &[u8]) -> SignatureError {
    let pdf = parse(file);
    match &pdf.fields()[0].value {
        FieldValue::Refused(error) => error.clone(),
        other => panic!("{other:?}"),
    }
}

/// The four numbers of the last ByteRange, as text.
fn byte_range(file: &[u8]) -> String {
    let at = find_last(file, b"/ByteRange [") + b"/ByteRange [".len();
    String::from_utf8(file[at..at + 34].to_vec()).unwrap()
}

fn with_byte_range(file: &[u8], numbers: &str) -> Vec<u8> {
    let mut changed = file.to_vec();
    overwrite(
        &mut changed,
        byte_range(file).as_bytes(),
        format!("{numbers:<34}").as_bytes(),
    );
    changed
}

fn numbers(file: &[u8]) -> [usize; 4] {
    let numbers: Vec<usize> = byte_range(file)
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    numbers.try_into().unwrap()
}

#[test]
fn usf_a_signature_without_its_parts_is_refused() {
    let signed = signed(&one_page("Test"));
    let renamed = |old: &[u8], new: &[u8]| {
        let mut changed = signed.clone();
        overwrite(&mut changed, old, new);
        refusal(&changed)
    };
    assert_eq!(
        renamed(b"/ByteRange", b"/ByteRangX"),
        SignatureError::ByteRange
    );
    assert_eq!(
        renamed(b"/Contents <", b"/Contentz <"),
        SignatureError::Contents
    );
    assert_eq!(
        renamed(b"/Contents <30", b"/Contents <00"),
        SignatureError::NotDer
    );
    assert_eq!(
        renamed(b"/Contents <3082", b"/Contents <3080"),
        SignatureError::NotDer
    );
    assert_eq!(
        renamed(b"/Contents <3082", b"/Contents <3 82"),
        SignatureError::Contents
    );
    assert_eq!(
        renamed(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.sha1    "),
        SignatureError::SubFilter("adbe.pkcs7.sha1".into())
    );
    assert_eq!(
        renamed(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 "),
        SignatureError::SubFilter("adbe.x509.rsa_sha1".into())
    );
    assert_eq!(
        renamed(b"/SubFilter", b"/SubFiltex"),
        SignatureError::SubFilter(String::new())
    );
    for wrong in ["", "0 1 2", "0 1 2 3 4", "0 -1 2 3", "0 null 2 3"] {
        assert_eq!(
            refusal(&with_byte_range(&signed, wrong)),
            SignatureError::ByteRange,
            "{wrong}"
        );
    }
}

#[test]
fn swa_ranges_that_leave_out_more_than_the_signature_are_refused() {
    let signed = signed(&one_page("Test"));
    let [_, first, second, length] = numbers(&signed);
    let refused = |numbers: String| refusal(&with_byte_range(&signed, &numbers));
    assert_eq!(
        refused(format!("1 {first} {second} {length}")),
        SignatureError::NotFromStart { start: 1 }
    );
    assert_eq!(
        refused(format!("0 {second} {first} {length}")),
        SignatureError::Overlap
    );
    let gap = |from, to| SignatureError::GapIsNotContents {
        gap: (from, to),
        contents: (first, second),
    };
    for (from, to) in [
        (first - 1, second),
        (first + 1, second),
        (first, second - 1),
        (first, second + 9),
    ] {
        assert_eq!(refused(format!("0 {from} {to} {length}")), gap(from, to));
    }
    for end in [second + length - 7, second + length + 1] {
        assert_eq!(
            refused(format!("0 {first} {second} {}", end - second)),
            SignatureError::NotAtEndOfRevision { end }
        );
    }

    // The classic: other content moves into the gap, the covered bytes move behind it.
    let inside = b" /M (D:19990101000000Z) >>\nendobj\n4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n";
    let mut wrapped = signed[..second].to_vec();
    wrapped.extend_from_slice(inside);
    let moved = wrapped.len();
    wrapped.extend_from_slice(&signed[second..]);
    let startxref = previous(&signed) + inside.len();
    let at = find_last(&wrapped, b"startxref\n") + b"startxref\n".len();
    wrapped.splice(
        at..at + previous(&signed).to_string().len(),
        startxref.to_string().bytes(),
    );
    let wrapped = with_byte_range(&wrapped, &format!("0 {first} {moved} {length}"));
    assert_eq!(refusal(&wrapped), gap(first, moved));
}

/// One later revision, and what must be said about it.
#[track_caller]
fn check_update(original: &[u8], objects: &[(u32, &str)], effect: Effect, expected: &[Change]) {
    let signed = signed(original);
    let changed = update(&signed, objects);
    let pdf = parse(&changed);
    let signature = pdf.signatures().next().unwrap();
    assert_eq!(check(&pdf, signature), Ok(()));
    assert!(!signature.covers_whole_document);
    let later = pdf.changes_after(signature);
    let changes: Vec<Change> = later
        .changes
        .iter()
        .map(|change| (*change).clone())
        .collect();
    assert_eq!(changes, expected);
    assert_eq!(later.effect, Some(effect));
}

#[test]
fn isa_a_later_revision_that_changes_what_is_shown_is_named() {
    let original = one_page("Pay 1");
    let stream = "<< /Length 3 >>\nstream\nq Q\nendstream";
    check_update(
        &original,
        &[(4, stream)],
        Effect::Content,
        &[Change::ObjectChanged { number: 4 }],
    );
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 8 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R] >>";
    check_update(
        &original,
        &[(3, page), (8, stream)],
        Effect::Content,
        &[Change::PageChanged {
            page: 3,
            key: "Contents".into(),
        }],
    );
    check_update(
        &original,
        &[
            (2, "<< /Type /Pages /Kids [9 0 R] /Count 1 >>"),
            (9, "<< /Type /Page /Parent 2 0 R >>"),
        ],
        Effect::Content,
        &[Change::ObjectChanged { number: 2 }],
    );
    check_update(
        &original,
        &[(
            1,
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /SigFlags 3 >> /OpenAction [3 0 R /Fit] >>",
        )],
        Effect::Content,
        &[Change::CatalogChanged {
            key: "OpenAction".into(),
        }],
    );
    check_update(
        &original,
        &[(
            1,
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /SigFlags 3 /XFA 9 0 R >> >>",
        )],
        Effect::Content,
        &[Change::FormChanged { key: "XFA".into() }],
    );
    // The annotation takes the place of what is below it.
    check_update(
        &original,
        &[
            (
                3,
                &page
                    .replace("8 0 R", "4 0 R")
                    .replace("[7 0 R]", "[7 0 R 9 0 R]"),
            ),
            (
                9,
                "<< /Type /Annot /Subtype /FreeText /Rect [0 0 595 842] >>",
            ),
        ],
        Effect::Annotations,
        &[Change::AnnotationAdded { page: 3 }],
    );
    check_update(
        &original,
        &[(
            3,
            &page
                .replace("8 0 R", "4 0 R")
                .replace("/Annots [7 0 R] ", ""),
        )],
        Effect::Annotations,
        &[Change::AnnotationRemoved { page: 3 }],
    );
    check_update(
        &original,
        &[(
            1,
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /SigFlags 3 >> /DSS << /Certs [] >> >>",
        )],
        Effect::ValidationData,
        &[Change::ValidationDataChanged],
    );
    check_update(
        &original,
        &[(5, "null")],
        Effect::Content,
        &[Change::ObjectChanged { number: 5 }],
    );
}

#[test]
fn isa_variants_without_proper_sections_are_named_as_well() {
    let signed = signed(&one_page("Test"));
    let junk = b"4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\n".as_slice();
    for tail in [
        "",
        "%%EOF\n",
        "startxref\n0\n%%EOF\n",
        "trailer\n<< /Root 1 0 R >>\nstartxref\n5\n%%EOF\n",
    ] {
        let changed = [&signed, junk, tail.as_bytes()].concat();
        let pdf = parse(&changed);
        let signature = pdf.signatures().next().unwrap();
        assert!(!signature.covers_whole_document);
        let later = pdf.changes_after(signature);
        let [Change::BytesAppended { offset, .. }] = later.changes.as_slice() else {
            panic!("{:?}", later.changes);
        };
        assert_eq!(*offset, signed.len(), "{tail}");
        assert_eq!(later.effect, Some(Effect::Content));
    }
}

#[test]
fn a_shadow_of_an_unused_number_is_named_when_it_gets_a_body() {
    // Signed with a reference that leads nowhere.
    let original = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Contents 50 0 R >>",
    ]);
    check_update(
        &original,
        &[(50, "<< /Length 3 >>\nstream\nq Q\nendstream")],
        Effect::Content,
        &[Change::DanglingDefined { number: 50 }],
    );
    // Nobody refers to this one.
    let signed = signed(&original);
    let changed = update(&signed, &[(60, "(new)")]);
    let pdf = parse(&changed);
    let signature = pdf.signatures().next().unwrap();
    assert_eq!(pdf.changes_after(signature).effect, None);
    assert!(!signature.covers_whole_document);
}

#[test]
fn fields_are_followed_through_a_later_revision() {
    let original = file(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R] >>",
        "<< /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] /V (1) /AP << /N 5 0 R >> >>",
        "<< /Length 0 >>\nstream\n\nendstream",
    ]);
    let field = || "a".to_owned();
    check_update(
        &original,
        &[
            (
                4,
                "<< /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] /V (2) /AP << /N 5 0 R >> >>",
            ),
            (5, "<< /Length 1 >>\nstream\nq\nendstream"),
        ],
        Effect::FormFilling,
        &[Change::FieldFilled { field: field() }],
    );
    check_update(
        &original,
        &[(
            4,
            "<< /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 900 900] /V (1) /AP << /N 5 0 R >> >>",
        )],
        Effect::Content,
        &[Change::FieldChanged {
            field: field(),
            key: "Rect".into(),
        }],
    );
    let form = |fields: &str| {
        format!("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{fields}] /SigFlags 3 >> >>")
    };
    check_update(
        &original,
        &[(1, &form("7 0 R"))],
        Effect::Content,
        &[Change::FieldRemoved { field: field() }],
    );
    check_update(
        &original,
        &[
            (1, &form("4 0 R 7 0 R 9 0 R")),
            (9, "<< /Subtype /Widget /FT /Tx /T (b) /Rect [0 0 9 9] >>"),
        ],
        Effect::Content,
        &[Change::FieldAdded { field: "b".into() }],
    );
    // The value of the signature field is 6, the field is 7.
    let signed = signed(&original);
    let changed = update(
        &signed,
        &[(
            7,
            "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /P 3 0 R /Rect [0 0 0 0] /F 132 >>",
        )],
    );
    let pdf = parse(&changed);
    assert!(matches!(pdf.fields()[0].value, FieldValue::Empty));
    assert_eq!(
        pdf.revisions()[2].changes,
        [Change::SignatureReplaced {
            field: "Signature1".into()
        }]
    );
}

#[test]
fn what_is_added_as_a_signature_says_whether_it_can_be_seen() {
    let original = one_page("Test");
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> /Annots [7 0 R 9 0 R] >>";
    let form =
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R 9 0 R] /SigFlags 3 >> >>";
    let check = |rectangle: &str, value: &str, effect, expected| {
        let field = format!("<< /Subtype /Widget /FT /Sig /T (b) /V 8 0 R /Rect {rectangle} >>");
        let value = format!("<< /Type /Sig /SubFilter /{value} >>");
        let objects = [
            (1, form),
            (3, page),
            (8, value.as_str()),
            (9, field.as_str()),
        ];
        check_update(&original, &objects, effect, &[expected]);
    };
    let added = |is_visible| Change::SignatureAdded {
        field: "b".into(),
        is_visible,
    };
    let stamp = Change::TimeStampAdded { field: "b".into() };
    check("[0 0 0 0]", "ETSI.RFC3161", Effect::ValidationData, stamp);
    check("[0 0 9 9]", "ETSI.RFC3161", Effect::Signatures, added(true));
    check("10 0 R", "ETSI.RFC3161", Effect::Signatures, added(true));
    check(
        "[0 0 0 0]",
        "ETSI.CAdES.detached",
        Effect::Signatures,
        added(false),
    );
    check(
        "[0 0 9 9]",
        "ETSI.CAdES.detached",
        Effect::Signatures,
        added(true),
    );
}

#[test]
fn a_deleted_object_and_another_catalog_are_named() {
    let signed = signed(&one_page("Test"));
    let changed = update(
        &signed,
        &[(
            9,
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] >> >>",
        )],
    );
    let mut replaced = changed.clone();
    overwrite(&mut replaced, b"/Root 1 0 R", b"/Root 9 0 R");
    let pdf = parse(&replaced);
    assert_eq!(pdf.revisions()[2].changes, [Change::CatalogReplaced]);

    let mut deleted = update(&signed, &[(4, "null")]);
    overwrite(&mut deleted, b" 00000 n \ntrailer", b" 00000 f \ntrailer");
    let pdf = parse(&deleted);
    assert_eq!(
        pdf.revisions()[2].changes,
        [Change::ObjectRemoved { number: 4 }]
    );
}

#[test]
fn a_signature_is_bound_to_its_own_revision() {
    let signed = signed(&one_page("Test"));
    let [_, first, second, _] = numbers(&signed);

    // Ranges that reach into a later revision.
    let longer = update(&signed, &[(60, "(new)")]);
    let longer = with_byte_range(
        &longer,
        &format!("0 {first} {second} {}", longer.len() - second),
    );
    assert_eq!(
        refusal(&longer),
        SignatureError::OtherRevision { covered: 2, own: 1 }
    );

    // A later section takes the signed objects over and leaves the signed revision out of the chain.
    let startxref = previous(&signed);
    let end = find_last(&signed, b"startxref");
    let mut skipping = signed.clone();
    let again = skipping.len();
    skipping.extend_from_slice(&signed[startxref..end]);
    skipping.extend(format!("startxref\n{again}\n%%EOF\n").bytes());
    assert_eq!(
        refusal(&skipping),
        SignatureError::NotAtEndOfRevision { end: signed.len() }
    );

    // A copy of the dictionary in a later revision: its Contents is elsewhere.
    let at = find_last(&signed, b"6 0 obj\n") + b"6 0 obj\n".len();
    let dictionary =
        String::from_utf8(signed[at..find_last(&signed, b"\nendobj\nxref")].to_vec()).unwrap();
    let copied = update(&signed, &[(6, &dictionary)]);
    assert!(matches!(
        refusal(&copied),
        SignatureError::GapIsNotContents { gap, .. } if gap == (first, second)
    ));
    let pdf = parse(&copied);
    assert_eq!(pdf.revisions()[2].changes, []);
}

#[test]
fn exactly_one_signer_over_a_content_outside_is_accepted() {
    let holder = holder(HOLDERS[0]);
    let prepared = prepare(
        &one_page("Test"),
        &SigningOptions::default(),
        holder.person.scheme,
        &holder.certificate,
        NOW,
    )
    .unwrap();
    let sign = |to_sign: &[u8], key| {
        SoftwareSigner::new(key, &System)
            .sign(ToSign::Bytes(to_sign), &mut AskNobody)
            .unwrap()
    };
    let value = sign(prepared.to_sign(), &holder.key);
    let (unfilled, cms) = prepared.into_cms(value).unwrap();

    let message = SignedData::parse(&cms, &tamga_cms::Limits::default()).unwrap();
    let file = unfilled.clone().fill(&cms).unwrap();
    let algorithm = holder.person.scheme.digest();
    let digest = unfilled.byte_range().digest(&file, algorithm).unwrap();
    let second = support::holder("gost2015_head");
    let mut draft = Draft::of(&message);
    draft
        .supply(ContentDigests::known(algorithm, &digest).unwrap())
        .unwrap();
    let signer = draft
        .prepare(&NewSigner {
            scheme: second.person.scheme,
            certificate: &second.certificate,
            signing_time: NOW,
            profile: Profile::default(),
        })
        .unwrap();
    let value = sign(signer.to_sign(), &second.key);
    draft.add(signer.assemble(value)).unwrap();
    let two = unfilled.clone().fill(&draft.to_der().unwrap()).unwrap();
    assert_eq!(refusal(&two), SignatureError::Signers(2));

    let attached = tamga_cms::prepare(
        Content::Attached(b"x"),
        holder.person.scheme,
        &holder.certificate,
        NOW,
    )
    .unwrap();
    let value = sign(attached.to_sign(), &holder.key);
    let inside = unfilled.clone().fill(&attached.assemble(value)).unwrap();
    assert_eq!(refusal(&inside), SignatureError::ContentInside);

    let padded = unfilled.fill(&[&cms[..], &[0, 0, 7]].concat()).unwrap();
    assert_eq!(
        refusal(&padded),
        SignatureError::Padding {
            offset: cms.len() + 2
        }
    );
}

#[test]
fn the_chain_of_sections_is_believed_and_nothing_else() {
    let signed = signed(&one_page("Test"));
    let unsigned = update_from(
        &signed,
        &[(60, "(new)")],
        previous(&one_page("Test")),
        "/Root 1 0 R",
    );
    // The signed revision is not part of this document any more.
    let pdf = parse(&unsigned);
    assert_eq!(pdf.fields().len(), 0);
    assert_eq!(pdf.revisions().len(), 2);
}
