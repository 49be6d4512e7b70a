//! The child's side: requests in, replies out, over any driver.

use std::{
    io::{Read, Write},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use tamga_pipe::{Error, Frame, PasswordBytes, decode, read_frame, write_message};
use tamga_scheme::{Reauthenticate, SignError, ToSign};
use tamga_token_api::{
    Attempts, Contents, KeyEntry, Password, PinEntry, Slot, TokenDriver, TokenError, Unlock,
    UnlockError, Unlocked,
};

use crate::{
    failure::Failure,
    protocol::{
        AttemptsFound, Bytes, CERTIFICATE_LIMIT, ENTRY_LIMIT, Entry, INPUT_LIMIT, Input, Limited,
        PinFrom, Reply, Request, SlotFound,
    },
    text::Text,
};

/// Carries out requests until the pipe ends, or nobody asked for `idle` while nothing is unlocked.
///
/// One keystore is unlocked at a time: a second unlocking locks the first.
///
/// # Errors
/// When the other side breaks the protocol, or a pipe fails; the caller then ends the process.
pub fn serve(
    driver: &dyn TokenDriver,
    reader: impl Read + Send + 'static,
    writer: impl Write,
    idle: Duration,
) -> Result<(), Error> {
    let mut agent = Agent {
        frames: listen(reader),
        writer,
    };
    let mut waiting = None;
    loop {
        let request = match waiting.take() {
            Some(request) => request,
            None => match agent.request_within(idle)? {
                Heard::End => return Ok(()),
                Heard::Nothing => return agent.say(&Reply::Goodbye),
                Heard::Request(request) => request,
            },
        };
        match request {
            Request::Contents { slot } => agent.contents(driver, &slot)?,
            Request::Lock => agent.say(&Reply::Locked)?,
            Request::Sign { input, .. } => {
                agent.input(input)?;
                agent.say(&Reply::Failed(Failure::Sign(nothing_unlocked().into())))?;
            }
            Request::Signer { .. } => {
                agent.refuse(TokenError::Driver("nothing is unlocked".to_owned()))?;
            }
            Request::Slots => agent.slots(driver)?,
            Request::Unlock { slot, pin } => match agent.unlock(driver, &slot, pin)? {
                AfterUnlock::End => return Ok(()),
                AfterUnlock::Locked => {}
                AfterUnlock::Next(request) => waiting = Some(request),
            },
            Request::Part { .. } | Request::Pin | Request::PinCancelled => {
                return Err(out_of_turn());
            }
        }
    }
}

/// The agent, as the child hears and answers it.
struct Agent<W> {
    frames: Receiver<Result<Frame, Error>>,
    writer: W,
}

/// What came within a time.
enum Heard {
    End,
    Nothing,
    Request(Request),
}

/// How the time of an unlocked keystore ended.
enum AfterUnlock {
    /// The pipe ended.
    End,
    /// It was locked, or never opened.
    Locked,
    /// It was locked because of this request.
    Next(Request),
}

impl<W: Write> Agent<W> {
    fn say(&mut self, reply: &Reply) -> Result<(), Error> {
        write_message(&mut self.writer, reply)
    }

    fn refuse(&mut self, error: TokenError) -> Result<(), Error> {
        self.say(&Reply::Failed(Failure::Token(error.into())))
    }

    fn request_within(&mut self, idle: Duration) -> Result<Heard, Error> {
        match self.frames.recv_timeout(idle) {
            Ok(frame) => Ok(Heard::Request(message(frame?)?)),
            Err(RecvTimeoutError::Disconnected) => Ok(Heard::End),
            Err(RecvTimeoutError::Timeout) => Ok(Heard::Nothing),
        }
    }

    /// The next request, however long it takes; `None` at the end of the pipe.
    fn request(&mut self) -> Result<Option<Request>, Error> {
        match self.frames.recv() {
            Ok(frame) => Ok(Some(message(frame?)?)),
            Err(mpsc::RecvError) => Ok(None),
        }
    }

    /// The password frame that must come next.
    fn password(&mut self) -> Result<PasswordBytes, Error> {
        match self.frames.recv() {
            Ok(Ok(Frame::Password(password))) => Ok(password),
            Ok(Ok(Frame::Message(_))) => Err(out_of_turn()),
            Ok(Err(error)) => Err(error),
            Err(mpsc::RecvError) => Err(ended()),
        }
    }

    fn slots(&mut self, driver: &dyn TokenDriver) -> Result<(), Error> {
        match driver.slots() {
            Ok(slots) => self.say(&Reply::Slots {
                slots: Limited::first(slots.iter().map(slot_found)),
            }),
            Err(error) => self.refuse(error),
        }
    }

    fn contents(&mut self, driver: &dyn TokenDriver, locator: &Text) -> Result<(), Error> {
        match find(driver, locator).and_then(|slot| driver.open(&slot)) {
            Ok(keystore) => match keystore.contents() {
                Contents::Listed(entries) => {
                    let entries = self.entries(&entries)?;
                    self.say(&Reply::Contents {
                        sealed: false,
                        entries,
                    })
                }
                Contents::Sealed => self.say(&Reply::Contents {
                    sealed: true,
                    entries: 0,
                }),
            },
            Err(error) => self.refuse(error),
        }
    }

    /// Sends the entries that fit the budget and says how many these are.
    ///
    /// They must be a beginning of the list, because requests name entries by position.
    fn entries(&mut self, entries: &[KeyEntry]) -> Result<u32, Error> {
        let mut sent = 0;
        for entry in entries.iter().take(ENTRY_LIMIT) {
            let Some(entry) = entry_found(entry) else {
                break;
            };
            self.say(&Reply::Entry(entry))?;
            sent += 1;
        }
        Ok(sent)
    }

    fn unlock(
        &mut self,
        driver: &dyn TokenDriver,
        locator: &Text,
        pin: PinFrom,
    ) -> Result<AfterUnlock, Error> {
        let password = match pin {
            PinFrom::PinPad => None,
            PinFrom::Window => {
                let bytes = self.password()?;
                // One allocation, wiped by `Password`.
                Some(Password::new(bytes.as_str()?.to_owned()))
            }
        };
        let how = match &password {
            Some(password) => Unlock::Password(password),
            None => Unlock::PinPad,
        };
        let mut keystore = match find(driver, locator).and_then(|slot| driver.open(&slot)) {
            Ok(keystore) => keystore,
            Err(TokenError::Unreadable(_)) => {
                self.say(&Reply::Failed(Failure::Unlock(UnlockError::Removed.into())))?;
                return Ok(AfterUnlock::Locked);
            }
            Err(error) => {
                self.refuse(error)?;
                return Ok(AfterUnlock::Locked);
            }
        };
        match keystore.unlock(how) {
            Ok(unlocked) => {
                drop(password);
                let entries = self.entries(unlocked.entries())?;
                if entries == 0 {
                    self.refuse(TokenError::Empty)?;
                    return Ok(AfterUnlock::Locked);
                }
                self.say(&Reply::Unlocked { entries })?;
                self.while_unlocked(driver, &*unlocked)
            }
            Err(error) => {
                self.say(&Reply::Failed(Failure::Unlock(error.into())))?;
                Ok(AfterUnlock::Locked)
            }
        }
    }

    /// Requests while a keystore is unlocked; there is no idleness now.
    fn while_unlocked(
        &mut self,
        driver: &dyn TokenDriver,
        unlocked: &dyn Unlocked,
    ) -> Result<AfterUnlock, Error> {
        loop {
            let Some(request) = self.request()? else {
                return Ok(AfterUnlock::End);
            };
            match request {
                Request::Contents { slot } => self.contents(driver, &slot)?,
                // Answered by the loop outside, when the keystore is locked.
                Request::Lock | Request::Unlock { .. } => return Ok(AfterUnlock::Next(request)),
                Request::Sign { entry, input } => self.sign(unlocked, entry, input)?,
                Request::Signer { entry } => match signer_entry(unlocked, entry)
                    .and_then(|entry| unlocked.signer(entry).map(drop))
                {
                    Ok(()) => self.say(&Reply::Signer)?,
                    Err(error) => self.refuse(error)?,
                },
                Request::Slots => self.slots(driver)?,
                Request::Part { .. } | Request::Pin | Request::PinCancelled => {
                    return Err(out_of_turn());
                }
            }
        }
    }

    fn sign(&mut self, unlocked: &dyn Unlocked, entry: u32, input: Input) -> Result<(), Error> {
        let input = self.input(input)?;
        let signer = match signer_entry(unlocked, entry).and_then(|entry| unlocked.signer(entry)) {
            Ok(signer) => signer,
            Err(error) => return self.refuse(error),
        };
        let mut again = AskAgent {
            agent: self,
            broken: None,
        };
        let signed = signer.sign(input.to_sign(), &mut again);
        if let Some(error) = again.broken {
            return Err(error);
        }
        let signed = signed.and_then(|value| {
            Bytes::new(value.as_bytes()).map_err(|error| SignError::Keystore(error.to_string()))
        });
        match signed {
            Ok(value) => self.say(&Reply::Signature { value }),
            Err(error) => self.say(&Reply::Failed(Failure::Sign(error.into()))),
        }
    }

    /// The input with all its parts.
    fn input(&mut self, input: Input) -> Result<WholeInput, Error> {
        let length = match input {
            Input::Bytes { length } => usize::try_from(length).unwrap_or(usize::MAX),
            Input::Digest { value } => return Ok(WholeInput::Digest(value.as_slice().to_vec())),
        };
        if length > INPUT_LIMIT {
            return Err(Error::TooLong {
                actual: length,
                limit: INPUT_LIMIT,
            });
        }
        // Grows with what really comes.
        let mut bytes = Vec::new();
        while bytes.len() < length {
            match self.request()?.ok_or_else(ended)? {
                Request::Part { bytes: part } if !part.as_slice().is_empty() => {
                    bytes.extend_from_slice(part.as_slice());
                }
                _ => return Err(out_of_turn()),
            }
        }
        if bytes.len() > length {
            return Err(out_of_turn());
        }
        Ok(WholeInput::Bytes(bytes))
    }
}

/// What is to be signed, whole.
enum WholeInput {
    Bytes(Vec<u8>),
    Digest(Vec<u8>),
}

impl WholeInput {
    fn to_sign(&self) -> ToSign<'_> {
        match self {
            Self::Bytes(bytes) => ToSign::Bytes(bytes),
            Self::Digest(digest) => ToSign::Digest(digest),
        }
    }
}

/// Asks the agent for the PIN of one signature.
struct AskAgent<'a, W> {
    agent: &'a mut Agent<W>,
    /// Why the pipe can no longer be used.
    broken: Option<Error>,
}

impl<W: Write> AskAgent<'_, W> {
    /// The PIN; `None` if the person gives none.
    fn pin(&mut self) -> Result<Option<PasswordBytes>, Error> {
        self.agent.say(&Reply::PinWanted)?;
        match self.agent.request()?.ok_or_else(ended)? {
            Request::Pin => self.agent.password().map(Some),
            Request::PinCancelled => Ok(None),
            _ => Err(out_of_turn()),
        }
    }
}

impl<W: Write> Reauthenticate for AskAgent<'_, W> {
    fn reauthenticate(
        &mut self,
        enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError> {
        match self.pin() {
            Ok(Some(pin)) => enter(pin.as_slice()),
            Ok(None) => Err(SignError::Cancelled),
            Err(error) => {
                self.broken = Some(error);
                Err(SignError::Cancelled)
            }
        }
    }
}

/// A thread that reads, so that a pause can be noticed.
fn listen(mut reader: impl Read + Send + 'static) -> Receiver<Result<Frame, Error>> {
    let (sender, frames) = mpsc::sync_channel(1);
    thread::spawn(move || {
        while let Some(frame) = read_frame(&mut reader).transpose() {
            let last = frame.is_err();
            if sender.send(frame).is_err() || last {
                return;
            }
        }
    });
    frames
}

fn message(frame: Frame) -> Result<Request, Error> {
    match frame {
        Frame::Message(payload) => decode(&payload),
        Frame::Password(_) => Err(out_of_turn()),
    }
}

/// A slot that is there now under this locator.
fn find(driver: &dyn TokenDriver, locator: &Text) -> Result<Slot, TokenError> {
    driver
        .slots()?
        .into_iter()
        .find(|slot| Text::new(&slot.locator) == *locator)
        .ok_or(TokenError::Unreadable(std::io::ErrorKind::NotFound))
}

fn signer_entry(unlocked: &dyn Unlocked, entry: u32) -> Result<&KeyEntry, TokenError> {
    usize::try_from(entry)
        .ok()
        .and_then(|index| unlocked.entries().get(index))
        .ok_or(TokenError::NoSuchEntry)
}

fn slot_found(slot: &Slot) -> SlotFound {
    SlotFound {
        label: Text::new(&slot.label),
        locator: Text::new(&slot.locator),
        pin_pad: slot.pin_entry == PinEntry::PinPad,
        attempts: match slot.attempts {
            Attempts::Last => AttemptsFound::Last,
            Attempts::Low => AttemptsFound::Low,
            Attempts::None => AttemptsFound::None,
            Attempts::Unworried => AttemptsFound::Unworried,
        },
    }
}

/// An entry in the words of the protocol; `None` if its certificate is over the budget.
fn entry_found(entry: &KeyEntry) -> Option<Entry> {
    let bytes = |der: &[u8]| Bytes::<CERTIFICATE_LIMIT>::new(der).ok();
    Some(Entry {
        alias: Text::new(&entry.alias),
        certificate: bytes(entry.certificate.der())?,
        // A chain ends where a certificate is too large; the rest is found elsewhere.
        chain: Limited::first(
            entry
                .chain
                .iter()
                .map_while(|certificate| bytes(certificate.der())),
        ),
    })
}

fn nothing_unlocked() -> SignError {
    SignError::Keystore("nothing is unlocked".to_owned())
}

/// The other side said something at the wrong time.
fn out_of_turn() -> Error {
    Error::Pipe(std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        "a frame out of turn",
    ))
}

fn ended() -> Error {
    Error::Pipe(std::io::ErrorKind::UnexpectedEof.into())
}
