//! Every entry of a fixtures manifest through the product, compared with what the manifest says must hold.

mod keys;
mod lists;
mod signatures;

use std::{collections::BTreeMap, fs, path::Path};

use serde::Serialize;
use tamga_test_support::{Entry, Manifest};

use crate::{Outcome, say};

/// How one entry ended: as expected, or not and why.
type Check = Result<(), String>;

#[derive(Serialize, Default)]
struct Count {
    passed: usize,
    failed: usize,
    not_run: usize,
}

#[derive(Serialize, Default)]
struct Summary {
    passed: usize,
    failed: usize,
    /// Neither passed nor failed: see [`is_run`].
    not_run: usize,
    kinds: BTreeMap<String, Count>,
    failures: Vec<String>,
}

/// Runs everything; good when nothing failed.
pub(crate) fn run(dir: &Path, json: bool) -> Outcome {
    let manifest: Manifest = serde_json::from_slice(&fs::read(dir.join("MANIFEST.json"))?)?;
    let mut summary = Summary::default();
    for entry in &manifest.entries {
        let count = summary.kinds.entry(entry.kind.clone()).or_default();
        match check(dir, entry) {
            None => {
                count.not_run += 1;
                summary.not_run += 1;
            }
            Some(Ok(())) => {
                count.passed += 1;
                summary.passed += 1;
            }
            Some(Err(found)) => {
                count.failed += 1;
                summary.failed += 1;
                summary.failures.push(format!(
                    "{} ({}): expected {} ({}), found: {found}",
                    entry.file, entry.kind, entry.expected.result, entry.expected.why
                ));
            }
        }
    }
    if json {
        say(&serde_json::to_string_pretty(&summary)?);
    } else {
        for failure in &summary.failures {
            say(failure);
        }
        for (kind, count) in &summary.kinds {
            say(&format!(
                "{kind}: {} as expected, {} not, {} not run here",
                count.passed, count.failed, count.not_run
            ));
        }
        say(&format!(
            "{} passed, {} failed",
            summary.passed, summary.failed
        ));
    }
    Ok(summary.failed == 0)
}

/// `None` for what is not run here.
fn check(dir: &Path, entry: &Entry) -> Option<Check> {
    if !is_run(entry) {
        return None;
    }
    Some(match entry.kind.as_str() {
        "ca-certificate" | "certificate" => lists::certificate(dir, entry),
        "crl" => lists::list(dir, entry),
        "p12" => keys::key_file(dir, entry),
        "cms" | "xml-signature" => signatures::signature(dir, entry),
        "scenarios" => lists::scenarios(dir, entry),
        other => Err(format!("no check for kind {other}")),
    })
}

/// Not run: formats that the product does not read yet (the 256-bit curve of 2015 and time stamps among them), and
/// number vectors, which the tests of the crates that own the numbers run.
fn is_run(entry: &Entry) -> bool {
    const KINDS: &[&str] = &[
        "jwt",
        "ocsp-response",
        "pdf",
        "raw-vectors",
        "tsp-token",
        "wsse",
        "zip-container",
    ];
    !KINDS.contains(&entry.kind.as_str()) && !entry.file.contains("foreign_timestamp")
}

/// Reads a file of the manifest; a missing one is a failure.
fn read(dir: &Path, file: &str) -> Result<Vec<u8>, String> {
    fs::read(dir.join(file)).map_err(|error| format!("{file}: {error}"))
}

/// Compares two values and names both.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Check {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what} is {found:?}, not {expected:?}"))
}
