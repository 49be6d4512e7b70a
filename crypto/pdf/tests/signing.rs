//! What we sign, read by ourselves: form, several signatures, refusals.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use tamga_pdf::{
    Change, DocMdp, Effect, Error, FieldValue, Limits, SignedPdf, SigningOptions, SubFilter,
    prepare,
};
use tamga_scheme::{AskNobody, KeyKind, Prepared, SignatureScheme, Signer, SoftwareSigner, ToSign};
use tamga_test_support::System;
use tamga_x509::UnixTime;

use support::{
    HOLDERS, NOW, check, file, find, holder, judge, one_page, one_page_in_streams, overwrite,
    parse, sign, signed, update,
};

/// id-aa-signingCertificateV2, id-contentType, id-messageDigest.
const PADES_ATTRIBUTES: [&str; 3] = [
    "1.2.840.113549.1.9.16.2.47",
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
];

#[test]
fn a_signature_has_the_form_of_pades_and_says_what_the_options_say() {
    let options = SigningOptions {
        reason: Some("Келісемін (иә)".into()),
        location: Some("Astana (KZ) \\".into()),
        contact_info: Some("a@b.kz".into()),
        name: Some("ҮЛГІ".into()),
        reserve: 5000,
        ..SigningOptions::default()
    };
    for id in HOLDERS {
        let original = one_page("Test");
        let signed = sign(&original, id, &options).unwrap();
        assert_eq!(&signed[..original.len()], original);
        let pdf = parse(&signed);
        let [field] = pdf.fields() else {
            panic!("{} fields", pdf.fields().len());
        };
        assert_eq!(field.name, "Signature1");
        let signature = pdf.signatures().next().unwrap();
        assert_eq!(check(&pdf, signature), Ok(()));
        assert_eq!(signature.sub_filter, SubFilter::EtsiCadesDetached);
        assert_eq!(signature.reason, options.reason);
        assert_eq!(signature.location, options.location);
        assert_eq!(signature.contact_info, options.contact_info);
        assert_eq!(signature.name, options.name);
        assert_eq!(signature.claimed_time, Some(NOW));
        assert_eq!(signature.reserve, 5000);
        assert!(signature.covers_whole_document);
        assert_eq!((signature.doc_mdp, &signature.field_mdp), (None, &None));
        let signer = &signature.cms.signers()[0];
        assert_eq!(signer.claimed_signing_time(), None);
        let mut attributes: Vec<String> = signer
            .signed_attributes()
            .unwrap()
            .iter()
            .map(|attribute| attribute.oid().to_string())
            .collect();
        attributes.sort();
        assert_eq!(attributes, PADES_ATTRIBUTES);
    }
}

#[test]
fn several_people_sign_one_after_the_other_and_the_earlier_signatures_stay() {
    for original in [one_page("Test"), one_page_in_streams()] {
        let mut current = original.clone();
        for (count, id) in HOLDERS.into_iter().enumerate() {
            let next = sign(&current, id, &SigningOptions::default()).unwrap();
            assert!(next.starts_with(&current));
            current = next;
            let pdf = parse(&current);
            assert_eq!(pdf.signatures().count(), count + 1);
            assert_eq!(judge(&current), Ok(()));
            for (index, signature) in pdf.signatures().enumerate() {
                assert_eq!(signature.revision, index + 1);
                assert_eq!(signature.covers_whole_document, index == count);
                let later = pdf.changes_after(signature);
                let expected = (index < count).then_some(Effect::Signatures);
                assert_eq!(later.effect, expected, "{:?}", later.changes);
                assert_eq!(later.changes.len(), count - index);
            }
        }
        assert_eq!(
            parse(&current).revisions()[3].changes,
            [Change::SignatureAdded {
                field: "Signature3".into(),
                is_visible: false
            }]
        );
    }
}

#[test]
fn forms_and_annotations_stay_whatever_way_they_are_written() {
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots ";
    let check = |catalog: &str, annotations: &str, form: &str| {
        let original = file(&[
            catalog,
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            &format!("{page}{annotations} >>"),
            form,
            "[6 0 R]",
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Signature1) /Rect [0 0 9 9] /V (a) >>",
            "[6 0 R]",
        ]);
        let signed = signed(&original);
        assert_eq!(judge(&signed), Ok(()), "{catalog} {annotations} {form}");
        let pdf = parse(&signed);
        assert_eq!(pdf.fields()[0].name, "Signature2");
        assert_eq!(
            pdf.revisions()[1].changes,
            [Change::SignatureAdded {
                field: "Signature2".into(),
                is_visible: false
            }],
            "{catalog} {annotations} {form}"
        );
    };
    let direct =
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 1 /Fields [6 0 R] /DA (x) >> >>";
    let indirect = "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>";
    check(direct, "[6 0 R]", "null");
    check(direct, "7 0 R", "null");
    check(indirect, "[6 0 R]", "<</Fields[6 0 R]>>");
    check(indirect, "7 0 R", "<</Fields 5 0 R/SigFlags 2/DA(x)>>");
    check(
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields 5 0 R >> >>",
        "[ 6 0 R % a comment\n]",
        "null",
    );
}

#[test]
fn a_null_entry_is_replaced_and_not_written_twice() {
    let original = file(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm null >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Annots null >>",
    ]);
    assert_eq!(judge(&signed(&original)), Ok(()));
}

#[test]
fn the_cms_can_be_extended_before_it_is_put_in_its_place() {
    let holder = holder(HOLDERS[0]);
    let original = one_page("Test");
    let prepared = prepare(
        &original,
        &SigningOptions::default(),
        holder.person.scheme,
        &holder.certificate,
        NOW,
    )
    .unwrap();
    let value = SoftwareSigner::new(&holder.key, &System)
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    let (unfilled, cms) = prepared.into_cms(value).unwrap();
    let message = tamga_cms::SignedData::parse(&cms, &tamga_cms::Limits::default()).unwrap();
    let mut draft = tamga_cms::Draft::of(&message);
    let issuer = &support::pki().gost[1].certificate;
    draft.embed_certificate(issuer);
    let larger = draft.to_der().unwrap();
    assert!(larger.len() > cms.len());
    let signed = unfilled.clone().fill(&larger).unwrap();
    assert_eq!(judge(&signed), Ok(()));
    let pdf = parse(&signed);
    assert_eq!(pdf.signatures().next().unwrap().cms_der, larger);

    let too_large = vec![0x30; (16 << 10) + 1];
    assert_eq!(
        unfilled.fill(&too_large),
        Err(Error::ReserveTooSmall {
            actual: 16_385,
            reserve: 16_384
        })
    );
}

#[test]
fn the_reserve_decides_to_the_byte() {
    let with = |reserve| {
        let options = SigningOptions {
            reserve,
            ..SigningOptions::default()
        };
        sign(&one_page("Test"), "gost2015_individual", &options)
    };
    let Err(Error::ReserveTooSmall { actual, reserve: 1 }) = with(1) else {
        panic!("one byte is enough for a CMS");
    };
    let exact = with(actual).unwrap();
    assert_eq!(judge(&exact), Ok(()));
    assert_eq!(
        with(actual - 1),
        Err(Error::ReserveTooSmall {
            actual,
            reserve: actual - 1
        })
    );
}

#[test]
fn documents_that_must_not_be_signed_are_refused() {
    let refused = |file: &[u8]| sign(file, HOLDERS[0], &SigningOptions::default()).unwrap_err();
    let mut encrypted = one_page("Test");
    overwrite(&mut encrypted, b"/ID [<00> <00>]", b"/Encrypt  5 0 R");
    assert_eq!(refused(&encrypted), Error::Encrypted);
    assert_eq!(
        SignedPdf::parse(&encrypted, &Limits::default()).unwrap_err(),
        Error::Encrypted
    );

    let certified = |level: &str| {
        file(&[
            "<< /Type /Catalog /Pages 2 0 R /Perms << /DocMDP 4 0 R >> >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R >>",
            &format!(
                "<< /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /P {level} >> >>] >>"
            ),
        ])
    };
    assert_eq!(
        refused(&certified("1")),
        Error::Forbidden(DocMdp::NoChanges)
    );
    assert_eq!(judge(&signed(&certified("2"))), Ok(()));
    assert_eq!(
        refused(&certified("4")),
        Error::MissingEntry {
            number: 4,
            key: "P"
        }
    );

    let appended = [one_page("Test"), b"junk".to_vec()].concat();
    assert_eq!(refused(&appended), Error::BytesAfterEnd { length: 5 });
    assert_eq!(refused(b"no PDF"), Error::NotPdf);
    let empty = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [] /Count 0 >>",
    ]);
    assert_eq!(refused(&empty), Error::NoPage);

    // A page behind the first one cannot be read, so nobody could compare revisions later.
    let broken = file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>",
        "<< /Type /Page /Parent 2 0 R >>",
    ]);
    assert_eq!(refused(&broken), Error::Dangling { number: 9 });

    let rsa = holder("rsa_individual");
    let outcome = prepare(
        &one_page("Test"),
        &SigningOptions::default(),
        SignatureScheme::Gost2004,
        &rsa.certificate,
        NOW,
    );
    assert_eq!(
        outcome.unwrap_err(),
        Error::WrongKey {
            scheme: SignatureScheme::Gost2004,
            key: KeyKind::Rsa
        }
    );
    let outcome = prepare(
        &one_page("Test"),
        &SigningOptions::default(),
        SignatureScheme::RsaSha256,
        &rsa.certificate,
        UnixTime(-1),
    );
    assert_eq!(outcome.unwrap_err(), Error::SigningTime(UnixTime(-1)));
}

#[test]
fn certification_and_locks_of_a_signature_are_reported_and_judged() {
    let form = "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>";
    let original = file(&[
        form,
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /Annots [4 0 R] >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] /V (1) >>",
    ]);
    // Room for the entry: a literal of the same length is overwritten.
    let reference = "Reference [<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >> << /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields [(a)] >> >>]";
    let options = SigningOptions {
        reason: Some("r".repeat(reference.len() - "Reason ()".len())),
        reserve: 4096,
        ..SigningOptions::default()
    };
    let mut signed = sign(&original, HOLDERS[0], &options).unwrap();
    let reason = format!("Reason ({})", options.reason.unwrap());
    overwrite(&mut signed, reason.as_bytes(), reference.as_bytes());
    let pdf = parse(&signed);
    let signature = pdf.signatures().next().unwrap();
    assert_eq!(signature.doc_mdp, Some(DocMdp::FormFilling));
    assert!(signature.field_mdp.as_ref().unwrap().locks("a"));

    let filled = update(
        &signed,
        &[(
            4,
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] /V (2) >>",
        )],
    );
    let pdf = parse(&filled);
    let signature = pdf.signatures().next().unwrap();
    let later = pdf.changes_after(signature);
    let change = Change::FieldFilled { field: "a".into() };
    assert_eq!(later.effect, Some(Effect::FormFilling));
    assert_eq!(later.changes, [&change]);
    assert_eq!(later.forbidden, Some(&change));
}

#[test]
fn an_empty_field_and_an_archive_time_stamp_are_no_signatures() {
    let original = file(&[
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R >>",
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (a) /Rect [0 0 0 0] >>",
    ]);
    let pdf = parse(&original);
    assert!(matches!(pdf.fields()[0].value, FieldValue::Empty));
    assert_eq!(pdf.signatures().count(), 0);

    let mut stamped = signed(&one_page("Test"));
    overwrite(
        &mut stamped,
        b"/ETSI.CAdES.detached",
        b"/ETSI.RFC3161       ",
    );
    let pdf = parse(&stamped);
    // Ours is detached: no TSTInfo inside.
    let FieldValue::Refused(error) = &pdf.fields()[0].value else {
        panic!("{:?}", pdf.fields()[0].value);
    };
    assert_eq!(*error, tamga_pdf::SignatureError::NoTimeStampInfo);
    assert_eq!(pdf.signatures().count(), 0);
    assert!(find(&stamped, b"ETSI.RFC3161") > 0);
}
