//! The fake does what files and tokens do, so that tests with it mean something.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::io::ErrorKind;
use std::sync::Arc;

use tamga_scheme::{AskNobody, PrivateKey, SignError, SignatureScheme, ToSign, verify};
use tamga_test_pki::self_issued;
use tamga_test_support::System;
use tamga_token_api::{
    Attempts, Contents, KeyEntry, Keystore, Password, PinEntry, Slot, TokenDriver, TokenError,
    Unlock, UnlockError,
};
use tamga_token_fake::{FakeDriver, FakeKeystore, Record};
use tamga_x509::Certificate;

/// A new key with a certificate signed by itself.
fn pair(name: &str) -> (PrivateKey, Certificate) {
    self_issued(SignatureScheme::Gost2004, name, &System).unwrap()
}

fn keystore() -> FakeKeystore {
    FakeKeystore::new(vec![pair("one"), pair("two")], "right", Arc::new(System))
}

fn enter(keystore: &mut FakeKeystore, password: &str) -> Result<Vec<KeyEntry>, UnlockError> {
    let password = Password::new(password.to_owned());
    keystore
        .unlock(Unlock::Password(&password))
        .map(|unlocked| unlocked.entries().to_vec())
}

#[test]
fn it_opens_with_its_password_and_signs_under_its_certificates() {
    let handle = keystore();
    let mut given = handle.clone();
    assert_eq!(given.contents(), Contents::Sealed);
    let password = Password::new("right".to_owned());
    let unlocked = given.unlock(Unlock::Password(&password)).unwrap();
    let aliases: Vec<_> = unlocked
        .entries()
        .iter()
        .map(|entry| entry.alias.as_str())
        .collect();
    assert_eq!(aliases, ["1", "2"]);
    for entry in unlocked.entries() {
        let signer = unlocked.signer(entry).unwrap();
        let value = signer
            .sign(ToSign::Bytes(b"signed"), &mut AskNobody)
            .unwrap();
        let own = entry.certificate.public_key().unwrap();
        verify(own, signer.scheme(), b"signed", &value).unwrap();
    }
    assert_eq!(
        handle.record(),
        Record {
            unlocked: 1,
            wrong_passwords: 0,
            signatures: 2
        }
    );
}

#[test]
fn like_a_file_it_counts_nothing_down() {
    let mut file = keystore();
    for _ in 0..20 {
        let wrong = UnlockError::WrongPassword { retries_left: None };
        assert_eq!(enter(&mut file, "wrong"), Err(wrong));
    }
    assert_eq!(enter(&mut file, "right").unwrap().len(), 2);
    assert_eq!(
        file.record(),
        Record {
            unlocked: 1,
            wrong_passwords: 20,
            signatures: 0
        }
    );
}

#[test]
fn like_a_token_it_blocks_after_wrong_passwords_in_a_row() {
    let mut token = keystore().with_retries(3).listed();
    let wrong = |left| {
        Err(UnlockError::WrongPassword {
            retries_left: Some(left),
        })
    };
    assert_eq!(enter(&mut token, "wrong"), wrong(2));
    let entries = enter(&mut token, "right").unwrap();
    assert_eq!(token.contents(), Contents::Listed(entries));
    assert_eq!(enter(&mut token, "wrong"), wrong(2));
    assert_eq!(enter(&mut token, "wrong"), wrong(1));
    assert_eq!(enter(&mut token, "wrong"), wrong(0));
    assert_eq!(enter(&mut token, "right"), Err(UnlockError::Blocked));
    token.restore();
    assert_eq!(enter(&mut token, "wrong"), wrong(2));
}

#[test]
fn taken_away_it_neither_opens_nor_signs() {
    let handle = keystore();
    let mut given = handle.clone();
    let password = Password::new("right".to_owned());
    let unlocked = given.unlock(Unlock::Password(&password)).unwrap();
    let signer = unlocked.signer(&unlocked.entries()[0]).unwrap();
    handle.remove();
    let outcome = signer.sign(ToSign::Bytes(b"signed"), &mut AskNobody);
    assert_eq!(outcome, Err(SignError::Removed));
    drop(signer);
    drop(unlocked);
    assert_eq!(enter(&mut given, "right"), Err(UnlockError::Removed));
    handle.restore();
    handle.block();
    assert_eq!(enter(&mut given, "right"), Err(UnlockError::Blocked));
}

#[test]
fn foreign_and_mismatched_entries_get_no_signer() {
    let (key, certificate) = pair("one");
    let (_, other) = pair("two");
    let entry = |certificate| KeyEntry {
        alias: "1".to_owned(),
        certificate,
        chain: Vec::new(),
    };
    let mismatched = vec![(key, entry(other))];
    let mut keystore = FakeKeystore::with_entries(mismatched, "right", Arc::new(System));
    let password = Password::new("right".to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&password)).unwrap();
    assert_eq!(
        unlocked.signer(&unlocked.entries()[0]).err(),
        Some(TokenError::Mismatch)
    );
    assert_eq!(
        unlocked.signer(&entry(certificate)).err(),
        Some(TokenError::NoSuchEntry)
    );
}

#[test]
fn an_empty_keystore_says_so() {
    let mut empty = FakeKeystore::new(Vec::new(), "right", Arc::new(System));
    assert_eq!(
        enter(&mut empty, "right"),
        Err(UnlockError::Token(TokenError::Empty))
    );
}

#[test]
fn its_driver_finds_it_while_it_is_there() {
    let slot = Slot {
        storages: vec!["AKKaztokenStore".to_owned()],
        label: "Token".to_owned(),
        locator: "0".to_owned(),
        pin_entry: PinEntry::Window,
        attempts: Attempts::Unworried,
    };
    let handle = keystore().listed();
    let driver = FakeDriver::new(slot.clone(), handle.clone());
    assert_eq!(driver.slots(), Ok(vec![slot.clone()]));
    let opened = driver.open(&slot).unwrap();
    assert_eq!(opened.contents(), handle.contents());
    handle.remove();
    assert_eq!(driver.slots(), Ok(vec![]));
    let missing = Some(TokenError::Unreadable(ErrorKind::NotFound));
    assert_eq!(driver.open(&slot).err(), missing);
    handle.restore();
    let elsewhere = Slot {
        locator: "1".to_owned(),
        ..slot
    };
    assert_eq!(driver.open(&elsewhere).err(), missing);
}

#[test]
fn a_keystore_that_asks_again_signs_after_the_right_password_only() {
    struct Enter(&'static [u8]);
    impl tamga_scheme::Reauthenticate for Enter {
        fn reauthenticate(
            &mut self,
            enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
        ) -> Result<(), SignError> {
            enter(self.0)
        }
    }
    let mut given = keystore().with_retries(2).asking_again();
    let handle = given.clone();
    let password = Password::new("right".to_owned());
    let unlocked = given.unlock(Unlock::Password(&password)).unwrap();
    let signer = unlocked.signer(&unlocked.entries()[0]).unwrap();
    let sign = |pin| signer.sign(ToSign::Bytes(b"x"), &mut Enter(pin)).map(drop);
    assert_eq!(sign(b"wrong"), Err(SignError::WrongPin));
    assert_eq!(handle.record().signatures, 0);
    assert_eq!(sign(b"right"), Ok(()));
    assert_eq!(handle.record().signatures, 1);
    assert_eq!(
        signer.sign(ToSign::Bytes(b"x"), &mut AskNobody),
        Err(SignError::Cancelled)
    );
}
