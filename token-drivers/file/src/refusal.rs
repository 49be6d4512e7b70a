//! Refusing a file, with the text that says why.

use tamga_token_api::TokenError;

/// The bytes are not what they should be; `what` ends with the position where that was noticed, if it is known.
pub(crate) fn damaged(what: impl Into<String>) -> TokenError {
    TokenError::Damaged(what.into())
}

/// The bytes may well be right, but we do not read such files.
pub(crate) fn unsupported(what: impl Into<String>) -> TokenError {
    TokenError::Unsupported(what.into())
}
