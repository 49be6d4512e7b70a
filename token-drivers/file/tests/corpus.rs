//! The corpora of `fuzz/` and thousands of their mutations, through the function of the fuzz targets, on any compiler.

mod setup;

#[path = "../../../fuzz/subjects/key_file.rs"]
mod key_file;
#[path = "../../../fuzz/mutations.rs"]
#[allow(dead_code, reason = "outcomes are counted here in three kinds")]
mod mutations;

use mutations::{check, mutations};
use setup::{WRONG, unsupported};
use tamga_token_api::{TokenError, UnlockError};

/// How one subject takes bytes.
type Subject = fn(&[u8]) -> Result<usize, UnlockError>;

#[test]
fn files_of_the_jks_corpus_open_as_listed() {
    let own_password = unsupported("a key whose password is not that of the file");
    check(
        "jks",
        key_file::open_jks,
        vec![
            ("chain", Ok(1)),
            ("empty", Err(TokenError::Empty.into())),
            ("key_password", Err(own_password)),
            ("no_certificate", Err(TokenError::CertificateMissing.into())),
            ("rsa", Ok(1)),
            ("several", Ok(2)),
            ("trusted", Err(TokenError::Empty.into())),
            ("version_1", Ok(1)),
        ],
    );
}

#[test]
fn files_of_the_pkcs_12_corpus_open_as_listed() {
    check(
        "pkcs12",
        key_file::open,
        vec![
            ("aes_sha512", Ok(1)),
            ("nca", Ok(1)),
            ("no_mac_aes", Ok(1)),
            ("no_mac_nca", Ok(1)),
            ("plain_gost2004", Ok(1)),
            ("plain_gost2015", Ok(1)),
            ("plain_rsa", Ok(1)),
            ("plain_several", Ok(3)),
            ("two_key_3des", Ok(1)),
        ],
    );
}

#[test]
fn mutations_of_jks_files_end_in_keys_or_typed_errors() {
    let [_, damaged, wrong] = mutate("jks", key_file::open_jks);
    assert!(damaged > 100 && wrong > 100, "{damaged} {wrong}");
}

#[test]
fn mutations_of_pkcs_12_files_end_in_keys_or_typed_errors() {
    let [opened, damaged, wrong] = mutate("pkcs12", key_file::open);
    assert!(
        opened > 100 && damaged > 100 && wrong > 100,
        "{opened} {damaged} {wrong}"
    );
}

/// Runs mutations of a whole corpus; how many opened, were damaged, had a wrong password.
fn mutate(target: &str, subject: Subject) -> [usize; 3] {
    const MUTATIONS: usize = 8000;
    let mut counts = [0; 3];
    for bytes in mutations(target, MUTATIONS) {
        match subject(&bytes) {
            Ok(_) => counts[0] += 1,
            Err(UnlockError::Token(TokenError::Damaged(_))) => counts[1] += 1,
            Err(WRONG) => counts[2] += 1,
            Err(UnlockError::Token(
                TokenError::CertificateMissing
                | TokenError::Empty
                | TokenError::Mismatch
                | TokenError::Unsupported(_),
            )) => {}
            Err(other) => panic!("{other:?} for {}", hex::encode(&bytes)),
        }
    }
    counts
}
