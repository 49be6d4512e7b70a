//! What we make has the recorded form, byte for byte.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use support::{children, signed_data, signer_info};
use tamga_cms::{Content, Error, Limits, SignedData, prepare};
use tamga_scheme::{KeyKind, Prepared, SignatureScheme};
use tamga_test_support::read;
use tamga_x509::UnixTime;

/// Prepares the content of a recorded message again: same certificate, same time.
fn again<'a>(message: &SignedData, content: Content<'a>) -> tamga_cms::PreparedCms<'a> {
    let signer = &message.signers()[0];
    prepare(
        content,
        signer.scheme().unwrap(),
        &message.certificates()[0],
        signer.claimed_signing_time().unwrap(),
    )
    .unwrap()
}

#[test]
fn a_recorded_message_is_made_again_byte_for_byte() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    for file in ["gen_gost2015_attached_ess.cms", "gen_rsa_attached_ess.cms"] {
        let bytes = read(dir.join("cms").join(file));
        let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
        let prepared = again(&message, Content::Attached(message.content().unwrap()));
        let signer = &message.signers()[0];
        assert_eq!(
            Some(prepared.to_sign()),
            signer.original_signed_attributes(),
            "{file}"
        );
        // The signature cannot be made again; everything else must be the same.
        assert_eq!(
            prepared.assemble(signer.signature().clone()),
            bytes,
            "{file}"
        );
    }
}

#[test]
fn a_message_of_the_native_library_differs_by_its_time_stamp_only() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    for (file, content_file) in [
        ("gost2015_attached_tst64_individual_2026.cms", None),
        (
            "gost2015_detached_tst64_legal_2026.cms",
            Some("gost2015_detached_tst64_legal_2026.content"),
        ),
    ] {
        let bytes = read(dir.join("cms").join(file));
        let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
        let given = content_file.map(|file| read(dir.join("cms").join(file)));
        let prepared = match &given {
            Some(given) => again(&message, Content::Detached(given)),
            None => again(&message, Content::Attached(message.content().unwrap())),
        };
        let signer = &message.signers()[0];
        assert_eq!(
            Some(prepared.to_sign()),
            signer.original_signed_attributes(),
            "{file}"
        );
        let made = prepared.assemble(signer.signature().clone());

        let (theirs, ours) = (children(signed_data(&bytes)), children(signed_data(&made)));
        assert_eq!(theirs.len(), ours.len());
        for (theirs, ours) in theirs.iter().zip(&ours).take(ours.len() - 1) {
            assert_eq!(theirs, ours, "{file}");
        }
        let (theirs, ours) = (children(signer_info(&bytes)), children(signer_info(&made)));
        assert_eq!(theirs[..ours.len()], ours[..], "{file}");
        assert_eq!(theirs.len(), ours.len() + 1);
        assert_eq!(theirs[ours.len()].0, 0xa1, "unsigned attributes");
    }
}

#[test]
fn the_native_library_names_the_key_where_we_name_the_signature() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let bytes = read(dir.join("cms/gost2004_attached_native_ess_2022.cms"));
    let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
    let prepared = again(&message, Content::Attached(message.content().unwrap()));
    let signer = &message.signers()[0];
    assert_eq!(
        Some(prepared.to_sign()),
        signer.original_signed_attributes()
    );
    let made = prepared.assemble(signer.signature().clone());
    let made = SignedData::parse(&made, &Limits::default()).unwrap();
    assert_eq!(
        made.signers()[0].signature_oid(),
        SignatureScheme::Gost2004.signature_oid()
    );
    assert_eq!(made.signers()[0].scheme(), Ok(SignatureScheme::Gost2004));
}

#[test]
fn a_digest_signs_the_same_as_its_content() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let message = SignedData::parse(
        &read(dir.join("cms/gen_gost2015_attached_ess.cms")),
        &Limits::default(),
    )
    .unwrap();
    let content = message.content().unwrap();
    let digest = SignatureScheme::Gost2015With512.digest().digest(content);
    let by_digest = again(&message, Content::DetachedDigest(&digest));
    assert_eq!(
        by_digest.to_sign(),
        again(&message, Content::Detached(content)).to_sign()
    );
    let made = by_digest.assemble(message.signers()[0].signature().clone());
    assert_eq!(
        SignedData::parse(&made, &Limits::default())
            .unwrap()
            .content(),
        None
    );
}

#[test]
fn wrong_keys_digests_and_times_are_refused() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let message = SignedData::parse(
        &read(dir.join("cms/gen_gost2015_attached_ess.cms")),
        &Limits::default(),
    )
    .unwrap();
    let certificate = &message.certificates()[0];
    let attempt = |content, scheme, time| {
        prepare(content, scheme, certificate, UnixTime(time))
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(
        attempt(Content::Detached(b""), SignatureScheme::RsaSha256, 0),
        Error::WrongKey {
            scheme: SignatureScheme::RsaSha256,
            key: KeyKind::Gost2015With512
        }
    );
    assert_eq!(
        attempt(
            Content::DetachedDigest(&[0; 32]),
            SignatureScheme::Gost2015With512,
            0
        ),
        Error::DigestLength {
            expected: 64,
            actual: 32
        }
    );
    assert_eq!(
        attempt(Content::Detached(b""), SignatureScheme::Gost2015With512, -1),
        Error::SigningTime(UnixTime(-1))
    );
}
