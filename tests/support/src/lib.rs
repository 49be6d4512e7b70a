//! Where tests find their data: the project's own vectors, and a fixtures folder beside the checkout when there is one.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tamga_scheme::{Random, RandomError};

/// The system's random generator.
pub struct System;

impl Random for System {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }
}

/// Numbers that look random and are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
pub struct Numbers(pub u64);

impl Numbers {
    /// The next one.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One from 0 to `bound` - 1; 0 if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound.max(1) as u64) as usize
    }
}

/// Root of the checkout.
pub fn workspace_dir() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("tests/support lies two levels below the root")
        .to_path_buf()
}

/// `../shared/NAME` beside the checkout, if the folder exists as a whole.
///
/// Suites that need it run whenever it is there, and fail when a file inside is missing.
pub fn shared_dir(name: &str) -> Option<PathBuf> {
    let dir = workspace_dir().parent()?.join("shared").join(name);
    dir.is_dir().then_some(dir)
}

/// `../shared/fixtures`: real keys, certificates and signatures of the national test CA.
pub fn fixtures_dir() -> Option<PathBuf> {
    shared_dir("fixtures")
}

/// Reads a file that must exist.
///
/// # Panics
/// When it cannot be read: a missing fixture is a failed test.
pub fn read(path: impl AsRef<Path>) -> Vec<u8> {
    let path = path.as_ref();
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a JSON file that must exist.
///
/// # Panics
/// When it cannot be read or is not of type `T`.
pub fn read_json<T: serde::de::DeserializeOwned>(path: impl AsRef<Path>) -> T {
    let path = path.as_ref();
    serde_json::from_slice(&read(path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `MANIFEST.json` of the fixtures folder.
#[derive(Debug, Clone, Deserialize)]
pub struct Manifest {
    /// Every file with what must hold about it.
    pub entries: Vec<Entry>,
}

/// One file of the fixtures folder.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    /// Path below the fixtures folder.
    pub file: String,
    /// `p12`, `cms`, `xml-signature`, `crl`, …
    pub kind: String,
    /// Password of a key container.
    pub password: Option<String>,
    /// What must hold.
    pub expected: Expected,
    /// Argument lists of the independent judge: they name issuers, contents and passwords.
    #[serde(default)]
    pub oracle: Vec<Vec<String>>,
}

impl Entry {
    /// Whether the file is a good one.
    pub fn must_hold(&self) -> bool {
        matches!(self.expected.result.as_str(), "verifies" | "opens")
    }

    /// Argument `index` of the judge's first command.
    ///
    /// # Errors
    /// What is missing.
    pub fn argument(&self, index: usize) -> Result<&str, String> {
        self.oracle
            .first()
            .and_then(|command| command.get(index))
            .map(String::as_str)
            .ok_or_else(|| format!("the manifest gives no argument {index}"))
    }

    /// The argument after an option of the judge's first command.
    pub fn option(&self, name: &str) -> Option<&str> {
        let command = self.oracle.first()?;
        let at = command.iter().position(|argument| argument == name)?;
        command.get(at + 1).map(String::as_str)
    }
}

/// What must hold about a file.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    /// `verifies`, `fails`, `opens`, `unsigned`, `unknown`.
    pub result: String,
    /// Why.
    pub why: String,
}
