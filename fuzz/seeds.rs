//! Makes the seeds of all corpora anew, or of those named, out of a test CA that is thrown away afterwards.
//!
//! Key derivation in the seeds has one iteration, so that thousands of mutations take seconds.

#[path = "../token-drivers/file/tests/setup/jks_writer.rs"]
#[allow(dead_code, reason = "tests use the rest")]
mod jks_writer;
#[path = "../token-drivers/file/tests/setup/plain_pkcs12.rs"]
mod plain_pkcs12;

#[path = "seeds/documents.rs"]
mod documents;
#[path = "seeds/evidence.rs"]
mod evidence;
#[path = "seeds/messages.rs"]
mod messages;
#[path = "../crypto/pdf/tests/support/mod.rs"]
mod pdf_documents;
#[path = "subjects/zip_archive.rs"]
mod zip_archive;

use base64ct::{Base64, Encoding as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use evidence::OF_ONE_CA;
use jks_writer::JksWriter;
use plain_pkcs12::{certificate_bag, file_of, key_bag};
use serde_json::{Value, json};
use tamga_pipe::{PasswordBytes, write_message, write_password};
use tamga_scheme::{AskNobody, Prepared, PrivateKey, Signer as _, SoftwareSigner, ToSign};
use tamga_test_pki::{Holder, PASSWORD, TestPki};
use tamga_test_support::System;
use tamga_x509::UnixTime;

/// 1 January 2026.
const NOW: UnixTime = UnixTime(1_767_225_600);

fn main() {
    let pki = TestPki::generate(NOW, &System).expect("the test CA");
    let mut named: Vec<String> = std::env::args().skip(1).collect();
    if named.iter().any(|name| OF_ONE_CA.contains(&name.as_str())) {
        named.extend(OF_ONE_CA.map(str::to_owned));
    }
    for (target, seeds) in [
        (
            "certificate",
            evidence::certificate as fn(&TestPki) -> Vec<Seed>,
        ),
        ("cms", messages::cms),
        ("crl", evidence::crl),
        ("jks", jks),
        ("jws", messages::jws),
        ("ocsp", evidence::ocsp),
        ("pdf", documents::pdf),
        ("pkcs12", pkcs12),
        ("time_stamp", messages::time_stamp),
        ("token_worker", token_worker),
        ("xml", documents::xml),
        ("xml_signing", documents::xml_signing),
        ("zip", documents::zip),
        ("zip_manifest", documents::zip_manifest),
    ] {
        if named.is_empty() || named.iter().any(|name| name == target) {
            write_all(target, &seeds(&pki));
        }
    }
}

/// File name and bytes.
type Seed = (&'static str, Vec<u8>);

fn write_all(target: &str, seeds: &[Seed]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    std::fs::create_dir_all(&folder).expect("a writable folder");
    for (name, bytes) in seeds {
        std::fs::write(folder.join(name), bytes).expect("a writable folder");
    }
}

fn holder<'a>(pki: &'a TestPki, id: &str) -> &'a Holder {
    pki.holder(id).expect(id)
}

fn jks(pki: &TestPki) -> Vec<Seed> {
    let [root, issuing] = &pki.gost;
    let (root, issuing) = (root.certificate.der(), issuing.certificate.der());
    let add = |file: JksWriter, id: &str, password: &str, chain: bool| {
        let holder = holder(pki, id);
        let own = holder.certificate.der();
        let certificates = [own, issuing, root];
        let certificates = if chain {
            &certificates
        } else {
            &certificates[..1]
        };
        file.key(id, &holder.key.to_pkcs8_der(), password, certificates)
    };
    let new = || JksWriter::new(2);
    let (young, old, rsa) = (
        "gost2015_individual",
        "gost2004_individual",
        "rsa_individual",
    );
    let without_chain = holder(pki, young).key.to_pkcs8_der();
    let several = add(add(new(), old, PASSWORD, false), young, PASSWORD, false);
    vec![
        ("chain", add(new(), young, PASSWORD, true).seal(PASSWORD)),
        ("empty", new().seal(PASSWORD)),
        (
            "key_password",
            add(new(), old, "another", false).seal(PASSWORD),
        ),
        (
            "no_certificate",
            new().key("a", &without_chain, PASSWORD, &[]).seal(PASSWORD),
        ),
        ("rsa", add(new(), rsa, PASSWORD, false).seal(PASSWORD)),
        (
            "several",
            several.trusted("root", "X.509", root).seal(PASSWORD),
        ),
        (
            "trusted",
            new().trusted("root", "X.509", root).seal(PASSWORD),
        ),
        (
            "version_1",
            add(JksWriter::new(1), old, PASSWORD, true).seal(PASSWORD),
        ),
    ]
}

fn pkcs12(pki: &TestPki) -> Vec<Seed> {
    [plain_pkcs12(pki), pkcs12_of_openssl(pki)].concat()
}

/// Files without encryption and integrity check: mutations reach everything behind both.
fn plain_pkcs12(pki: &TestPki) -> Vec<Seed> {
    let bags = |id: &str| {
        let holder = holder(pki, id);
        let key = key_bag(&holder.key.to_pkcs8_der());
        [key, certificate_bag(holder.certificate.der())].concat()
    };
    let (young, old, rsa) = (
        bags("gost2015_individual"),
        bags("gost2004_individual"),
        bags("rsa_individual"),
    );
    let issuing = certificate_bag(pki.gost[1].certificate.der());
    vec![
        ("plain_gost2004", file_of(&old, &[])),
        (
            "plain_gost2015",
            file_of(&[young.clone(), issuing].concat(), &[]),
        ),
        ("plain_rsa", file_of(&rsa, &[])),
        ("plain_several", file_of(&[young, old, rsa].concat(), &[])),
    ]
}

/// An RSA key under every kind of encryption and integrity check.
fn pkcs12_of_openssl(pki: &TestPki) -> Vec<Seed> {
    let holder = holder(pki, "rsa_individual");
    let folder = Folder::new();
    let key = folder.write("key.der", &holder.key.to_pkcs8_der());
    let certificate = folder.write("certificate.der", holder.certificate.der());
    let (key_pem, pem) = (folder.path("key.pem"), folder.path("certificate.pem"));
    for (kind, from, to) in [("pkey", &key, &key_pem), ("x509", &certificate, &pem)] {
        openssl(&[kind, "-inform", "DER"], &[("-in", from), ("-out", to)]);
    }
    let make = |options: &[&str]| {
        let file = folder.path("made.p12");
        let secret = format!("pass:{PASSWORD}");
        let head = [
            "pkcs12", "-export", "-legacy", "-name", "Кілт", "-passout", &secret,
        ];
        let paths = [("-inkey", &key_pem), ("-in", &pem), ("-out", &file)];
        openssl(&[&head, options, &["-iter", "1"]].concat(), &paths);
        std::fs::read(&file).expect("a made file")
    };
    let with = |key, certificate, mac| {
        make(&[
            "-keypbe",
            key,
            "-certpbe",
            certificate,
            "-macalg",
            mac,
            "-nomaciter",
        ])
    };
    vec![
        ("aes_sha512", with("AES-128-CBC", "AES-256-CBC", "sha512")),
        ("nca", with("PBE-SHA1-3DES", "PBE-SHA1-RC2-40", "sha1")),
        (
            "no_mac_aes",
            make(&[
                "-keypbe",
                "AES-256-CBC",
                "-certpbe",
                "AES-192-CBC",
                "-nomac",
            ]),
        ),
        (
            "no_mac_nca",
            make(&[
                "-keypbe",
                "PBE-SHA1-3DES",
                "-certpbe",
                "PBE-SHA1-RC2-128",
                "-nomac",
            ]),
        ),
        ("two_key_3des", with("PBE-SHA1-2DES", "NONE", "sha256")),
    ]
}

/// What the agent asks and what the child answers, in the words of the protocol.
fn token_worker(pki: &TestPki) -> Vec<Seed> {
    let password = |text: &str| {
        let mut frame = Vec::new();
        let password = PasswordBytes::new(text).expect("a short password");
        write_password(&mut frame, &password).expect("memory");
        frame
    };
    let unlock = json!({"Unlock": {"slot": "0001/7", "pin": "Window"}});
    let right = [said(std::slice::from_ref(&unlock)), password("right")].concat();
    let wrong = [said(&[unlock]), password("wrong")].concat();
    let look = said(&[json!("Slots"), json!({"Contents": {"slot": "0001/7"}})]);
    let sign = json!({"Sign": {"entry": 0, "input": {"Bytes": {"length": 4}}}});
    let parts = [
        json!({"Part": {"bytes": "dGU="}}),
        json!({"Part": {"bytes": "eHQ="}}),
    ];
    let digest = json!({"Sign": {"entry": 0, "input": {"Digest": {"value": Base64::encode_string(&[7; 32])}}}});
    let one_signature = [
        look.clone(),
        right.clone(),
        said(&[json!({"Signer": {"entry": 0}}), sign.clone()]),
        said(&parts),
        said(&[json!("Pin")]),
        password("right"),
        said(&[json!("Lock")]),
    ];
    let certificate = Base64::encode_string(holder(pki, "gost2015_individual").certificate.der());
    let issuing = Base64::encode_string(pki.gost[1].certificate.der());
    let entry = json!({"Entry": {"alias": "Кілт", "certificate": certificate, "chain": [issuing]}});
    let slot =
        json!({"label": "KAZTOKEN", "locator": "0001/7", "pin_pad": true, "attempts": "Last"});
    let value = Base64::encode_string(&[7; 64]);
    let failed = |kind: &str, word: Value| json!({"Failed": {kind: word}});
    vec![
        ("requests_digest_without_pin", {
            let end = said(&[digest, json!("PinCancelled"), json!("Lock")]);
            [right.clone(), end].concat()
        }),
        (
            "requests_keypad",
            said(&[json!({"Unlock": {"slot": "0001/7", "pin": "PinPad"}})]),
        ),
        ("requests_one_signature", one_signature.concat()),
        (
            "requests_out_of_turn",
            [look, said(&[json!("Pin")])].concat(),
        ),
        ("requests_relocked", {
            let end = said(&[json!({"Signer": {"entry": 0}})]);
            [right, wrong.clone(), end].concat()
        }),
        ("requests_unanswered_part", said(&[sign, parts[0].clone()])),
        (
            "requests_wrong_pins",
            [wrong.clone(), wrong.clone(), wrong.clone(), wrong].concat(),
        ),
        (
            "replies_failures",
            said(&[
                failed("Token", json!("LibraryChanged")),
                failed("Token", json!({"LibraryDoesNotStart": {"text": "0x30"}})),
                failed("Token", json!({"LibraryUnreadable": {"kind": "NotFound"}})),
                failed("Unlock", json!({"WrongPassword": {"retries_left": 2}})),
                failed("Unlock", json!({"Token": "Empty"})),
                failed("Sign", json!({"Keystore": {"text": "0x30"}})),
                failed("Sign", json!("Removed")),
            ]),
        ),
        (
            "replies_keys",
            said(&[
                json!({"Slots": {"slots": [slot]}}),
                entry.clone(),
                json!({"Contents": {"sealed": false, "entries": 1}}),
                entry,
                json!({"Unlocked": {"entries": 1}}),
            ]),
        ),
        (
            "replies_password",
            [said(&[json!("PinWanted")]), password("1234")].concat(),
        ),
        (
            "replies_signature",
            said(&[
                json!("Signer"),
                json!("PinWanted"),
                json!({"Signature": {"value": value}}),
                json!("Locked"),
                json!("Goodbye"),
            ]),
        ),
    ]
}

/// Messages in their frames.
fn said(messages: &[Value]) -> Vec<u8> {
    let mut frames = Vec::new();
    for message in messages {
        write_message(&mut frames, message).expect("memory");
    }
    frames
}

/// Signs with a key of the test CA.
fn signed<P: Prepared>(prepared: P, key: &PrivateKey) -> P::Signed {
    let value = SoftwareSigner::new(key, &System)
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .expect("a signature");
    prepared.assemble(value)
}

/// Where the `openssl` program finds its input.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a writable folder");
        path
    }
}

fn openssl(arguments: &[&str], paths: &[(&str, &PathBuf)]) {
    let mut command = Command::new("openssl");
    command.args(arguments);
    for (option, path) in paths {
        command.arg(option).arg(path);
    }
    let output = command.output().expect("the openssl program");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
}
