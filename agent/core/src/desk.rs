//! The place where jobs wait for the one person.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::{
    Clock, JobError, KeyFiles, RECENT_KEYS, RecentKey, RecentKeys, Tokens, Ui, queue::Queue,
    tokens::TokenNumbers,
};

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
    /// Tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Keys used before.
    pub recent: Arc<dyn RecentKeys>,
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
    pub(crate) token_numbers: Arc<TokenNumbers>,
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
            token_numbers: Arc::default(),
            last_file: Mutex::new(None),
        }
    }

    /// Storage names of the tokens that are plugged in, each once; pages may ask for them without a window.
    pub async fn token_storages(&self) -> Result<Vec<String>, JobError> {
        let tokens = Arc::clone(&self.ports.tokens);
        let present = tokio::task::spawn_blocking(move || tokens.present())
            .await
            .map_err(|_| JobError::Internal("the look at the tokens ended early"))?;
        let mut names: Vec<String> = Vec::new();
        for name in present.slots.into_iter().flat_map(|slot| slot.storages) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Keys used before, the newest first.
    pub(crate) async fn recent_keys(&self) -> Result<Vec<RecentKey>, JobError> {
        let recent = Arc::clone(&self.ports.recent);
        tokio::task::spawn_blocking(move || {
            let mut keys = recent.list();
            keys.truncate(RECENT_KEYS);
            keys
        })
        .await
        .map_err(|_| JobError::Internal("the list of recent keys ended early"))
    }

    /// Puts a key in front of the recent ones; nobody waits for it.
    pub(crate) fn remember_key(&self, key: RecentKey) {
        let recent = Arc::clone(&self.ports.recent);
        tokio::task::spawn_blocking(move || recent.remember(key));
    }

    /// Path of the key file opened last since the agent started; offered again by the next window.
    pub(crate) fn last_file(&self) -> Option<PathBuf> {
        self.last_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn remember_file(&self, file: PathBuf) {
        *self
            .last_file
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(file);
    }
}
