//! An unlocked keystore on its own thread.
//!
//! [`Unlocked`](tamga_token_api::Unlocked) borrows its keystore and devices block, so both live on one thread and the
//! job talks to it over channels. When the job drops [`OpenStore`], the thread ends and the keystore is locked again.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
};

use tamga_token_api::{KeyEntry, Password, TokenError, Unlock, UnlockError, Unlocked};
use tamga_x509::UnixTime;
use tokio::sync::oneshot;

use crate::{JobError, KeyFiles, SignedDocument, StoreProblem, ToBeSigned, documents::SignFailure};

/// An unlocked keystore, at least one key in it.
pub(crate) struct OpenStore {
    entries: Vec<KeyEntry>,
    orders: mpsc::Sender<Order>,
}

/// Sign these documents with this key.
struct Order {
    entry: usize,
    documents: Arc<[ToBeSigned]>,
    at: UnixTime,
    reply: oneshot::Sender<Result<Vec<SignedDocument>, JobError>>,
}

/// How opening ended: with a store, or with a problem the person can mend in the window.
pub(crate) enum Opened {
    Problem(StoreProblem),
    Store(OpenStore),
}

impl OpenStore {
    /// Opens a key file and unlocks it.
    pub(crate) async fn open(
        key_files: Arc<dyn KeyFiles>,
        file: PathBuf,
        password: Password,
    ) -> Result<Opened, JobError> {
        let (opened, entries) = oneshot::channel();
        let (orders, queue) = mpsc::channel();
        thread::Builder::new()
            .name("tamga-keystore".into())
            .spawn(move || hold(key_files.as_ref(), &file, password, opened, &queue))
            .map_err(|_| JobError::Internal("the keystore thread could not be started"))?;
        match entries.await {
            Err(_) => Err(JobError::Internal("the keystore thread ended early")),
            Ok(Err(error)) => problem(error).map(Opened::Problem),
            Ok(Ok(entries)) if entries.is_empty() => Ok(Opened::Problem(StoreProblem::Empty)),
            Ok(Ok(entries)) => Ok(Opened::Store(Self { entries, orders })),
        }
    }

    /// Keys with their certificates.
    pub(crate) fn entries(&self) -> &[KeyEntry] {
        &self.entries
    }

    /// Signs all documents with one of [`Self::entries`]; all or nothing.
    pub(crate) async fn sign(
        &self,
        entry: usize,
        documents: Arc<[ToBeSigned]>,
        at: UnixTime,
    ) -> Result<Vec<SignedDocument>, JobError> {
        let ended = JobError::Internal("the keystore thread ended early");
        let (reply, signed) = oneshot::channel();
        let order = Order {
            entry,
            documents,
            at,
            reply,
        };
        self.orders.send(order).map_err(|_| ended.clone())?;
        signed.await.map_err(|_| ended)?
    }
}

/// The thread: unlocks, reports, signs what is ordered, and locks again when nobody can order any more.
fn hold(
    key_files: &dyn KeyFiles,
    file: &std::path::Path,
    password: Password,
    opened: oneshot::Sender<Result<Vec<KeyEntry>, UnlockError>>,
    orders: &mpsc::Receiver<Order>,
) {
    // A report nobody receives means that the job is gone; the thread just ends.
    let mut keystore = match key_files.open(file) {
        Ok(keystore) => keystore,
        Err(error) => return drop(opened.send(Err(error.into()))),
    };
    let unlocked = match keystore.unlock(Unlock::Password(&password)) {
        Ok(unlocked) => unlocked,
        Err(error) => return drop(opened.send(Err(error))),
    };
    drop(password);
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
    let mut signed = Vec::with_capacity(order.documents.len());
    for (index, document) in order.documents.iter().enumerate() {
        // The page left or the person cancelled in the middle of many documents.
        if order.reply.is_closed() {
            return Err(JobError::Internal("the job is gone"));
        }
        match document.sign(signer.as_ref(), &entry.certificate, order.at) {
            Ok(one) => signed.push(one),
            Err(SignFailure::Document(source)) => {
                return Err(JobError::Document { index, source });
            }
            Err(SignFailure::Sign(error)) => return Err(error.into()),
        }
    }
    Ok(signed)
}

/// What the window says about it; what no other file or password would mend ends the job.
fn problem(error: UnlockError) -> Result<StoreProblem, JobError> {
    match error {
        UnlockError::WrongPassword { retries_left } => {
            Ok(StoreProblem::WrongPassword { retries_left })
        }
        UnlockError::Blocked => Err(JobError::Locked),
        UnlockError::Removed => Err(JobError::Removed),
        UnlockError::Token(error) => match error {
            TokenError::Unreadable(_) => Ok(StoreProblem::Unreadable),
            // Nothing of that size is a key file.
            TokenError::TooLarge { .. } | TokenError::Damaged(_) => Ok(StoreProblem::Damaged),
            TokenError::Unsupported(_) => Ok(StoreProblem::Unsupported),
            TokenError::CertificateMissing | TokenError::Mismatch => Ok(StoreProblem::Mismatch),
            TokenError::Empty => Ok(StoreProblem::Empty),
            other => Err(other.into()),
        },
        // Kinds of failure born after this was written.
        _ => Err(JobError::Internal("an unknown keystore failure")),
    }
}
