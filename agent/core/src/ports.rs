//! What the agent needs from the world.

use std::{future::Future, path::Path, pin::Pin};

use tamga_token_api::{Keystore, TokenError};
use tamga_x509::UnixTime;

use crate::{Ask, Change, Event};

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

/// The time of day.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> UnixTime;
}
