//! Time stamps: asked of an authority of our own that errs on command, checked, attached.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use std::sync::OnceLock;

use support::{HOLDERS, NOW, holder, parse, pki, sign_in, verify};
use tamga_cms::time_stamp::{
    Failure, Status, TimeStampError, TimeStampRequest, TimeStampResponse, TimeStampToken,
    TsaPolicy, VerifiedToken,
};
use tamga_cms::{CheckError, ContentDigests, Draft, Error, Limits, SignedData, SignerInfo};
use tamga_scheme::{
    DigestAlgorithm, ObjectIdentifier, SignatureScheme, SignatureValue, VerifyError,
};
use tamga_test_pki::{TimeStampAuthority, TimeStampFault};
use tamga_test_support::System;
use tamga_x509::{PathBudget, UnixTime, build_path};

const CONTENT: &[u8] = b"content";

/// Long as a nonce of 8 bytes, with the top bit set: it must not come back negative.
const NONCE: [u8; 8] = [0x80, 1, 2, 3, 4, 5, 6, 7];

/// The authority for a scheme, made once.
fn authority(scheme: SignatureScheme) -> &'static TimeStampAuthority {
    static ALL: OnceLock<Vec<(SignatureScheme, TimeStampAuthority)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        HOLDERS
            .iter()
            .map(|id| {
                let scheme = holder(id).person.scheme;
                let issuer = match scheme {
                    SignatureScheme::RsaSha256 => &pki().rsa[1],
                    _ => &pki().gost[1],
                };
                let authority = TimeStampAuthority::new(issuer, scheme, NOW, &System).unwrap();
                (scheme, authority)
            })
            .collect()
    });
    &all.iter().find(|(one, _)| *one == scheme).unwrap().1
}

fn message_of(id: &str) -> SignedData {
    let mut draft = Draft::attached(CONTENT);
    sign_in(&mut draft, holder(id));
    parse(&draft.to_der().unwrap())
}

fn request_for(signer: &SignerInfo) -> (TimeStampRequest, &'static TimeStampAuthority) {
    let scheme = signer.scheme().unwrap();
    let policy = TsaPolicy::for_key(scheme.key_kind()).unwrap();
    assert_eq!(policy.key_kind(), Some(scheme.key_kind()));
    let request = TimeStampRequest::for_signature(signer.signature(), policy, &NONCE);
    (request, authority(scheme))
}

/// Asks, and accepts what may be accepted.
fn stamp(
    signer: &SignerInfo,
    at: UnixTime,
    fault: Option<TimeStampFault>,
) -> Result<VerifiedToken, TimeStampError> {
    let (request, authority) = request_for(signer);
    let answer = authority
        .answer(&request.to_der(), at, fault, &System)
        .unwrap();
    let token = TimeStampResponse::parse(&answer, &Limits::default())?.into_token()?;
    let bound = token.check(&request)?;
    token.check_signature(&bound, &[])
}

#[test]
fn a_right_answer_is_accepted_and_its_authority_has_a_path() {
    for id in HOLDERS {
        let message = message_of(id);
        let verified = stamp(&message.signers()[0], NOW, None).unwrap();
        assert_eq!(verified.gen_time(), NOW);
        let scheme = message.signers()[0].scheme().unwrap();
        assert_eq!(*verified.authority(), authority(scheme).certificate);
        let info = verified.token().info();
        assert_eq!(*info.serial, [0x93, 0x01, 0x7f], "negative, as it came");
        assert_eq!(
            info.nonce.as_deref(),
            Some(&[&[0][..], &NONCE].concat()[..])
        );
        assert_eq!(
            Some(info.policy),
            TsaPolicy::for_key(scheme.key_kind()).map(TsaPolicy::oid)
        );
        let anchors = pki().anchors().unwrap();
        let path = build_path(
            verified.authority(),
            &[],
            &anchors,
            NOW,
            PathBudget::default(),
        );
        assert!(path.is_ok(), "{id}: {path:?}");
    }
}

#[test]
fn every_wrong_answer_is_refused_for_what_is_wrong() {
    let asked = TsaPolicy::Rsa.oid();
    let other = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.99");
    let rejected = TimeStampError::Rejected {
        status: Status::Rejection,
        texts: vec!["policy is not supported".into()],
        failures: vec![Failure::UnacceptedPolicy],
    };
    let expected = [
        (
            TimeStampFault::BrokenSignature,
            TimeStampError::Signature(CheckError::Signature(VerifyError::Mismatch)),
        ),
        (
            TimeStampFault::ChangedTime,
            TimeStampError::Signature(CheckError::MessageDigest),
        ),
        (
            TimeStampFault::CriticalExtension,
            TimeStampError::CriticalExtension(other),
        ),
        (TimeStampFault::NoCertificate, TimeStampError::NoCertificate),
        (
            TimeStampFault::NoCertificateReference,
            TimeStampError::CertificateReferenceMissing,
        ),
        (TimeStampFault::NoToken, TimeStampError::TokenMissing),
        (
            TimeStampFault::NoTimeStamping,
            TimeStampError::CertificatePurpose,
        ),
        (TimeStampFault::OtherNonce, TimeStampError::Nonce),
        (
            TimeStampFault::OtherPolicy,
            TimeStampError::Policy {
                asked,
                actual: other,
            },
        ),
        (TimeStampFault::OtherImprint, TimeStampError::Imprint),
        (TimeStampFault::Rejected, rejected),
        (TimeStampFault::TwoSigners, TimeStampError::SignerCount(2)),
        (
            TimeStampFault::TwoUsages,
            TimeStampError::CertificatePurpose,
        ),
        (
            TimeStampFault::UsageNotCritical,
            TimeStampError::CertificatePurpose,
        ),
        (TimeStampFault::Version, TimeStampError::Version(2)),
    ];
    let message = message_of("rsa_individual");
    for (fault, error) in expected {
        let outcome = stamp(&message.signers()[0], NOW, Some(fault));
        assert_eq!(outcome.map(|_| ()).unwrap_err(), error, "{fault:?}");
    }
}

#[test]
fn a_certificate_that_is_not_in_the_token_may_be_given() {
    let message = message_of("rsa_individual");
    let (request, authority) = request_for(&message.signers()[0]);
    let fault = Some(TimeStampFault::NoCertificate);
    let answer = authority
        .answer(&request.to_der(), NOW, fault, &System)
        .unwrap();
    let response = TimeStampResponse::parse(&answer, &Limits::default()).unwrap();
    let token = response.into_token().unwrap();
    let bound = token
        .check_imprint(message.signers()[0].signature().as_bytes())
        .unwrap();
    assert_eq!(
        token.check_signature(&bound, &[]).map(|_| ()).unwrap_err(),
        TimeStampError::NoCertificate
    );
    let others = [
        holder("rsa_individual").certificate.clone(),
        authority.certificate.clone(),
    ];
    assert!(token.check_signature(&bound, &others).is_ok());
}

#[test]
fn a_proof_of_one_token_is_none_of_another() {
    let message = message_of("rsa_individual");
    let one = stamp(&message.signers()[0], NOW, None).unwrap();
    let other = stamp(&message.signers()[0], UnixTime(NOW.0 + 1), None).unwrap();
    let signature = message.signers()[0].signature().as_bytes();
    let bound = one.token().check_imprint(signature).unwrap();
    assert_eq!(
        other
            .token()
            .check_signature(&bound, &[])
            .map(|_| ())
            .unwrap_err(),
        TimeStampError::Imprint
    );
    assert_eq!(
        one.token().check_imprint(b"x").unwrap_err(),
        TimeStampError::Imprint
    );
}

#[test]
fn a_message_that_is_no_token_is_none() {
    let message = message_of("rsa_individual");
    let bytes = Draft::of(&message).to_der().unwrap();
    assert!(matches!(
        TimeStampToken::parse(&bytes, &Limits::default()).unwrap_err(),
        TimeStampError::ContentType(_)
    ));
    let token = stamp(&message.signers()[0], NOW, None).unwrap();
    let trailing = [token.token().der(), &[0]].concat();
    assert!(matches!(
        TimeStampToken::parse(&trailing, &Limits::default()).unwrap_err(),
        TimeStampError::Format(Error::Ber(_))
    ));
}

#[test]
fn tokens_are_attached_to_one_signature_and_leave_the_others_alone() {
    let mut draft = Draft::attached(CONTENT);
    for id in HOLDERS {
        sign_in(&mut draft, holder(id));
    }
    let before = parse(&draft.to_der().unwrap());
    let tokens: Vec<_> = (0..2)
        .map(|later| stamp(&before.signers()[1], UnixTime(NOW.0 + later), None).unwrap())
        .collect();
    let mut draft = Draft::of(&before);
    assert_eq!(
        draft.attach_time_stamp(0, &tokens[0]),
        Err(Error::TimeStampOfAnother)
    );
    assert_eq!(
        draft.attach_time_stamp(3, &tokens[0]),
        Err(Error::NoSigner(3))
    );
    // The later one first, which is not DER order.
    for token in tokens.iter().rev() {
        draft.attach_time_stamp(1, token).unwrap();
    }
    let bytes = draft.to_der().unwrap();
    let after = parse(&bytes);
    assert!(after.is_der());
    assert_eq!(verify(&after, &mut ContentDigests::new(CONTENT)), Ok(3));
    for signer in after.signers() {
        let same = before.signers().iter().any(|one| one.der() == signer.der());
        let stamped = signer.identifier() == before.signers()[1].identifier();
        assert_eq!(same, !stamped);
        assert_eq!(signer.has_timestamp(), stamped);
        if stamped {
            // DER order, not the order of attaching.
            assert!(tokens[0].token().der() < tokens[1].token().der());
            let mut expected: Vec<_> = tokens.iter().map(|token| token.token().der()).collect();
            expected.sort();
            let attached: Vec<&[u8]> = signer.time_stamps().map(|token| &**token).collect();
            assert_eq!(attached, expected);
        }
    }

    // A third one comes later, beside the first two.
    let mut draft = Draft::of(&after);
    let index = after
        .signers()
        .iter()
        .position(SignerInfo::has_timestamp)
        .unwrap();
    let third = stamp(&after.signers()[index], UnixTime(NOW.0 + 9), None).unwrap();
    draft.attach_time_stamp(index, &third).unwrap();
    let grown = parse(&draft.to_der().unwrap());
    let counts: Vec<_> = grown
        .signers()
        .iter()
        .map(|one| one.time_stamps().count())
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), 3);
}

#[test]
fn a_signer_may_be_stamped_before_the_message_is_written() {
    let mut draft = Draft::detached(ContentDigests::new(CONTENT));
    sign_in(&mut draft, holder("gost2015_individual"));
    let signer = draft.signers().next().unwrap().clone();
    let token = stamp(&signer, NOW, None).unwrap();
    draft.attach_time_stamp(0, &token).unwrap();
    let message = parse(&draft.to_der().unwrap());
    assert_eq!(message.signers()[0].time_stamps().count(), 1);
    assert_eq!(verify(&message, &mut ContentDigests::new(CONTENT)), Ok(1));
}

#[test]
fn no_changed_byte_of_a_token_is_accepted() {
    let value = SignatureValue::new(vec![5; 64]);
    let request = TimeStampRequest::for_signature(&value, TsaPolicy::Rsa, &NONCE);
    let authority = authority(SignatureScheme::RsaSha256);
    let answer = authority
        .answer(&request.to_der(), NOW, None, &System)
        .unwrap();
    let token = TimeStampResponse::parse(&answer, &Limits::default())
        .unwrap()
        .into_token()
        .unwrap();
    let accepts = |der: &[u8]| {
        TimeStampToken::parse(der, &Limits::default()).is_ok_and(|token| {
            token
                .check(&request)
                .is_ok_and(|bound| token.check_signature(&bound, &[]).is_ok())
        })
    };
    let mut changed = token.der().to_vec();
    assert!(accepts(&changed));
    for at in 0..changed.len() {
        for mask in [0x01, 0x20, 0x80] {
            changed[at] ^= mask;
            assert!(!accepts(&changed), "byte {at} changed by {mask:#04x}");
            changed[at] ^= mask;
        }
    }
}

#[test]
fn a_digest_may_be_stamped_under_any_policy() {
    let imprint = DigestAlgorithm::Sha1.digest(b"old");
    let request = TimeStampRequest::for_digest(DigestAlgorithm::Sha1, imprint, &[0]);
    assert_eq!((request.policy(), request.nonce()), (None, Some(&[0][..])));
    let answer = authority(SignatureScheme::RsaSha256)
        .answer(&request.to_der(), NOW, None, &System)
        .unwrap();
    let token = TimeStampResponse::parse(&answer, &Limits::default())
        .unwrap()
        .into_token()
        .unwrap();
    let bound = token.check(&request).unwrap();
    assert_eq!(bound, token.check_imprint(b"old").unwrap());
    assert!(token.check_signature(&bound, &[]).is_ok());
}
