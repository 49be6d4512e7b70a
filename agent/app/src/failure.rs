//! What can go wrong on the command line: a stable code, an exit status, a sentence and a way out.

use std::process::ExitCode;

use tamga_token_api::{LibraryError, TokenError, UnlockError};

use crate::texts::Texts;

/// A failure a person can read about; the sentences are `err-CODE` and `rec-CODE` in `i18n/`.
#[derive(Debug)]
pub(crate) struct Failure {
    code: &'static str,
    exit: u8,
    subject: String,
}

impl Failure {
    fn new(code: &'static str, exit: u8) -> Self {
        Self {
            code,
            exit,
            subject: String::new(),
        }
    }

    /// Names what the failure is about: a file, a port.
    pub(crate) fn about(mut self, subject: impl std::fmt::Display) -> Self {
        self.subject = subject.to_string();
        self
    }

    pub(crate) fn wrong_password() -> Self {
        Self::new("wrong-password", 10)
    }

    pub(crate) fn no_suitable_key() -> Self {
        Self::new("no-suitable-key", 15)
    }

    pub(crate) fn broken_document() -> Self {
        Self::new("broken-document", 16)
    }

    pub(crate) fn no_token() -> Self {
        Self::new("no-token", 14)
    }

    pub(crate) fn last_attempt() -> Self {
        Self::new("last-attempt", 13)
    }

    pub(crate) fn token_driver() -> Self {
        Self::new("token-driver", 19)
    }

    pub(crate) fn settings() -> Self {
        Self::new("settings", 6)
    }

    pub(crate) fn no_storage() -> Self {
        Self::new("no-storage", 2)
    }

    pub(crate) fn not_added() -> Self {
        Self::new("not-added", 14)
    }

    pub(crate) fn unreadable() -> Self {
        Self::new("unreadable", 16)
    }

    pub(crate) fn unwritable() -> Self {
        Self::new("unwritable", 18)
    }

    pub(crate) fn no_password() -> Self {
        Self::new("no-password", 10)
    }

    pub(crate) fn port_taken() -> Self {
        Self::new("port-taken", 4)
    }

    pub(crate) fn port_refused() -> Self {
        Self::new("port-refused", 4)
    }

    pub(crate) fn already_running() -> Self {
        Self::new("already-running", 5)
    }

    pub(crate) fn certificate() -> Self {
        Self::new("local-certificate", 6)
    }

    pub(crate) fn trust() -> Self {
        Self::new("trust", 1)
    }

    pub(crate) fn internal() -> Self {
        Self::new("internal", 70)
    }

    /// Prints both sentences on stderr and gives the exit status.
    #[expect(clippy::print_stderr, reason = "a command line speaks on stderr")]
    pub(crate) fn report(&self, texts: &Texts) -> ExitCode {
        let arguments = [("subject", self.subject.as_str())];
        eprintln!(
            "tamga: {} [{}]",
            texts.get(&format!("err-{}", self.code), &arguments),
            self.code
        );
        eprintln!(
            "       {}",
            texts.get(&format!("rec-{}", self.code), &arguments)
        );
        ExitCode::from(self.exit)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unreadable(_) => Self::new("no-key-file", 14),
            TokenError::Unsupported(_) => Self::new("unsupported-key-file", 12),
            TokenError::Empty | TokenError::NoSuchEntry => Self::no_suitable_key(),
            TokenError::CertificateMissing | TokenError::Mismatch => {
                Self::new("no-certificate", 11)
            }
            TokenError::Library(error) => error.into(),
            TokenError::Driver(_) | TokenError::Stopped | TokenError::TimedOut(_) => {
                Self::token_driver()
            }
            _ => Self::new("damaged-key-file", 11),
        }
    }
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Self {
        let code = match error {
            LibraryError::Changed { .. } => "library-changed",
            LibraryError::Unsafe { .. } => "library-unsafe",
            LibraryError::Unreadable { .. } => "library-unreadable",
            _ => "library-does-not-start",
        };
        Self::new(code, 19)
    }
}

impl From<UnlockError> for Failure {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::WrongPassword { .. } => Self::wrong_password(),
            UnlockError::Blocked => Self::new("locked", 13),
            UnlockError::Removed => Self::no_token(),
            UnlockError::PinLength => Self::new("pin-length", 10),
            UnlockError::PinNotSet => Self::new("pin-not-set", 13),
            UnlockError::PinPadCancelled => Self::new("pin-pad-cancelled", 10),
            UnlockError::Token(error) => error.into(),
            _ => Self::internal(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_sentence_and_a_way_out_in_every_language() {
        let failures = [
            Failure::wrong_password(),
            Failure::no_suitable_key(),
            Failure::broken_document(),
            Failure::unreadable(),
            Failure::unwritable(),
            Failure::no_password(),
            Failure::port_refused(),
            Failure::port_taken(),
            Failure::already_running(),
            Failure::certificate(),
            Failure::trust(),
            Failure::internal(),
            Failure::from(TokenError::Unreadable(std::io::ErrorKind::NotFound)),
            Failure::from(TokenError::Unsupported(String::new())),
            Failure::from(TokenError::Damaged(String::new())),
            Failure::from(TokenError::Mismatch),
            Failure::from(TokenError::Stopped),
            Failure::from(UnlockError::Blocked),
            Failure::from(UnlockError::PinLength),
            Failure::from(UnlockError::PinNotSet),
            Failure::from(UnlockError::PinPadCancelled),
            Failure::from(UnlockError::Removed),
            Failure::from(LibraryError::Changed {
                path: String::new(),
            }),
            Failure::from(LibraryError::Unsafe {
                path: String::new(),
            }),
            Failure::from(LibraryError::Unreadable {
                path: String::new(),
                kind: std::io::ErrorKind::NotFound,
            }),
            Failure::from(LibraryError::DoesNotStart {
                path: String::new(),
                reason: String::new(),
            }),
            Failure::last_attempt(),
            Failure::settings(),
            Failure::not_added(),
            Failure::no_storage(),
        ];
        for language in ["kk", "ru", "en"] {
            let texts = Texts::for_language(language);
            for failure in &failures {
                for prefix in ["err", "rec"] {
                    let key = format!("{prefix}-{}", failure.code);
                    assert!(texts.has(&key), "{language} lacks {key}");
                }
            }
        }
    }
}
