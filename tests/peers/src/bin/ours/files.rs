//! Files read as a whole, each time anew.

use std::{env, fs, path::PathBuf, sync::Arc, time::SystemTime};

use tamga_peers::{
    algorithm::{File, Operation},
    driver::Work,
    files::{FOLDER, PASSWORD},
};
use tamga_test_support::System;
use tamga_token_api::{Keystore as _, Password, Unlock};
use tamga_token_file::FileKeystore;
use tamga_verifier_core::{Check, Evidence, Input, Policy, RevocationPolicy, verify};
use tamga_x509::{AnchorSet, Certificate};
use tamga_xmldsig::{Limits, SignedXml};

/// Nothing if there is no such operation.
pub(crate) fn work(operation: Operation, file: File) -> Option<Work> {
    match (operation, file) {
        (Operation::Verify, File::CmsGost | File::CmsRsa) => Some(cms(file)),
        (Operation::Verify, File::Xml10K | File::Xml1M | File::Xml50M) => Some(xml(file)),
        (Operation::Open, File::Pkcs12With1024 | File::Pkcs12With2048) => Some(key_file(file)),
        _ => None,
    }
}

/// The verifier as portals call it, path included; revocation is not looked at, as in OpenSSL.
fn cms(file: File) -> Work {
    let message = read(&format!("{}.der", file.name()));
    let content = read("content");
    let anchors = String::from_utf8(read("anchors.toml")).expect("text");
    let anchors = AnchorSet::from_toml(&anchors).expect("written by us");
    let evidence = Evidence::none();
    let mut policy = Policy::document();
    policy.revocation = RevocationPolicy::NotChecked;
    let at = SystemTime::now().into();
    Box::new(move |iterations| {
        for _ in 0..iterations {
            let input = Input::new(&message).content(&content);
            let report = verify(&input, &anchors, &evidence, at, &policy);
            let checks = &report.signatures[0].checks;
            assert_eq!(
                (checks.signature, checks.path),
                (Check::Passed, Check::Passed)
            );
        }
    })
}

/// Signature and references, with the certificate's key, as xmlsec1 does.
fn xml(file: File) -> Work {
    let document = read(&format!("{}.xml", file.name()));
    let certificate = Certificate::from_der_or_pem(&read("rsa.pem")).expect("written by us");
    Box::new(move |iterations| {
        let key = certificate.public_key().expect("an RSA key");
        for _ in 0..iterations {
            let signed = SignedXml::parse(&document, &Limits::default()).expect("our own document");
            let signature = &signed.signatures()[0];
            assert!(
                signature
                    .check_references()
                    .is_ok_and(|covered| covered.covers_root())
            );
            assert!(signature.check_signature(key).is_ok());
        }
    })
}

fn key_file(file: File) -> Work {
    let bytes = read(&format!("{}.p12", file.name()));
    Box::new(move |iterations| {
        for _ in 0..iterations {
            let mut keystore =
                FileKeystore::from_bytes(&bytes, "key", Arc::new(System)).expect("a key file");
            let password = Password::new(PASSWORD.to_owned());
            let unlocked = keystore.unlock(Unlock::Password(&password)).expect("opens");
            assert_eq!(unlocked.entries().len(), 1);
        }
    })
}

fn read(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env::var_os(FOLDER).expect("the harness names the folder"));
    fs::read(folder.join(name)).expect("made by the harness")
}
