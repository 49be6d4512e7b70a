//! An unlocked keystore on its own thread.
//!
//! [`Unlocked`](tamga_token_api::Unlocked) borrows its keystore and devices block, so both live on one thread and the
//! job talks to it over channels. When the job drops [`OpenStore`], the thread ends and the keystore is locked again.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
};

use tamga_scheme::{Reauthenticate, SignError};
use tamga_token_api::{
    Attempts, KeyEntry, Keystore, Password, Slot, TokenError, Unlock, UnlockError, Unlocked,
};
use tamga_x509::UnixTime;
use tokio::sync::{mpsc as async_mpsc, oneshot};

use crate::{
    JobError, KeyFiles, KeyPlace, SignedDocument, StoreProblem, ToBeSigned, Tokens, UnlockBy,
    documents::SignFailure,
    stack::{STACK, wiped_after},
};

/// An unlocked keystore, at least one key in it.
pub(crate) struct OpenStore {
    entries: Vec<KeyEntry>,
    place: KeyPlace,
    orders: mpsc::Sender<Order>,
}

/// A keystore that is about to be opened.
pub(crate) enum Source {
    File(Arc<dyn KeyFiles>, PathBuf),
    Token(Arc<dyn Tokens>, Slot),
}

/// Sign these documents with this key.
struct Order {
    entry: usize,
    documents: Arc<[ToBeSigned]>,
    at: UnixTime,
    course: async_mpsc::UnboundedSender<Course>,
    reply: oneshot::Sender<Result<Vec<SignedDocument>, JobError>>,
}

/// What happens while documents are signed.
pub(crate) enum Course {
    /// The key wants its PIN for the next signature; dropping the sender cancels.
    PinAgain(mpsc::Sender<Password>),
    /// So many are signed.
    Signed(usize),
}

/// Where [`OpenStore::sign`] leads: what happens meanwhile, and what comes of it.
pub(crate) type Signing = (
    async_mpsc::UnboundedReceiver<Course>,
    oneshot::Receiver<Result<Vec<SignedDocument>, JobError>>,
);

/// How opening ended: with a store, or with a problem the person can mend in the window.
pub(crate) enum Opened {
    Problem(StoreProblem),
    Store(OpenStore),
}

impl Source {
    /// Where its keys live.
    pub(crate) fn place(&self) -> KeyPlace {
        match self {
            Self::File(_, file) => KeyPlace::File(file.clone()),
            Self::Token(_, slot) => KeyPlace::Token {
                storages: slot.storages.clone(),
                label: slot.label.clone(),
                locator: slot.locator.clone(),
            },
        }
    }

    /// Opens it; it stays locked. A PIN that may lock the token is tried only if the person knows that.
    fn open(&self, last_attempt: bool) -> Result<Box<dyn Keystore>, StoreProblem> {
        match self {
            Self::File(key_files, file) => {
                key_files.open(file).map_err(|error| problem(error.into()))
            }
            Self::Token(tokens, slot) => {
                // What the window shows may be a second old.
                let present = tokens.present().slots;
                let now = present.iter().find(|now| now.locator == slot.locator);
                match now.map(|slot| slot.attempts) {
                    None => return Err(StoreProblem::Removed),
                    Some(Attempts::None) => return Err(StoreProblem::Locked),
                    Some(Attempts::Last) if !last_attempt => return Err(StoreProblem::LastAttempt),
                    Some(Attempts::Last | Attempts::Low | Attempts::Unworried) => {}
                }
                tokens.open(slot).map_err(|error| problem(error.into()))
            }
        }
    }
}

impl OpenStore {
    /// Opens a keystore and unlocks it.
    pub(crate) async fn open(
        source: Source,
        unlock: UnlockBy,
        last_attempt: bool,
    ) -> Result<Opened, JobError> {
        let place = source.place();
        let (opened, entries) = oneshot::channel();
        let (orders, queue) = mpsc::channel();
        thread::Builder::new()
            .name("tamga-keystore".into())
            .stack_size(STACK)
            .spawn(move || {
                wiped_after(|| hold(&source, unlock, last_attempt, opened, &queue));
            })
            .map_err(|_| JobError::Internal("the keystore thread could not be started"))?;
        match entries.await {
            Err(_) => Err(JobError::Internal("the keystore thread ended early")),
            Ok(Err(problem)) => Ok(Opened::Problem(problem)),
            Ok(Ok(entries)) if entries.is_empty() => Ok(Opened::Problem(StoreProblem::Empty)),
            Ok(Ok(entries)) => Ok(Opened::Store(Self {
                entries,
                place,
                orders,
            })),
        }
    }

    /// Keys with their certificates.
    pub(crate) fn entries(&self) -> &[KeyEntry] {
        &self.entries
    }

    /// Where it is.
    pub(crate) fn place(&self) -> &KeyPlace {
        &self.place
    }

    /// Begins to sign all documents with one of [`Self::entries`]; all or nothing.
    pub(crate) fn sign(
        &self,
        entry: usize,
        documents: Arc<[ToBeSigned]>,
        at: UnixTime,
    ) -> Result<Signing, JobError> {
        let (course, steps) = async_mpsc::unbounded_channel();
        let (reply, signed) = oneshot::channel();
        let order = Order {
            entry,
            documents,
            at,
            course,
            reply,
        };
        self.orders
            .send(order)
            .map_err(|_| JobError::Internal("the keystore thread ended early"))?;
        Ok((steps, signed))
    }
}

/// The thread: unlocks, reports, signs what is ordered, and locks again when nobody can order any more.
fn hold(
    source: &Source,
    unlock: UnlockBy,
    last_attempt: bool,
    opened: oneshot::Sender<Result<Vec<KeyEntry>, StoreProblem>>,
    orders: &mpsc::Receiver<Order>,
) {
    // A report nobody receives means that the job is gone; the thread just ends.
    let mut keystore = match source.open(last_attempt) {
        Ok(keystore) => keystore,
        Err(problem) => return drop(opened.send(Err(problem))),
    };
    let unlocked = keystore.unlock(match &unlock {
        UnlockBy::Password(password) => Unlock::Password(password),
        UnlockBy::PinPad => Unlock::PinPad,
    });
    drop(unlock);
    let unlocked = match unlocked {
        Ok(unlocked) => unlocked,
        Err(error) => return drop(opened.send(Err(problem(error)))),
    };
    if opened.send(Ok(unlocked.entries().to_vec())).is_err() {
        return;
    }
    while let Ok(mut order) = orders.recv() {
        let signed = fill(unlocked.as_ref(), &mut order);
        // Dropped when the job is gone: nothing it signed is seen by anybody.
        drop(order.reply.send(signed));
    }
}

fn fill(unlocked: &dyn Unlocked, order: &mut Order) -> Result<Vec<SignedDocument>, JobError> {
    let entry = unlocked
        .entries()
        .get(order.entry)
        .ok_or(TokenError::NoSuchEntry)?;
    let signer = unlocked.signer(entry)?;
    let mut again = AskAgain(&order.course);
    let mut signed = Vec::with_capacity(order.documents.len());
    for (index, document) in order.documents.iter().enumerate() {
        // The page left or the person cancelled in the middle of many documents.
        if order.reply.is_closed() {
            return Err(JobError::Internal("the job is gone"));
        }
        match document.sign(signer.as_ref(), &entry.certificate, order.at, &mut again) {
            Ok(one) => signed.push(one),
            Err(SignFailure::Document(source)) => {
                return Err(JobError::Document { index, source });
            }
            Err(SignFailure::Sign(error)) => return Err(error.into()),
        }
        // Nobody looks when the job is gone.
        drop(order.course.send(Course::Signed(signed.len())));
    }
    Ok(signed)
}

/// Asks the person through the job, and waits.
struct AskAgain<'c>(&'c async_mpsc::UnboundedSender<Course>);

impl Reauthenticate for AskAgain<'_> {
    fn reauthenticate(
        &mut self,
        enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError> {
        let (answer, pin) = mpsc::channel();
        self.0
            .send(Course::PinAgain(answer))
            .map_err(|_| SignError::Cancelled)?;
        let pin = pin.recv().map_err(|_| SignError::Cancelled)?;
        enter(pin.expose().as_bytes())
    }
}

/// What the window says about it.
fn problem(error: UnlockError) -> StoreProblem {
    match error {
        UnlockError::WrongPassword { retries_left } => StoreProblem::WrongPassword { retries_left },
        UnlockError::Blocked => StoreProblem::Locked,
        UnlockError::PinPadCancelled => StoreProblem::PinPadCancelled,
        UnlockError::PinLength => StoreProblem::PinLength,
        UnlockError::PinNotSet => StoreProblem::PinNotSet,
        UnlockError::Removed => StoreProblem::Removed,
        UnlockError::Token(error) => match error {
            TokenError::Unreadable(_) => StoreProblem::Unreadable,
            // Nothing of that size is a key file.
            TokenError::TooLarge { .. } | TokenError::Damaged(_) => StoreProblem::Damaged,
            TokenError::Unsupported(_) => StoreProblem::Unsupported,
            TokenError::CertificateMissing => StoreProblem::NoCertificate,
            TokenError::Mismatch => StoreProblem::Mismatch,
            TokenError::Empty => StoreProblem::Empty,
            error => {
                tracing::warn!(%error, "a keystore did not open");
                StoreProblem::Driver
            }
        },
        error => {
            tracing::warn!(%error, "a keystore did not open");
            StoreProblem::Driver
        }
    }
}
