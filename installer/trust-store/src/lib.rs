//! Trust stores of systems and browsers: status, install, remove.
//!
//! One file per kind of store, each with the same three verbs. Installing ends by checking; removing takes away
//! exactly the certificate it was given and leaves everything else as it was.
//!
//! | place | how | who reads it |
//! |---|---|---|
//! | [`Place::Nss`] | `certutil` of libnss3-tools | Chromium, Chrome, Edge on Linux; each Firefox profile |
//! | [`Place::LinuxSystem`] | `update-ca-certificates` | other programs on Debian-like systems; needs an administrator |
//! | `Place::WindowsUser` | crypt32, CurrentUser\Root | Edge, Chrome and Firefox on Windows |
//! | `Place::MacosUser` | `security` | Safari, Chrome and Firefox on macOS |

mod error;
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod nss;
mod places;
#[cfg(windows)]
mod windows;

use std::{fmt, path::PathBuf};

pub use error::Error;
pub use linux::LinuxSystem;
pub use nss::{NssDatabase, NssUser};
pub use places::{Home, places};

/// The certificate to be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its name in lists of certificates; must differ from computer to computer, and contain no control
    /// characters or path separators.
    pub name: String,
    /// The certificate, DER.
    pub der: Vec<u8>,
}

/// One store on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A database of NSS: Chromium's, or that of one Firefox profile.
    Nss(NssDatabase),
    /// The list of the whole Linux system.
    LinuxSystem(LinuxSystem),
    /// The current user's list in Windows.
    #[cfg(windows)]
    WindowsUser,
    /// The current user's login keychain in macOS.
    #[cfg(target_os = "macos")]
    MacosUser,
}

/// Whether a certificate is trusted in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It is not there, or there without being trusted for TLS servers.
    Absent,
    /// Only an administrator may change this place.
    NeedsAdministrator,
    /// It is there and trusted for TLS servers.
    Trusted,
}

impl Place {
    /// Whether `anchor` is trusted here. Changes nothing.
    ///
    /// # Errors
    /// [`Error::ToolMissing`] when the program that reads this store is not installed, otherwise what went wrong.
    pub fn status(&self, anchor: &Anchor) -> Result<State, Error> {
        match self {
            Self::Nss(database) => nss::status(database, anchor),
            Self::LinuxSystem(system) => linux::status(system, anchor),
            #[cfg(windows)]
            Self::WindowsUser => windows::status(anchor),
            #[cfg(target_os = "macos")]
            Self::MacosUser => macos::status(anchor),
        }
    }

    /// Makes `anchor` trusted here and checks that it is.
    ///
    /// # Errors
    /// As [`Self::status`]; [`Error::NotTaken`] when the store accepted the certificate but does not trust it.
    pub fn install(&self, anchor: &Anchor) -> Result<State, Error> {
        match self {
            Self::Nss(database) => nss::install(database, anchor),
            Self::LinuxSystem(system) => linux::install(system, anchor),
            #[cfg(windows)]
            Self::WindowsUser => windows::install(anchor),
            #[cfg(target_os = "macos")]
            Self::MacosUser => macos::install(anchor),
        }
        .and_then(|state| match state {
            State::Absent => Err(Error::NotTaken {
                place: self.to_string(),
            }),
            other => Ok(other),
        })
    }

    /// Removes exactly `anchor` and checks that it is gone. That it was not there is no error.
    ///
    /// # Errors
    /// As [`Self::status`]; [`Error::NotRemoved`] when it is still there afterwards.
    pub fn remove(&self, anchor: &Anchor) -> Result<State, Error> {
        match self {
            Self::Nss(database) => nss::remove(database, anchor),
            Self::LinuxSystem(system) => linux::remove(system, anchor),
            #[cfg(windows)]
            Self::WindowsUser => windows::remove(anchor),
            #[cfg(target_os = "macos")]
            Self::MacosUser => macos::remove(anchor),
        }
        .and_then(|state| match state {
            State::Trusted => Err(Error::NotRemoved {
                place: self.to_string(),
            }),
            other => Ok(other),
        })
    }

    /// The folder or file this place is, where it is one.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Nss(database) => Some(database.folder.clone()),
            Self::LinuxSystem(system) => Some(system.folder().to_owned()),
            #[cfg(windows)]
            Self::WindowsUser => None,
            #[cfg(target_os = "macos")]
            Self::MacosUser => None,
        }
    }
}

/// A stable name for reports: `chromium`, `firefox`, `linux-system`, `windows-user`, `macos-user`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nss(database) => match database.user {
                NssUser::Chromium => "chromium",
                NssUser::Firefox => "firefox",
            },
            Self::LinuxSystem(_) => "linux-system",
            #[cfg(windows)]
            Self::WindowsUser => "windows-user",
            #[cfg(target_os = "macos")]
            Self::MacosUser => "macos-user",
        })
    }
}

/// A stable word for reports: `absent`, `needs-administrator`, `trusted`.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::NeedsAdministrator => "needs-administrator",
            Self::Trusted => "trusted",
        })
    }
}
