//! The command line as scripts see it: exit status, JSON, files written and files not touched.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::SystemTime,
};

use serde_json::Value;
use tamga_test_pki::{PASSWORD, TestPki};
use tamga_test_support::System;
use tamga_verifier_core::{Evidence, Input, Policy, Verdict, verify};
use tamga_x509::{AnchorSet, Crl, UnixTime};
use tempfile::TempDir;

/// A folder with the key files of a fresh test CA.
struct Desk {
    folder: TempDir,
    anchors: AnchorSet,
    evidence: Evidence,
    now: UnixTime,
}

impl Desk {
    fn new() -> Self {
        let now = UnixTime::from(SystemTime::now());
        let pki = TestPki::generate(now, &System).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in pki.key_files(&System).unwrap() {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let lists = pki.lists(&System).unwrap();
        let mut evidence = Evidence::none();
        evidence.crls = lists
            .iter()
            .map(|(_, der)| Crl::from_der(der).unwrap())
            .collect();
        Self {
            folder,
            anchors: pki.anchors().unwrap(),
            evidence,
            now,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    fn tamga(&self, arguments: &[&str], password: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tamga"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LC_ALL", "en_US.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that needs no password may be gone before it is written.
        let _ = writeln!(child.stdin.take().unwrap(), "{password}");
        child.wait_with_output().unwrap()
    }

    fn sign(&self, document: &str, key: &str, more: &[&str]) -> Output {
        let arguments = [&["sign", document, "--key", key, "--password-stdin"], more].concat();
        self.tamga(&arguments, PASSWORD)
    }

    fn verdict(&self, signed: &Path, content: Option<&[u8]>) -> Verdict {
        let bytes = fs::read(signed).unwrap();
        let mut input = Input::new(&bytes);
        if let Some(content) = content {
            input = input.content(content);
        }
        let report = verify(
            &input,
            &self.anchors,
            &self.evidence,
            self.now,
            &Policy::document(),
        );
        report.conclusion.verdict()
    }
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn keys_names_the_holder_and_never_the_password() {
    let desk = Desk::new();
    let output = desk.tamga(
        &["keys", "gost2015_head.p12", "--json", "--password-stdin"],
        PASSWORD,
    );
    assert_eq!(status(&output), 0);
    let keys: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(keys[0]["iin"], "900101300017");
    assert_eq!(keys[0]["bin"], "000740000014");
    assert_eq!(keys[0]["algorithm"], "GOST-2015-512");
    assert_eq!(keys[0]["roles"], serde_json::json!(["ORGANIZATION", "CEO"]));
    assert_eq!(keys[0]["usable"], true);
    assert!(!String::from_utf8_lossy(&output.stdout).contains(PASSWORD));
}

#[test]
fn an_expired_key_is_listed_with_its_reason() {
    let desk = Desk::new();
    let arguments = ["keys", "gost2015_expired.p12", "--json", "--password-stdin"];
    let keys: Value = serde_json::from_slice(&desk.tamga(&arguments, PASSWORD).stdout).unwrap();
    assert_eq!(keys[0]["usable"], false);
    assert_eq!(keys[0]["reason"], "expired");
}

#[test]
fn every_bad_key_file_has_its_own_exit_status() {
    let desk = Desk::new();
    desk.file("garbage.p12", "this is no key file");
    for (file, password, expected) in [
        ("gost2015_head.p12", "wrong", 10),
        ("garbage.p12", PASSWORD, 11),
        ("missing.p12", PASSWORD, 14),
    ] {
        let output = desk.tamga(&["keys", file, "--password-stdin"], password);
        assert_eq!(status(&output), expected, "{file}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(file));
    }
}

#[test]
fn a_signed_cms_is_judged_passed_for_every_kind_of_key() {
    let desk = Desk::new();
    desk.file("contract.txt", "the contract");
    for key in [
        "gost2015_individual.p12",
        "gost2004_individual.p12",
        "rsa_individual.p12",
    ] {
        let out = format!("{key}.cms");
        let output = desk.sign("contract.txt", key, &["--format", "cms", "-o", &out]);
        assert_eq!(status(&output), 0, "{key}");
        assert_eq!(
            desk.verdict(&desk.path(&out), Some(b"the contract")),
            Verdict::TotalPassed
        );
        assert_eq!(
            desk.verdict(&desk.path(&out), Some(b"the Contract")),
            Verdict::TotalFailed
        );
    }
}

#[test]
fn a_signed_xml_document_is_judged_passed_and_a_changed_one_failed() {
    let desk = Desk::new();
    desk.file("a.xml", "<a>b</a>");
    let output = desk.sign("a.xml", "gost2015_individual.p12", &["--format", "xml"]);
    assert_eq!(status(&output), 0);
    let signed = desk.path("a.signed.xml");
    assert_eq!(desk.verdict(&signed, None), Verdict::TotalPassed);
    let changed = fs::read_to_string(&signed)
        .unwrap()
        .replacen("<a>b", "<a>c", 1);
    fs::write(&signed, changed).unwrap();
    assert_eq!(desk.verdict(&signed, None), Verdict::TotalFailed);
}

#[test]
fn a_revoked_key_signs_and_the_verifier_says_failed() {
    let desk = Desk::new();
    desk.file("a.txt", "a");
    let more = ["--format", "cms", "--attached"];
    assert_eq!(
        status(&desk.sign("a.txt", "gost2015_revoked.p12", &more)),
        0
    );
    assert_eq!(
        desk.verdict(&desk.path("a.txt.cms"), None),
        Verdict::TotalFailed
    );
}

#[test]
fn keys_that_do_not_fit_are_refused_and_nothing_is_written() {
    let desk = Desk::new();
    desk.file("a.txt", "a");
    for (key, more) in [
        ("gost2015_expired.p12", &[][..]),
        ("rsa_individual_auth.p12", &[]),
        ("rsa_individual.p12", &["--purpose", "auth"]),
        ("rsa_individual.p12", &["--alias", "nobody"]),
    ] {
        let output = desk.sign("a.txt", key, &[&["--format", "cms"], more].concat());
        assert_eq!(status(&output), 15, "{key}");
        assert!(!desk.path("a.txt.cms").exists());
    }
    let allowed = ["--format", "cms", "--allow-expired"];
    assert_eq!(
        status(&desk.sign("a.txt", "gost2015_expired.p12", &allowed)),
        0
    );
}

#[test]
fn a_broken_document_is_refused_with_its_place() {
    let desk = Desk::new();
    desk.file("a.xml", "<a>\n<b></a>");
    let output = desk.sign("a.xml", "gost2015_individual.p12", &["--format", "xml"]);
    assert_eq!(status(&output), 16);
    assert!(String::from_utf8_lossy(&output.stderr).contains("a.xml:2:"));
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let desk = Desk::new();
    desk.file("a.txt", "a");
    let kept = desk.file("a.txt.cms", "the only copy");
    let output = desk.sign("a.txt", "gost2015_individual.p12", &["--format", "cms"]);
    assert_eq!(status(&output), 18);
    assert_eq!(fs::read_to_string(kept).unwrap(), "the only copy");
}

#[test]
fn status_says_not_running_with_exit_status_one() {
    let desk = Desk::new();
    // Port 1 belongs to nobody on an ordinary computer.
    let output = desk.tamga(
        &["status", "--json", "--port", "1", "--settings", "none"],
        "",
    );
    assert_eq!(status(&output), 1);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["running"], false);
}

#[test]
fn a_reader_that_went_away_does_not_fail_a_signature() {
    let desk = Desk::new();
    desk.file("a.txt", "a");
    desk.file("password", PASSWORD);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_tamga"))
        .args(["sign", "a.txt", "--key", "gost2015_individual.p12"])
        .args(["--format", "cms", "--password-file", "password"])
        .current_dir(desk.folder.path())
        .stdout(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(desk.path("a.txt.cms").exists());
}
