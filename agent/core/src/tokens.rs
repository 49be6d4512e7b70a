//! Tokens while a window is open: looked at each second on a thread of its own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use tamga_token_api::{Contents, Slot};
use tokio::sync::watch;

use crate::{FailingLibrary, JobError, Stores, TokenChoice, Tokens, TokensNow};

/// How often the drivers are asked. PKCS#11 has no call that waits for an event and can be ended.
const PERIOD: Duration = Duration::from_secs(1);

/// Numbers by which windows name tokens; a token keeps its number as long as the agent runs.
#[derive(Default)]
pub(crate) struct TokenNumbers(Mutex<HashMap<String, usize>>);

impl TokenNumbers {
    /// The number of the token with this [`Slot::locator`].
    pub(crate) fn of(&self, locator: &str) -> usize {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = numbers.len();
        *numbers.entry(locator.to_owned()).or_insert(next)
    }
}

/// Watches the tokens until it is dropped.
pub(crate) struct TokenWatch {
    seen: watch::Receiver<Arc<Seen>>,
    numbers: Arc<TokenNumbers>,
    stores: Stores,
    /// Closed with the watch, which wakes the thread up to end.
    _open: mpsc::Sender<()>,
}

/// What one look showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Seen {
    /// With the names of the holders of visible certificates.
    slots: Vec<(Slot, Vec<String>)>,
    failing: Vec<FailingLibrary>,
}

impl TokenWatch {
    /// Starts to look, or never looks if the page takes no tokens.
    pub(crate) fn start(
        tokens: &Arc<dyn Tokens>,
        numbers: &Arc<TokenNumbers>,
        stores: &Stores,
    ) -> Result<Self, JobError> {
        let (shown, seen) = watch::channel(Arc::new(Seen::default()));
        let (open, closed) = mpsc::channel();
        if stores.take_tokens() {
            let tokens = Arc::clone(tokens);
            thread::Builder::new()
                .name("tamga-tokens".into())
                .spawn(move || look(tokens.as_ref(), &shown, &closed))
                .map_err(|_| JobError::Internal("the token thread could not be started"))?;
        }
        Ok(Self {
            seen,
            numbers: Arc::clone(numbers),
            stores: stores.clone(),
            _open: open,
        })
    }

    /// Waits until something came or went. Safe to abandon.
    pub(crate) async fn changed(&mut self) -> TokensNow {
        // An error says that nobody looks: then nothing ever changes.
        if self.seen.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        let seen = Arc::clone(&self.seen.borrow_and_update());
        TokensNow {
            tokens: seen
                .slots
                .iter()
                .map(|(slot, people)| TokenChoice {
                    id: self.numbers.of(&slot.locator),
                    label: slot.label.clone(),
                    people: people.clone(),
                    pin_entry: slot.pin_entry,
                    attempts: slot.attempts,
                    allowed: self.stores.take(slot),
                })
                .collect(),
            failing: seen.failing.clone(),
        }
    }

    /// The slot of a token that is there and allowed.
    pub(crate) fn slot(&self, id: usize) -> Option<Slot> {
        let seen = Arc::clone(&self.seen.borrow());
        seen.slots
            .iter()
            .map(|(slot, _)| slot)
            .find(|slot| self.numbers.of(&slot.locator) == id && self.stores.take(slot))
            .cloned()
    }

    /// Whether this token is still there.
    pub(crate) fn is_present(&self, locator: &str) -> bool {
        let seen = Arc::clone(&self.seen.borrow());
        seen.slots.iter().any(|(slot, _)| slot.locator == locator)
    }
}

/// The thread: looks, tells, waits; ends with the watch.
fn look(tokens: &dyn Tokens, shown: &watch::Sender<Arc<Seen>>, closed: &mpsc::Receiver<()>) {
    let mut people: HashMap<String, Vec<String>> = HashMap::new();
    loop {
        let present = tokens.present();
        people.retain(|locator, _| present.slots.iter().any(|slot| slot.locator == *locator));
        let mut seen = Seen {
            slots: Vec::with_capacity(present.slots.len()),
            failing: present.failing,
        };
        for slot in present.slots {
            let names = people
                .entry(slot.locator.clone())
                .or_insert_with(|| holders(tokens, &slot))
                .clone();
            seen.slots.push((slot, names));
        }
        shown.send_if_modified(|now| {
            let is_new = **now != seen;
            if is_new {
                *now = Arc::new(seen);
            }
            is_new
        });
        // Nothing is ever sent: a message would be the end as well.
        match closed.recv_timeout(PERIOD) {
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Names on the certificates that show without a PIN. A token that shows none, or fails, is offered by its label.
fn holders(tokens: &dyn Tokens, slot: &Slot) -> Vec<String> {
    let Ok(keystore) = tokens.open(slot) else {
        return Vec::new();
    };
    let Contents::Listed(entries) = keystore.contents() else {
        return Vec::new();
    };
    let mut names: Vec<String> = Vec::new();
    for entry in &entries {
        let name = entry.certificate.subject().common_name();
        if let Some(name) = name.filter(|name| names.iter().all(|known| known != name)) {
            names.push(name.to_owned());
        }
    }
    names
}
