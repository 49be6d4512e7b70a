//! One library in a child process, as a [`TokenDriver`].

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
    sync::Arc,
};

use tamga_scheme::DigestAlgorithm;
use tamga_token_api::{Attempts, Keystore, PinEntry, Slot, TokenDriver, TokenError};

use crate::{
    Deadlines,
    keystore::WorkerKeystore,
    protocol::{AttemptsFound, Reply, Request, SlotFound},
    text::Text,
    worker::{Call, Shared},
};

/// A library that speaks to tokens, and what the person or the catalogue says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// Absolute path.
    pub path: PathBuf,
    /// SHA-256 of the file the person agreed to; `None` for one the system's administrator installed.
    pub sha256: Option<[u8; 32]>,
    /// Names of its tokens' storage on the wire, e.g. `AKKaztokenStore`.
    pub storages: Vec<String>,
}

/// The driver of one library, by way of a child process.
///
/// The child is started by the first call, and again after it ended. An end in the middle of a call is
/// [`TokenError::Stopped`]; silence is [`TokenError::TimedOut`], and ends the child. After three of these within a
/// minute the library rests until the minute is over. Dropping the worker ends the child.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    /// A worker that will start `program` (`tamga-token`) for `library`.
    pub fn new(program: PathBuf, library: Library) -> Self {
        Self::with_deadlines(program, library, Deadlines::default())
    }

    /// The same with other deadlines, for tests that do not want to wait.
    pub fn with_deadlines(program: PathBuf, library: Library, deadlines: Deadlines) -> Self {
        let mut arguments = vec![
            OsString::from("--library"),
            library.path.clone().into_os_string(),
        ];
        if let Some(sha256) = library.sha256 {
            arguments.push("--sha256".into());
            arguments.push(hexadecimal(&sha256).into());
        }
        Self {
            shared: Arc::new(Shared::new(program, arguments, library, deadlines)),
        }
    }

    /// The library this worker was made for.
    pub fn library(&self) -> &Library {
        &self.shared.library
    }

    /// Number of the running child, if there is one.
    pub fn process_id(&self) -> Option<u32> {
        self.shared.process_id()
    }

    /// Whether a slot with this locator is one of this library's.
    pub(crate) fn owns(&self, slot: &Slot) -> bool {
        self.child_locator(slot).is_some()
    }

    /// What [`TokenDriver::slots`] said last, without asking.
    pub(crate) fn last_slots(&self) -> Vec<Slot> {
        self.shared.last_slots()
    }

    /// The part of a locator that the child understands.
    fn child_locator(&self, slot: &Slot) -> Option<Text> {
        let locator = slot.locator.strip_prefix(&prefix(&self.shared.library))?;
        Some(Text::new(locator))
    }

    fn slot(&self, found: SlotFound) -> Slot {
        Slot {
            storages: self.shared.library.storages.clone(),
            label: found.label.into_string(),
            locator: format!(
                "{}{}",
                prefix(&self.shared.library),
                found.locator.into_string()
            ),
            pin_entry: if found.pin_pad {
                PinEntry::PinPad
            } else {
                PinEntry::Window
            },
            attempts: match found.attempts {
                AttemptsFound::Last => Attempts::Last,
                AttemptsFound::Low => Attempts::Low,
                AttemptsFound::None => Attempts::None,
                AttemptsFound::Unworried => Attempts::Unworried,
            },
        }
    }
}

impl TokenDriver for Worker {
    /// While another call is running, the list as it was known last.
    fn slots(&self) -> Result<Vec<Slot>, TokenError> {
        let Some(mut line) = self.shared.try_line() else {
            return Ok(self.shared.last_slots());
        };
        let asked = line.ask(Call::plain(&Request::Slots, self.shared.deadlines.slots));
        let slots = asked.and_then(|reply| match reply {
            Reply::Slots { slots } => Ok(slots.into_vec()),
            other => Err(line.refusal(other)),
        });
        let slots = slots.map(|found| {
            found
                .into_iter()
                .map(|found| self.slot(found))
                .collect::<Vec<_>>()
        });
        self.shared
            .remember(slots.as_ref().cloned().unwrap_or_default());
        slots
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        let locator = self
            .child_locator(slot)
            .ok_or(TokenError::Unreadable(std::io::ErrorKind::NotFound))?;
        Ok(Box::new(WorkerKeystore::open(
            Arc::clone(&self.shared),
            locator,
        )?))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// What distinguishes the slots of one library from those of others: a hash of its path.
fn prefix(library: &Library) -> String {
    let path: &OsStr = library.path.as_os_str();
    let hash = DigestAlgorithm::Sha256.digest(path.as_encoded_bytes());
    format!("{}/", hexadecimal(&hash[..8]))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
