//! What the suites of both kinds of token share: the program with an environment of its own, and the way to a
//! signature.

#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tamga_scheme::{AskNobody, Reauthenticate, SignError, SignatureValue, ToSign};
use tamga_token_api::{
    KeyEntry, Password, Slot, TokenDriver, TokenError, Unlock, UnlockError, Unlocked,
};
use tamga_token_worker::{Deadlines, Library, Worker};

/// A program that starts `tamga-token` with one more variable: tests of one process run side by side.
pub(crate) fn program(folder: &Path, variable: &str, value: &Path) -> PathBuf {
    let program = folder.join("start-token");
    let text = format!(
        "#!/bin/sh\nexport {variable}='{}'\nexec '{}' \"$@\"\n",
        value.display(),
        env!("CARGO_BIN_EXE_tamga-token")
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

pub(crate) fn library(path: &Path) -> Library {
    Library {
        path: path.to_owned(),
        sha256: None,
        storages: Vec::new(),
    }
}

pub(crate) fn worker(program: PathBuf, path: &Path) -> Worker {
    Worker::with_deadlines(program, library(path), Deadlines::default())
}

#[derive(Debug, PartialEq)]
pub(crate) enum Failed {
    Sign(SignError),
    Token(TokenError),
    Unlock(UnlockError),
}

pub(crate) fn only_slot(driver: &dyn TokenDriver) -> Slot {
    let slots = driver.slots().unwrap();
    assert_eq!(slots.len(), 1, "{slots:?}");
    slots[0].clone()
}

/// Unlocks the only token and hands it to `then`.
pub(crate) fn unlocked<T>(
    driver: &dyn TokenDriver,
    how: Unlock<'_>,
    then: impl FnOnce(&dyn Unlocked) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let slot = only_slot(driver);
    let mut keystore = driver.open(&slot).map_err(Failed::Token)?;
    let unlocked = keystore.unlock(how).map_err(Failed::Unlock)?;
    then(&*unlocked)
}

pub(crate) fn with_pin<T>(
    driver: &dyn TokenDriver,
    pin: &str,
    then: impl FnOnce(&dyn Unlocked) -> Result<T, Failed>,
) -> Result<T, Failed> {
    let password = Password::new(pin.to_owned());
    unlocked(driver, Unlock::Password(&password), then)
}

pub(crate) fn sign(
    unlocked: &dyn Unlocked,
    entry: &KeyEntry,
    to_sign: ToSign<'_>,
    again: &mut dyn Reauthenticate,
) -> Result<SignatureValue, Failed> {
    let signer = unlocked.signer(entry).map_err(Failed::Token)?;
    signer.sign(to_sign, again).map_err(Failed::Sign)
}

/// Signs with the only key, and checks the value against its certificate.
pub(crate) fn sign_with_only_key(
    driver: &dyn TokenDriver,
    pin: &str,
    to_sign: ToSign<'_>,
) -> Result<SignatureValue, Failed> {
    with_pin(driver, pin, |unlocked| {
        assert_eq!(unlocked.entries().len(), 1);
        let entry = &unlocked.entries()[0];
        let value = sign(unlocked, entry, to_sign, &mut AskNobody)?;
        check(entry, to_sign, &value);
        Ok(value)
    })
}

/// Judges a value by the certificate.
pub(crate) fn check(entry: &KeyEntry, to_sign: ToSign<'_>, value: &SignatureValue) {
    let key = entry.certificate.public_key().unwrap();
    let scheme = entry.certificate.key_scheme().unwrap();
    match to_sign {
        ToSign::Bytes(bytes) => tamga_scheme::verify(key, scheme, bytes, value).unwrap(),
        ToSign::Digest(digest) => tamga_scheme::verify_digest(key, scheme, digest, value).unwrap(),
    };
}

/// Types the same PIN whenever asked, and counts.
pub(crate) struct Type {
    pub(crate) pin: &'static str,
    pub(crate) asked: usize,
}

impl Type {
    pub(crate) fn new(pin: &'static str) -> Self {
        Self { pin, asked: 0 }
    }
}

impl Reauthenticate for Type {
    fn reauthenticate(
        &mut self,
        enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError> {
        self.asked += 1;
        enter(self.pin.as_bytes())
    }
}
