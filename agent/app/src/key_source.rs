//! The keystore named on the command line: a key file or a token.

use std::path::{Path, PathBuf};

use tamga_agent_core::{KeyFiles, Present, Tokens};
use tamga_token_api::{
    Attempts, Keystore, Password, PinEntry, Slot, TokenError, Unlock, UnlockError,
};

use crate::{
    cli::{PasswordSource, TokenChoice},
    failure::Failure,
    identity, password,
    system::Disk,
    texts::Texts,
    token_libraries::{Patience, PluggedTokens},
    tokens,
};

/// A key file, or a token that is plugged in.
pub(crate) enum KeySource {
    File(PathBuf),
    Token {
        tokens: PluggedTokens,
        slot: Slot,
        last_attempt: bool,
    },
}

/// How the keystore is unlocked.
pub(crate) enum Secret {
    Password(Password),
    PinPad,
}

impl KeySource {
    /// What was named; the command line allows exactly one.
    pub(crate) fn new(file: Option<&Path>, token: &TokenChoice) -> Result<Self, Failure> {
        match (file, &token.token) {
            (Some(file), _) => Ok(Self::File(file.to_owned())),
            (None, Some(name)) => {
                let settings = identity::folder(token.settings.as_ref())?;
                let tokens = tokens::plugged(settings, Patience::EachLibrary)?;
                let slot = tokens::find(&tokens, name)?;
                Ok(Self::Token {
                    tokens,
                    slot,
                    last_attempt: token.last_attempt,
                })
            }
            (None, None) => Err(Failure::no_token()),
        }
    }

    /// For messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(file) => file.display().to_string(),
            Self::Token { slot, .. } => slot.label.clone(),
        }
    }

    /// Opens it; it stays locked.
    pub(crate) fn open(&self) -> Result<Box<dyn Keystore>, Failure> {
        match self {
            Self::File(file) => Ok(Disk.open(file)?),
            Self::Token { tokens, slot, .. } => Ok(tokens.open(slot)?),
        }
    }

    /// Reads what unlocks it. A PIN that may lock the token is not even asked for without consent.
    pub(crate) fn read_secret(
        &self,
        source: &PasswordSource,
        texts: &Texts,
    ) -> Result<Secret, Failure> {
        match self {
            Self::File(_) => Ok(Secret::Password(password::read(source, texts)?)),
            Self::Token {
                slot, last_attempt, ..
            } => {
                match slot.attempts {
                    Attempts::None => return Err(UnlockError::Blocked.into()),
                    Attempts::Last if !last_attempt => {
                        return Err(Failure::last_attempt().about(&slot.label));
                    }
                    Attempts::Last | Attempts::Low | Attempts::Unworried => {}
                }
                match slot.pin_entry {
                    PinEntry::PinPad => Ok(Secret::PinPad),
                    PinEntry::Window => Ok(Secret::Password(password::read_pin(source, texts)?)),
                }
            }
        }
    }
}

impl Secret {
    /// As keystores take it.
    pub(crate) fn unlock(&self) -> Unlock<'_> {
        match self {
            Self::Password(password) => Unlock::Password(password),
            Self::PinPad => Unlock::PinPad,
        }
    }
}

/// As the only token there is: a job looks at no other.
pub(crate) struct OnlyToken {
    pub(crate) tokens: PluggedTokens,
    pub(crate) slot: Slot,
}

impl Tokens for OnlyToken {
    fn present(&self) -> Present {
        let mut present = self.tokens.present();
        present
            .slots
            .retain(|slot| slot.locator == self.slot.locator);
        // Taken out since it was found: the job shall try to open it and hear so, not wait for it.
        if present.slots.is_empty() {
            present.slots.push(self.slot.clone());
        }
        present
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        self.tokens.open(slot)
    }
}

/// Where no token is named, none is looked at.
pub(crate) struct NoTokens;

impl Tokens for NoTokens {
    fn present(&self) -> Present {
        Present::default()
    }

    fn open(&self, _slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        Err(TokenError::NoSuchEntry)
    }
}
