//! The place where jobs wait for the one person.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::{Clock, KeyFiles, Ui, queue::Queue};

/// Most jobs whose documents are checked at once. A check that runs cannot be stopped when its page leaves, so pages
/// that come and go must not start one each.
const CHECKS: usize = 2;

/// What jobs need from the world.
#[derive(Clone)]
pub struct Ports {
    /// Windows.
    pub ui: Arc<dyn Ui>,
    /// Key files.
    pub key_files: Arc<dyn KeyFiles>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}

/// Runs jobs, one window at a time; later jobs wait in the order they came.
pub struct Desk {
    pub(crate) ports: Ports,
    /// Held while a window is open. Tokio's mutex is fair.
    pub(crate) turn: tokio::sync::Mutex<()>,
    /// Those who wait for the turn.
    pub(crate) queue: Queue,
    pub(crate) checks: Arc<Semaphore>,
    last_file: Mutex<Option<PathBuf>>,
}

impl Desk {
    /// A desk with nobody at it.
    pub fn new(ports: Ports) -> Self {
        Self {
            ports,
            turn: tokio::sync::Mutex::new(()),
            queue: Queue::default(),
            checks: Arc::new(Semaphore::new(CHECKS)),
            last_file: Mutex::new(None),
        }
    }

    /// Path of the key file opened last since the agent started; offered again by the next window.
    pub(crate) fn last_file(&self) -> Option<PathBuf> {
        self.last_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn remember(&self, file: PathBuf) {
        *self
            .last_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(file);
    }
}
