//! `<script>.pins`: how many wrong PINs each token still bears, kept across processes.
//!
//! A TOML table of serials and numbers; a token that is not in it has all its attempts. Deleting the file unlocks
//! everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cryptoki_sys::CKR_DEVICE_ERROR;

use crate::return_value::{Outcome, Refusal};
use crate::{beside, complain};

/// The file of counters.
pub(crate) struct Attempts(PathBuf);

impl Attempts {
    /// The counters of a script.
    pub(crate) fn of(script: &Path) -> Self {
        Self(beside(script, ".pins"))
    }

    /// Attempts left, at most `all`.
    pub(crate) fn left(&self, serial: &str, all: u32) -> Outcome<u32> {
        Ok(self.read()?.get(serial).copied().unwrap_or(all).min(all))
    }

    /// Keeps the number of attempts left.
    pub(crate) fn keep(&self, serial: &str, left: u32) -> Outcome {
        let mut counters = self.read()?;
        counters.insert(serial.to_owned(), left);
        let text = toml::to_string(&counters).map_err(|error| self.broken(&error))?;
        // A file of its own first: another process must not read half of it.
        let fresh = beside(&self.0, &format!(".{}", std::process::id()));
        std::fs::write(&fresh, text)
            .and_then(|()| std::fs::rename(&fresh, &self.0))
            .map_err(|error| self.broken(&error))
    }

    fn read(&self) -> Outcome<BTreeMap<String, u32>> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => toml::from_str(&text).map_err(|error| self.broken(&error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(self.broken(&error)),
        }
    }

    fn broken(&self, error: &dyn std::fmt::Display) -> Refusal {
        complain(&format!("{}: {error}", self.0.display()));
        Refusal(CKR_DEVICE_ERROR)
    }
}
