//! Several libraries as one driver, none of which delays the others.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tamga_token_api::{Keystore, Slot, TokenDriver, TokenError};

use crate::Worker;

/// So long a list waits for a slow library; after that it shows what was known of it.
const PATIENCE: Duration = Duration::from_millis(500);

/// The libraries of this computer.
pub struct Workers {
    workers: Vec<Arc<Worker>>,
    refresh: Arc<Refresh>,
    patience: Duration,
}

/// A library that does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path of the library.
    pub library: PathBuf,
    /// Why.
    pub error: TokenError,
}

/// What the threads that ask the libraries tell.
#[derive(Default)]
struct Refresh {
    asked: Mutex<Asked>,
    changed: Condvar,
}

#[derive(Default)]
struct Asked {
    /// Workers a thread is waiting for, by position.
    busy: Vec<usize>,
    problems: BTreeMap<usize, TokenError>,
}

impl Workers {
    /// All these libraries; each is asked in its own child.
    pub fn new(workers: impl IntoIterator<Item = Worker>) -> Self {
        Self::with_patience(workers, PATIENCE)
    }

    /// The same with another patience, for tests.
    pub fn with_patience(workers: impl IntoIterator<Item = Worker>, patience: Duration) -> Self {
        Self {
            workers: workers.into_iter().map(Arc::new).collect(),
            refresh: Arc::default(),
            patience,
        }
    }

    /// Libraries whose last list failed, in the order given.
    pub fn problems(&self) -> Vec<Problem> {
        let asked = self.refresh.asked();
        let problems = asked.problems.iter();
        problems
            .filter_map(|(position, error)| {
                Some(Problem {
                    library: self.workers.get(*position)?.library().path.clone(),
                    error: error.clone(),
                })
            })
            .collect()
    }

    /// Asks every library that is not being asked already.
    fn ask_all(&self) {
        for (position, worker) in self.workers.iter().enumerate() {
            {
                let mut asked = self.refresh.asked();
                if asked.busy.contains(&position) {
                    continue;
                }
                asked.busy.push(position);
            }
            let (worker, refresh) = (Arc::clone(worker), Arc::clone(&self.refresh));
            thread::spawn(move || {
                let slots = worker.slots();
                let mut asked = refresh.asked();
                asked.busy.retain(|busy| *busy != position);
                match slots {
                    Ok(_) => asked.problems.remove(&position),
                    Err(error) => asked.problems.insert(position, error),
                };
                drop(asked);
                refresh.changed.notify_all();
            });
        }
    }

    /// Waits for all answers, but not longer than the patience.
    fn wait(&self) {
        let limit = Instant::now() + self.patience;
        let mut asked = self.refresh.asked();
        while !asked.busy.is_empty() {
            let left = limit.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            asked = self
                .refresh
                .changed
                .wait_timeout(asked, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl TokenDriver for Workers {
    /// The slots of all libraries; one that is slow is shown as it was known last, one that fails is in
    /// [`Workers::problems`].
    fn slots(&self) -> Result<Vec<Slot>, TokenError> {
        self.ask_all();
        self.wait();
        Ok(self
            .workers
            .iter()
            .flat_map(|worker| worker.last_slots())
            .collect())
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        self.workers
            .iter()
            .find(|worker| worker.owns(slot))
            .ok_or(TokenError::Unreadable(ErrorKind::NotFound))?
            .open(slot)
    }
}

impl Refresh {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
