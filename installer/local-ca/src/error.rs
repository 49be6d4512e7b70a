//! What can be wrong with a local identity.

use std::{io, path::PathBuf, time::SystemTime};

/// What can be wrong with a local identity. Every variant but [`Error::NoHome`] and [`Error::Io`] is mended by
/// making a new pair and installing its CA again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system names no home folder for this user.
    #[error("the system names no home folder for this user")]
    NoHome,
    /// A file or folder could not be read, written or removed.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No identity was made yet.
    #[error("there is no local identity in {dir}", dir = dir.display())]
    Missing {
        /// The folder that was looked into.
        dir: PathBuf,
    },
    /// A file holds something other than what belongs there.
    #[error("{path} is damaged: {problem}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: Damage,
    },
    /// Other users of this computer may read the private key.
    #[error("{path} is readable by others (mode {mode:03o})", path = path.display())]
    KeyExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The pair is not valid at the time asked.
    #[error("the local certificate is valid from {not_before:?} to {not_after:?}, not at {now:?}")]
    OutsideValidity {
        /// First moment of validity.
        not_before: SystemTime,
        /// Last moment of validity.
        not_after: SystemTime,
        /// The moment asked.
        now: SystemTime,
    },
    /// The certificate library refused to make a key or a certificate.
    #[error("the certificate could not be made: {0}")]
    Generate(#[from] rcgen::Error),
    /// The clock shows a time that a certificate cannot carry (before 1970 or after 9999).
    #[error("the clock shows an impossible time")]
    Clock,
}

/// What does not fit in a file of the identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Damage {
    /// The private key belongs to another certificate.
    KeyOfAnotherCertificate,
    /// The leaf was issued by another CA.
    LeafOfAnotherCa,
    /// Not a certificate, or not exactly the certificates that belong there.
    NotACertificate,
    /// Not a PKCS#8 key of the kind we make.
    NotAKey,
    /// The leaf does not name this computer as it should.
    Names,
    /// Larger than any file of ours.
    TooLarge,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::KeyOfAnotherCertificate => "the private key belongs to another certificate",
            Self::LeafOfAnotherCa => "the certificate was issued by another CA",
            Self::NotACertificate => "no certificate",
            Self::NotAKey => "no private key",
            Self::Names => "the certificate is not for 127.0.0.1, ::1 and localhost",
            Self::TooLarge => "too large",
        })
    }
}
