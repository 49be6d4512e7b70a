//! Errors as data: what a driver says in the child, and what it means in the agent.

use std::{io::ErrorKind, path::Path};

use serde::{Deserialize, Serialize};
use tamga_scheme::SignError;
use tamga_token_api::{LibraryError, TokenError, UnlockError};

use crate::text::Text;

/// Why a request was not carried out, sorted by the kind of request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Failure {
    Sign(SignFailure),
    Token(TokenFailure),
    Unlock(UnlockFailure),
}

/// [`TokenError`] on the wire. Texts are for the journal; paths are not said, the agent knows its library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum TokenFailure {
    Absent,
    CertificateMissing,
    Damaged { text: Text },
    Driver { text: Text },
    Empty,
    LibraryChanged,
    LibraryDoesNotStart { text: Text },
    LibraryUnreadable { kind: FileFailure },
    LibraryUnsafe,
    Mismatch,
    NoSuchEntry,
    Unsupported { text: Text },
}

/// The kinds of [`ErrorKind`] that say something about a library's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FileFailure {
    NotFound,
    Other,
    PermissionDenied,
}

/// [`UnlockError`] on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum UnlockFailure {
    Blocked,
    PinLength,
    PinNotSet,
    PinPadCancelled,
    Removed,
    Token(TokenFailure),
    WrongPassword { retries_left: Option<u32> },
}

/// [`SignError`] on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum SignFailure {
    Cancelled,
    Fault,
    Key,
    Keystore { text: Text },
    Locked,
    Removed,
    WrongPin,
}

impl From<TokenError> for TokenFailure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unreadable(_) => Self::Absent,
            TokenError::Damaged(text) => Self::Damaged {
                text: Text::new(&text),
            },
            TokenError::Unsupported(text) => Self::Unsupported {
                text: Text::new(&text),
            },
            TokenError::CertificateMissing => Self::CertificateMissing,
            TokenError::Mismatch => Self::Mismatch,
            TokenError::Empty => Self::Empty,
            TokenError::NoSuchEntry => Self::NoSuchEntry,
            TokenError::Library(LibraryError::Changed { .. }) => Self::LibraryChanged,
            TokenError::Library(LibraryError::Unreadable { kind, .. }) => Self::LibraryUnreadable {
                kind: match kind {
                    ErrorKind::NotFound => FileFailure::NotFound,
                    ErrorKind::PermissionDenied => FileFailure::PermissionDenied,
                    _ => FileFailure::Other,
                },
            },
            TokenError::Library(LibraryError::Unsafe { .. }) => Self::LibraryUnsafe,
            TokenError::Library(LibraryError::DoesNotStart { reason, .. }) => {
                Self::LibraryDoesNotStart {
                    text: Text::new(&reason),
                }
            }
            TokenError::Driver(text) => Self::Driver {
                text: Text::new(&text),
            },
            // `TooLarge`, and what only the agent's side can say (`Stopped`, `TimedOut`).
            other => Self::Driver {
                text: Text::new(&other.to_string()),
            },
        }
    }
}

impl TokenFailure {
    /// What it means for the library at this path.
    pub(crate) fn into_error(self, library: &Path) -> TokenError {
        let path = || library.display().to_string();
        match self {
            Self::Absent => TokenError::Unreadable(ErrorKind::NotFound),
            Self::CertificateMissing => TokenError::CertificateMissing,
            Self::Damaged { text } => TokenError::Damaged(text.into_string()),
            Self::Driver { text } => TokenError::Driver(text.into_string()),
            Self::Empty => TokenError::Empty,
            Self::LibraryChanged => LibraryError::Changed { path: path() }.into(),
            Self::LibraryDoesNotStart { text } => LibraryError::DoesNotStart {
                path: path(),
                reason: text.into_string(),
            }
            .into(),
            Self::LibraryUnreadable { kind } => LibraryError::Unreadable {
                path: path(),
                kind: match kind {
                    FileFailure::NotFound => ErrorKind::NotFound,
                    FileFailure::Other => ErrorKind::Other,
                    FileFailure::PermissionDenied => ErrorKind::PermissionDenied,
                },
            }
            .into(),
            Self::LibraryUnsafe => LibraryError::Unsafe { path: path() }.into(),
            Self::Mismatch => TokenError::Mismatch,
            Self::NoSuchEntry => TokenError::NoSuchEntry,
            Self::Unsupported { text } => TokenError::Unsupported(text.into_string()),
        }
    }
}

impl From<UnlockError> for UnlockFailure {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::WrongPassword { retries_left } => Self::WrongPassword { retries_left },
            UnlockError::Blocked => Self::Blocked,
            UnlockError::PinPadCancelled => Self::PinPadCancelled,
            UnlockError::PinLength => Self::PinLength,
            UnlockError::PinNotSet => Self::PinNotSet,
            UnlockError::Removed => Self::Removed,
            UnlockError::Token(error) => Self::Token(error.into()),
            // The API may learn further words; their text goes to the journal.
            other => Self::Token(TokenError::Driver(other.to_string()).into()),
        }
    }
}

impl UnlockFailure {
    /// What it means for the library at this path.
    pub(crate) fn into_error(self, library: &Path) -> UnlockError {
        match self {
            Self::Blocked => UnlockError::Blocked,
            Self::PinLength => UnlockError::PinLength,
            Self::PinNotSet => UnlockError::PinNotSet,
            Self::PinPadCancelled => UnlockError::PinPadCancelled,
            Self::Removed => UnlockError::Removed,
            Self::Token(failure) => UnlockError::Token(failure.into_error(library)),
            Self::WrongPassword { retries_left } => UnlockError::WrongPassword { retries_left },
        }
    }
}

impl From<SignError> for SignFailure {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Cancelled => Self::Cancelled,
            SignError::Fault => Self::Fault,
            SignError::Key => Self::Key,
            SignError::Keystore(text) => Self::Keystore {
                text: Text::new(&text),
            },
            SignError::Locked => Self::Locked,
            SignError::Removed => Self::Removed,
            SignError::WrongPin => Self::WrongPin,
            // The agent checks lengths itself; a random generator and a driver's child do not exist in a child.
            other => Self::Keystore {
                text: Text::new(&other.to_string()),
            },
        }
    }
}

impl From<SignFailure> for SignError {
    fn from(failure: SignFailure) -> Self {
        match failure {
            SignFailure::Cancelled => Self::Cancelled,
            SignFailure::Fault => Self::Fault,
            SignFailure::Key => Self::Key,
            SignFailure::Keystore { text } => Self::Keystore(text.into_string()),
            SignFailure::Locked => Self::Locked,
            SignFailure::Removed => Self::Removed,
            SignFailure::WrongPin => Self::WrongPin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through JSON and back.
    fn over<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    #[test]
    fn every_token_error_of_a_driver_comes_back_as_itself_with_the_agents_own_path() {
        let library = Path::new("/opt/token.so");
        let path = || "/opt/token.so".to_owned();
        let errors = [
            TokenError::Unreadable(ErrorKind::NotFound),
            TokenError::Damaged("d".into()),
            TokenError::Unsupported("u".into()),
            TokenError::CertificateMissing,
            TokenError::Mismatch,
            TokenError::Empty,
            TokenError::NoSuchEntry,
            TokenError::Driver("x".into()),
            LibraryError::Changed { path: path() }.into(),
            LibraryError::Unsafe { path: path() }.into(),
            LibraryError::DoesNotStart {
                path: path(),
                reason: "r".into(),
            }
            .into(),
            LibraryError::Unreadable {
                path: path(),
                kind: ErrorKind::PermissionDenied,
            }
            .into(),
        ];
        for error in errors {
            let failure = over(&TokenFailure::from(error.clone()));
            assert_eq!(failure.into_error(library), error);
        }
        let elsewhere = LibraryError::Unsafe {
            path: "/lie".into(),
        };
        assert_eq!(
            TokenFailure::from(TokenError::from(elsewhere)).into_error(library),
            LibraryError::Unsafe { path: path() }.into()
        );
    }

    #[test]
    fn every_unlock_error_comes_back_as_itself() {
        let errors = [
            UnlockError::WrongPassword {
                retries_left: Some(1),
            },
            UnlockError::WrongPassword { retries_left: None },
            UnlockError::Blocked,
            UnlockError::PinPadCancelled,
            UnlockError::PinLength,
            UnlockError::PinNotSet,
            UnlockError::Removed,
            UnlockError::Token(TokenError::Empty),
        ];
        for error in errors {
            let failure = over(&UnlockFailure::from(error.clone()));
            assert_eq!(failure.into_error(Path::new("/x")), error);
        }
    }

    #[test]
    fn every_sign_error_of_a_driver_comes_back_as_itself() {
        let errors = [
            SignError::Cancelled,
            SignError::WrongPin,
            SignError::Locked,
            SignError::Removed,
            SignError::Keystore("CKR_GENERAL_ERROR".into()),
            SignError::Key,
            SignError::Fault,
        ];
        for error in errors {
            assert_eq!(
                SignError::from(over(&SignFailure::from(error.clone()))),
                error
            );
        }
    }
}
