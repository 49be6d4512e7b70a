//! A session and the operations it is in the middle of.

use std::collections::VecDeque;

use cryptoki_sys::CK_OBJECT_HANDLE;

use crate::mechanism::Mechanism;

/// An open session; login belongs to the token, not to it.
pub(crate) struct Session {
    /// The slot's number.
    pub(crate) slot: usize,
    pub(crate) read_write: bool,
    /// Objects found and not fetched yet.
    pub(crate) search: Option<VecDeque<CK_OBJECT_HANDLE>>,
    pub(crate) signing: Option<Signing>,
}

/// A signature in the making, between `C_SignInit` and the value.
pub(crate) struct Signing {
    /// The token's key of this number.
    pub(crate) key: usize,
    pub(crate) mechanism: Mechanism,
    /// The PIN was given for this signature.
    pub(crate) authenticated: bool,
    /// Parts so far; `None` before the first `C_SignUpdate`.
    pub(crate) parts: Option<Vec<u8>>,
}
