//! A token in another process: what it shows, unlocking it, and locking it again.

use std::{sync::Arc, sync::mpsc, thread, time::Duration};

use tamga_pipe::PasswordBytes;
use tamga_scheme::{SignatureScheme, Signer};
use tamga_token_api::{Contents, KeyEntry, Keystore, TokenError, Unlock, UnlockError, Unlocked};
use tamga_x509::Certificate;

use crate::{
    failure::Failure,
    protocol::{Entry, PinFrom, Reply, Request},
    signer::WorkerSigner,
    text::Text,
    worker::{Call, EpochStanding, Line, Shared},
};

/// So long dropping an unlocked keystore waits until it is locked.
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// A token whose certificates were read.
pub(crate) struct WorkerKeystore {
    shared: Arc<Shared>,
    locator: Text,
    contents: Contents,
}

impl WorkerKeystore {
    pub(crate) fn open(shared: Arc<Shared>, locator: Text) -> Result<Self, TokenError> {
        let request = Request::Contents {
            slot: locator.clone(),
        };
        let mut line = shared.line();
        let call = Call::plain(&request, shared.deadlines.contents);
        let contents = match line.ask_for_entries(call)? {
            (found, Reply::Contents { sealed, entries }) => match read_entries(&found, entries) {
                Some(entries) if !sealed => Contents::Listed(entries),
                Some(entries) if entries.is_empty() => Contents::Sealed,
                _ => return Err(line.broken()),
            },
            (_, other) => return Err(line.refusal(other)),
        };
        drop(line);
        Ok(Self {
            shared,
            locator,
            contents,
        })
    }
}

impl Keystore for WorkerKeystore {
    fn contents(&self) -> Contents {
        self.contents.clone()
    }

    fn unlock(&mut self, how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError> {
        let deadlines = self.shared.deadlines;
        let (pin, password, deadline) = match how {
            Unlock::Password(password) => (
                PinFrom::Window,
                // Longer than a frame is longer than any PIN.
                Some(PasswordBytes::new(password.expose()).map_err(|_| UnlockError::PinLength)?),
                deadlines.unlock,
            ),
            Unlock::PinPad => (PinFrom::PinPad, None, deadlines.pin_pad),
        };
        let request = Request::Unlock {
            slot: self.locator.clone(),
            pin,
        };
        let mut line = self.shared.line();
        let call = Call::with_password(&request, password.as_ref(), deadline);
        let answer = line.ask_for_entries(call);
        // Whatever comes of it, what was unlocked before no longer is.
        let epoch = line.begin_epoch();
        let entries = match answer? {
            (found, Reply::Unlocked { entries }) => match read_entries(&found, entries) {
                Some(entries) if !entries.is_empty() => entries,
                _ => return Err(line.broken().into()),
            },
            (_, Reply::Failed(Failure::Unlock(failure))) => {
                return Err(failure.into_error(&self.shared.library.path));
            }
            (_, other) => return Err(line.refusal(other).into()),
        };
        drop(line);
        Ok(Box::new(WorkerUnlocked {
            shared: Arc::clone(&self.shared),
            entries,
            epoch,
        }))
    }
}

/// A token that accepted the PIN; dropping it locks it.
struct WorkerUnlocked {
    shared: Arc<Shared>,
    entries: Vec<KeyEntry>,
    epoch: u64,
}

impl Unlocked for WorkerUnlocked {
    fn entries(&self) -> &[KeyEntry] {
        &self.entries
    }

    fn signer(&self, entry: &KeyEntry) -> Result<Box<dyn Signer + '_>, TokenError> {
        let index = self.position_of(entry)?;
        let index = u32::try_from(index).map_err(|_| TokenError::NoSuchEntry)?;
        // A certificate with a key outside the table cannot be signed for.
        let public_key = entry
            .certificate
            .public_key()
            .map_err(|error| TokenError::Unsupported(error.to_string()))?;
        let scheme = SignatureScheme::for_key(public_key.kind());
        let mut line = self.shared.line();
        if line.standing_of(self.epoch) != EpochStanding::Current {
            return Err(TokenError::Stopped);
        }
        let request = Request::Signer { entry: index };
        let call = Call::plain(&request, self.shared.deadlines.contents);
        match line.ask(call)? {
            Reply::Signer => Ok(Box::new(WorkerSigner::new(
                &self.shared,
                self.epoch,
                index,
                scheme,
                public_key.clone(),
            ))),
            other => Err(line.refusal(other)),
        }
    }
}

impl Drop for WorkerUnlocked {
    /// Another call may be running, so a thread waits for its turn; a child that does not lock is ended.
    fn drop(&mut self) {
        let (done, locked) = mpsc::channel();
        let (shared, epoch) = (Arc::clone(&self.shared), self.epoch);
        thread::spawn(move || {
            lock(&mut shared.line(), epoch, shared.deadlines.slots);
            // Nobody waits any more if it took long.
            let _ = done.send(());
        });
        // Late or not, the thread carries it out.
        let _ = locked.recv_timeout(LOCK_WAIT);
    }
}

fn lock(line: &mut Line<'_>, epoch: u64, deadline: Duration) {
    if line.standing_of(epoch) != EpochStanding::Current {
        return;
    }
    match line.ask(Call::plain(&Request::Lock, deadline)) {
        Ok(Reply::Locked) => {}
        Ok(_) => {
            line.broken();
        }
        // The child was ended, and the token's session with it.
        Err(_) => {}
    }
    // A signer that outlives its keystore by mistake finds nothing.
    line.begin_epoch();
}

/// The entries, if they are as many as the child says and all are certificates.
fn read_entries(found: &[Entry], count: u32) -> Option<Vec<KeyEntry>> {
    if usize::try_from(count).ok()? != found.len() {
        return None;
    }
    found.iter().map(read_entry).collect()
}

fn read_entry(found: &Entry) -> Option<KeyEntry> {
    let chain = found.chain.clone().into_vec();
    Some(KeyEntry {
        alias: found.alias.as_str().to_owned(),
        certificate: Certificate::from_der(found.certificate.as_slice()).ok()?,
        chain: chain
            .iter()
            .map(|der| Certificate::from_der(der.as_slice()).ok())
            .collect::<Option<_>>()?,
    })
}
