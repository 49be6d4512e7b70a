//! RSA on SoftHSM2, a PKCS#11 library that others wrote; judged by OpenSSL.
//!
//! Needs the Debian packages `softhsm2`, `opensc` (pkcs11-tool writes the certificate) and `openssl`; without them it
//! fails and names what is missing.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use setup::{Failed, only_slot, program, sign, sign_with_only_key, with_pin, worker};
use tamga_scheme::{
    AskNobody, DigestAlgorithm, SignError, SignatureScheme, SignatureValue, ToSign,
};
use tamga_token_api::{
    Attempts, Contents, LibraryError, PinEntry, TokenDriver, TokenError, UnlockError,
};
use tamga_token_worker::{Library, Worker};
use tempfile::TempDir;

const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "12345678";

/// A token with one RSA key and its certificate.
struct SoftToken {
    folder: TempDir,
    program: PathBuf,
}

impl SoftToken {
    /// `mechanisms`: a line of SoftHSM's configuration.
    fn new(mechanisms: &str) -> Self {
        assert!(
            Path::new(LIBRARY).is_file(),
            "{LIBRARY}: apt-get install softhsm2"
        );
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("tokens")).unwrap();
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n{mechanisms}\n",
            path("tokens").display()
        );
        fs::write(path("softhsm2.conf"), configuration).unwrap();
        let program = program(folder.path(), "SOFTHSM2_CONF", &path("softhsm2.conf"));
        let token = Self { folder, program };
        token.run(
            "openssl",
            "openssl",
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 30 \
             -subj /CN=SOFT -addext basicConstraints=critical,CA:FALSE",
        );
        token.run(
            "openssl",
            "openssl",
            "x509 -in certificate.pem -outform DER -out certificate.der",
        );
        token.run(
            "openssl",
            "openssl",
            "x509 -in certificate.pem -pubkey -noout -out public.pem",
        );
        token.run(
            "softhsm2-util",
            "softhsm2",
            "--init-token --free --label Soft --so-pin 87654321 --pin 12345678",
        );
        token.run(
            "softhsm2-util",
            "softhsm2",
            "--import key.pem --token Soft --label key --id 0a --pin 12345678",
        );
        token.run(
            "pkcs11-tool",
            "opensc",
            &format!(
                "--module {LIBRARY} --login --pin 12345678 --write-object certificate.der \
                 --type cert --id 0a --label SOFT"
            ),
        );
        token
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn worker(&self) -> Worker {
        worker(self.program.clone(), Path::new(LIBRARY))
    }

    /// A command in the token's folder that must succeed.
    fn run(&self, command: &str, package: &str, arguments: &str) {
        let output = Command::new(command)
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .output()
            .unwrap_or_else(|error| panic!("{command}: {error}: apt-get install {package}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command} {arguments}: {said}");
    }

    /// OpenSSL's judgement.
    fn openssl_verifies(&self, text: &[u8], value: &SignatureValue) {
        fs::write(self.path("text"), text).unwrap();
        fs::write(self.path("signature"), value.as_bytes()).unwrap();
        self.run(
            "openssl",
            "openssl",
            "dgst -sha256 -verify public.pem -signature signature text",
        );
    }
}

#[test]
fn the_token_and_its_certificate_are_seen_before_the_pin() {
    let token = SoftToken::new("");
    let worker = token.worker();
    let slot = only_slot(&worker);
    assert_eq!(slot.label, "Soft");
    assert_eq!(slot.pin_entry, PinEntry::Window);
    assert_eq!(slot.attempts, Attempts::Unworried);
    let Contents::Listed(entries) = worker.open(&slot).unwrap().contents() else {
        panic!("sealed")
    };
    let aliases: Vec<_> = entries.iter().map(|entry| entry.alias.as_str()).collect();
    assert_eq!(aliases, ["SOFT"]);
    assert_eq!(
        entries[0].certificate.der(),
        fs::read(token.path("certificate.der")).unwrap()
    );
    assert!(entries[0].chain.is_empty());
}

#[test]
fn bytes_and_digests_are_signed_in_one_session_and_openssl_verifies_both() {
    let token = SoftToken::new("");
    let worker = token.worker();
    with_pin(&worker, PIN, |unlocked| {
        let entry = &unlocked.entries()[0];
        let text = b"text".as_slice();
        let value = sign(unlocked, entry, ToSign::Bytes(text), &mut AskNobody)?;
        token.openssl_verifies(text, &value);
        let digest = DigestAlgorithm::Sha256.digest(b"other");
        let value = sign(unlocked, entry, ToSign::Digest(&digest), &mut AskNobody)?;
        token.openssl_verifies(b"other", &value);
        let signer = unlocked.signer(entry).map_err(Failed::Token)?;
        assert_eq!(signer.scheme(), SignatureScheme::RsaSha256);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_token_that_hashes_itself_signs_bytes_and_refuses_digests() {
    let token = SoftToken::new("slots.mechanisms = CKM_SHA256_RSA_PKCS");
    let worker = token.worker();
    let text = vec![0x5a; 300_000];
    let value = sign_with_only_key(&worker, PIN, ToSign::Bytes(&text)).unwrap();
    token.openssl_verifies(&text, &value);
    let refused = sign_with_only_key(&worker, PIN, ToSign::Digest(&[0; 32]));
    let expected = SignError::Keystore("the token takes no digest".to_owned());
    assert_eq!(refused, Err(Failed::Sign(expected)));
}

#[test]
fn a_token_without_a_mechanism_for_its_key_says_so() {
    let token = SoftToken::new("slots.mechanisms = CKM_ECDSA");
    let refused = sign_with_only_key(&token.worker(), PIN, ToSign::Bytes(b"text"));
    // SoftHSM describes mechanisms that it then refuses, so only signing shows it.
    let expected = SignError::Keystore("the token offers no mechanism for RSA-SHA256".to_owned());
    assert_eq!(refused, Err(Failed::Sign(expected)));
}

#[test]
fn a_wrong_pin_is_a_wrong_pin_and_a_short_one_is_not_tried() {
    let token = SoftToken::new("");
    let worker = token.worker();
    let enter = |pin: &str| sign_with_only_key(&worker, pin, ToSign::Bytes(b"text")).map(drop);
    assert_eq!(enter("1"), Err(Failed::Unlock(UnlockError::PinLength)));
    assert_eq!(only_slot(&worker).attempts, Attempts::Unworried);
    assert_eq!(
        enter("wrong pin"),
        Err(Failed::Unlock(UnlockError::WrongPassword {
            retries_left: None
        }))
    );
    assert_eq!(only_slot(&worker).attempts, Attempts::Low);
    assert_eq!(enter(PIN), Ok(()));
    assert_eq!(only_slot(&worker).attempts, Attempts::Unworried);
}

#[test]
fn another_certificate_under_the_keys_identifier_is_a_mismatch() {
    let token = SoftToken::new("");
    token.run(
        "pkcs11-tool",
        "opensc",
        &format!("--module {LIBRARY} --login --pin 12345678 --delete-object --type cert --id 0a"),
    );
    token.run(
        "openssl",
        "openssl",
        "req -x509 -newkey rsa:2048 -nodes -keyout other.pem -outform DER -out other.der -days 30 \
         -subj /CN=OTHER -addext basicConstraints=critical,CA:FALSE",
    );
    token.run(
        "pkcs11-tool",
        "opensc",
        &format!(
            "--module {LIBRARY} --login --pin 12345678 --write-object other.der --type cert \
             --id 0a --label OTHER"
        ),
    );
    let refused = sign_with_only_key(&token.worker(), PIN, ToSign::Bytes(b"text"));
    assert_eq!(refused, Err(Failed::Token(TokenError::Mismatch)));
}

#[test]
fn a_token_that_vanishes_while_unlocked_is_removed() {
    let token = SoftToken::new("");
    let worker = token.worker();
    let outcome = with_pin(&worker, PIN, |unlocked| {
        let entry = &unlocked.entries()[0];
        fs::rename(token.path("tokens"), token.path("away")).unwrap();
        sign(unlocked, entry, ToSign::Bytes(b"text"), &mut AskNobody)
    });
    assert_eq!(outcome, Err(Failed::Sign(SignError::Removed)));
}

#[test]
fn a_pinned_library_is_loaded_and_other_bytes_are_not() {
    let token = SoftToken::new("");
    let pinned = |sha256| {
        let library = Library {
            path: LIBRARY.into(),
            sha256: Some(sha256),
            storages: vec!["AKKaztokenStore".to_owned()],
        };
        Worker::new(token.program.clone(), library)
    };
    let right = DigestAlgorithm::Sha256.digest(&fs::read(LIBRARY).unwrap());
    let slot = only_slot(&pinned(right.try_into().unwrap()));
    assert_eq!(slot.storages, ["AKKaztokenStore"]);
    let changed = LibraryError::Changed {
        path: LIBRARY.to_owned(),
    };
    assert_eq!(pinned([7; 32]).slots(), Err(changed.into()));
}
