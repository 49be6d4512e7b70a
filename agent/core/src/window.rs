//! What a window shows and what it tells, as data.

use std::path::PathBuf;

use tamga_token_api::{Attempts, Password, PinEntry};
use tamga_x509::UnixTime;

use crate::{FailingLibrary, Origin};

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
    /// Which kinds of keystore may serve; the window offers no others.
    pub offered: Offered,
    /// Keys used last, the newest first.
    pub recent: Vec<RecentChoice>,
    /// Key file used last, offered again; no secret.
    pub last_file: Option<PathBuf>,
}

/// Which kinds of keystore a request may be served from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// Key files.
    Files,
    /// Key files and tokens.
    FilesAndTokens,
    /// Tokens.
    Tokens,
}

/// A key used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentChoice {
    /// The person; [`KeyChoice::id`] is its place in [`Ask::recent`].
    pub key: KeyChoice,
    /// Where the key was.
    pub place: RecentPlace,
}

/// Where a key used before was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecentPlace {
    /// In this file.
    File(PathBuf),
    /// On a token.
    Token {
        /// The token's label.
        label: String,
        /// [`TokenChoice::id`], the same as long as the agent runs.
        token: usize,
    },
}

/// A token that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenChoice {
    /// Number by which the window names it; another token never has it.
    pub id: usize,
    /// The token's label.
    pub label: String,
    /// Names of the holders of its certificates, as far as they show without a PIN.
    pub people: Vec<String>,
    /// Where its PIN is typed.
    pub pin_entry: PinEntry,
    /// Attempts left.
    pub attempts: Attempts,
    /// False if the page asked for tokens of another kind.
    pub allowed: bool,
}

/// What is plugged in now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokensNow {
    /// Tokens.
    pub tokens: Vec<TokenChoice>,
    /// Libraries that do not work.
    pub failing: Vec<FailingLibrary>,
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
    Keys {
        /// All of them.
        keys: Vec<KeyChoice>,
        /// Which of them the person is after.
        wanted: Wanted,
    },
    /// The token wants its PIN once more, for the signature that is about to be made.
    PinAgain,
    /// The store did not open, or did not sign; the person may try again.
    Problem(StoreProblem),
    /// So many documents are signed.
    Progress {
        /// Signed so far.
        signed: usize,
        /// All of them.
        of: usize,
    },
    /// Tokens came or went.
    Tokens(TokensNow),
}

/// Which key the person meant when the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// None in particular.
    Any,
    /// A key used before, which is not there any more or cannot serve. No other may take its place unasked.
    Gone,
    /// This one, by [`KeyChoice::id`]; it may be chosen.
    Key(usize),
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
    /// No path leads to an authority the page trusts.
    Authority,
    /// Not valid now, and the page did not allow that.
    Expired,
    /// Another IIN, BIN or serial number than the page asked for.
    OtherPerson,
    /// Signing asked and this key is for signing in, or the reverse.
    Purpose,
    /// The page asked for roles this certificate lacks.
    Role,
    /// The page does not take keys from where this one is.
    Store,
}

/// Why a store did not open or did not sign; each has its own sentence and its own way out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreProblem {
    /// The file is damaged or not a key file.
    Damaged,
    /// The token's driver failed, stopped or gave no answer.
    Driver,
    /// No key in it.
    Empty,
    /// The next wrong PIN locks the token; the person has not said yet that it may be tried.
    LastAttempt,
    /// The token is locked.
    Locked,
    /// The certificate does not belong to the key.
    Mismatch,
    /// The key has no certificate.
    NoCertificate,
    /// Nothing was typed on the token's keypad.
    PinPadCancelled,
    /// The PIN is too short or too long for this token; it was not tried.
    PinLength,
    /// The token has no PIN yet, or wants a new one first.
    PinNotSet,
    /// The token was taken out.
    Removed,
    /// The file is missing or cannot be read.
    Unreadable,
    /// Encrypted in a way we do not read.
    Unsupported,
    /// The password is wrong; tokens count.
    WrongPassword {
        /// Attempts left, for tokens that say so.
        retries_left: Option<u32>,
    },
}

/// Something the person did.
#[derive(Debug)]
pub enum Event {
    /// Closed the window or pressed Cancel.
    Cancelled,
    /// Pressed Open.
    Open(Opening),
    /// Typed the PIN that [`Change::PinAgain`] asked for.
    PinAgain(Password),
    /// Pressed Sign (or Send) with this key chosen.
    Sign {
        /// [`KeyChoice::id`].
        key: usize,
    },
}

/// What is to be opened, and how.
#[derive(Debug)]
pub struct Opening {
    /// The key file or token.
    pub store: StoreChoice,
    /// The password, or that the token has a keypad.
    pub unlock: UnlockBy,
    /// Place in [`Ask::recent`] of the key the person is after.
    pub recent: Option<usize>,
    /// The person knows that a wrong PIN would lock the token.
    pub last_attempt: bool,
}

/// A keystore the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// Absolute path of a key file.
    File(PathBuf),
    /// [`TokenChoice::id`].
    Token(usize),
}

/// How the person proves to be the owner.
#[derive(Debug)]
pub enum UnlockBy {
    /// By this password.
    Password(Password),
    /// On the token's own keypad.
    PinPad,
}
