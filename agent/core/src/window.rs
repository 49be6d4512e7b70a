//! What a window shows and what it tells, as data.

use std::path::PathBuf;

use tamga_token_api::Password;
use tamga_x509::UnixTime;

use crate::Origin;

/// Cancelling is a word, not a `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// The person decided.
    Given(T),
    /// The person refused, closed the window, or the page left.
    Cancelled,
}

/// Languages of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Kazakh.
    Kk,
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

/// Everything a signing window shows when it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Who asks.
    pub origin: Origin,
    /// What is asked.
    pub wish: Wish,
    /// Language of the window.
    pub language: Language,
    /// Key file used last, offered again; no secret.
    pub last_file: Option<PathBuf>,
}

/// What a page wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Read one certificate (`getKeyInfo`).
    ReadCertificate,
    /// Sign these documents, one signature each.
    Sign(Vec<Document>),
}

/// A document in a few words; its bytes never leave the agent for the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// "CMS" or "XML".
    pub format: &'static str,
    /// Size in bytes.
    pub size: usize,
    /// The page sent only a digest: nobody can see what is signed.
    pub blind: bool,
}

/// Something the agent tells an open window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The store is open; these are its keys. Exactly the usable ones may be chosen.
    Keys(Vec<KeyChoice>),
    /// The store did not open; the person may try again.
    Problem(StoreProblem),
}

/// One key as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChoice {
    /// Number by which the window names it; not its place in the list.
    pub id: usize,
    /// Common name of the holder.
    pub name: String,
    /// IIN, if any (12 digits; the window masks it).
    pub iin: Option<String>,
    /// BIN, if any.
    pub bin: Option<String>,
    /// Organisation, if any.
    pub organization: Option<String>,
    /// Common name of the issuer.
    pub issuer: String,
    /// Scheme name, e.g. `GOST-2015-512`.
    pub algorithm: String,
    /// Start of validity.
    pub not_before: UnixTime,
    /// End of validity.
    pub not_after: UnixTime,
    /// Serial number, lower-case hex.
    pub serial: String,
    /// Why it cannot serve this request; `None` if it can.
    pub unusable: Option<Unusable>,
    /// Outside its validity at the moment; a warning where `unusable` is `None`.
    pub expired: bool,
}

/// Why a key cannot serve a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// Its algorithm is not one of ours, or does not fit the digest the page sent.
    Algorithm,
    /// Not valid now, and the page did not allow that.
    Expired,
    /// Another IIN, BIN or serial number than the page asked for.
    OtherPerson,
    /// Signing asked and this key is for signing in, or the reverse.
    Purpose,
    /// The page asked for roles this certificate lacks.
    Role,
}

/// Why a store did not open; each has its own sentence and its own way out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreProblem {
    /// The file is damaged or not a key file.
    Damaged,
    /// No key in it.
    Empty,
    /// The certificate does not belong to the key.
    Mismatch,
    /// The file is missing or cannot be read.
    Unreadable,
    /// Encrypted in a way we do not read.
    Unsupported,
    /// The password is wrong; tokens count.
    WrongPassword {
        /// Attempts left, for tokens.
        retries_left: Option<u32>,
    },
}

/// Something the person did.
#[derive(Debug)]
pub enum Event {
    /// Closed the window or pressed Cancel.
    Cancelled,
    /// Pressed Open: this key file with this password.
    Open {
        /// Absolute path of the key file.
        file: PathBuf,
        /// Its password.
        password: Password,
    },
    /// Pressed Sign (or Send) with this key chosen.
    Sign {
        /// [`KeyChoice::id`].
        key: usize,
    },
}
