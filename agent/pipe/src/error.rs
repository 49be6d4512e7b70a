//! What can be wrong with a frame.

/// A frame that cannot be read or written; the side that meets one ends the conversation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The pipe failed, or ended inside a frame.
    #[error("the pipe failed")]
    Pipe(#[from] std::io::Error),
    /// Neither `J` nor `P`.
    #[error("unknown frame kind {0:#04x}")]
    UnknownKind(u8),
    /// More than the budget of its kind.
    #[error("a frame of {actual} bytes, at most {limit} are allowed")]
    TooLong {
        /// Bytes announced or to be written.
        actual: usize,
        /// Budget of the kind, in bytes.
        limit: usize,
    },
    /// Not one of our messages.
    #[error("not a message of this protocol")]
    Message(#[from] serde_json::Error),
    /// Password bytes that are not UTF-8.
    #[error("the password is not UTF-8")]
    PasswordNotUtf8,
}
