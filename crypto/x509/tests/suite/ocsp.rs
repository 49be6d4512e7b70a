//! Questions and answers of a responder made here, right and wrong: the cases W11 to W15 and W17 of verifiers in the
//! wild, each with its exact result.

use std::sync::LazyLock;

use tamga_scheme::{DigestAlgorithm, PrivateKey, SignatureScheme, VerifyError};
use tamga_test_pki::{Authority as Issuing, Issuer, OcspFault, OcspResponder, Profile, Revocation};
use tamga_test_support::System;
use tamga_x509::{
    Certificate, RevocationReason, RevokedEntry, UnixTime, Validity,
    ocsp::{
        Authority, CertId, CertStatus, Freshness, MAX_QUESTIONS, NoncePolicy, OcspError,
        OcspPolicy, OcspQuestion, OcspRequest, OcspResponse, OcspStatus, Responder,
        ResponderStatus, Unauthorised, authorise,
    },
};

use crate::authority::{DAY, NOW, days};

const NONCE: &[u8] = &[7; 16];

/// An authority, its responder, and a certificate of it.
struct World {
    authority: Issuing,
    responder: OcspResponder,
    certificate: Certificate,
    revoked: Certificate,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = issuing("TAMGA TEST NCA");
    let mut responder = OcspResponder::new(&authority, NOW, &System).unwrap();
    let (certificate, revoked) = (user(&authority), user(&authority));
    let reason = Some(RevocationReason::Superseded);
    responder
        .revoked
        .push(Revocation::of(&revoked, days(-3), reason));
    World {
        authority,
        responder,
        certificate,
        revoked,
    }
});

fn issuing(common_name: &str) -> Issuing {
    let key = PrivateKey::generate(SignatureScheme::Gost2015With512, &System).unwrap();
    let name = vec![("2.5.4.3", common_name.to_owned())];
    let certificate = certify(&name, &name, &key, &key, true);
    Issuing {
        id: "nca",
        name,
        key,
        certificate,
    }
}

fn user(authority: &Issuing) -> Certificate {
    let key = PrivateKey::generate(SignatureScheme::Gost2015With512, &System).unwrap();
    let name = vec![("2.5.4.3", "ҮЛГІ ҚАЙРАТ".to_owned())];
    certify(&name, &authority.name, &key, &authority.key, false)
}

fn certify(
    subject: &[(&'static str, String)],
    issuer: &[(&'static str, String)],
    key: &PrivateKey,
    issuer_key: &PrivateKey,
    authority: bool,
) -> Certificate {
    let profile = Profile {
        subject: subject.to_vec(),
        key_usage: if authority { 0b0000_0110 } else { 0b1000_0000 },
        extended_key_usage: Vec::new(),
        authority,
    };
    let validity = Validity {
        not_before: days(-100),
        not_after: days(100),
    };
    let issuer = Issuer {
        name: issuer,
        key: issuer_key,
    };
    tamga_test_pki::issue(&profile, validity, key.public_key(), &issuer, &System).unwrap()
}

impl World {
    fn authority(&self) -> Authority<'_> {
        Authority::of(&self.authority.certificate).unwrap()
    }

    fn answer(&self, certificate: &Certificate, fault: Option<OcspFault>) -> OcspResponse {
        OcspResponse::from_der(&self.answer_der(certificate, fault)).unwrap()
    }

    fn answer_der(&self, certificate: &Certificate, fault: Option<OcspFault>) -> Vec<u8> {
        let id = CertId::new(DigestAlgorithm::Sha256, self.authority(), certificate);
        let request = OcspRequest::new(&[id], Some(NONCE)).unwrap();
        self.responder
            .answer(request.der(), NOW, fault, &System)
            .unwrap()
    }

    fn judge(&self, fault: Option<OcspFault>) -> Result<OcspStatus, OcspError> {
        self.judge_with(fault, NOW, NoncePolicy::Require)
    }

    fn judge_with(
        &self,
        fault: Option<OcspFault>,
        at: UnixTime,
        nonce: NoncePolicy,
    ) -> Result<OcspStatus, OcspError> {
        let answer = self.answer(&self.certificate, fault);
        let question = OcspQuestion {
            certificate: &self.certificate,
            authority: self.authority(),
            nonce: Some(NONCE),
        };
        let policy = OcspPolicy {
            nonce,
            ..OcspPolicy::default()
        };
        answer.status(&question, at, policy)
    }
}

#[test]
fn a_right_answer_is_good_and_names_its_responder() {
    let world = &*WORLD;
    let status = world.judge(None).unwrap();
    assert_eq!(status.status, CertStatus::Good);
    assert_eq!(
        (status.this_update, status.next_update, status.produced_at),
        (NOW, None, NOW)
    );
    let certificate = world.responder.certificate.clone();
    assert_eq!(status.responder, Responder::Delegated { certificate });
}

#[test]
fn an_old_certificate_of_the_responder_does_not_hide_the_one_in_force() {
    let world = &*WORLD;
    let status = world.judge(Some(OcspFault::OldCertificateFirst)).unwrap();
    let certificate = world.responder.certificate.clone();
    assert_eq!(status.status, CertStatus::Good);
    assert_eq!(status.responder, Responder::Delegated { certificate });
}

#[test]
fn the_authority_itself_may_answer_and_name_itself_by_its_key() {
    let status = WORLD.judge(Some(OcspFault::ByAuthority)).unwrap();
    assert_eq!(status.status, CertStatus::Good);
    assert_eq!(status.responder, Responder::Authority);
}

#[test]
fn a_revoked_certificate_comes_with_time_and_reason() {
    let world = &*WORLD;
    let answer = world.answer(&world.revoked, None);
    let question = OcspQuestion {
        certificate: &world.revoked,
        authority: world.authority(),
        nonce: Some(NONCE),
    };
    let status = answer
        .status(&question, NOW, OcspPolicy::default())
        .unwrap();
    let entry = RevokedEntry {
        revoked_at: days(-3),
        reason: Some(RevocationReason::Superseded),
    };
    assert_eq!(status.status, CertStatus::Revoked(entry));
}

#[test]
fn unknown_is_an_answer_of_its_own_and_not_good() {
    let status = WORLD.judge(Some(OcspFault::Unknown)).unwrap();
    assert_eq!(status.status, CertStatus::Unknown);
}

#[test]
fn revoked_in_1970_with_extended_revoke_is_not_issued_and_no_revocation() {
    let status = WORLD.judge(Some(OcspFault::NotIssued)).unwrap();
    assert_eq!(status.status, CertStatus::NotIssued);
    // Without the extension it is what it says.
    let status = WORLD.judge(Some(OcspFault::Revoked1970)).unwrap();
    let held = RevokedEntry {
        revoked_at: UnixTime(0),
        reason: Some(RevocationReason::CertificateHold),
    };
    assert_eq!(status.status, CertStatus::Revoked(held));
}

#[test]
fn a_broken_signature_is_refused() {
    let error = WORLD.judge(Some(OcspFault::BrokenSignature)).unwrap_err();
    assert_eq!(error, OcspError::Signature(VerifyError::Mismatch));
}

#[test]
fn a_responder_who_may_not_answer_is_refused() {
    let check = |fault, expected| {
        let error = WORLD.judge(Some(fault)).unwrap_err();
        assert_eq!(error, expected, "{fault:?}");
    };
    check(
        OcspFault::Unauthorised,
        OcspError::NotAuthorised(Unauthorised::NoOcspSigning),
    );
    check(
        OcspFault::SelfMade,
        OcspError::NotAuthorised(Unauthorised::OtherIssuer),
    );
    check(OcspFault::NoCertificate, OcspError::NoResponder);
}

#[test]
fn a_responder_whose_certificate_has_ended_is_refused() {
    let error = WORLD
        .judge_with(None, days(6), NoncePolicy::Require)
        .unwrap_err();
    let ended = Unauthorised::Validity {
        at: days(6),
        not_before: days(-5),
        not_after: days(5),
    };
    assert_eq!(error, OcspError::NotAuthorised(ended));
}

#[test]
fn an_answer_about_another_number_or_another_issuer_is_no_answer() {
    for fault in [
        OcspFault::WrongSerial,
        OcspFault::WrongIssuer,
        OcspFault::WrongName,
    ] {
        let error = WORLD.judge(Some(fault)).unwrap_err();
        assert_eq!(error, OcspError::NoAnswer, "{fault:?}");
    }
}

#[test]
fn an_answer_of_another_authority_of_the_same_name_is_refused() {
    let world = &*WORLD;
    let impostor = issuing("TAMGA TEST NCA");
    let responder = OcspResponder::new(&impostor, NOW, &System).unwrap();
    let id = CertId::new(
        DigestAlgorithm::Sha256,
        world.authority(),
        &world.certificate,
    );
    let request = OcspRequest::new(&[id], None).unwrap();
    let question = OcspQuestion {
        certificate: &world.certificate,
        authority: world.authority(),
        nonce: None,
    };
    for (fault, expected) in [
        (None, OcspError::NotAuthorised(Unauthorised::OtherIssuer)),
        // Named by its key, it is simply somebody else.
        (Some(OcspFault::ByAuthority), OcspError::NoResponder),
    ] {
        let der = responder
            .answer(request.der(), NOW, fault, &System)
            .unwrap();
        let answer = OcspResponse::from_der(&der).unwrap();
        let error = answer
            .status(&question, NOW, OcspPolicy::default())
            .unwrap_err();
        assert_eq!(error, expected);
    }
}

#[test]
fn old_answers_are_refused_by_date_whatever_their_nonce() {
    let stale = WORLD
        .judge_with(Some(OcspFault::Stale), NOW, NoncePolicy::Ignore)
        .unwrap_err();
    let expected = OcspError::TooOld {
        this_update: days(-10),
        at: NOW,
        max_age: 3_600,
    };
    assert_eq!(stale, expected);
    let outdated = WORLD
        .judge_with(Some(OcspFault::Outdated), NOW, NoncePolicy::Ignore)
        .unwrap_err();
    let next_update = UnixTime(NOW.0 - 3_600);
    assert_eq!(
        outdated,
        OcspError::Expired {
            next_update,
            at: NOW
        }
    );
}

#[test]
fn the_nonce_is_compared_as_the_policy_says() {
    use NoncePolicy as P;
    let judge = |fault, policy| {
        WORLD
            .judge_with(fault, NOW, policy)
            .map(|status| status.status)
    };
    let differs = || {
        Err(OcspError::NonceDiffers {
            expected: NONCE.to_vec(),
            actual: b"another nonce".to_vec(),
        })
    };
    let good = || Ok(CertStatus::Good);
    for (fault, policy, expected) in [
        (None, P::Require, good()),
        (
            Some(OcspFault::NoNonce),
            P::Require,
            Err(OcspError::NonceMissing),
        ),
        (Some(OcspFault::NoNonce), P::IfPresent, good()),
        (Some(OcspFault::NoNonce), P::Ignore, good()),
        (Some(OcspFault::OtherNonce), P::Require, differs()),
        (Some(OcspFault::OtherNonce), P::IfPresent, differs()),
        (Some(OcspFault::OtherNonce), P::Ignore, good()),
    ] {
        assert_eq!(judge(fault, policy), expected, "{fault:?} {policy:?}");
    }
}

#[test]
fn a_question_without_a_nonce_cannot_fulfil_a_policy_that_requires_one() {
    let world = &*WORLD;
    let answer = world.answer(&world.certificate, None);
    let question = OcspQuestion {
        certificate: &world.certificate,
        authority: world.authority(),
        nonce: None,
    };
    let judge = |nonce| {
        let policy = OcspPolicy {
            nonce,
            ..OcspPolicy::default()
        };
        answer
            .status(&question, NOW, policy)
            .map(|status| status.status)
    };
    assert_eq!(judge(NoncePolicy::Require), Err(OcspError::NonceMissing));
    assert_eq!(judge(NoncePolicy::IfPresent), Ok(CertStatus::Good));
}

#[test]
fn freshness_has_exact_borders() {
    let rule = Freshness {
        clock_tolerance: 10,
        max_age: 100,
    };
    let at = UnixTime(1_000);
    let check = |this, next: Option<i64>| rule.check(UnixTime(this), next.map(UnixTime), at);
    assert_eq!(check(1_010, None), Ok(()));
    assert_eq!(
        check(1_011, None),
        Err(OcspError::FromTheFuture {
            made: UnixTime(1_011),
            at
        })
    );
    assert_eq!(check(890, None), Ok(()));
    assert_eq!(
        check(889, None),
        Err(OcspError::TooOld {
            this_update: UnixTime(889),
            at,
            max_age: 100
        })
    );
    // A promise stands in the place of the age.
    assert_eq!(check(1, Some(990)), Ok(()));
    assert_eq!(
        check(999, Some(989)),
        Err(OcspError::Expired {
            next_update: UnixTime(989),
            at
        })
    );
}

#[test]
fn an_answer_signed_tomorrow_is_refused() {
    let error = WORLD
        .judge_with(None, UnixTime(NOW.0 - DAY), NoncePolicy::Require)
        .unwrap_err();
    let at = UnixTime(NOW.0 - DAY);
    assert_eq!(error, OcspError::FromTheFuture { made: NOW, at });
    // About now, and signed later.
    let error = WORLD.judge(Some(OcspFault::SignedTomorrow)).unwrap_err();
    let expected = OcspError::FromTheFuture {
        made: days(1),
        at: NOW,
    };
    assert_eq!(error, expected);
}

#[test]
fn of_two_lines_about_a_certificate_the_harsher_counts() {
    let status = WORLD.judge(Some(OcspFault::TwoLines)).unwrap();
    assert!(matches!(status.status, CertStatus::Revoked(_)));
}

#[test]
fn a_critical_extension_that_is_not_processed_refuses_the_answer() {
    for fault in [OcspFault::AnswerExtension, OcspFault::LineExtension] {
        match WORLD.judge(Some(fault)).unwrap_err() {
            OcspError::CriticalExtension(oid) => assert_eq!(oid.to_string(), "1.2.398.99.1"),
            other => panic!("{fault:?}: {other}"),
        }
    }
}

#[test]
fn a_responder_certified_by_the_right_key_under_another_name_is_refused() {
    let world = &*WORLD;
    let renamed = Issuing {
        id: "renamed",
        name: vec![("2.5.4.3", "ANOTHER NAME".to_owned())],
        key: PrivateKey::from_pkcs8_der(&world.authority.key.to_pkcs8_der()).unwrap(),
        certificate: world.authority.certificate.clone(),
    };
    let responder = OcspResponder::new(&renamed, NOW, &System).unwrap();
    let refused = authorise(&responder.certificate, world.authority(), NOW);
    assert_eq!(refused, Err(Unauthorised::OtherIssuer));
}

#[test]
fn a_responder_that_says_no_is_heard() {
    let world = &*WORLD;
    let der = world.answer_der(&world.certificate, Some(OcspFault::TryLater));
    assert_eq!(der, [0x30, 3, 0x0a, 1, 3]);
    for (code, expected) in [
        (1, ResponderStatus::MalformedRequest),
        (2, ResponderStatus::InternalError),
        (3, ResponderStatus::TryLater),
        (4, ResponderStatus::Unassigned(4)),
        (5, ResponderStatus::SigRequired),
        (6, ResponderStatus::Unauthorized),
    ] {
        let error = OcspResponse::from_der(&[0x30, 3, 0x0a, 1, code]).unwrap_err();
        assert_eq!(error, OcspError::Responder(expected));
    }
    // "Successful", and nothing else.
    let error = OcspResponse::from_der(&[0x30, 3, 0x0a, 1, 0]).unwrap_err();
    assert!(matches!(error, OcspError::Malformed { .. }), "{error}");
}

#[test]
fn identifiers_match_by_sha1_sha256_and_the_national_digests() {
    let world = &*WORLD;
    for algorithm in DigestAlgorithm::all() {
        let id = CertId::new(algorithm, world.authority(), &world.certificate);
        assert_eq!(id.hash_algorithm(), algorithm.oid());
        assert!(id.matches(world.authority(), &world.certificate));
        assert!(!id.matches(world.authority(), &world.revoked));
        let impostor = issuing("TAMGA TEST NCA");
        let impostor = Authority::of(&impostor.certificate).unwrap();
        assert!(!id.matches(impostor, &world.certificate));
    }
}

#[test]
fn one_request_asks_about_several_certificates() {
    let world = &*WORLD;
    let id = |certificate| CertId::new(DigestAlgorithm::Sha1, world.authority(), certificate);
    let request = OcspRequest::new(&[id(&world.certificate), id(&world.revoked)], None).unwrap();
    assert_eq!(request.nonce(), None);
    let der = world
        .responder
        .answer(request.der(), NOW, None, &System)
        .unwrap();
    let answer = OcspResponse::from_der(&der).unwrap();
    let status = |certificate| {
        let question = OcspQuestion {
            certificate,
            authority: world.authority(),
            nonce: None,
        };
        let status = answer.status(&question, NOW, OcspPolicy::default());
        status.unwrap().status
    };
    assert_eq!(status(&world.certificate), CertStatus::Good);
    assert!(matches!(status(&world.revoked), CertStatus::Revoked(_)));
}

#[test]
fn requests_have_one_to_32_questions_and_nonces_one_to_32_bytes() {
    let world = &*WORLD;
    let id = CertId::new(
        DigestAlgorithm::Sha256,
        world.authority(),
        &world.certificate,
    );
    let ask = |count, nonce: Option<usize>| {
        let nonce = nonce.map(|length| vec![0xff; length]);
        OcspRequest::new(&vec![id.clone(); count], nonce.as_deref()).map(|_| ())
    };
    assert_eq!(ask(1, Some(1)), Ok(()));
    assert_eq!(ask(MAX_QUESTIONS, Some(32)), Ok(()));
    let limit = MAX_QUESTIONS;
    for actual in [0, 33] {
        assert_eq!(
            ask(actual, None),
            Err(OcspError::Questions { actual, limit })
        );
        assert_eq!(ask(1, Some(actual)), Err(OcspError::NonceLength { actual }));
    }
}

#[test]
fn answers_have_budgets() {
    let error = OcspResponse::from_der(&vec![0x30; 256 * 1024 + 1]).unwrap_err();
    assert!(matches!(error, OcspError::TooLarge { .. }), "{error}");
    let world = &*WORLD;
    let id = CertId::new(
        DigestAlgorithm::Sha256,
        world.authority(),
        &world.certificate,
    );
    let request = OcspRequest::new(&vec![id; MAX_QUESTIONS], None).unwrap();
    let der = world
        .responder
        .answer(request.der(), NOW, None, &System)
        .unwrap();
    assert_eq!(
        OcspResponse::from_der(&der).unwrap().responses().len(),
        MAX_QUESTIONS
    );
}

#[test]
fn every_changed_bit_of_an_answer_is_refused_or_changes_nothing() {
    let world = &*WORLD;
    let der = world.answer_der(&world.certificate, None);
    let question = OcspQuestion {
        certificate: &world.certificate,
        authority: world.authority(),
        nonce: Some(NONCE),
    };
    let judge = |der: &[u8]| {
        OcspResponse::from_der(der).and_then(|answer| {
            let policy = OcspPolicy::default();
            answer.status(&question, NOW, policy)
        })
    };
    let right = judge(&der).unwrap();
    let mut harmless = 0;
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 1 << (index % 8);
        if let Ok(status) = judge(&changed) {
            assert_eq!(status, right, "{index}");
            harmless += 1;
        }
    }
    // Nothing lies outside the two signatures but algorithm parameters, and those are compared with signed copies or
    // must have their one form.
    assert_eq!(harmless, 0);
}
