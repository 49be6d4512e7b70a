//! What is done with a key file: parse, unlock, ask for every signer. Whatever the bytes, it ends without a panic.
//!
//! Fuzz targets call it, and so does `token-drivers/file/tests/corpus.rs`; it uses nothing but the public API.

use std::sync::Arc;

use sha1::{Digest, Sha1};
use tamga_scheme::{Random, RandomError};
use tamga_token_api::{Keystore, Password, Unlock, UnlockError};
use tamga_token_file::{FileKeystore, MAX_FILE};

/// Password of every file of the corpora.
const PASSWORD: &str = "Tamga-test-1";

/// Opens the bytes of a key file, of whatever format; how many keys it gave.
///
/// # Errors
/// Why it did not open.
pub(crate) fn open(bytes: &[u8]) -> Result<usize, UnlockError> {
    // A larger file is refused before it is read.
    let bytes = &bytes[..bytes.len().min(MAX_FILE as usize)];
    let mut keystore = FileKeystore::from_bytes(bytes, "fuzzed", Arc::new(NoRandom))?;
    let password = Password::new(PASSWORD.to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&password))?;
    let entries = unlocked.entries();
    assert!(!entries.is_empty(), "an open keystore has a key");
    for entry in entries {
        let signer = unlocked.signer(entry).expect("a signer for each entry");
        assert_eq!(entry.certificate.public_key(), Ok(signer.public_key()));
    }
    Ok(entries.len())
}

/// The same for JKS, and once more with the digest such a file should have: without it nothing passes the first check.
///
/// # Errors
/// Why it did not open as it is.
#[allow(dead_code, reason = "the target of PKCS#12 has no use for it")]
pub(crate) fn open_jks(bytes: &[u8]) -> Result<usize, UnlockError> {
    if let Some((data, _)) = bytes.split_last_chunk::<20>() {
        let password: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let digest = Sha1::digest([&password, &b"Mighty Aphrodite"[..], data].concat());
        // What comes of it is no more than what comes of the file itself: anything without a panic.
        let _ = open(&[data, &digest].concat());
    }
    open(bytes)
}

/// Nothing is signed here.
struct NoRandom;

impl Random for NoRandom {
    fn fill(&self, _out: &mut [u8]) -> Result<(), RandomError> {
        Err(RandomError)
    }
}
