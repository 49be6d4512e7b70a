//! Key files of the national test CA: all open, each with its key and certificate, and only with the password.

mod setup;

use std::sync::Arc;

use setup::{System, WRONG, entries, keystore, password};
use tamga_scheme::{AskNobody, ToSign, verify};
use tamga_test_support::{fixtures_dir, read, read_json};
use tamga_token_api::{Contents, Keystore, TokenError, Unlock, UnlockError};
use tamga_token_file::FileKeystore;

#[derive(serde::Deserialize)]
struct Inside {
    file: String,
    password: String,
    cert_sha256: String,
    alias: String,
}

#[test]
fn every_file_opens_and_its_key_signs_under_its_certificate() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let all: Vec<Inside> = read_json(fixtures.join("vectors/p12_contents.json"));
    assert_eq!(all.len(), 60);
    for inside in all {
        let name = &inside.file;
        let path = fixtures.join("p12").join(name);
        let mut file = FileKeystore::open(&path, Arc::new(System)).expect(name);
        assert_eq!(file.label(), name);
        assert_eq!(file.contents(), Contents::Sealed);
        let secret = password(&inside.password);
        let unlocked = file.unlock(Unlock::Password(&secret)).expect(name);
        let [entry] = unlocked.entries() else {
            panic!("{name}: one entry")
        };
        assert_eq!(entry.alias, inside.alias, "{name}");
        assert_eq!(
            hex::encode(entry.certificate.sha256()),
            inside.cert_sha256,
            "{name}"
        );
        assert_eq!(entry.chain, []);
        let signer = unlocked.signer(entry).expect(name);
        let own = entry.certificate.public_key().expect(name);
        assert_eq!(signer.public_key(), own, "{name}");
        let value = signer
            .sign(ToSign::Bytes(b"signed"), &mut AskNobody)
            .expect(name);
        verify(own, signer.scheme(), b"signed", &value).expect(name);
    }
}

/// What this suite reads of `MANIFEST.json`; a wrong password has no checksum of its own, so not all fields are there.
#[derive(serde::Deserialize)]
struct Manifest {
    entries: Vec<Entry>,
}

#[derive(serde::Deserialize)]
struct Entry {
    file: String,
    kind: String,
    password: Option<String>,
    expected: Expected,
}

#[derive(serde::Deserialize)]
struct Expected {
    result: String,
    why: String,
}

#[test]
fn files_behave_as_the_manifest_says() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let manifest: Manifest = read_json(fixtures.join("MANIFEST.json"));
    let of_kind: Vec<Entry> = manifest
        .entries
        .into_iter()
        .filter(|entry| entry.kind == "p12")
        .collect();
    assert_eq!(of_kind.len(), 63);
    for entry in of_kind {
        let bytes = read(fixtures.join(&entry.file));
        let text = entry.password.as_deref().expect("a password");
        let outcome = entries(&bytes, text);
        let why = entry.expected.why.as_str();
        match entry.expected.result.as_str() {
            "opens" => {
                assert_eq!(
                    outcome.map(|entries| entries.len()),
                    Ok(1),
                    "{}",
                    entry.file
                );
                assert_eq!(entries(&bytes, "Qwerty123"), Err(WRONG), "{}", entry.file);
                assert_eq!(entries(&bytes, ""), Err(WRONG), "{}", entry.file);
            }
            "fails" if why.ends_with("the MAC does not hold") => assert_eq!(outcome, Err(WRONG)),
            "fails" if why == "truncated" => {
                let truncated = TokenError::Damaged("truncated element at byte 0".into());
                assert_eq!(outcome, Err(UnlockError::Token(truncated)));
                assert!(keystore(&bytes).is_err(), "known before the password");
            }
            other => panic!("{}: {other}: {why}", entry.file),
        }
    }
}
