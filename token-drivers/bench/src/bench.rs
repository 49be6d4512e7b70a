//! The library's whole state: readers, tokens, logins, sessions.
//!
//! What each function does with it stands in `bench/`, by the chapters of PKCS#11 v2.40 section 5.

mod objects;
mod sessions;
mod signing;
mod slots;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cryptoki_sys::{
    CK_SESSION_HANDLE, CK_SLOT_ID, CKR_DEVICE_REMOVED, CKR_SESSION_HANDLE_INVALID,
    CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT,
};

pub(crate) use self::sessions::Pin;
pub(crate) use self::slots::{VERSION, padded};
use crate::attempts::Attempts;
use crate::behaviour::{Behaviour, Orders};
use crate::function::Function;
use crate::presence::Presence;
use crate::return_value::{Outcome, Refusal};
use crate::script::{Script, ScriptError};
use crate::session::Session;
use crate::token::Token;

/// Everything between `C_Initialize` and `C_Finalize`.
pub(crate) struct Bench {
    slots: Vec<Slot>,
    behaviour: Behaviour,
    presence: Presence,
    attempts: Attempts,
    sessions: BTreeMap<CK_SESSION_HANDLE, Session>,
    next_session: CK_SESSION_HANDLE,
}

/// A reader and what is in it.
struct Slot {
    reader: String,
    token: Option<Token>,
    behaviour: Behaviour,
    logged_in: bool,
}

/// What a call is about.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Library,
    Session(CK_SESSION_HANDLE),
    Slot(CK_SLOT_ID),
}

impl Bench {
    /// Reads the script and the files it names.
    pub(crate) fn load(path: Option<PathBuf>) -> Result<Self, ScriptError> {
        let path = path.ok_or(ScriptError::NoPath)?;
        let Script { slot, behaviour } = Script::read(&path)?;
        let slots = slot
            .into_iter()
            .map(|slot| {
                Ok(Slot {
                    token: slot.token.as_ref().map(Token::build).transpose()?,
                    reader: slot.reader,
                    behaviour: slot.behaviour,
                    logged_in: false,
                })
            })
            .collect::<Result<_, ScriptError>>()?;
        Ok(Self::new(slots, behaviour, &path))
    }

    fn new(slots: Vec<Slot>, behaviour: Behaviour, script: &Path) -> Self {
        Self {
            slots,
            behaviour,
            presence: Presence::of(script),
            attempts: Attempts::of(script),
            sessions: BTreeMap::new(),
            // Not a small number: handles are to be taken from the answer.
            next_session: 0x7A01,
        }
    }

    /// What a call is to do; calls about no slot follow the orders of all of them.
    pub(crate) fn orders(&self, function: Function, subject: Subject) -> Orders {
        let own = self.behaviour.orders(function);
        match subject {
            Subject::Library => self
                .slots
                .iter()
                .map(|slot| slot.behaviour.orders(function))
                .fold(Orders::default(), Orders::and)
                .and(own),
            _ => match self.slot_of(subject) {
                Some(index) => self.slots[index].behaviour.orders(function).and(own),
                None => own,
            },
        }
    }

    /// Pulls out the token a call is about; with no such token, all of them.
    pub(crate) fn pull_out(&mut self, subject: Subject) -> Outcome {
        let indices = match self.slot_of(subject) {
            Some(index) => index..index + 1,
            None => 0..self.slots.len(),
        };
        for index in indices {
            let tokens = || self.slots.iter().filter_map(|slot| slot.token.as_ref());
            if let Some(token) = &self.slots[index].token {
                let all = tokens().map(|token| token.serial.as_str());
                self.presence.remove(&token.serial, all)?;
            }
            self.forget(index);
        }
        Ok(())
    }

    fn slot_of(&self, subject: Subject) -> Option<usize> {
        match subject {
            Subject::Library => None,
            Subject::Session(handle) => self.sessions.get(&handle).map(|session| session.slot),
            Subject::Slot(id) => usize::try_from(id)
                .ok()
                .filter(|index| *index < self.slots.len()),
        }
    }

    fn slot_index(&self, id: CK_SLOT_ID) -> Outcome<usize> {
        self.slot_of(Subject::Slot(id))
            .ok_or(Refusal(CKR_SLOT_ID_INVALID))
    }

    /// Whether a token is in the slot now; if it went away, so do its sessions and its login.
    fn present(&mut self, index: usize) -> Outcome<bool> {
        let there = match &self.slots[index].token {
            Some(token) => self.presence.has(&token.serial)?,
            None => false,
        };
        if !there {
            self.forget(index);
        }
        Ok(there)
    }

    fn forget(&mut self, index: usize) {
        self.sessions.retain(|_, session| session.slot != index);
        self.slots[index].logged_in = false;
    }

    /// The token in a slot.
    fn token(&mut self, id: CK_SLOT_ID) -> Outcome<&Token> {
        let index = self.slot_index(id)?;
        let there = self.present(index)?;
        self.slots[index]
            .token
            .as_ref()
            .filter(|_| there)
            .ok_or(Refusal(CKR_TOKEN_NOT_PRESENT))
    }

    /// A session, its token and whether the person is logged in there.
    fn session(&mut self, handle: CK_SESSION_HANDLE) -> Outcome<(&mut Session, &Token, bool)> {
        let index = self
            .slot_of(Subject::Session(handle))
            .ok_or(Refusal(CKR_SESSION_HANDLE_INVALID))?;
        if !self.present(index)? {
            return Err(Refusal(CKR_DEVICE_REMOVED));
        }
        let slot = &self.slots[index];
        match (self.sessions.get_mut(&handle), &slot.token) {
            (Some(session), Some(token)) => Ok((session, token, slot.logged_in)),
            _ => Err(Refusal(CKR_SESSION_HANDLE_INVALID)),
        }
    }
}
