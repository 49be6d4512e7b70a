//! Several signers, more signers, and values beside signatures.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use support::{HOLDERS, Message, NOW, children, holder, new_signer, parse, pki, sign_in, verify};
use tamga_cms::{
    AlgorithmForm, ContentDigester, ContentDigests, Draft, Error, Limits, NewSigner, Profile,
    SignedAttributesForm, SignedData, SignerIdentifier,
};
use tamga_scheme::{DigestAlgorithm, KeyKind, SignatureScheme};
use tamga_test_support::{System, read};

const CONTENT: &[u8] = "Құжат".as_bytes();

/// A SET OF is sorted by its members.
fn is_sorted(set: &[u8]) -> bool {
    children(set).is_sorted_by_key(|member| member.2)
}

/// Every SET of a SignedData is in DER order.
fn assert_sets_are_sorted(message: &[u8]) {
    for (tag, value, _) in children(support::signed_data(message)) {
        if tag != 0x02 && tag != 0x30 {
            assert!(is_sorted(value), "set {tag:#04x}");
        }
    }
}

fn signed_by(ids: &[&str], mut draft: Draft<'_>) -> Vec<u8> {
    for id in ids {
        sign_in(&mut draft, holder(id));
    }
    draft.to_der().unwrap()
}

#[test]
fn signers_of_different_schemes_sign_together() {
    for detached in [false, true] {
        let draft = if detached {
            Draft::detached(ContentDigests::new(CONTENT))
        } else {
            Draft::attached(CONTENT)
        };
        let bytes = signed_by(&HOLDERS, draft);
        let message = parse(&bytes);
        assert!(message.is_der());
        assert_eq!(message.content(), (!detached).then_some(CONTENT));
        assert_eq!(verify(&message, &mut ContentDigests::new(CONTENT)), Ok(3));
        assert_eq!(message.certificates().len(), 3);
        assert_sets_are_sorted(&bytes);
    }
}

#[test]
fn a_signer_joins_without_touching_the_others() {
    for detached in [false, true] {
        let draft = if detached {
            Draft::detached(ContentDigests::new(CONTENT))
        } else {
            Draft::attached(CONTENT)
        };
        let first = parse(&signed_by(&HOLDERS[..1], draft));
        let mut draft = Draft::of(&first);
        if detached {
            draft.supply(ContentDigests::new(CONTENT)).unwrap();
        }
        let both = signed_by(&HOLDERS[2..], draft);
        assert_sets_are_sorted(&both);
        let both = parse(&both);
        assert_eq!(verify(&both, &mut ContentDigests::new(CONTENT)), Ok(2));
        let kept = both
            .signers()
            .iter()
            .filter(|one| one.der() == first.signers()[0].der());
        assert_eq!(kept.count(), 1);
        assert!(both.certificates().contains(&first.certificates()[0]));
        assert_eq!(both.content(), first.content());
    }
}

#[test]
fn nothing_added_is_nothing_changed() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let mut compared = 0;
    for entry in std::fs::read_dir(dir.join("cms")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = read(&path);
        let Ok(message) = SignedData::parse(&bytes, &Limits::default()) else {
            continue;
        };
        let certificates = children(support::signed_data_of(&message, &bytes));
        if !message.is_der()
            || certificates
                .iter()
                .any(|(tag, set, _)| *tag == 0xa0 && !is_sorted(set))
        {
            continue;
        }
        let used = bytes.len() - message.trailing_bytes();
        assert_eq!(
            Draft::of(&message).to_der().unwrap(),
            bytes[..used],
            "{}",
            path.display()
        );
        compared += 1;
    }
    assert!(compared > 35, "{compared}");
}

#[test]
fn what_a_recorded_message_carries_stays_when_a_signer_joins() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    for (file, content) in [
        ("gost2015_attached_tst64_individual_2026.cms", None),
        (
            "mixed_gost2015_rsa_detached_2022b.cms",
            Some("mixed_gost2015_rsa_detached_2022b.content"),
        ),
        ("gen_gost2015_indefinite.cms", None),
    ] {
        let message = parse(&read(dir.join("cms").join(file)));
        let given = content.map(|name| read(dir.join("cms").join(name)));
        let content = message.content().or(given.as_deref()).unwrap();
        let mut draft = Draft::of(&message);
        draft.supply(ContentDigests::new(content)).unwrap();
        sign_in(&mut draft, holder("gost2004_individual"));
        let grown = parse(&draft.to_der().unwrap());
        assert_eq!(
            verify(&grown, &mut ContentDigests::new(content)),
            Ok(message.signers().len() + 1)
        );
        for signer in message.signers() {
            assert!(
                grown.signers().iter().any(|one| one.der() == signer.der()),
                "{file}"
            );
        }
        for certificate in message.certificates() {
            assert!(grown.certificates().contains(certificate), "{file}");
        }
    }
}

#[test]
fn nobody_signs_twice() {
    let message = parse(&signed_by(&HOLDERS[..1], Draft::attached(CONTENT)));
    let one = holder(HOLDERS[0]);
    let expected = SignerIdentifier::IssuerAndSerial(one.certificate.issuer_and_serial());
    let mut draft = Draft::of(&message);
    assert_eq!(
        draft.prepare(&new_signer(one)).unwrap_err(),
        Error::SignerExists(expected.clone())
    );
    // Prepared twice before either was added.
    let mut draft = Draft::attached(CONTENT);
    let prepared = draft.prepare(&new_signer(one)).unwrap();
    let twice = [prepared.clone(), prepared].map(|it| support::complete(it, &one.key));
    let [first, second] = twice;
    assert_eq!(draft.add(first), Ok(()));
    assert_eq!(draft.add(second), Err(Error::SignerExists(expected)));
}

#[test]
fn a_signer_named_by_its_key_identifier_has_signed_too() {
    let one = holder(HOLDERS[0]);
    let mut signer = support::Signer::new(Some(support::attributes_for(CONTENT)));
    signer.version = 3;
    signer.sid = support::tlv(0x80, &[one.certificate.subject_key_identifier().unwrap()]);
    let message = Message {
        version: 3,
        signers: vec![signer],
        ..Message::new(CONTENT)
    };
    let message = parse(&message.bytes());
    assert!(matches!(
        Draft::of(&message).prepare(&new_signer(one)).unwrap_err(),
        Error::SignerExists(_)
    ));
    // Another signer may join, and the version stays that of the first.
    let mut draft = Draft::of(&message);
    sign_in(&mut draft, holder(HOLDERS[1]));
    assert_eq!(parse(&draft.to_der().unwrap()).signers().len(), 2);
}

#[test]
fn another_content_is_refused() {
    let attached = parse(&signed_by(&HOLDERS[..1], Draft::attached(CONTENT)));
    let mut draft = Draft::of(&attached);
    assert_eq!(draft.supply(ContentDigests::new(CONTENT)), Ok(()));
    assert_eq!(
        draft.supply(ContentDigests::new(b"other")),
        Err(Error::ContentDiffers)
    );

    let detached = parse(&signed_by(
        &HOLDERS[..1],
        Draft::detached(ContentDigests::new(CONTENT)),
    ));
    let mut draft = Draft::of(&detached);
    let joining = new_signer(holder(HOLDERS[1]));
    assert_eq!(draft.prepare(&joining).unwrap_err(), Error::ContentMissing);
    assert_eq!(
        draft.supply(ContentDigests::new(b"other")),
        Err(Error::ContentDiffers)
    );
    let only = |algorithm, content| {
        let mut digester = ContentDigester::new([algorithm]);
        digester.update(content);
        digester.finish()
    };
    // Without a digest of its signer nobody can tell whether the content is the same.
    let missing = Err(Error::DigestNotComputed(DigestAlgorithm::Streebog512));
    let other = only(DigestAlgorithm::Gost34311, b"other".as_slice());
    assert_eq!(draft.supply(other), missing);
    assert_eq!(
        draft.supply(only(DigestAlgorithm::Gost34311, CONTENT)),
        missing
    );
    assert_eq!(
        draft.supply(only(DigestAlgorithm::Streebog512, CONTENT)),
        Ok(())
    );
    assert_eq!(
        draft.prepare(&joining).unwrap_err(),
        Error::DigestNotComputed(DigestAlgorithm::Gost34311)
    );
    // More digests may come later.
    let mut both = ContentDigester::new([DigestAlgorithm::Streebog512, DigestAlgorithm::Gost34311]);
    both.update(CONTENT);
    assert_eq!(draft.supply(both.finish()), Ok(()));
    assert!(draft.prepare(&joining).is_ok());

    // A signature prepared for one content is not taken in by the message of another.
    let one = holder(HOLDERS[0]);
    let prepared = Draft::attached(b"other").prepare(&new_signer(one)).unwrap();
    let finished = support::complete(prepared, &one.key);
    assert_eq!(
        Draft::attached(CONTENT).add(finished),
        Err(Error::ContentDiffers)
    );
}

#[test]
fn keys_must_fit_the_scheme() {
    let signer = NewSigner {
        scheme: SignatureScheme::RsaSha256,
        ..new_signer(holder(HOLDERS[0]))
    };
    assert_eq!(
        Draft::attached(CONTENT).prepare(&signer).unwrap_err(),
        Error::WrongKey {
            scheme: SignatureScheme::RsaSha256,
            key: KeyKind::Gost2015With512
        }
    );
}

#[test]
fn profiles_choose_attributes_and_the_name_of_the_algorithm() {
    for id in HOLDERS {
        let one = holder(id);
        let scheme = one.person.scheme;
        let made = |profile| {
            let mut draft = Draft::attached(CONTENT);
            let signer = NewSigner {
                profile,
                ..new_signer(one)
            };
            let prepared = draft.prepare(&signer).unwrap();
            draft.add(support::complete(prepared, &one.key)).unwrap();
            parse(&draft.to_der().unwrap()).signers()[0].clone()
        };
        let java = made(Profile::JAVA);
        assert!(!java.has_certificate_reference());
        assert_eq!(java.signed_attributes().unwrap().len(), 3);
        assert_eq!(java.signature_oid(), scheme.signature_oid());
        let native = made(Profile::NATIVE);
        assert!(native.has_certificate_reference());
        let native_oid = match scheme {
            SignatureScheme::Gost2015With512 => scheme.signature_oid(),
            _ => scheme.key_oid(),
        };
        assert_eq!(native.signature_oid(), native_oid);
        assert_eq!(native.scheme(), Ok(scheme));
        let default = Profile {
            attributes: SignedAttributesForm::WithCertificateReference,
            algorithm: AlgorithmForm::Signature,
        };
        assert_eq!(Profile::default(), default);
    }
}

/// OCSPResponse, successful and basic, around nothing in particular.
fn ocsp_response() -> (Vec<u8>, Vec<u8>) {
    let basic = support::tlv(0x30, &[&[0x05, 0]]);
    let bytes = support::tlv(
        0x30,
        &[
            &[6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1],
            &support::tlv(4, &[&basic]),
        ],
    );
    let response = support::tlv(0x30, &[&[0x0a, 1, 0], &support::tlv(0xa0, &[&bytes])]);
    (response, basic)
}

#[test]
fn certificates_lists_and_answers_travel_along_once_each() {
    let lists = pki().lists(&System).unwrap();
    let (response, _) = ocsp_response();
    let chain: Vec<_> = pki()
        .gost
        .iter()
        .map(|one| one.certificate.clone())
        .collect();
    let mut draft = Draft::attached(CONTENT);
    sign_in(&mut draft, holder(HOLDERS[0]));
    for _ in 0..2 {
        chain.iter().for_each(|one| draft.embed_certificate(one));
        for (_, list) in &lists {
            draft.embed_crl(list).unwrap();
        }
        draft.embed_ocsp_response(&response).unwrap();
    }
    let bytes = draft.to_der().unwrap();
    assert_sets_are_sorted(&bytes);
    // SignedData.version: an OCSP answer is of another form than a list (RFC 5652 section 5.1).
    assert_eq!(children(support::signed_data(&bytes))[0].1, [5]);
    let message = parse(&bytes);
    assert_eq!(message.certificates().len(), 3);
    assert!(chain.iter().all(|one| message.certificates().contains(one)));
    assert_eq!(message.crls().len(), 2);
    assert!(
        lists
            .iter()
            .all(|(_, list)| message.crls().iter().any(|one| **one == **list))
    );
    assert_eq!(message.ocsp_responses().len(), 1);
    assert_eq!(*message.ocsp_responses()[0], *response);

    // They stay when somebody joins.
    let mut draft = Draft::of(&message);
    sign_in(&mut draft, holder(HOLDERS[1]));
    let grown = parse(&draft.to_der().unwrap());
    assert_eq!(grown.crls(), message.crls());
    assert_eq!(grown.ocsp_responses(), message.ocsp_responses());

    let mut limits = Limits::default();
    limits.revocation_lists = 2;
    assert_eq!(
        SignedData::parse(&bytes, &limits).unwrap_err(),
        Error::TooMany {
            what: "revocation lists",
            limit: 2
        }
    );
    let mut draft = Draft::attached(CONTENT);
    let malformed = |field| Err(Error::Malformed { field });
    assert_eq!(draft.embed_crl(b"no list"), malformed("CertificateList"));
    assert_eq!(
        draft.embed_ocsp_response(&[0x30, 0, 0]),
        malformed("OCSPResponse")
    );
}

#[test]
fn values_for_long_verification_are_attached_to_one_signer() {
    let lists = pki().lists(&System).unwrap();
    let lists: Vec<&[u8]> = lists.iter().map(|(_, list)| list.as_slice()).collect();
    let (response, basic) = ocsp_response();
    let chain: Vec<_> = pki()
        .gost
        .iter()
        .map(|one| one.certificate.clone())
        .collect();
    let before = parse(&signed_by(&HOLDERS, Draft::attached(CONTENT)));
    let mut draft = Draft::of(&before);
    draft.attach_certificate_values(1, &chain).unwrap();
    draft
        .attach_revocation_values(1, &lists, &[&response])
        .unwrap();
    assert_eq!(
        draft.attach_certificate_values(3, &chain),
        Err(Error::NoSigner(3))
    );
    assert_eq!(
        draft.attach_revocation_values(0, &[], &[&basic]),
        Err(Error::Malformed {
            field: "OCSPResponse"
        })
    );
    let bytes = draft.to_der().unwrap();
    assert_sets_are_sorted(&bytes);
    let after = parse(&bytes);
    assert_eq!(verify(&after, &mut ContentDigests::new(CONTENT)), Ok(3));

    let changed = &before.signers()[1];
    let mut found = 0;
    for signer in after.signers() {
        let limits = Limits::default();
        if signer.identifier() != changed.identifier() {
            assert!(before.signers().iter().any(|one| one.der() == signer.der()));
            assert_eq!(signer.certificate_values(&limits), Ok(Vec::new()));
            continue;
        }
        found += 1;
        assert_eq!(signer.certificate_values(&limits).unwrap(), chain);
        let values = signer.revocation_values(&limits).unwrap();
        assert_eq!(values.len(), 1);
        let read: Vec<&[u8]> = values[0].lists.iter().map(|one| &**one).collect();
        assert_eq!(read, lists);
        assert_eq!(*values[0].responses[0], *basic);
        assert_eq!(values[0].other, None);
        let mut limits = Limits::default();
        limits.certificates = 1;
        assert_eq!(
            signer.certificate_values(&limits).unwrap_err(),
            Error::TooMany {
                what: "certificates",
                limit: 1
            }
        );
        // Everything before the unsigned attributes is as it was, but for the length.
        let fields = |der: &[u8]| children(der)[0].1.to_vec();
        assert!(fields(signer.der()).starts_with(&fields(changed.der())));
    }
    assert_eq!(found, 1);
}

#[test]
fn a_time_is_claimed_as_asked() {
    let mut draft = Draft::attached(CONTENT);
    sign_in(&mut draft, holder(HOLDERS[0]));
    let message = parse(&draft.to_der().unwrap());
    assert_eq!(message.signers()[0].claimed_signing_time(), Some(NOW));
}
