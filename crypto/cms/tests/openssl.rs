//! OpenSSL judges our RSA messages; it makes the key and the certificate too.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use tamga_cms::time_stamp::{Accuracy, TimeStampRequest, TimeStampResponse, TsaPolicy};
use tamga_cms::{Content, ContentDigests, Draft, Limits, SignedData, prepare};
use tamga_scheme::{
    AskNobody, Prepared, PrivateKey, SignatureScheme, Signer, SoftwareSigner, ToSign,
};
use tamga_test_pki::TimeStampFault;
use tamga_test_support::System;
use tamga_x509::{Certificate, UnixTime};

fn openssl(dir: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl")
        .current_dir(dir)
        .args(arguments)
        .output()
        .expect("openssl is installed")
}

fn must(output: Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn openssl_accepts_our_messages_and_refuses_them_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let subject = [
        "-subj",
        "/CN=Tamga test",
        "-days",
        "2",
        "-outform",
        "DER",
        "-out",
        "cert.der",
    ];
    let request = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem",
    ];
    must(openssl(path, &[&request[..], &subject[..]].concat()));
    must(openssl(
        path,
        &[
            "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "key.der",
        ],
    ));
    let key = PrivateKey::from_pkcs8_der(&std::fs::read(path.join("key.der")).unwrap()).unwrap();
    let certificate =
        Certificate::from_der(&std::fs::read(path.join("cert.der")).unwrap()).unwrap();
    let signer = SoftwareSigner::new(&key, &System);
    let content = "Құжат".as_bytes();
    std::fs::write(path.join("content"), content).unwrap();

    let make = |form: Content<'_>| {
        let prepared = prepare(
            form,
            SignatureScheme::RsaSha256,
            &certificate,
            UnixTime(1_795_165_200),
        )
        .unwrap();
        let value = signer
            .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
            .unwrap();
        prepared.assemble(value)
    };

    let verify = [
        "cms",
        "-verify",
        "-noverify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "message",
    ];
    std::fs::write(path.join("message"), make(Content::Attached(content))).unwrap();
    let output = openssl(path, &verify);
    assert_eq!(output.stdout, content);
    must(output);

    let detached = make(Content::Detached(content));
    std::fs::write(path.join("message"), &detached).unwrap();
    must(openssl(
        path,
        &[&verify[..], &["-content", "content"]].concat(),
    ));
    std::fs::write(path.join("content"), b"other").unwrap();
    assert!(
        !openssl(path, &[&verify[..], &["-content", "content"]].concat())
            .status
            .success()
    );

    let message = SignedData::parse(&detached, &Limits::default()).unwrap();
    let bound = message.signers()[0].check_content(content).unwrap();
    assert!(
        message.signers()[0]
            .check_signature(certificate.public_key().unwrap(), &bound)
            .is_ok()
    );
}

#[test]
fn a_message_of_openssl_in_ber_verifies_here() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let content = vec![b'x'; 20_000];
    std::fs::write(path.join("content"), &content).unwrap();
    let request = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem",
    ];
    must(openssl(
        path,
        &[&request[..], &["-subj", "/CN=T", "-out", "cert.pem"]].concat(),
    ));
    for extra in [&["-stream"][..], &["-keyid"], &["-noattr"], &["-nodetach"]] {
        let sign = [
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-in",
            "content",
            "-signer",
            "cert.pem",
            "-inkey",
            "key.pem",
            "-outform",
            "DER",
            "-out",
            "message",
            "-md",
            "sha256",
        ];
        must(openssl(path, &[&sign[..], extra].concat()));
        let bytes = std::fs::read(path.join("message")).unwrap();
        let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
        assert_eq!(message.content(), Some(&content[..]), "{extra:?}");
        assert_eq!(message.is_der(), extra != ["-stream"], "{extra:?}");
        let signer = &message.signers()[0];
        let certificate = &message.certificates()[0];
        assert!(signer.matches(certificate), "{extra:?}");
        let bound = signer.check_content(&content).unwrap();
        assert!(
            signer
                .check_signature(certificate.public_key().unwrap(), &bound)
                .is_ok(),
            "{extra:?}"
        );
    }
}

/// The independent judge, when its folder is there.
fn oracle_accepts(message: &[u8], content: Option<&[u8]>) {
    let Some(oracle) = tamga_test_support::shared_dir("oracle") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (file, given) = (dir.path().join("message"), dir.path().join("content"));
    std::fs::write(&file, message).unwrap();
    let mut command = Command::new("/usr/bin/python3");
    command
        .arg(oracle.join("oracle.py"))
        .arg("verify-cms")
        .arg(&file);
    if let Some(content) = content {
        std::fs::write(&given, content).unwrap();
        command.arg("--content").arg(&given);
    }
    let output = command.output().expect("python3 with lxml is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn the_oracle_accepts_several_signers_and_time_stamps_of_the_national_schemes() {
    let content = "Құжат".as_bytes();
    let mut draft = Draft::detached(ContentDigests::new(content));
    for id in support::HOLDERS {
        support::sign_in(&mut draft, support::holder(id));
    }
    oracle_accepts(&draft.to_der().unwrap(), Some(content));

    let mut draft = Draft::attached(content);
    support::sign_in(&mut draft, support::holder("gost2015_individual"));
    let signer = draft.signers().next().unwrap().clone();
    let authority = tamga_test_pki::TimeStampAuthority::new(
        &support::pki().gost[1],
        SignatureScheme::Gost2015With512,
        support::NOW,
        &System,
    )
    .unwrap();
    let request = TimeStampRequest::for_signature(signer.signature(), TsaPolicy::Gost2015, &[1, 2]);
    let answer = authority
        .answer(&request.to_der(), support::NOW, None, &System)
        .unwrap();
    let response = TimeStampResponse::parse(&answer, &Limits::default()).unwrap();
    let token = response.into_token().unwrap();
    let bound = token.check(&request).unwrap();
    let verified = token.check_signature(&bound, &[]).unwrap();
    draft.attach_time_stamp(0, &verified).unwrap();
    oracle_accepts(&draft.to_der().unwrap(), None);
}

/// Two RSA holders: several signers at once, and one that joins a message of OpenSSL.
#[test]
fn openssl_accepts_several_signers_and_one_that_joins_its_own_message() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let content = vec![b'z'; 3000];
    std::fs::write(path.join("content"), &content).unwrap();
    let verify = |message: &[u8], detached: bool| {
        std::fs::write(path.join("message"), message).unwrap();
        let mut arguments = vec![
            "cms",
            "-verify",
            "-noverify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "message",
            "-out",
            "out",
        ];
        if detached {
            arguments.extend(["-content", "content"]);
        }
        openssl(path, &arguments)
    };
    let [one, other] = ["rsa_individual", "rsa_individual_auth"].map(support::holder);
    for detached in [false, true] {
        let mut draft = if detached {
            Draft::detached(ContentDigests::new(&content))
        } else {
            Draft::attached(&content)
        };
        support::sign_in(&mut draft, one);
        support::sign_in(&mut draft, other);
        draft.embed_certificate(&support::pki().rsa[1].certificate);
        draft
            .embed_crl(&support::pki().lists(&System).unwrap()[1].1)
            .unwrap();
        let message = draft.to_der().unwrap();
        must(verify(&message, detached));
        // OpenSSL checks every signer: one of them damaged is enough.
        let value = support::parse(&message).signers()[0]
            .signature()
            .as_bytes()
            .to_vec();
        let at = message
            .windows(value.len())
            .position(|window| window == value)
            .unwrap();
        let mut damaged = message;
        damaged[at + 9] ^= 1;
        assert!(!verify(&damaged, detached).status.success());
    }

    let request = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-subj", "/CN=T",
        "-out", "cert.pem",
    ];
    must(openssl(path, &request));
    for form in [
        &["-nodetach"][..],
        &["-nodetach", "-stream"],
        &["-nodetach", "-keyid"],
        &[],
    ] {
        let sign = [
            "cms", "-sign", "-binary", "-in", "content", "-signer", "cert.pem", "-inkey",
            "key.pem", "-outform", "DER", "-out", "theirs", "-md", "sha256",
        ];
        must(openssl(path, &[&sign[..], form].concat()));
        let theirs = support::parse(&std::fs::read(path.join("theirs")).unwrap());
        let mut draft = Draft::of(&theirs);
        draft.supply(ContentDigests::new(&content)).unwrap();
        support::sign_in(&mut draft, one);
        let joined = draft.to_der().unwrap();
        assert_eq!(support::parse(&joined).signers().len(), 2);
        must(verify(&joined, theirs.content().is_none()));
        // OpenSSL's own resigning, on top of ours, finds everything in place.
        std::fs::write(path.join("joined"), &joined).unwrap();
        let resign = [
            "cms", "-resign", "-nocerts", "-binary", "-inform", "DER", "-in", "joined", "-signer",
            "cert.pem", "-inkey", "key.pem", "-outform", "DER", "-out", "resigned", "-md",
            "sha256",
        ];
        if theirs.content().is_some() {
            must(openssl(path, &[&resign[..], &["-nodetach"]].concat()));
            let resigned = support::parse(&std::fs::read(path.join("resigned")).unwrap());
            assert_eq!(
                support::verify(&resigned, &mut ContentDigests::new(&content)),
                Ok(3)
            );
        }
    }
}

/// Configuration of `openssl ts -reply`; the fraction of a second is what the national authority does not write.
const TSA_CONFIGURATION: &str = "
[ tsa ]
default_tsa = one
[ one ]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.398.3.3.2.6.2
digests = sha1, sha256
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 3
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
[ usage ]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
basicConstraints = CA:FALSE
[ req ]
distinguished_name = dn
[ dn ]
";

#[test]
fn openssl_answers_our_requests_and_accepts_our_tokens() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    std::fs::write(path.join("tsa.cnf"), TSA_CONFIGURATION).unwrap();
    std::fs::write(path.join("serial"), "01\n").unwrap();
    must(openssl(
        path,
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-subj",
            "/CN=TSA",
            "-days",
            "2",
            "-out",
            "tsa.pem",
            "-config",
            "tsa.cnf",
            "-extensions",
            "usage",
        ],
    ));
    let mut draft = Draft::attached(b"content");
    support::sign_in(&mut draft, support::holder("rsa_individual"));
    let signer = draft.signers().next().unwrap().clone();
    let request = TimeStampRequest::for_signature(signer.signature(), TsaPolicy::Rsa, &[0xff; 8]);
    std::fs::write(path.join("request"), request.to_der()).unwrap();
    std::fs::write(path.join("value"), signer.signature().as_bytes()).unwrap();

    // OpenSSL as the authority.
    must(openssl(
        path,
        &[
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            "request",
            "-out",
            "answer",
        ],
    ));
    let answer = std::fs::read(path.join("answer")).unwrap();
    let response = TimeStampResponse::parse(&answer, &Limits::default()).unwrap();
    let token = response.into_token().unwrap();
    let bound = token.check(&request).unwrap();
    let verified = token.check_signature(&bound, &[]).unwrap();
    let info = token.info();
    let accuracy = Accuracy {
        seconds: 1,
        millis: 500,
        micros: 100,
    };
    assert_eq!((info.accuracy, info.ordering), (Some(accuracy), true));
    assert!(info.tsa.is_some());

    // Attached, and judged by OpenSSL where it can: the message, and the token taken out of it.
    draft.attach_time_stamp(0, &verified).unwrap();
    let message = draft.to_der().unwrap();
    std::fs::write(path.join("message"), &message).unwrap();
    must(openssl(
        path,
        &[
            "cms",
            "-verify",
            "-noverify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "message",
            "-out",
            "out",
        ],
    ));
    let stamped = support::parse(&message);
    let attached = stamped.signers()[0].time_stamps().next().unwrap();
    std::fs::write(path.join("token"), &**attached).unwrap();
    let accepts = |value: &str, authorities: &str| {
        openssl(
            path,
            &[
                "ts",
                "-verify",
                "-data",
                value,
                "-in",
                "token",
                "-token_in",
                "-CAfile",
                authorities,
            ],
        )
    };
    must(accepts("value", "tsa.pem"));
    std::fs::write(path.join("other"), b"other").unwrap();
    assert!(!accepts("other", "tsa.pem").status.success());

    // The authority of the tests, judged by OpenSSL as an answer to the request.
    let now = UnixTime::from(std::time::SystemTime::now());
    let pki = tamga_test_pki::TestPki::generate(now, &System).unwrap();
    let ours = tamga_test_pki::TimeStampAuthority::new(
        &pki.rsa[1],
        SignatureScheme::RsaSha256,
        now,
        &System,
    )
    .unwrap();
    let chain: String = pki
        .rsa
        .iter()
        .map(|one| one.certificate.to_pem("\n"))
        .collect();
    std::fs::write(path.join("ca.pem"), chain).unwrap();
    let judged = |fault| {
        let answer = ours.answer(&request.to_der(), now, fault, &System).unwrap();
        std::fs::write(path.join("answer"), answer).unwrap();
        openssl(
            path,
            &[
                "ts",
                "-verify",
                "-queryfile",
                "request",
                "-in",
                "answer",
                "-CAfile",
                "ca.pem",
            ],
        )
    };
    must(judged(None));
    for fault in [
        TimeStampFault::OtherNonce,
        TimeStampFault::BrokenSignature,
        TimeStampFault::TwoUsages,
    ] {
        assert!(!judged(Some(fault)).status.success(), "{fault:?}");
    }
}
