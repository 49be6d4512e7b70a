//! Other implementations judge what is signed here: qpdf the file, poppler the RSA signatures.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use std::path::Path;
use std::process::Command;

use tamga_pdf::SigningOptions;

use support::{HOLDERS, one_page, one_page_in_streams, sign};

fn run(program: &str, arguments: &[&str], path: &Path) -> (bool, String) {
    let output = Command::new(program)
        .args(arguments)
        .arg(path)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn qpdf_finds_nothing_wrong_and_poppler_accepts_what_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signed.pdf");
    for original in [one_page("Test"), one_page_in_streams()] {
        let mut current = original;
        for id in HOLDERS {
            current = sign(&current, id, &SigningOptions::default()).unwrap();
            std::fs::write(&path, &current).unwrap();
            let (is_good, text) = run("qpdf", &["--check"], &path);
            assert!(is_good, "{text}");
            assert!(
                text.contains("No syntax or stream encoding errors found"),
                "{text}"
            );
        }
        let (_, text) = run("pdfsig", &["-nocert"], &path);
        let third = text.split("Signature #3").nth(1).unwrap();
        assert!(third.contains("Total document signed"), "{text}");
        assert!(
            third.contains("Signature Validation: Signature is Valid."),
            "{text}"
        );
        assert!(third.contains("ETSI.CAdES.detached"), "{text}");

        let mut damaged = current;
        let at = support::find(&damaged, b"/MediaBox") + 2;
        damaged[at] ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        let (_, text) = run("pdfsig", &["-nocert"], &path);
        let third = text.split("Signature #3").nth(1).unwrap_or(&text);
        assert!(!third.contains("Signature is Valid."), "{text}");
    }
}
