//! OpenSSL reads our questions and answers them, and judges the answers of the fake responder.

use std::{
    path::Path,
    process::{Command, Output},
    time::SystemTime,
};

use tamga_scheme::{DigestAlgorithm, PrivateKey, SignatureScheme};
use tamga_test_pki::{Authority as Issuing, Issuer, OcspFault, OcspResponder, Profile};
use tamga_test_support::System;
use tamga_x509::{
    Certificate, RevocationReason, RevokedEntry, UnixTime, Validity,
    ocsp::{
        Authority, CertId, CertStatus, NoncePolicy, OcspPolicy, OcspQuestion, OcspRequest,
        OcspResponse, Responder,
    },
};

const NONCE: &[u8] = &[0x5a; 16];

/// A folder with an RSA authority, one of its certificates and a request about it, as OpenSSL wants them.
struct Desk {
    dir: tempfile::TempDir,
    now: UnixTime,
    authority: Issuing,
    certificate: Certificate,
    request: OcspRequest,
}

impl Desk {
    fn new(algorithm: DigestAlgorithm) -> Self {
        let now = UnixTime::from(SystemTime::now());
        let validity = Validity {
            not_before: UnixTime(now.0 - 86_400),
            not_after: UnixTime(now.0 + 86_400),
        };
        let make = |common_name: &str, issuer: Option<&Issuing>| {
            let key = PrivateKey::generate(SignatureScheme::RsaSha256, &System).unwrap();
            let name = vec![("2.5.4.3", common_name.to_owned())];
            let profile = Profile {
                subject: name.clone(),
                key_usage: if issuer.is_none() {
                    0b0000_0110
                } else {
                    0b1000_0000
                },
                extended_key_usage: Vec::new(),
                authority: issuer.is_none(),
            };
            let by = Issuer {
                name: issuer.map_or(&name, |issuer| &issuer.name),
                key: issuer.map_or(&key, |issuer| &issuer.key),
            };
            let certificate =
                tamga_test_pki::issue(&profile, validity, key.public_key(), &by, &System).unwrap();
            (name, key, certificate)
        };
        let (name, key, certificate) = make("TAMGA TEST NCA RSA", None);
        let authority = Issuing {
            id: "nca",
            name,
            key,
            certificate,
        };
        let (.., certificate) = make("USER", Some(&authority));
        let id = CertId::new(
            algorithm,
            Authority::of(&authority.certificate).unwrap(),
            &certificate,
        );
        let desk = Self {
            dir: tempfile::tempdir().unwrap(),
            now,
            certificate,
            request: OcspRequest::new(&[id], Some(NONCE)).unwrap(),
            authority,
        };
        desk.write("ca.pem", desk.authority.certificate.to_pem("\n").as_bytes());
        desk.write("request.der", desk.request.der());
        desk
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(file), bytes).unwrap();
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn openssl(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .arg("ocsp")
            .current_dir(self.path())
            .args(arguments)
            .output()
            .expect("openssl is installed")
    }

    /// Writes certificate and key of the responder.
    fn install(&self, responder_key: &PrivateKey, certificate: &Certificate) {
        self.write("responder.pem", certificate.to_pem("\n").as_bytes());
        self.write("responder.key", &responder_key.to_pkcs8_der());
        let converted = Command::new("openssl")
            .current_dir(self.path())
            .args(["pkey", "-inform", "DER", "-in", "responder.key"])
            .args(["-out", "responder.key.pem"])
            .status()
            .unwrap();
        assert!(converted.success());
    }

    fn question(&self) -> OcspQuestion<'_> {
        OcspQuestion {
            certificate: &self.certificate,
            authority: Authority::of(&self.authority.certificate).unwrap(),
            nonce: Some(NONCE),
        }
    }
}

#[test]
fn openssl_reads_our_question() {
    for (algorithm, word) in [
        (DigestAlgorithm::Sha256, "sha256"),
        (DigestAlgorithm::Sha1, "sha1"),
    ] {
        let desk = Desk::new(algorithm);
        let output = desk.openssl(&["-reqin", "request.der", "-req_text"]);
        let text = String::from_utf8(output.stdout).unwrap();
        let serial = desk.certificate.serial_hex().to_uppercase();
        for expected in [
            format!("Hash Algorithm: {word}"),
            format!("Serial Number: {serial}"),
            format!("0410{}", "5A".repeat(16)),
        ] {
            assert!(text.contains(&expected), "{expected} in {text}");
        }
    }
}

#[test]
fn openssl_answers_our_question_and_we_accept_its_answer() {
    let desk = Desk::new(DigestAlgorithm::Sha256);
    // The authority answers itself.
    desk.install(&desk.authority.key, &desk.authority.certificate);
    let serial = desk.certificate.serial_hex().to_uppercase();
    let good = format!("V\t491231235959Z\t\t{serial}\tunknown\t/CN=USER\n");
    let revoked =
        format!("R\t491231235959Z\t260102030405Z,keyCompromise\t{serial}\tunknown\t/CN=USER\n");
    let entry = RevokedEntry {
        revoked_at: UnixTime::from_rfc3339("2026-01-02T03:04:05Z").unwrap(),
        reason: Some(RevocationReason::KeyCompromise),
    };
    for (index, expected) in [
        (good.as_str(), CertStatus::Good),
        (&revoked, CertStatus::Revoked(entry)),
        ("", CertStatus::Unknown),
    ] {
        desk.write("index.txt", index.as_bytes());
        let output = desk.openssl(&[
            "-index",
            "index.txt",
            "-rsigner",
            "responder.pem",
            "-rkey",
            "responder.key.pem",
            "-CA",
            "ca.pem",
            "-reqin",
            "request.der",
            "-respout",
            "answer.der",
            "-ndays",
            "1",
        ]);
        let said = String::from_utf8_lossy(&output.stderr);
        let der =
            std::fs::read(desk.path().join("answer.der")).unwrap_or_else(|_| panic!("{said}"));
        let answer = OcspResponse::from_der(&der).unwrap();
        let policy = OcspPolicy {
            nonce: NoncePolicy::Require,
            ..OcspPolicy::default()
        };
        let status = answer.status(&desk.question(), desk.now, policy).unwrap();
        assert_eq!(status.status, expected);
        assert_eq!(status.responder, Responder::Authority);
        assert!(status.next_update > Some(desk.now));
        std::fs::remove_file(desk.path().join("answer.der")).unwrap();
    }
}

#[test]
fn openssl_accepts_the_answers_of_the_fake_responder_and_refuses_its_faults() {
    let desk = Desk::new(DigestAlgorithm::Sha256);
    let responder = OcspResponder::new(&desk.authority, desk.now, &System).unwrap();
    desk.write("user.pem", desk.certificate.to_pem("\n").as_bytes());
    for (fault, accepted, word) in [
        (None, true, "user.pem: good"),
        (Some(OcspFault::ByAuthority), true, "user.pem: good"),
        (Some(OcspFault::Unknown), true, "user.pem: unknown"),
        (Some(OcspFault::BrokenSignature), false, ""),
        (Some(OcspFault::Unauthorised), false, ""),
        (Some(OcspFault::SelfMade), false, ""),
    ] {
        let der = responder
            .answer(desk.request.der(), desk.now, fault, &System)
            .unwrap();
        desk.write("answer.der", &der);
        let output = desk.openssl(&[
            "-respin",
            "answer.der",
            "-issuer",
            "ca.pem",
            "-sha256",
            "-cert",
            "user.pem",
            "-CAfile",
            "ca.pem",
            "-no_nonce",
        ]);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(
            said.contains("Response verify OK"),
            accepted,
            "{fault:?}: {said}"
        );
        assert!(said.contains(word), "{fault:?}: {said}");
    }
}
