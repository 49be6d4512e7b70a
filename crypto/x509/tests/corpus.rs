//! The corpora of fuzz targets and thousands of their mutations, through the functions of the targets, on any compiler.

#[path = "../../../fuzz/subjects/certificate.rs"]
mod certificate;
#[path = "../../../fuzz/subjects/crl.rs"]
mod crl;
#[path = "../../../fuzz/subjects/issued.rs"]
mod issued;
#[path = "../../../fuzz/mutations.rs"]
mod mutations;
#[path = "../../../fuzz/subjects/ocsp.rs"]
mod ocsp;

use tamga_scheme::ObjectIdentifier;
use tamga_x509::ocsp::{CertStatus, OcspError, ResponderStatus};
use tamga_x509::{Error, RevocationReason, RevocationStatus, RevokedEntry, Role, UnixTime};

/// Two days before the evidence of the corpora is used.
const REVOKED_AT: UnixTime = UnixTime(1_767_052_800);

fn of_a_person(roles: &[Role]) -> Result<certificate::Read, Error> {
    Ok(certificate::Read {
        common_name: Some("ҮЛГІ ҚАЙРАТ".to_owned()),
        roles: roles.to_vec(),
        self_signed: false,
    })
}

fn of_an_authority(common_name: &str, self_signed: bool) -> Result<certificate::Read, Error> {
    Ok(certificate::Read {
        common_name: Some(common_name.to_owned()),
        roles: Vec::new(),
        self_signed,
    })
}

fn revoked(reason: Option<RevocationReason>) -> RevokedEntry {
    RevokedEntry {
        revoked_at: REVOKED_AT,
        reason,
    }
}

#[test]
fn certificates_of_the_corpus_are_read_as_listed() {
    let text = Error::Malformed {
        what: "certificate",
        detail: "unknown/unsupported ASN.1 DER tag: 0x2d at DER byte 1".to_owned(),
    };
    mutations::check(
        "certificate",
        certificate::read,
        vec![
            ("gost2004_individual", of_a_person(&[Role::Individual])),
            (
                "gost2015_head",
                of_a_person(&[Role::Organization, Role::Ceo]),
            ),
            ("gost2015_individual", of_a_person(&[Role::Individual])),
            ("gost2015_revoked", of_a_person(&[Role::Individual])),
            (
                "gost_issuing",
                of_an_authority("TAMGA TEST NCA (GOST)", false),
            ),
            ("gost_root", of_an_authority("TAMGA TEST ROOT (GOST)", true)),
            ("pem", Err(text)),
            ("rsa_individual_auth", of_a_person(&[Role::Individual])),
            ("rsa_root", of_an_authority("TAMGA TEST ROOT (RSA)", true)),
        ],
    );
}

#[test]
fn lists_of_the_corpus_are_evidence_as_listed() {
    use RevocationStatus::{Revoked as R, Unknown as U};
    let good = RevocationStatus::Good {
        this_update: UnixTime(1_767_222_000),
        next_update: UnixTime(1_767_308_400),
    };
    let read = |entries, good, revoked| {
        Ok(crl::Read {
            entries,
            good,
            revoked,
        })
    };
    mutations::check(
        "crl",
        crl::read,
        vec![
            ("empty", read(0, good, good)),
            ("of_another", read(1, U, U)),
            (
                "one",
                read(1, good, R(revoked(Some(RevocationReason::KeyCompromise)))),
            ),
            ("rsa", read(0, U, U)),
            ("several", read(10, good, R(revoked(None)))),
            ("stale", read(1, U, R(revoked(None)))),
        ],
    );
}

#[test]
fn answers_of_the_corpus_prove_what_is_listed() {
    let unknown = ObjectIdentifier::new_unwrap("1.2.398.99.1");
    let stale = OcspError::TooOld {
        this_update: UnixTime(1_766_361_600),
        at: UnixTime(1_767_225_600),
        max_age: 3600,
    };
    let held = RevokedEntry {
        revoked_at: UnixTime(0),
        reason: Some(RevocationReason::CertificateHold),
    };
    mutations::check(
        "ocsp",
        ocsp::judge,
        vec![
            (
                "answer_extension",
                Err(OcspError::CriticalExtension(unknown)),
            ),
            ("by_authority", Ok(CertStatus::Good)),
            ("good", Ok(CertStatus::Good)),
            ("not_issued", Ok(CertStatus::NotIssued)),
            ("revoked", Ok(CertStatus::Revoked(revoked(None)))),
            ("stale", Err(stale)),
            (
                "try_later",
                Err(OcspError::Responder(ResponderStatus::TryLater)),
            ),
            ("two_lines", Ok(CertStatus::Revoked(held))),
            ("unknown", Ok(CertStatus::Unknown)),
        ],
    );
}

#[test]
fn mutations_of_certificates_are_read_or_refused() {
    let [read, refused] = mutations::mutate("certificate", 8000, certificate::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}

#[test]
fn mutations_of_lists_are_read_or_refused_and_prove_nothing_unsigned() {
    let [read, refused] = mutations::mutate("crl", 8000, crl::read);
    assert!(read > 500 && refused > 500, "{read} {refused}");
}

#[test]
fn mutations_of_answers_are_judged_or_refused() {
    let [read, refused] = mutations::mutate("ocsp", 8000, |bytes| match ocsp::judge(bytes) {
        Err(OcspError::Malformed { detail }) => Err(detail),
        judged => Ok(judged),
    });
    assert!(read > 500 && refused > 500, "{read} {refused}");
}
