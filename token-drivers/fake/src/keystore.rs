//! The keystore, what it does on command, and what it remembers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tamga_scheme::{PrivateKey, Random, Signer};
use tamga_token_api::{Contents, KeyEntry, Keystore, TokenError, Unlock, UnlockError, Unlocked};
use tamga_x509::Certificate;

use crate::signer::WatchedSigner;

/// A keystore in memory; clones are handles on the same one, so that a test keeps one and gives one away.
#[derive(Clone)]
pub struct FakeKeystore {
    shared: Arc<Shared>,
    contents: Contents,
}

/// What happened to a keystore so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    /// Unlocked with the right password.
    pub unlocked: u32,
    /// Wrong passwords.
    pub wrong_passwords: u32,
    /// Signatures made.
    pub signatures: u32,
}

pub(crate) struct Shared {
    keys: Vec<PrivateKey>,
    entries: Vec<KeyEntry>,
    password: String,
    random: Arc<dyn Random>,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
pub(crate) struct State {
    pub(crate) condition: Condition,
    /// `None` for files, which count nothing.
    retries_left: Option<u32>,
    /// What a token has again after the right password.
    retries: Option<u32>,
    pub(crate) asks_again: bool,
    pin_pad: bool,
    pub(crate) record: Record,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Blocked,
    Present,
    Removed,
}

impl FakeKeystore {
    /// A sealed keystore like a file. Aliases are `1`, `2`, …; there is no chain.
    pub fn new(
        pairs: Vec<(PrivateKey, Certificate)>,
        password: &str,
        random: Arc<dyn Random>,
    ) -> Self {
        let entries = pairs
            .into_iter()
            .zip(1_usize..)
            .map(|((key, certificate), number)| {
                (
                    key,
                    KeyEntry {
                        alias: number.to_string(),
                        certificate,
                        chain: Vec::new(),
                    },
                )
            });
        Self::with_entries(entries.collect(), password, random)
    }

    /// A sealed keystore like a file, with aliases and chains as given; nobody checks that key and certificate fit.
    pub fn with_entries(
        entries: Vec<(PrivateKey, KeyEntry)>,
        password: &str,
        random: Arc<dyn Random>,
    ) -> Self {
        let (keys, entries) = entries.into_iter().unzip();
        let state = State {
            condition: Condition::Present,
            retries_left: None,
            retries: None,
            asks_again: false,
            pin_pad: false,
            record: Record::default(),
        };
        let password = password.to_owned();
        let shared = Shared {
            keys,
            entries,
            password,
            random,
            state: Mutex::new(state),
        };
        Self {
            shared: Arc::new(shared),
            contents: Contents::Sealed,
        }
    }

    /// Shows its certificates before the password, like a token.
    #[must_use]
    pub fn listed(mut self) -> Self {
        self.contents = Contents::Listed(self.shared.entries.clone());
        self
    }

    /// Blocks after so many wrong passwords in a row, like a token.
    #[must_use]
    pub fn with_retries(self, retries: u32) -> Self {
        let mut state = self.shared.state();
        state.retries = Some(retries);
        state.retries_left = Some(retries);
        drop(state);
        self
    }

    /// Asks for the password again before each signature, like a key with `CKA_ALWAYS_AUTHENTICATE`.
    #[must_use]
    pub fn asking_again(self) -> Self {
        self.shared.state().asks_again = true;
        self
    }

    /// Has a keypad, on which the right PIN is typed; a password from elsewhere is not taken.
    #[must_use]
    pub fn with_pin_pad(self) -> Self {
        self.shared.state().pin_pad = true;
        self
    }

    /// From now on the keystore is blocked.
    pub fn block(&self) {
        self.shared.state().condition = Condition::Blocked;
    }

    /// From now on the keystore is not there; a signer already given out fails too.
    pub fn remove(&self) {
        self.shared.state().condition = Condition::Removed;
    }

    /// Puts it back, unblocked, with all its retries.
    pub fn restore(&self) {
        let mut state = self.shared.state();
        state.condition = Condition::Present;
        state.retries_left = state.retries;
    }

    /// What happened so far, through all handles.
    pub fn record(&self) -> Record {
        self.shared.state().record
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.shared.state().condition == Condition::Removed
    }
}

impl Shared {
    /// A test that panicked elsewhere must not hide behind a poisoned lock.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_password(&self, typed: &[u8]) -> bool {
        typed == self.password.as_bytes()
    }

    /// Judges one attempt.
    fn enter(&self, password: &str) -> Result<(), UnlockError> {
        let mut state = self.state();
        match state.condition {
            Condition::Blocked => return Err(UnlockError::Blocked),
            Condition::Removed => return Err(UnlockError::Removed),
            Condition::Present => {}
        }
        if password == self.password {
            state.record.unlocked += 1;
            state.retries_left = state.retries;
            return Ok(());
        }
        state.record.wrong_passwords += 1;
        state.retries_left = state.retries_left.map(|left| left.saturating_sub(1));
        if state.retries_left == Some(0) {
            state.condition = Condition::Blocked;
        }
        Err(UnlockError::WrongPassword {
            retries_left: state.retries_left,
        })
    }
}

impl Keystore for FakeKeystore {
    fn contents(&self) -> Contents {
        self.contents.clone()
    }

    fn unlock(&mut self, how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError> {
        let pin_pad = self.shared.state().pin_pad;
        let password = match how {
            Unlock::Password(password) if !pin_pad => password.expose(),
            Unlock::PinPad if pin_pad => &self.shared.password,
            Unlock::Password(_) => {
                return Err(TokenError::Unsupported("only its keypad".to_owned()).into());
            }
            Unlock::PinPad => {
                return Err(TokenError::Unsupported("no keypad".to_owned()).into());
            }
        };
        self.shared.enter(password)?;
        if self.shared.entries.is_empty() {
            return Err(TokenError::Empty.into());
        }
        Ok(Box::new(OpenKeystore(&self.shared)))
    }
}

struct OpenKeystore<'a>(&'a Shared);

impl Unlocked for OpenKeystore<'_> {
    fn entries(&self) -> &[KeyEntry] {
        &self.0.entries
    }

    fn signer(&self, entry: &KeyEntry) -> Result<Box<dyn Signer + '_>, TokenError> {
        let index = self.position_of(entry)?;
        let key = &self.0.keys[index];
        if entry.certificate.public_key().ok() != Some(key.public_key()) {
            return Err(TokenError::Mismatch);
        }
        Ok(Box::new(WatchedSigner::new(self.0, key, &*self.0.random)))
    }
}
