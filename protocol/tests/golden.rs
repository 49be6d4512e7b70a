//! Golden pairs: the reply to each recorded or specified request, byte for byte.
//!
//! `golden/<family>/<method>/<case>.request.json` is a frame as it comes; `.reply.json` is the frame that must go back.
//! Where a person decides, the case's name says what they did: `cancelled…` or `done…`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use tamga_protocol::{
    Envelope, Reply, Value, accessory, base64, basics, common_utils, malformed, module_not_found,
};

#[test]
fn every_golden_request_gets_its_reply_byte_for_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut requests = Vec::new();
    collect(&root, &mut requests);
    assert_eq!(requests.len(), 71, "every pair is run, none is lost");
    for path in requests {
        let case = path.file_name().unwrap().to_str().unwrap().to_owned();
        let reply = path.with_file_name(case.replace(".request.json", ".reply.json"));
        assert_eq!(
            answer(&frame(&path), &case).text(),
            frame(&reply),
            "{}",
            path.strip_prefix(&root).unwrap().display()
        );
    }
}

/// What the agent answers when the person does what the case's name says, with invented results.
fn answer(frame: &str, case: &str) -> Reply {
    let Ok(envelope) = Envelope::read(frame) else {
        return malformed();
    };
    match envelope.module() {
        Some(accessory::MODULE) => match accessory::Call::read(&envelope) {
            Ok(accessory::Call::GetBundles) => accessory::bundles(),
            Ok(accessory::Call::GetServices) => {
                accessory::services([basics::MODULE, common_utils::MODULE, accessory::MODULE])
            }
            Err(accessory::UnknownMethod) => module_not_found(),
        },
        Some(basics::MODULE) => match basics::Call::read(&envelope) {
            Err(error) => error.reply(),
            Ok(_) if case.starts_with("cancelled") => basics::cancelled(),
            Ok(basics::Call::GenerateCsr) => {
                basics::failed(basics::FailureCode::CsrGeneratingFailure, None)
            }
            Ok(basics::Call::ImportCertificate) => {
                basics::failed(basics::FailureCode::CertificateImportingFailure, None)
            }
            Ok(basics::Call::Sign(sign)) => {
                assert!(case.starts_with("done"), "{case} must be refused");
                let signatures = match sign.documents {
                    basics::Documents::Cms { contents, .. } => {
                        contents.iter().map(|_| base64::cms_pem(CMS)).collect()
                    }
                    basics::Documents::Raw(_) => panic!("raw is not built"),
                    basics::Documents::Xml(texts) => {
                        texts.iter().map(|_| XML.replace('\n', "")).collect()
                    }
                };
                let pem = "-----BEGIN CERTIFICATE-----\nMIIG\n-----END CERTIFICATE-----\n";
                basics::done(signatures, sign.output_certificate.then(|| pem.to_owned()))
            }
        },
        Some(common_utils::MODULE) => match common_utils::Call::read(&envelope) {
            Err(error) => error.reply(envelope.uuid()),
            Ok(_) if case.starts_with("cancelled") => common_utils::cancelled(envelope.uuid()),
            Ok(call) => common_utils::done(common_utils_value(&call), envelope.uuid()),
        },
        _ => module_not_found(),
    }
}

fn common_utils_value(call: &common_utils::Call) -> Option<Value> {
    match call {
        common_utils::Call::ChangeLocale(_) => None,
        common_utils::Call::CreateCadesFromBase64(_) => Some(Value::text(base64::encode(CMS))),
        common_utils::Call::GetActiveTokens => Some(Value::List(vec![])),
        common_utils::Call::GetKeyInfo(_) => Some(key_info().into_value()),
        common_utils::Call::SignXml(_) => Some(Value::text(XML)),
        common_utils::Call::SignXmls(call) => {
            Some(Value::texts(call.documents.iter().map(|_| XML)))
        }
    }
}

const CMS: &[u8] = &[0x30, 0x82, 0x02, 0xff];
const XML: &str = "<tag>data<ds:Signature>\n</ds:Signature></tag>";

fn key_info() -> common_utils::KeyInfo {
    common_utils::KeyInfo {
        not_before_millis: 1_700_000_000_000,
        issuer_cn: Some("ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA)".into()),
        authority_key_identifier: Some("5b6a7411".into()),
        serial_number: "10112233445566778899aabbccddeeff00112233".into(),
        not_after_millis: 1_731_536_000_000,
        issuer_dn: "C=KZ,CN=ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (RSA)".into(),
        key_id: Some("0a1b2c3d4e5f60718293a4b5".into()),
        pem: "-----BEGIN CERTIFICATE-----\r\nMIIG\r\n-----END CERTIFICATE-----\r\n".into(),
        subject_cn: Some("ТЕСТОВ ТЕСТ".into()),
        algorithm: Some("RSA".into()),
        subject_dn: "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN000000000000,C=KZ,L=АЛМАТЫ,S=АЛМАТЫ,G=ТЕСТОВИЧ"
            .into(),
    }
}

fn collect(dir: &Path, requests: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, requests);
        } else if path.to_str().unwrap().ends_with(".request.json") {
            requests.push(path);
        } else {
            let request = path
                .to_str()
                .unwrap()
                .replace(".reply.json", ".request.json");
            assert!(
                Path::new(&request).is_file(),
                "{} has no request",
                path.display()
            );
        }
    }
}

/// The file without its last line feed: frames have none.
fn frame(path: &Path) -> String {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.strip_suffix('\n').unwrap_or(&text).to_owned()
}
