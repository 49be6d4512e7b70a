//! What every suite of key files needs: randomness, the files made by OpenSSL, opening in one line.
#![allow(dead_code, reason = "each suite uses its part")]

pub(crate) mod jks_writer;
pub(crate) mod plain_pkcs12;
pub(crate) mod programs;
pub(crate) mod test_ca;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tamga_scheme::{AskNobody, ToSign, verify};
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

/// Signs with every key of a file and checks the signatures under the certificates; how many there were.
#[track_caller]
pub(crate) fn sign_with_all(bytes: &[u8], text: &str) -> usize {
    let mut keystore = keystore(bytes).expect("a key file");
    let secret = password(text);
    let unlocked = keystore
        .unlock(Unlock::Password(&secret))
        .expect("the password");
    for entry in unlocked.entries() {
        let signer = unlocked.signer(entry).expect("a signer");
        let own = entry.certificate.public_key().expect("a public key");
        let value = signer
            .sign(ToSign::Bytes(b"signed"), &mut AskNobody)
            .expect("a signature");
        verify(own, signer.scheme(), b"signed", &value).expect("a right signature");
    }
    unlocked.entries().len()
}

/// A refusal of the file with its text.
pub(crate) fn unsupported(what: &str) -> UnlockError {
    UnlockError::Token(TokenError::Unsupported(what.to_owned()))
}

/// What a wrong password for a file is.
pub(crate) const WRONG: UnlockError = UnlockError::WrongPassword { retries_left: None };
