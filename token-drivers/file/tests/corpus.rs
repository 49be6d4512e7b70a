//! The corpora of `fuzz/` and thousands of their mutations, through the function of the fuzz targets, on any compiler.

mod setup;

#[path = "../../../fuzz/subjects/key_file.rs"]
mod key_file;

use setup::{WRONG, unsupported};
use tamga_test_support::Numbers;
use tamga_token_api::{TokenError, UnlockError};

/// How one subject takes bytes.
type Subject = fn(&[u8]) -> Result<usize, UnlockError>;

/// Files of a corpus, sorted by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = tamga_test_support::workspace_dir()
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| {
            let entry = entry.expect("a file of the corpus");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            (name, tamga_test_support::read(entry.path()))
        })
        .collect();
    files.sort();
    files
}

/// Every file of a corpus must be listed with what comes of it.
#[track_caller]
fn check(target: &str, subject: Subject, expected: &[(&str, Result<usize, UnlockError>)]) {
    let found: Vec<_> = corpus(target)
        .into_iter()
        .map(|(name, bytes)| (name, subject(&bytes)))
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, outcome)| ((*name).to_owned(), outcome.clone()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn files_of_the_jks_corpus_open_as_listed() {
    let own_password = unsupported("a key whose password is not that of the file");
    check(
        "jks",
        key_file::open_jks,
        &[
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
        &[
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
    let files = corpus(target);
    let mut numbers = Numbers(0x7461_6d67_6121);
    let mut counts = [0; 3];
    for _ in 0..MUTATIONS {
        let mut bytes = files[numbers.below(files.len())].1.clone();
        for _ in 0..=numbers.below(3) {
            let other = &files[numbers.below(files.len())].1;
            numbers.mutate(&mut bytes, other);
        }
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

/// Changes of what a corpus holds.
trait Mutate {
    /// One change of the kinds fuzzers make; lengths and counts stand in single bytes, so these are changed most.
    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]);
}

impl Mutate for Numbers {
    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        let end = (at + self.below(64)).min(bytes.len());
        let from = self.below(other.len());
        let piece = &other[from..(from + self.below(64)).min(other.len())];
        match (self.below(8), bytes.get_mut(at)) {
            (0 | 1, Some(byte)) => *byte ^= 1 << self.below(8),
            (2, Some(byte)) => *byte = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            (3, Some(byte)) => *byte = byte.wrapping_add(1),
            (4, _) => drop(bytes.drain(at..end)),
            (5, _) => bytes.truncate(at),
            (6, _) => drop(bytes.splice(at..at, piece.iter().copied())),
            _ => drop(bytes.splice(at..end, piece.iter().copied())),
        }
    }
}
