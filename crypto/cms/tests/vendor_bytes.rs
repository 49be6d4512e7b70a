//! Every real message is made again byte for byte from its certificates, time, content and signature values.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use std::path::Path;

use tamga_cms::time_stamp::TimeStampToken;
use tamga_cms::{
    AlgorithmForm, ContentDigests, Draft, Limits, NewSigner, Profile, SignedAttributesForm,
    SignedData, SignerInfo,
};
use tamga_scheme::Prepared as _;
use tamga_test_support::read;

/// Messages with bytes behind their end, and how many: what we write ends where the message ends.
const TRAILING: [(&str, usize); 1] = [("gost2004_attached_native_ess_2022.cms", 1)];

/// The form a recorded signer has.
fn profile(signer: &SignerInfo) -> Profile {
    Profile {
        attributes: if signer.has_certificate_reference() {
            SignedAttributesForm::WithCertificateReference
        } else {
            SignedAttributesForm::Plain
        },
        algorithm: if signer.signature_oid() == signer.scheme().unwrap().signature_oid() {
            AlgorithmForm::Signature
        } else {
            AlgorithmForm::NativeLibrary
        },
    }
}

/// Makes the message of a file again.
fn again(dir: &Path, file: &str, message: &SignedData) -> Vec<u8> {
    let detached = dir.join(file).with_extension("content");
    let detached = message.content().is_none().then(|| read(detached));
    let mut draft = match (&detached, message.content()) {
        (None, Some(content)) => Draft::attached(content),
        (Some(content), _) => Draft::detached(ContentDigests::new(content)),
        (None, None) => unreachable!("a message without content is detached"),
    };
    for (index, signer) in message.signers().iter().enumerate() {
        let certificate = message
            .certificates()
            .iter()
            .find(|certificate| signer.matches(certificate))
            .unwrap();
        let prepared = draft
            .prepare(&NewSigner {
                scheme: signer.scheme().unwrap(),
                certificate,
                signing_time: signer.claimed_signing_time().unwrap(),
                profile: profile(signer),
            })
            .unwrap();
        assert_eq!(
            Some(prepared.to_sign()),
            signer.original_signed_attributes(),
            "{file}"
        );
        draft
            .add(prepared.assemble(signer.signature().clone()))
            .unwrap();
        for token in signer.time_stamps() {
            let token = TimeStampToken::parse(token, &Limits::default()).unwrap();
            let bound = token.check_imprint(signer.signature().as_bytes()).unwrap();
            let verified = token.check_signature(&bound, &[]).unwrap();
            draft.attach_time_stamp(index, &verified).unwrap();
        }
    }
    draft.to_der().unwrap()
}

#[test]
fn every_real_message_is_made_again_byte_for_byte() {
    let Some(fixtures) = support::fixtures() else {
        return;
    };
    let dir = fixtures.join("cms");
    let mut names: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| {
            name.ends_with(".cms") && !name.starts_with("gen_") && !name.starts_with("neg_")
        })
        .collect();
    names.sort();
    assert_eq!(names.len(), 11, "the folder has other messages: {names:?}");
    for name in &names {
        let bytes = read(dir.join(name));
        let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
        let trailing = TRAILING
            .iter()
            .find(|(file, _)| file == name)
            .map_or(0, |(_, count)| *count);
        assert_eq!(message.trailing_bytes(), trailing, "{name}");
        assert_eq!(
            again(&dir, name, &message),
            bytes[..bytes.len() - trailing],
            "{name}"
        );
    }
}

#[test]
fn the_forms_of_the_real_messages_are_those_of_the_two_vendors() {
    let Some(fixtures) = support::fixtures() else {
        return;
    };
    let expected = [
        ("gost2004_attached_2020a.cms", Profile::JAVA),
        ("gost2004_attached_native_ess_2022.cms", Profile::NATIVE),
        ("mixed_gost2015_rsa_attached_2022a.cms", Profile::JAVA),
        ("rsa_attached_2022a.cms", Profile::JAVA),
        // For GOST R 34.10-2015 the native form is the recommended one.
        (
            "gost2015_attached_tst64_individual_2026.cms",
            Profile::default(),
        ),
    ];
    for (name, form) in expected {
        let message = support::parse(&read(fixtures.join("cms").join(name)));
        for signer in message.signers() {
            assert_eq!(profile(signer), form, "{name}");
        }
    }
}
