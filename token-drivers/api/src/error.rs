//! What can go wrong with a keystore, sorted by who can act.

/// Why a keystore did not open with a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnlockError {
    /// The password is wrong; for tokens, so many attempts are left.
    #[error("wrong password")]
    WrongPassword {
        /// Attempts left; `None` for files, which count nothing.
        retries_left: Option<u32>,
    },
    /// The token is locked.
    #[error("the token is locked")]
    Blocked,
    /// The person pressed Cancel on the token's own keypad, or let its time pass.
    #[error("no PIN was entered on the token's keypad")]
    PinPadCancelled,
    /// The PIN has a length no PIN of this token has; it was not tried and no attempt is gone.
    #[error("a PIN of this length fits no token of this kind")]
    PinLength,
    /// The token has no PIN yet, or demands a new one before it serves.
    #[error("the PIN has to be set with the token's own program first")]
    PinNotSet,
    /// The token or file went away.
    #[error("the keystore was removed")]
    Removed,
    /// Everything else.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Why a keystore cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// No such file, or it cannot be read.
    #[error("the key file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// Larger than any key file.
    #[error("the key file has {actual} bytes, at most {limit} are read")]
    TooLarge {
        /// Size found, in bytes.
        actual: u64,
        /// Budget, in bytes.
        limit: u64,
    },
    /// Truncated or not a key file at all.
    #[error("the key file is damaged: {0}")]
    Damaged(String),
    /// Encrypted or built in a way we do not read.
    #[error("the key file uses an unsupported scheme: {0}")]
    Unsupported(String),
    /// No certificate stands beside the key.
    #[error("the key has no certificate")]
    CertificateMissing,
    /// The certificate beside the key is another key's.
    #[error("the certificate does not belong to the key")]
    Mismatch,
    /// The keystore holds no key with a certificate.
    #[error("the keystore holds no key")]
    Empty,
    /// No such entry.
    #[error("the keystore has no such key")]
    NoSuchEntry,
    /// The library that speaks to the token cannot be used.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The program that holds the library ended in the middle of a call: a crash, or somebody killed it.
    #[error("the token driver's program ended")]
    Stopped,
    /// The library gave no answer in time; its program was ended.
    #[error("the token driver gave no answer in {} s", .0.as_secs())]
    TimedOut(std::time::Duration),
    /// The driver or its library failed.
    #[error("the token driver failed: {0}")]
    Driver(String),
}

/// Why a PKCS#11 library is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// Its bytes are not those the person agreed to.
    #[error("the token library {path} has changed since it was added")]
    Changed {
        /// Absolute path of the library.
        path: String,
    },
    /// No such file, or it cannot be read.
    #[error("the token library {path} cannot be read: {kind}")]
    Unreadable {
        /// Path of the library.
        path: String,
        /// What the system says.
        kind: std::io::ErrorKind,
    },
    /// Others than its owner and the administrator may write to it or to its folder, or its path is relative.
    #[error("the token library {path} could have been replaced by another user")]
    Unsafe {
        /// Path of the library.
        path: String,
    },
    /// The system's loader refuses it, or it does not speak PKCS#11.
    #[error("the token library {path} does not start: {reason}")]
    DoesNotStart {
        /// Path of the library.
        path: String,
        /// For the journal, not for people.
        reason: String,
    },
}
