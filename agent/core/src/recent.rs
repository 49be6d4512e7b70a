//! Keys used before, as people.

use std::path::PathBuf;

use tamga_x509::Certificate;

/// How many are kept and offered.
pub const RECENT_KEYS: usize = 5;

/// A key that signed or was shown to a page; no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentKey {
    /// Its certificate.
    pub certificate: Certificate,
    /// Where it was.
    pub place: KeyPlace,
}

/// Where a key lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the file with this absolute path.
    File(PathBuf),
    /// On a token.
    Token {
        /// [`tamga_token_api::Slot::storages`]
        storages: Vec<String>,
        /// [`tamga_token_api::Slot::label`]
        label: String,
        /// [`tamga_token_api::Slot::locator`]
        locator: String,
    },
}
