//! A window's part played by the command line: one key file, one password, the first key that fits.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tamga_agent_core::{Ask, BoxFuture, Change, Dialog, Event, StoreProblem, Ui, UiError};
use tamga_token_api::{Password, TokenError, UnlockError};

use crate::failure::Failure;

/// What was given on the command line, and what came of it.
pub(super) struct Terminal {
    file: PathBuf,
    password: Arc<Mutex<Option<Password>>>,
    failure: Arc<Mutex<Option<Failure>>>,
}

impl Terminal {
    pub(super) fn new(file: PathBuf, password: Password) -> Self {
        Self {
            file,
            password: Arc::new(Mutex::new(Some(password))),
            failure: Arc::default(),
        }
    }

    /// Why the key file did not open, if it did not.
    pub(super) fn failure(&self) -> Option<Failure> {
        locked(&self.failure).take()
    }
}

impl Ui for Terminal {
    fn open<'a>(&'a self, _ask: Ask) -> BoxFuture<'a, Result<Box<dyn Dialog>, UiError>> {
        let next = locked(&self.password)
            .take()
            .map_or(Event::Cancelled, |password| Event::Open {
                file: self.file.clone(),
                password,
            });
        let failure = Arc::clone(&self.failure);
        Box::pin(async move {
            Ok(Box::new(Answers {
                next: Some(next),
                failure,
            }) as Box<dyn Dialog>)
        })
    }
}

/// The next thing the command line says.
struct Answers {
    next: Option<Event>,
    failure: Arc<Mutex<Option<Failure>>>,
}

impl Dialog for Answers {
    fn show<'a>(&'a mut self, change: Change) -> BoxFuture<'a, ()> {
        self.next = Some(match change {
            Change::Keys(keys) => keys
                .iter()
                .find(|key| key.unusable.is_none())
                .map_or(Event::Cancelled, |key| Event::Sign { key: key.id }),
            Change::Problem(problem) => {
                *locked(&self.failure) = Some(failure(problem));
                Event::Cancelled
            }
        });
        Box::pin(std::future::ready(()))
    }

    /// Says one thing at the start and one after each change; in between the agent is at work.
    fn next<'a>(&'a mut self) -> BoxFuture<'a, Event> {
        match self.next.take() {
            Some(event) => Box::pin(std::future::ready(event)),
            None => Box::pin(std::future::pending()),
        }
    }
}

fn failure(problem: StoreProblem) -> Failure {
    match problem {
        StoreProblem::WrongPassword { retries_left } => {
            UnlockError::WrongPassword { retries_left }.into()
        }
        StoreProblem::Empty => TokenError::Empty.into(),
        StoreProblem::Mismatch => TokenError::Mismatch.into(),
        StoreProblem::Unreadable => TokenError::Unreadable(std::io::ErrorKind::Other).into(),
        StoreProblem::Unsupported => TokenError::Unsupported(String::new()).into(),
        _ => TokenError::Damaged(String::new()).into(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
