//! How large the parts of a file may be; how many there may be is [`crate::opened::MAX_ITEMS`].

/// Longest alias, in octets of modified UTF-8; the format allows 65535.
pub(super) const MAX_ALIAS: usize = 1024;

/// Most certificates beside one key.
pub(super) const MAX_CHAIN: usize = 32;

/// Largest certificate or encrypted key, in bytes; an RSA key of 16384 bits takes 10 KB.
pub(super) const MAX_PART: usize = 64 * 1024;
