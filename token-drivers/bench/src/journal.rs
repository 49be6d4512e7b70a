//! `<script>.log`: every call in order with its result, one a line, never more than that.

use std::io::Write;
use std::path::{Path, PathBuf};

use cryptoki_sys::CK_RV;

use crate::beside;
use crate::function::Function;
use crate::return_value;

/// Where calls are written down; several processes may write at once.
#[derive(Clone)]
pub(crate) struct Journal(PathBuf);

impl Journal {
    /// The journal of a script.
    pub(crate) fn of(script: &Path) -> Self {
        Self(beside(script, ".log"))
    }

    /// Writes down a call that returned.
    pub(crate) fn returned(&self, function: Function, code: CK_RV) {
        self.line(function, &return_value::name(code));
    }

    /// Writes down a call that is going to end the process.
    pub(crate) fn crash(&self, function: Function) {
        self.line(function, "crash");
    }

    /// Writes down a call that is not going to return.
    pub(crate) fn hang(&self, function: Function) {
        self.line(function, "hang");
    }

    /// One write, so that lines of several processes do not mix.
    fn line(&self, function: Function, result: &str) {
        let line = format!("{} {result}\n", function.name());
        let written = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.0)
            .and_then(|mut file| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            // A test that reads the journal must not take a gap for silence.
            crate::complain(&format!("{}: {error}", self.0.display()));
        }
    }
}
