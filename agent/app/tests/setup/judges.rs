//! Judges of signed documents: our verifier, and programs of others. Each is also shown something wrong.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64ct::{Base64, Encoding as _};
use tamga_test_support::{System, shared_dir};
use tamga_verifier_core::{Evidence, Input, Policy, Verdict, verify};
use tamga_x509::Crl;

use super::{Desk, now, pki};

/// Debian's own Python: the judge needs its package `lxml`.
const PYTHON: &str = "/usr/bin/python3";

/// With which kind of key was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Gost,
    Rsa,
}

/// Signs a text and an XML document, `tamga sign DOCUMENT SOURCE…` with this password, and lets everybody judge.
pub(crate) fn everything_signed_passes(desk: &Desk, kind: Kind, source: &[&str], secret: &str) {
    let sign = |document: &str, more: &[&str]| {
        let head = ["sign", document, "--password-stdin"];
        desk.tamga(&[&head, source, more].concat(), secret)
            .succeeded();
    };
    let text = "Өтініш: төлем тағайындаңыз.\n";
    let content = desk.write("application.txt", text);
    let other = desk.write("other.txt", "Өтініш: төлем тағайындамаңыз.\n");
    sign(
        "application.txt",
        &["--format", "cms", "-o", "detached.cms"],
    );
    let detached = desk.path("detached.cms");
    judge_cms(desk, kind, &detached, Some(&content), true);
    judge_cms(desk, kind, &detached, Some(&other), false);

    sign(
        "application.txt",
        &["--format", "cms", "--attached", "-o", "attached.cms"],
    );
    let attached = desk.path("attached.cms");
    judge_cms(desk, kind, &attached, None, true);
    let mut forged = fs::read(&attached).unwrap();
    let at = position(&forged, text.as_bytes());
    // A capital becomes a small letter: Ө U+04E8, ө U+04E9.
    forged[at + 1] ^= 1;
    let forged = desk.write("forged.cms", forged);
    judge_cms(desk, kind, &forged, None, false);

    desk.write(
        "application.xml",
        "<өтініш><мәтін>Төлем &amp; жәрдемақы</мәтін></өтініш>",
    );
    sign("application.xml", &["--format", "xml", "-o", "signed.xml"]);
    let signed = desk.path("signed.xml");
    judge_xml(desk, kind, &signed, true);
    let forged = desk.read("signed.xml").replacen("жәрдемақы", "айыппұл", 1);
    let forged = desk.write("forged.xml", forged);
    judge_xml(desk, kind, &forged, false);
}

fn position(bytes: &[u8], part: &[u8]) -> usize {
    bytes
        .windows(part.len())
        .position(|window| window == part)
        .expect("the content travels in the CMS")
}

/// Everybody must say `right`.
#[track_caller]
fn judge_cms(desk: &Desk, kind: Kind, signed: &Path, content: Option<&Path>, right: bool) {
    judge_by_verifier(signed, content, right);
    let content_option = |command: &mut Vec<String>, name: &str| {
        if let Some(content) = content {
            command.extend([name.to_owned(), text(content)]);
        }
    };
    if let Some(oracle) = shared_dir("oracle") {
        let mut command = vec![
            text(&oracle.join("oracle.py")),
            "verify-cms".into(),
            text(signed),
        ];
        content_option(&mut command, "--content");
        judge_by(desk, PYTHON, "python3-lxml", &command, right);
    }
    let mut command = words("cms -verify -inform DER -binary -out judged.txt");
    content_option(&mut command, "-content");
    match kind {
        Kind::Rsa => {
            command.extend(words("-purpose any -CAfile"));
            command.extend([text(&authorities(desk)), "-in".into(), text(signed)]);
        }
        Kind::Gost => {
            // OpenSSL knows the same algorithms under other identifiers; without the program that changes these there
            // is nothing it could be asked.
            let Some(oracle) = shared_dir("oracle") else {
                return;
            };
            let renamed = desk.path("renamed.der");
            let convert = text(&oracle.join("crosscheck/cms_to_ru.py"));
            desk.run(
                PYTHON,
                "python3",
                &[&convert, &text(signed), &text(&renamed)],
            );
            command.extend(words("-engine gost -noverify -in"));
            command.push(text(&renamed));
        }
    }
    judge_by(
        desk,
        "openssl",
        "openssl libengine-gost-openssl",
        &command,
        right,
    );
}

/// Everybody must say `right`.
#[track_caller]
fn judge_xml(desk: &Desk, kind: Kind, signed: &Path, right: bool) {
    judge_by_verifier(signed, None, right);
    if let Some(oracle) = shared_dir("oracle") {
        let command = [
            text(&oracle.join("oracle.py")),
            "verify-xml".into(),
            text(signed),
        ];
        judge_by(desk, PYTHON, "python3-lxml", &command, right);
    }
    if kind == Kind::Rsa {
        let command = ["--verify".into(), "--insecure".into(), text(signed)];
        judge_by(desk, "xmlsec1", "xmlsec1", &command, right);
    }
}

/// With path and revocation.
#[track_caller]
fn judge_by_verifier(signed: &Path, content: Option<&Path>, right: bool) {
    let bytes = fs::read(signed).unwrap();
    let content = content.map(|content| fs::read(content).unwrap());
    let mut input = Input::new(&bytes);
    if let Some(content) = &content {
        input = input.content(content);
    }
    let mut evidence = Evidence::none();
    let lists = pki().lists(&System).unwrap();
    evidence.crls = lists
        .iter()
        .map(|(_, der)| Crl::from_der(der).unwrap())
        .collect();
    let anchors = pki().anchors().unwrap();
    let report = verify(&input, &anchors, &evidence, now(), &Policy::document());
    let expected = if right {
        Verdict::TotalPassed
    } else {
        Verdict::TotalFailed
    };
    assert_eq!(
        report.conclusion.verdict(),
        expected,
        "{}",
        signed.display()
    );
}

#[track_caller]
fn judge_by(desk: &Desk, program: &str, package: &str, command: &[String], right: bool) {
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let ran = desk.ask(program, package, &command);
    assert_eq!(ran.status == 0, right, "{program} {command:?}: {ran:?}");
    // A program that did not understand the question has not judged either.
    let understood = ran.stderr.contains("failure")
        || ran.stderr.contains("FAIL")
        || ran.stdout.contains("\"ok\": false");
    assert!(right || understood, "{program} {command:?}: {ran:?}");
}

/// The authorities of RSA keys as OpenSSL takes them.
fn authorities(desk: &Desk) -> PathBuf {
    let pem: String = pki()
        .rsa
        .iter()
        .map(|authority| {
            let base64 = Base64::encode_string(authority.certificate.der());
            format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
        })
        .collect();
    desk.write("authorities.pem", pem)
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}
