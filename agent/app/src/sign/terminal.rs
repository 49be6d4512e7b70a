//! A window's part played by the command line: one keystore, one password, the first key that fits.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tamga_agent_core::{
    Ask, BoxFuture, Change, Dialog, Event, Opening, StoreChoice, StoreProblem, Ui, UiError,
    UnlockBy,
};
use tamga_token_api::{Password, TokenError, UnlockError};

use crate::{failure::Failure, key_source::Secret};

/// Which keystore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// This key file.
    File(PathBuf),
    /// The only token the job can see.
    Token,
}

/// What was given on the command line, and what came of it.
pub(super) struct Terminal {
    said: Arc<Said>,
    failure: Arc<Mutex<Option<Failure>>>,
}

struct Said {
    target: Target,
    secret: Secret,
    last_attempt: bool,
}

impl Terminal {
    pub(super) fn new(target: Target, secret: Secret, last_attempt: bool) -> Self {
        Self {
            said: Arc::new(Said {
                target,
                secret,
                last_attempt,
            }),
            failure: Arc::default(),
        }
    }

    /// Why the keystore did not open, if it did not.
    pub(super) fn failure(&self) -> Option<Failure> {
        locked(&self.failure).take()
    }
}

impl Said {
    fn opening(&self, store: StoreChoice) -> Event {
        let unlock = match &self.secret {
            Secret::Password(password) => UnlockBy::Password(copy(password)),
            Secret::PinPad => UnlockBy::PinPad,
        };
        Event::Open(Opening {
            store,
            unlock,
            recent: None,
            last_attempt: self.last_attempt,
        })
    }
}

/// Keys that ask for each signature need the PIN more than once.
fn copy(password: &Password) -> Password {
    Password::new(password.expose().to_owned())
}

impl Ui for Terminal {
    fn open<'a>(&'a self, _ask: Ask) -> BoxFuture<'a, Result<Box<dyn Dialog>, UiError>> {
        let next = match &self.said.target {
            Target::File(file) => Some(self.said.opening(StoreChoice::File(file.clone()))),
            // It is about to be shown.
            Target::Token => None,
        };
        let answers = Answers {
            said: Arc::clone(&self.said),
            next,
            opened: self.said.target != Target::Token,
            failure: Arc::clone(&self.failure),
        };
        Box::pin(async move { Ok(Box::new(answers) as Box<dyn Dialog>) })
    }
}

/// The next thing the command line says.
struct Answers {
    said: Arc<Said>,
    next: Option<Event>,
    opened: bool,
    failure: Arc<Mutex<Option<Failure>>>,
}

impl Answers {
    fn fail(&self, failure: Failure) -> Option<Event> {
        *locked(&self.failure) = Some(failure);
        Some(Event::Cancelled)
    }
}

impl Dialog for Answers {
    fn show<'a>(&'a mut self, change: Change) -> BoxFuture<'a, ()> {
        let next = match change {
            Change::Keys { keys, .. } => Some(
                keys.iter()
                    .find(|key| key.unusable.is_none())
                    .map_or(Event::Cancelled, |key| Event::Sign { key: key.id }),
            ),
            Change::PinAgain => match &self.said.secret {
                Secret::Password(password) => Some(Event::PinAgain(copy(password))),
                Secret::PinPad => Some(Event::Cancelled),
            },
            Change::Problem(problem) => self.fail(failure(problem)),
            Change::Tokens(now) if !self.opened => {
                self.opened = true;
                match now.tokens.first() {
                    Some(token) => Some(self.said.opening(StoreChoice::Token(token.id))),
                    None => self.fail(Failure::no_token()),
                }
            }
            Change::Tokens(_) | Change::Progress { .. } => None,
        };
        if next.is_some() {
            self.next = next;
        }
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
        StoreProblem::Driver => Failure::token_driver(),
        StoreProblem::Empty => TokenError::Empty.into(),
        StoreProblem::LastAttempt => Failure::last_attempt(),
        StoreProblem::Locked => UnlockError::Blocked.into(),
        StoreProblem::Mismatch => TokenError::Mismatch.into(),
        StoreProblem::NoCertificate => TokenError::CertificateMissing.into(),
        StoreProblem::PinLength => UnlockError::PinLength.into(),
        StoreProblem::PinNotSet => UnlockError::PinNotSet.into(),
        StoreProblem::PinPadCancelled => UnlockError::PinPadCancelled.into(),
        StoreProblem::Removed => UnlockError::Removed.into(),
        StoreProblem::Unreadable => TokenError::Unreadable(std::io::ErrorKind::Other).into(),
        StoreProblem::Unsupported => TokenError::Unsupported(String::new()).into(),
        StoreProblem::WrongPassword { retries_left } => {
            UnlockError::WrongPassword { retries_left }.into()
        }
        _ => TokenError::Damaged(String::new()).into(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
