//! Nothing in this crate can make, change, destroy or take out a key.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::{fs, path::Path};

/// Beginnings of names, of cryptoki's methods and of C functions, that do such things; and the attribute that is the
/// key itself.
const FORBIDDEN: [&str; 20] = [
    "wrap_key",
    "unwrap_key",
    "derive_key",
    "create_object",
    "copy_object",
    "destroy_object",
    "update_attributes",
    "generate_key",
    "decrypt",
    "set_pin",
    "init_pin",
    "init_token",
    "open_rw_session",
    "C_Wrap",
    "C_Unwrap",
    "C_Derive",
    "C_Create",
    "C_Destroy",
    "PrivateExponent",
    "Extractable",
];

/// Every text below a folder.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn no_source_names_a_call_that_makes_or_takes_out_keys() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() >= 12, "{} files", found.len());
    for (path, text) in &found {
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{path} names {word}");
        }
    }
    // A value is read in one place, that of certificates.
    let values: usize = found
        .iter()
        .map(|(_, text)| text.matches("AttributeType::Value").count())
        .sum();
    assert_eq!(values, 1);
    // And what signs is where it is expected: the search does find things.
    assert!(found.iter().any(|(_, text)| text.contains("C_SignInit")));
}
