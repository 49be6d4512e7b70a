//! What every suite of key files needs: randomness, the files made by OpenSSL, opening in one line.
#![allow(dead_code, reason = "each suite uses its part")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use tamga_test_support::System;
use tamga_token_api::{KeyEntry, Keystore, Password, TokenError, Unlock, UnlockError};
use tamga_token_file::FileKeystore;

/// Password of the files in `tests/data`.
pub(crate) const PASSWORD: &str = "Құпия1Aa";

pub(crate) fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

pub(crate) fn data_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
        .with_extension("p12")
}

pub(crate) fn data(name: &str) -> Vec<u8> {
    tamga_test_support::read(data_file(name))
}

pub(crate) fn keystore(bytes: &[u8]) -> Result<FileKeystore, TokenError> {
    FileKeystore::from_bytes(bytes, "test", Arc::new(System))
}

/// Entries of a file, or why it does not open.
pub(crate) fn entries(bytes: &[u8], text: &str) -> Result<Vec<KeyEntry>, UnlockError> {
    let mut keystore = keystore(bytes)?;
    let unlocked = keystore.unlock(Unlock::Password(&password(text)))?;
    Ok(unlocked.entries().to_vec())
}

/// What a wrong password for a file is.
pub(crate) const WRONG: UnlockError = UnlockError::WrongPassword { retries_left: None };
