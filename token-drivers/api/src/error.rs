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
    /// A key without a certificate, or a certificate of another key.
    #[error("the certificate does not belong to the key")]
    Mismatch,
    /// The keystore holds no key with a certificate.
    #[error("the keystore holds no key")]
    Empty,
    /// No such entry.
    #[error("the keystore has no such key")]
    NoSuchEntry,
    /// The driver or its library failed.
    #[error("the token driver failed: {0}")]
    Driver(String),
}
