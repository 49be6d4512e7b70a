//! `<script>.plug`: which tokens are in their readers now, one serial a line; without the file all are.

use std::path::{Path, PathBuf};

use cryptoki_sys::CKR_DEVICE_ERROR;

use crate::return_value::{Outcome, Refusal};
use crate::{beside, complain};

/// The file of plugged tokens; whoever writes it plugs and unplugs.
pub(crate) struct Presence(PathBuf);

impl Presence {
    /// The plugged tokens of a script.
    pub(crate) fn of(script: &Path) -> Self {
        Self(beside(script, ".plug"))
    }

    /// Whether a token is there.
    pub(crate) fn has(&self, serial: &str) -> Outcome<bool> {
        Ok(match self.read()? {
            Some(serials) => serials.iter().any(|line| line == serial),
            None => true,
        })
    }

    /// Pulls a token out of its reader; `all` are the tokens of the script.
    pub(crate) fn remove<'a>(&self, serial: &str, all: impl Iterator<Item = &'a str>) -> Outcome {
        let there = match self.read()? {
            Some(serials) => serials,
            None => all.map(str::to_owned).collect(),
        };
        let text: String = there
            .iter()
            .filter(|line| *line != serial)
            .flat_map(|line| [line, "\n"])
            .collect();
        // A file of its own first: another process must not read half of it.
        let fresh = beside(&self.0, &format!(".{}", std::process::id()));
        std::fs::write(&fresh, text)
            .and_then(|()| std::fs::rename(&fresh, &self.0))
            .map_err(|error| self.broken(&error))
    }

    fn read(&self) -> Outcome<Option<Vec<String>>> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(Some(
                text.lines().map(|line| line.trim().to_owned()).collect(),
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.broken(&error)),
        }
    }

    fn broken(&self, error: &std::io::Error) -> Refusal {
        complain(&format!("{}: {error}", self.0.display()));
        Refusal(CKR_DEVICE_ERROR)
    }
}
