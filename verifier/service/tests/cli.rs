//! The program as a script sees it: exit status, JSON, streams.
#![allow(clippy::unwrap_used, reason = "a broken world is a failed test")]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use base64ct::{Base64, Encoding};
use serde_json::Value;
use tamga_cms::Content;
use tamga_scheme::{AskNobody, Prepared, SignatureScheme, Signer, SoftwareSigner, ToSign};
use tamga_test_pki::TestPki;
use tamga_test_support::System;
use tamga_x509::UnixTime;

const NOW: UnixTime = UnixTime(1_795_165_200);
const AT: &str = "2026-11-20T09:00:00Z";
const CONTENT: &[u8] = "Құжат".as_bytes();

/// Anchors, lists, messages and certificates in files.
static WORLD: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
    let pki = TestPki::generate(NOW, &System).unwrap();
    put("anchors.toml", pki.anchors().unwrap().to_toml().as_bytes());
    for (name, list) in pki.lists(&System).unwrap() {
        put(&name, &list);
    }
    put("content", CONTENT);
    let sign = |holder: &str, content| {
        let holder = pki.holder(holder).unwrap();
        let signer = SoftwareSigner::new(&holder.key, &System);
        let scheme = SignatureScheme::for_key(holder.key.public_key().kind());
        let prepared = tamga_cms::prepare(content, scheme, &holder.certificate, NOW).unwrap();
        let value = signer
            .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
            .unwrap();
        prepared.assemble(value)
    };
    let head = sign("gost2015_head", Content::Attached(CONTENT));
    put("head.cms", &head);
    let text = Base64::encode_string(&head);
    put("head.b64", text.as_bytes());
    put(
        "head.pem",
        format!("-----BEGIN CMS-----\n{text}\n-----END CMS-----\n").as_bytes(),
    );
    put(
        "detached.cms",
        &sign("gost2015_head", Content::Detached(CONTENT)),
    );
    put(
        "revoked.cms",
        &sign("gost2015_revoked", Content::Attached(CONTENT)),
    );
    put(
        "auth.cms",
        &sign("rsa_individual_auth", Content::Attached(CONTENT)),
    );
    let mut damaged = head.clone();
    *damaged.last_mut().unwrap() ^= 1;
    put("damaged.cms", &damaged);
    put(
        "head.cer",
        pki.holder("gost2015_head").unwrap().certificate.der(),
    );
    let holder = pki.holder("gost2015_individual").unwrap();
    let prepared = tamga_xmldsig::prepare(
        "<root/>",
        tamga_xmldsig::Form::Compact,
        SignatureScheme::Gost2015With512,
        &holder.certificate,
    )
    .unwrap();
    let signer = SoftwareSigner::new(&holder.key, &System);
    let value = signer
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    put("signed.xml", prepared.assemble(value).as_bytes());
    put("garbage", b"\x00\x01\x02");
    put("response.ocsp", &[0x30, 0x03, 0x0a, 0x01, 0x00]);
    dir
});

fn run(arguments: &[&str]) -> Output {
    let dir: &Path = WORLD.path();
    Command::new(env!("CARGO_BIN_EXE_tamga-verifier"))
        .current_dir(dir)
        .args(arguments)
        .output()
        .unwrap()
}

/// `verify FILES` with the anchors, the lists and the time of this world.
fn verify(arguments: &[&str]) -> Output {
    let world = [
        "--anchors",
        "anchors.toml",
        "--at",
        AT,
        "--evidence",
        "nca_gost.crl",
        "nca_rsa.crl",
    ];
    run(&[&["verify"], arguments, &world].concat())
}

#[cfg(unix)]
#[test]
fn messages_come_through_a_pipe_as_from_a_file() {
    for file in ["head.cms", "head.pem", "signed.xml"] {
        let through_a_pipe = format!(
            "cat {file} | {} verify /dev/stdin --anchors anchors.toml --at {AT} --evidence nca_gost.crl nca_rsa.crl",
            env!("CARGO_BIN_EXE_tamga-verifier")
        );
        let output = Command::new("sh")
            .current_dir(WORLD.path())
            .args(["-c", &through_a_pipe])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{file}: {output:?}");
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn status(output: &Output, expected: i32) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(expected), "{stderr}");
}

#[test]
fn passed_is_zero_in_every_written_form() {
    for file in ["head.cms", "head.b64", "head.pem", "signed.xml"] {
        let output = verify(&[file, "--json"]);
        status(&output, 0);
        assert_eq!(json(&output)["verdict"], "TOTAL_PASSED", "{file}");
    }
    status(&verify(&["detached.cms", "--content", "content"]), 0);
    status(&verify(&["head.cms", "--content", "content"]), 0);
}

#[test]
fn failed_is_one() {
    for (file, reason) in [
        ("damaged.cms", "SIG_CRYPTO_FAILURE"),
        ("revoked.cms", "REVOKED"),
    ] {
        let output = verify(&[file, "--json"]);
        status(&output, 1);
        assert_eq!(json(&output)["verdict"], "TOTAL_FAILED");
        assert_eq!(json(&output)["reason"], reason);
    }
    status(&verify(&["head.cms", "--content", "head.cer"]), 1);
}

#[test]
fn indeterminate_is_two() {
    let cases: [(&[&str], &str, Option<&str>); 4] = [
        (&["auth.cms"], "SIG_CONSTRAINTS_FAILURE", Some("KEY_USAGE")),
        (&["detached.cms"], "SIGNED_DATA_NOT_FOUND", None),
        (
            &["head.cms", "--expect-iin", "000000000000"],
            "SIG_CONSTRAINTS_FAILURE",
            Some("IIN_MISMATCH"),
        ),
        (
            &["head.cms", "--expect-bin", "000000000000"],
            "SIG_CONSTRAINTS_FAILURE",
            Some("BIN_MISMATCH"),
        ),
    ];
    for (arguments, reason, detail) in cases {
        let output = verify(&[arguments, &["--json"]].concat());
        status(&output, 2);
        let report = json(&output);
        assert_eq!(report["reason"], reason, "{arguments:?}");
        assert_eq!(report["detail"].as_str(), detail, "{arguments:?}");
    }
    let output = run(&[
        "verify",
        "head.cms",
        "--anchors",
        "anchors.toml",
        "--at",
        AT,
        "--json",
    ]);
    status(&output, 2);
    assert_eq!(json(&output)["reason"], "TRY_LATER");
    let output = run(&["verify", "head.cms", "--json"]);
    status(&output, 2);
    assert_eq!(json(&output)["reason"], "NO_CERTIFICATE_CHAIN_FOUND");
    assert_eq!(json(&output)["anchorSet"], "nca");
}

#[test]
fn a_login_key_passes_the_login_policy() {
    status(&verify(&["auth.cms", "--policy", "login"]), 0);
}

#[test]
fn usage_errors_are_three() {
    for arguments in [
        &["verify"][..],
        &[],
        &["verify", "head.cms", "--at", "yesterday"],
        &["verify", "head.cms", "--policy", "none"],
        &["verify", "head.cms", "--expect-iin", "12"],
        &["unknown"],
    ] {
        let output = run(arguments);
        status(&output, 3);
        assert!(output.stdout.is_empty());
    }
    status(&run(&["--version"]), 0);
    status(&run(&["verify", "--help"]), 0);
}

#[test]
fn unreadable_input_is_four_with_a_code_on_stderr() {
    for (arguments, code) in [
        (&["absent.cms"][..], "FILE_UNREADABLE"),
        (&["garbage"], "FORMAT_UNKNOWN"),
        (
            &["head.cms", "--certificate", "garbage"],
            "CERTIFICATE_UNREADABLE",
        ),
        (
            &["head.cms", "--evidence", "response.ocsp"],
            "OCSP_NOT_SUPPORTED",
        ),
        (
            &["head.cms", "--evidence", "garbage"],
            "EVIDENCE_UNREADABLE",
        ),
    ] {
        let output = verify(arguments);
        status(&output, 4);
        assert!(output.stdout.is_empty());
        assert!(
            String::from_utf8(output.stderr).unwrap().starts_with(code),
            "{arguments:?}"
        );
    }
    status(&run(&["verify", "head.cms", "--anchors", "garbage"]), 4);
}

#[test]
fn the_worst_of_several_files_decides_and_json_becomes_a_list() {
    let output = verify(&["head.cms", "auth.cms", "--json"]);
    status(&output, 2);
    let list = json(&output);
    assert_eq!(list[0]["file"], "head.cms");
    assert_eq!(list[0]["verdict"], "TOTAL_PASSED");
    assert_eq!(list[1]["verdict"], "INDETERMINATE");
    status(&verify(&["head.cms", "auth.cms", "revoked.cms"]), 1);
}

#[test]
fn json_says_who_signed_and_what_it_rests_on() {
    let report = json(&verify(&["head.cms", "--json"]));
    assert_eq!(report["policy"], "document");
    assert_eq!(report["validatedAt"], AT);
    assert_eq!(report["anchorSet"], "test");
    let signature = &report["signatures"][0];
    assert_eq!(signature["format"], "CAdES");
    assert_eq!(signature["level"], "B");
    assert_eq!(signature["algorithm"], "GOST-2015-512");
    assert_eq!(signature["times"]["claimed"], AT);
    assert_eq!(signature["scope"]["coversWholeDocument"], true);
    let signer = &signature["signer"];
    assert_eq!(signer["subject"]["iin"], "900101300017");
    assert_eq!(signer["subject"]["iinChecksumValid"], true);
    assert_eq!(signer["subject"]["birthDate"], "1990-01-01");
    assert_eq!(signer["subject"]["gender"], "MALE");
    assert_eq!(signer["subject"]["givenName"], "ҚАЙРАТ");
    assert_eq!(signer["subject"]["patronymic"], "МЫСАЛҰЛЫ");
    assert_eq!(signer["subject"]["bin"], "000740000014");
    assert_eq!(signer["roles"], serde_json::json!(["ORGANIZATION", "CEO"]));
    assert_eq!(signer["purpose"], "SIGN");
    assert_eq!(signature["chain"][0]["source"], "embedded");
    assert_eq!(signature["chain"][1]["source"], "anchor");
    assert_eq!(signature["revocation"][0]["cert"], "leaf");
    assert_eq!(signature["revocation"][0]["status"], "GOOD");
}

#[test]
fn text_says_the_same_in_lines() {
    let output = verify(&["head.cms"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("head.cms: TOTAL_PASSED\n"), "{text}");
    assert!(text.contains("IIN: 900101300017\n"), "{text}");
    assert!(text.contains("revocation of certificate 1: GOOD"), "{text}");
    let output = verify(&["auth.cms"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("auth.cms: INDETERMINATE SIG_CONSTRAINTS_FAILURE KEY_USAGE\n"),
        "{text}"
    );
}

#[test]
fn a_certificate_alone_is_judged_by_path_and_revocation() {
    let with = [
        "--anchors",
        "anchors.toml",
        "--at",
        AT,
        "--evidence",
        "nca_gost.crl",
    ];
    let output = run(&[&["cert", "head.cer", "--json"][..], &with].concat());
    status(&output, 0);
    let report = json(&output);
    assert_eq!(report["verdict"], "TOTAL_PASSED");
    assert_eq!(report["subject"]["organization"], "ТОО \"ПРИМЕР\"");
    assert_eq!(report["certificate"]["keyAlgorithm"], "GOST-2015-512");
    let output = run(&["cert", "head.cer", "--anchors", "anchors.toml", "--at", AT]);
    status(&output, 2);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("head.cer: INDETERMINATE TRY_LATER REVOCATION_DATA_MISSING\n"));
    status(&run(&["cert", "garbage"]), 4);
}
