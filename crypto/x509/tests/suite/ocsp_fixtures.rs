//! Recorded answers of the national test responders, and what the manifest says about them.

use tamga_scheme::{DigestAlgorithm, VerifyError};
use tamga_x509::{
    RevocationReason, RevokedEntry,
    ocsp::{
        Authority, CertStatus, NoncePolicy, OcspError, OcspPolicy, OcspQuestion, OcspResponse,
        Responder, ResponderId, authorise,
    },
};

use crate::fixtures::{Fixtures, Nonce, time};

#[test]
fn recorded_answers_hold_or_fail_as_the_manifest_says() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let mut seen = (0, 0);
    for entry in &fixtures.manifest.entries {
        if entry.kind != "ocsp-response" {
            continue;
        }
        let file = &entry.file;
        let der = fixtures.bytes(file);
        let answer = OcspResponse::from_der(&der).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(answer.der(), der, "{file}");
        let again = OcspResponse::from_basic_der(answer.basic_der()).unwrap();
        assert_eq!(again, answer, "{file}");

        let [responder] = answer.certificates() else {
            panic!("{file}: one certificate expected");
        };
        let named = ResponderId::Name(responder.subject().clone());
        assert_eq!(*answer.responder_id(), named, "{file}");
        assert!(responder.ocsp_no_check(), "{file}");
        let authority = fixtures.certificate(&entry.oracle[0][2]);
        let authority = Authority::of(&authority).unwrap();
        let at = answer.produced_at();
        let delegated = Responder::Delegated {
            certificate: responder.clone(),
        };
        assert_eq!(authorise(responder, authority, at), Ok(delegated), "{file}");

        let key = responder.public_key().unwrap();
        match entry.expected.result.as_str() {
            "verifies" => {
                seen.0 += 1;
                answer.check_signature(key).unwrap();
                assert_eq!(at, time(entry.produced_at.as_deref().unwrap()), "{file}");
                let nonce = answer.nonce().unwrap();
                // The manifest has the inner OCTET STRING as a whole: its tag and length too.
                let whole = [&[4, nonce.len() as u8], nonce].concat();
                let Some(Nonce::Hex(expected)) = &entry.nonce else {
                    panic!("{file}: a nonce in hex expected");
                };
                assert_eq!(hex(&whole), *expected, "{file}");
                let [line] = answer.responses() else {
                    panic!("{file}: one line expected");
                };
                assert_eq!(hex(line.cert_id.serial()), entry.cert_serials[0], "{file}");
                let sha256 = DigestAlgorithm::Sha256.oid();
                assert_eq!(line.cert_id.hash_algorithm(), sha256, "{file}");
                assert_eq!((line.this_update, line.next_update), (at, None), "{file}");
                let status = match line.status {
                    CertStatus::Good => "good",
                    CertStatus::Revoked(_) => "revoked",
                    _ => "another",
                };
                assert_eq!(Some(status), entry.status.as_deref(), "{file}");
            }
            "fails" => {
                seen.1 += 1;
                let error = answer.check_signature(key).unwrap_err();
                assert_eq!(error, OcspError::Signature(VerifyError::Mismatch), "{file}");
            }
            other => panic!("{file}: {other}"),
        }
    }
    assert_eq!(seen, (2, 2));
}

#[test]
fn a_recorded_good_answer_is_judged_as_a_whole() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let file = "ocsp/good_rsa_2022.der";
    let entry = fixtures
        .manifest
        .entries
        .iter()
        .find(|entry| entry.file == file)
        .unwrap();
    let answer = OcspResponse::from_der(&fixtures.bytes(file)).unwrap();
    let certificate = fixtures.certificate(&entry.for_certificate[0]);
    let issuer = fixtures.certificate(&entry.oracle[0][2]);
    let authority = Authority::of(&issuer).unwrap();
    let at = answer.produced_at();
    let nonce = [0xb5, 0xe5, 0xc9, 0xb5, 0x52, 0xcb, 0xca, 0xc4];
    let question = OcspQuestion {
        certificate: &certificate,
        authority,
        nonce: Some(&nonce),
    };
    let policy = OcspPolicy {
        nonce: NoncePolicy::Require,
        ..OcspPolicy::default()
    };
    let status = answer.status(&question, at, policy).unwrap();
    assert_eq!(status.status, CertStatus::Good);
    assert_eq!(status.this_update, at);

    // The authority of 2023 has another name and another key.
    let other = fixtures.certificate("ca/test/nca_rsa_test_2023.cer");
    let question = OcspQuestion {
        authority: Authority::of(&other).unwrap(),
        ..question
    };
    let error = answer.status(&question, at, policy).unwrap_err();
    let refused = OcspError::NotAuthorised(tamga_x509::ocsp::Unauthorised::OtherIssuer);
    assert_eq!(error, refused);
}

#[test]
fn a_hold_of_a_real_date_is_revoked_although_the_answer_has_extended_revoke() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let der = fixtures.bytes("ocsp/revoked_gost2015_2022.der");
    let status = OcspResponse::from_der(&der).unwrap().responses()[0].status;
    let revoked = CertStatus::Revoked(RevokedEntry {
        revoked_at: time("2022-07-27T10:25:30Z"),
        reason: Some(RevocationReason::CertificateHold),
    });
    assert_eq!(status, revoked);
}

#[test]
fn recorded_answers_cut_or_changed_never_panic_and_never_verify() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let der = fixtures.bytes("ocsp/revoked_gost2015_2022.der");
    let answer = OcspResponse::from_der(&der).unwrap();
    for length in 0..der.len() {
        let error = OcspResponse::from_der(&der[..length]).unwrap_err();
        assert!(matches!(error, OcspError::Malformed { .. }), "{length}");
    }
    let issuer = fixtures.certificate("ca/test/nca_gost2022_test.cer");
    let authority = Authority::of(&issuer).unwrap();
    let at = answer.produced_at();
    let signed = answer.responses();
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 1 << (index % 8);
        let Ok(changed) = OcspResponse::from_der(&changed) else {
            continue;
        };
        // Whatever still verifies under an authorised responder says what was signed.
        let holds = changed.certificates().iter().any(|certificate| {
            let key = certificate.public_key();
            key.is_ok_and(|key| changed.check_signature(key).is_ok())
                && authorise(certificate, authority, at).is_ok()
        });
        assert!(!holds || changed.responses() == signed, "{index}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
