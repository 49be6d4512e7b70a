//! OpenSSL judges our RSA messages; it makes the key and the certificate too.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

use std::path::Path;
use std::process::{Command, Output};

use tamga_cms::{Content, Limits, SignedData, prepare};
use tamga_scheme::{
    AskNobody, Prepared, PrivateKey, SignatureScheme, Signer, SoftwareSigner, ToSign,
};
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
