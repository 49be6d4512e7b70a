//! What can go wrong with a trust store.

use std::{io, path::PathBuf};

/// What can go wrong with a trust store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The program that reads and writes this store is not installed.
    #[error("the program {tool} is missing; install the package {package}")]
    ToolMissing {
        /// The program.
        tool: &'static str,
        /// The Debian package that has it.
        package: &'static str,
    },
    /// The program that reads and writes this store failed.
    #[error("{tool} failed with {status:?}: {stderr}")]
    ToolFailed {
        /// The program.
        tool: &'static str,
        /// Its exit code, unless it was killed.
        status: Option<i32>,
        /// What it said, at most 2000 bytes.
        stderr: String,
    },
    /// The store is protected by a password of its own (Firefox: primary password).
    #[error("the certificate database {folder} is protected by a password", folder = folder.display())]
    Locked {
        /// The database.
        folder: PathBuf,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A call of the system failed.
    #[error("{call} failed with {code:#010x}")]
    System {
        /// The call.
        call: &'static str,
        /// Its error code.
        code: u32,
    },
    /// The certificate's name cannot be used as a name in a store.
    #[error("the certificate's name {name:?} cannot be used as a name in a store")]
    Name {
        /// The name.
        name: String,
    },
    /// The store took the certificate but does not trust it.
    #[error("{place} took the certificate but does not trust it")]
    NotTaken {
        /// The place.
        place: String,
    },
    /// The certificate is still in the store after it was removed.
    #[error("{place} still trusts the certificate after it was removed")]
    NotRemoved {
        /// The place.
        place: String,
    },
}

impl Error {
    /// A stable word for reports and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "io",
            Self::Locked { .. } => "locked",
            Self::Name { .. } => "name",
            Self::NotRemoved { .. } => "not-removed",
            Self::NotTaken { .. } => "not-taken",
            Self::System { .. } => "system",
            Self::ToolFailed { .. } => "tool-failed",
            Self::ToolMissing { .. } => "tool-missing",
        }
    }
}
