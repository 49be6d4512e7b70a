//! The whole way: a question, the client, a responder, a checked status.

use std::sync::{Arc, LazyLock};

use tamga_client::Error;
use tamga_scheme::{DigestAlgorithm, VerifyError};
use tamga_test_pki::{OcspFault, OcspResponder, Revocation};
use tamga_test_support::System;
use tamga_x509::{
    Crl, RevocationReason, RevocationStatus, RevokedEntry, UnixTime,
    ocsp::{
        Authority, CertId, CertStatus, NoncePolicy, OcspError, OcspPolicy, OcspQuestion,
        OcspRequest, OcspResponse, ResponderStatus, Unauthorised,
    },
    revocation_status,
};

use crate::{
    server::{Server, ok, send},
    world::{NOW, WORLD},
};

const NONCE: &[u8] = &[3; 16];

static RESPONDER: LazyLock<Arc<OcspResponder>> = LazyLock::new(|| {
    let responder = OcspResponder::new(&WORLD.authority, NOW, &System).unwrap();
    Arc::new(responder)
});

#[derive(Debug, PartialEq, Eq)]
enum Failure {
    Client(Error),
    Answer(OcspError),
}

/// Asks a responder with this fault over HTTP, and judges what comes back.
fn ask(fault: Option<OcspFault>) -> Result<CertStatus, Failure> {
    let world = &*WORLD;
    let responder = RESPONDER.clone();
    let server = Server::start(move |_, seen, stream| {
        assert_eq!(seen.field("Content-Type"), Some("application/ocsp-request"));
        let answer = responder.answer(&seen.body, NOW, fault, &System).unwrap();
        send(stream, &ok("application/ocsp-response", &answer));
    });
    let authority = Authority::of(&world.authority.certificate).unwrap();
    let id = CertId::new(
        DigestAlgorithm::Sha256,
        authority,
        &world.holder.certificate,
    );
    let request = OcspRequest::new(&[id], Some(NONCE)).unwrap();
    let der = server
        .client()
        .ocsp(&server.url("/ocsp/"), request.der())
        .map_err(Failure::Client)?;
    let question = OcspQuestion {
        certificate: &world.holder.certificate,
        authority,
        nonce: request.nonce(),
    };
    let policy = OcspPolicy {
        nonce: NoncePolicy::Require,
        ..OcspPolicy::default()
    };
    OcspResponse::from_der(&der)
        .and_then(|answer| answer.status(&question, NOW, policy))
        .map(|status| status.status)
        .map_err(Failure::Answer)
}

#[test]
fn a_status_comes_over_http_and_is_checked() {
    assert_eq!(ask(None), Ok(CertStatus::Good));
    assert_eq!(ask(Some(OcspFault::Unknown)), Ok(CertStatus::Unknown));
    for (fault, expected) in [
        (
            OcspFault::TryLater,
            OcspError::Responder(ResponderStatus::TryLater),
        ),
        (
            OcspFault::BrokenSignature,
            OcspError::Signature(VerifyError::Mismatch),
        ),
        (
            OcspFault::Unauthorised,
            OcspError::NotAuthorised(Unauthorised::NoOcspSigning),
        ),
        (OcspFault::WrongSerial, OcspError::NoAnswer),
        (OcspFault::NoNonce, OcspError::NonceMissing),
    ] {
        assert_eq!(
            ask(Some(fault)),
            Err(Failure::Answer(expected)),
            "{fault:?}"
        );
    }
}

#[test]
fn a_list_comes_over_http_and_is_checked() {
    let world = &*WORLD;
    let entry = RevokedEntry {
        revoked_at: UnixTime(NOW.0 - 3_600),
        reason: Some(RevocationReason::KeyCompromise),
    };
    let revocation = Revocation::of(&world.holder.certificate, entry.revoked_at, entry.reason);
    let list = tamga_test_pki::full_list(
        &world.authority.name,
        &world.authority.key,
        &[revocation],
        UnixTime(NOW.0 - 60),
        UnixTime(NOW.0 + 60),
        &System,
    )
    .unwrap();
    let server = Server::always(ok("application/pkix-crl", &list));
    let der = server.client().crl(&server.url("/nca.crl")).unwrap();
    assert_eq!(der, list);
    let list = Crl::from_der(&der).unwrap();
    let key = world.authority.key.public_key();
    let status = revocation_status(&world.holder.certificate, key, &[list], NOW);
    assert_eq!(status, RevocationStatus::Revoked(entry));
}
