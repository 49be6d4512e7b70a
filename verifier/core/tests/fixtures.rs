//! Every recorded CMS and XML signature is judged as the manifest says, with the reason that belongs to its damage.

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use support::{System, assert_passed, assert_reason};
use tamga_cms::Content;
use tamga_scheme::{AskNobody, Prepared, ToSign};
use tamga_test_support::{fixtures_dir, read, read_json};
use tamga_token_api::{Keystore, Password, Unlock};
use tamga_verifier_core::{
    Check, Detail, Evidence, Input, Policy, Reason, Report, RevocationState, SubIndication,
    Verdict, Warning, verify,
};
use tamga_x509::{AnchorSet, Certificate, Crl, UnixTime};

/// 2026-11-20T09:00:00Z, within the list of 2026-08-11.
const AT: UnixTime = support::NOW;

fn entries(dir: &Path, kind: &str) -> Vec<Value> {
    let manifest: Value = read_json(dir.join("MANIFEST.json"));
    let entries = manifest["entries"].as_array().expect("entries");
    entries
        .iter()
        .filter(|entry| entry["kind"] == kind)
        .cloned()
        .collect()
}

fn list(dir: &Path, name: &str) -> Evidence {
    let mut evidence = Evidence::none();
    evidence
        .crls
        .push(Crl::from_der(&read(dir.join("crl").join(name))).expect("a list"));
    evidence
}

fn lists(dir: &Path) -> Evidence {
    list(dir, "nca_gost2022_test_2026-08-11.crl")
}

/// Verifies a fixture with the test anchors and no evidence.
fn judge(dir: &Path, entry: &Value) -> Report {
    let bytes = read(dir.join(entry["file"].as_str().expect("file")));
    let content = entry["content_file"]
        .as_str()
        .map(|file| read(dir.join(file)));
    let mut input = Input::new(&bytes);
    if let Some(content) = &content {
        input = input.content(content);
    }
    verify(
        &input,
        &AnchorSet::nca_test(),
        &Evidence::none(),
        AT,
        &Policy::document(),
    )
}

/// What the damage of a derived fixture must be called. `None`: the signature holds.
fn expected(file: &str) -> Option<Reason> {
    use SubIndication::{FormatFailure, HashFailure, NoSigningCertificateFound, SigCryptoFailure};
    let with = |sub_indication, detail| {
        Some(Reason {
            sub_indication,
            detail: Some(detail),
        })
    };
    let name = file.rsplit('/').next().expect("a name");
    match name {
        "neg_no_signers.cms" => with(FormatFailure, Detail::NoSignature),
        "neg_truncated.cms" => with(FormatFailure, Detail::Malformed),
        "neg_digest_algorithm.cms" => with(FormatFailure, Detail::DigestAlgorithm),
        "neg_detached_other_content.cms" => Some(HashFailure.into()),
        // The time stamp is foreign, the signature under it holds; time stamps are not used.
        "neg_foreign_timestamp.cms" => None,
        "neg_doctype.xml" => with(FormatFailure, Detail::DocumentType),
        "neg_duplicate_id.xml" => with(FormatFailure, Detail::DuplicateId),
        // A sentence stands where the certificate was.
        "neg_no_certificate_a.xml" => with(FormatFailure, Detail::Malformed),
        "neg_text.xml"
        | "neg_attribute.xml"
        | "neg_unused_namespace.xml"
        | "neg_transform_removed.xml" => Some(HashFailure.into()),
        "neg_signaturevalue.xml" | "neg_method_swapped.xml" | "neg_cr_lost_a.xml" => {
            Some(SigCryptoFailure.into())
        }
        _ if name.ends_with("_content.cms") || name.ends_with("_messagedigest.cms") => {
            Some(HashFailure.into())
        }
        _ if name.ends_with("_other_cert.cms") => Some(NoSigningCertificateFound.into()),
        _ if name.ends_with("_signature.cms")
            || name.ends_with("_rfc_order.cms")
            || name.ends_with("_zero_sig.cms") =>
        {
            Some(SigCryptoFailure.into())
        }
        _ => panic!("{file}: a failing fixture without an expected reason"),
    }
}

#[test]
fn every_recorded_signature_is_judged_as_the_manifest_says() {
    let Some(dir) = fixtures_dir() else { return };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for kind in ["cms", "xml-signature"] {
        for entry in entries(&dir, kind) {
            seen += 1;
            let file = entry["file"].as_str().expect("file");
            let report = judge(&dir, &entry);
            let holds = !report.signatures.is_empty()
                && report.signatures.iter().all(|signature| {
                    signature.checks.content == Check::Passed
                        && signature.checks.signature == Check::Passed
                });
            let reason = report.conclusion.reason();
            let right = if entry["expected"]["result"] == "verifies" {
                holds
            } else {
                match expected(file) {
                    Some(expected) => reason == Some(expected),
                    None => holds,
                }
            };
            // Without evidence nothing passes, whatever holds.
            if !right || report.conclusion.verdict() == Verdict::TotalPassed {
                let why = &entry["expected"]["why"];
                wrong.push(format!("{file}: {:?}, manifest: {why}", report.conclusion));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 70, "the manifest lost its signatures: {seen}");
}

#[test]
fn recorded_gost_2015_messages_pass_while_certificate_and_list_are_valid() {
    let Some(dir) = fixtures_dir() else { return };
    let evidence = lists(&dir);
    for (file, content) in [
        ("cms/gen_gost2015_attached_ess.cms", None),
        ("cms/gen_gost2015_ess_issuerserial.cms", None),
        ("cms/gen_gost2015_empty.cms", None),
        ("cms/gen_gost2015_indefinite.cms", None),
        ("cms/gost2015_attached_tst64_individual_2026.cms", None),
        (
            "cms/gost2015_detached_tst64_legal_2026.cms",
            Some("cms/gost2015_detached_tst64_legal_2026.content"),
        ),
        ("xml/gen_gost2015_enveloped_rich.xml", None),
    ] {
        let bytes = read(dir.join(file));
        let content = content.map(|content| read(dir.join(content)));
        let mut input = Input::new(&bytes);
        if let Some(content) = &content {
            input = input.content(content);
        }
        let judge =
            |anchors: &AnchorSet, at| verify(&input, anchors, &evidence, at, &Policy::document());
        let report = judge(&AnchorSet::nca_test(), AT);
        assert_passed(&report);
        let stamped = file.contains("tst64");
        let warned = report.signatures[0]
            .warnings
            .contains(&Warning::TimestampNotChecked);
        assert_eq!(warned, stamped, "{file}");
        assert_reason(
            &judge(&AnchorSet::nca(), AT),
            SubIndication::NoCertificateChainFound,
        );
        // 2027-05-20: the certificate has ended, and nothing proves that the signature is older.
        let later = UnixTime(1_810_771_200);
        assert_reason(
            &judge(&AnchorSet::nca_test(), later),
            SubIndication::OutOfBoundsNoPoe,
        );
    }
}

#[test]
fn a_signature_over_one_element_does_not_pass_for_the_whole_document() {
    let Some(dir) = fixtures_dir() else { return };
    let bytes = read(dir.join("xml/gen_gost2004_byid.xml"));
    let mut policy = Policy::document();
    let at = UnixTime(1_700_300_000);
    let judge = |policy: &Policy| {
        let anchors = AnchorSet::nca_test();
        verify(&Input::new(&bytes), &anchors, &Evidence::none(), at, policy)
    };
    let report = judge(&policy);
    let scope = report.signatures[0].scope.as_ref().expect("scope");
    assert_eq!(scope.kind, tamga_verifier_core::ScopeKind::Partial);
    assert_eq!(scope.references.len(), 1);
    assert!(scope.references[0].uri.starts_with('#'));
    assert_reason(
        &report,
        Reason {
            sub_indication: SubIndication::SigConstraintsFailure,
            detail: Some(Detail::PartialScope),
        },
    );
    policy.whole_document = false;
    assert_reason(
        &judge(&policy),
        Reason {
            sub_indication: SubIndication::TryLater,
            detail: Some(Detail::RevocationDataMissing),
        },
    );
}

/// Signs with a key container of the fixtures.
fn sign(dir: &Path, file: &str, at: UnixTime) -> (Vec<u8>, Certificate) {
    let bytes = read(dir.join(file));
    let mut store = tamga_token_file::FileKeystore::from_bytes(&bytes, "fixture", Arc::new(System))
        .expect("a key container");
    let password = Password::new("Qwerty12".to_owned());
    let unlocked = store
        .unlock(Unlock::Password(&password))
        .expect("the password");
    let entry = unlocked.entries()[0].clone();
    let signer = unlocked.signer(&entry).expect("a signer");
    let prepared = tamga_cms::prepare(
        Content::Attached(b"text"),
        signer.scheme(),
        &entry.certificate,
        at,
    )
    .expect("prepared");
    let value = signer
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .expect("a signature");
    (prepared.assemble(value), entry.certificate)
}

#[test]
fn signatures_of_fixture_keys_are_judged_by_the_recorded_lists() {
    let Some(dir) = fixtures_dir() else { return };
    let scenarios: Value = read_json(dir.join("vectors/crl_scenarios.json"));
    let mut passed = 0;
    let mut revoked = 0;
    for scenario in scenarios.as_array().expect("scenarios") {
        let path = |member: &str| -> PathBuf {
            let text = scenario[member].as_str().expect("a path");
            text.strip_prefix("shared/")
                .expect("below the folder")
                .into()
        };
        let (file, crl) = (path("certificate"), path("crl"));
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        let current = crl.ends_with("nca_gost2022_test_2026-08-11.crl");
        if !current || !name.ends_with(".p12") || !name.starts_with("gost2015_") {
            continue;
        }
        if !name.contains("_2025-") && !name.contains("_2026-") {
            // Ended before the list.
            continue;
        }
        // 2026-08-20T00:00:00Z: the keys of October 2025 are still valid.
        let at = UnixTime(1_787_184_000);
        let (message, certificate) = sign(&dir, file.to_str().expect("UTF-8"), at);
        let report = verify(
            &Input::new(&message),
            &AnchorSet::nca_test(),
            &lists(&dir),
            at,
            &Policy::document(),
        );
        if scenario["listed"] == true {
            revoked += 1;
            assert_reason(&report, SubIndication::Revoked);
            let finding = &report.signatures[0].revocation[0];
            assert_eq!(finding.certificate, certificate.sha256());
            let RevocationState::Revoked(entry) = finding.state else {
                panic!("{name}")
            };
            assert_eq!(
                entry.revoked_at.to_rfc3339().as_deref(),
                scenario["revoked_at"].as_str(),
                "{name}"
            );
        } else {
            passed += 1;
            assert_passed(&report);
        }
    }
    assert!(
        passed >= 3 && revoked >= 8,
        "passed {passed}, revoked {revoked}"
    );
}
