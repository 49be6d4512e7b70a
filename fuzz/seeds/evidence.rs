//! Seeds of certificates and of what is said about them: revocation lists, OCSP answers.

use tamga_scheme::DigestAlgorithm;
use tamga_test_pki::{OcspFault, OcspResponder, Revocation, TestPki, full_list};
use tamga_test_support::System;
use tamga_x509::UnixTime;
use tamga_x509::ocsp::{Authority, CertId, OcspRequest};

use crate::{NOW, Seed, holder};

/// Their subjects ask about certificates of the first, so all are made of one CA.
pub(crate) const OF_ONE_CA: [&str; 3] = ["certificate", "crl", "ocsp"];

const HOUR: i64 = 3600;

pub(crate) fn certificate(pki: &TestPki) -> Vec<Seed> {
    let der = |id| holder(pki, id).certificate.der().to_vec();
    vec![
        ("gost2004_individual", der("gost2004_individual")),
        ("gost2015_head", der("gost2015_head")),
        ("gost2015_individual", der("gost2015_individual")),
        ("gost2015_revoked", der("gost2015_revoked")),
        ("gost_issuing", pki.gost[1].certificate.der().to_vec()),
        ("gost_root", pki.gost[0].certificate.der().to_vec()),
        (
            "pem",
            holder(pki, "gost2004_individual")
                .certificate
                .to_pem("\r\n")
                .into_bytes(),
        ),
        ("rsa_individual_auth", der("rsa_individual_auth")),
        ("rsa_root", pki.rsa[0].certificate.der().to_vec()),
    ]
}

pub(crate) fn crl(pki: &TestPki) -> Vec<Seed> {
    let list = |authority: usize, revoked: &[Revocation], age: i64| {
        let authority = &pki.gost[authority];
        let (from, to) = (UnixTime(NOW.0 - age), UnixTime(NOW.0 - age + 24 * HOUR));
        full_list(&authority.name, &authority.key, revoked, from, to, &System).expect("a list")
    };
    let revoked = &holder(pki, "gost2015_revoked").certificate;
    let revoked = |reason| Revocation::of(revoked, UnixTime(NOW.0 - 48 * HOUR), reason);
    let others = (1..=9).map(|number| Revocation {
        serial: vec![0x40 + number; 20],
        at: UnixTime(NOW.0 - i64::from(number) * HOUR),
        reason: tamga_x509::RevocationReason::from_code(number).into(),
    });
    let several: Vec<_> = others.chain([revoked(None)]).collect();
    let mut rsa = pki.lists(&System).expect("lists").remove(1);
    vec![
        ("empty", list(1, &[], HOUR)),
        ("of_another", list(0, &[revoked(None)], HOUR)),
        (
            "one",
            list(
                1,
                &[revoked(Some(tamga_x509::RevocationReason::KeyCompromise))],
                HOUR,
            ),
        ),
        ("rsa", std::mem::take(&mut rsa.1)),
        ("several", list(1, &several, HOUR)),
        ("stale", list(1, &[revoked(None)], 72 * HOUR)),
    ]
}

pub(crate) fn ocsp(pki: &TestPki) -> Vec<Seed> {
    let issuing = &pki.gost[1];
    let mut responder = OcspResponder::new(issuing, NOW, &System).expect("a responder");
    let revoked = &holder(pki, "gost2015_revoked").certificate;
    let at = UnixTime(NOW.0 - 48 * HOUR);
    responder.revoked.push(Revocation::of(revoked, at, None));
    let authority = Authority::of(&issuing.certificate).expect("a key");
    let answer = |id, digest, fault| {
        let asked = CertId::new(digest, authority, &holder(pki, id).certificate);
        let request = OcspRequest::new(&[asked], Some(&[7; 16])).expect("a question");
        responder
            .answer(request.der(), NOW, fault, &System)
            .expect("an answer")
    };
    let good = |fault| answer("gost2015_individual", DigestAlgorithm::Sha256, fault);
    vec![
        ("answer_extension", good(Some(OcspFault::AnswerExtension))),
        ("by_authority", good(Some(OcspFault::ByAuthority))),
        ("good", good(None)),
        ("not_issued", good(Some(OcspFault::NotIssued))),
        (
            "revoked",
            answer("gost2015_revoked", DigestAlgorithm::Sha1, None),
        ),
        ("stale", good(Some(OcspFault::Stale))),
        ("try_later", good(Some(OcspFault::TryLater))),
        ("two_lines", good(Some(OcspFault::TwoLines))),
        ("unknown", good(Some(OcspFault::Unknown))),
    ]
}
