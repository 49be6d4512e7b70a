//! What the agent needs from the world.

use std::{future::Future, path::Path, pin::Pin};

use tamga_token_api::{Keystore, Slot, TokenError};
use tamga_x509::UnixTime;

use crate::{Ask, Change, Event, RecentKey};

/// A future that may cross threads; ports are used as `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Windows.
pub trait Ui: Send + Sync {
    /// Opens one window for site, wish, key and password.
    fn open<'a>(&'a self, ask: Ask) -> BoxFuture<'a, Result<Box<dyn Dialog>, UiError>>;
}

/// An open window; dropping it closes the window (the page left).
pub trait Dialog: Send {
    /// Tells the window something.
    fn show<'a>(&'a mut self, change: Change) -> BoxFuture<'a, ()>;

    /// Waits for the person. A window that crashed or was closed says [`Event::Cancelled`].
    ///
    /// Safe to abandon: the job waits for the person and for its own work at once, so a dropped future must not lose
    /// an event.
    fn next<'a>(&'a mut self) -> BoxFuture<'a, Event>;
}

/// The window could not be opened at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the window could not be opened: {0}")]
pub struct UiError(pub String);

/// Opens key files by path.
pub trait KeyFiles: Send + Sync {
    /// Opens a key file; it stays sealed.
    fn open(&self, file: &Path) -> Result<Box<dyn Keystore>, TokenError>;
}

/// Tokens plugged into this computer. Calls may block for seconds; none is made on the agent's own threads.
pub trait Tokens: Send + Sync {
    /// What is there now.
    fn present(&self) -> Present;

    /// Opens the token in a slot; it stays locked.
    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError>;
}

/// Tokens, and drivers that cannot tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Present {
    /// Slots with a token in them.
    pub slots: Vec<Slot>,
    /// Libraries that do not work.
    pub failing: Vec<FailingLibrary>,
}

/// A token library that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingLibrary {
    /// Its file name.
    pub library: String,
    /// Why.
    pub error: TokenError,
}

/// Keys used before. Calls may block: they read a file and ask the system's key store.
pub trait RecentKeys: Send + Sync {
    /// The newest first, at most [`crate::RECENT_KEYS`].
    fn list(&self) -> Vec<RecentKey>;

    /// Puts a key in front; a certificate is there once.
    fn remember(&self, key: RecentKey);
}

/// The time of day.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UnixTime;
}
