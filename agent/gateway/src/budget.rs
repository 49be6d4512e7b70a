//! Memory for messages: one budget shared by all sockets (threat model T-SIZ-1).
//!
//! A message costs its length from the moment a frame announces it until its request is answered. The library
//! allocates a frame as soon as it is announced, so [`Metered`] reads frame headers (RFC 6455 section 5.2) on their way
//! to the library and pays first.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::{OwnedSemaphorePermit, Semaphore},
};

use crate::limits::{MAX_MESSAGE, OWN_BYTES};

/// What one socket holds: [`OWN_BYTES`] for nothing, so that small requests are served whatever other pages hold, and
/// the rest from the shared budget.
pub(crate) struct Account {
    budget: Arc<Semaphore>,
    held: usize,
    drawn: Option<OwnedSemaphorePermit>,
}

/// The shared budget has not that much left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Exhausted;

impl Account {
    pub(crate) fn new(budget: Arc<Semaphore>) -> Self {
        Self {
            budget,
            held: 0,
            drawn: None,
        }
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let held = self.held.saturating_add(bytes);
        let missing = held.saturating_sub(OWN_BYTES) - self.drawn();
        if missing > 0 {
            let missing = u32::try_from(missing).map_err(|_| Exhausted)?;
            let more = Arc::clone(&self.budget)
                .try_acquire_many_owned(missing)
                .map_err(|_| Exhausted)?;
            match &mut self.drawn {
                Some(drawn) => drawn.merge(more),
                none => *none = Some(more),
            }
        }
        self.held = held;
        Ok(())
    }

    fn release(&mut self, bytes: usize) {
        self.held = self.held.saturating_sub(bytes);
        let spare = self.drawn() - self.held.saturating_sub(OWN_BYTES);
        // Dropped, it is free for others.
        drop(self.drawn.as_mut().and_then(|drawn| drawn.split(spare)));
    }

    fn drawn(&self) -> usize {
        self.drawn
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits)
    }
}

/// A stream of client frames that pays for each frame before the library sees its header.
pub(crate) struct Metered<S> {
    stream: S,
    /// Came behind the request head; read first.
    rest: io::Cursor<Vec<u8>>,
    frames: Frames,
    account: Account,
    exhausted: bool,
}

impl<S> Metered<S> {
    pub(crate) fn new(stream: S, rest: Vec<u8>, account: Account) -> Self {
        Self {
            stream,
            rest: io::Cursor::new(rest),
            frames: Frames::default(),
            account,
            exhausted: false,
        }
    }

    /// Gives back what a message of so many bytes cost.
    pub(crate) fn release(&mut self, bytes: usize) {
        self.account.release(bytes);
    }

    /// Whether reading failed because the budget is used up.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// The stream, no longer metered.
    pub(crate) fn inner_mut(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = into.filled().len();
        ready!(Pin::new(&mut this.rest).poll_read(context, into))?;
        if into.filled().len() == before {
            ready!(Pin::new(&mut this.stream).poll_read(context, into))?;
        }
        let account = &mut this.account;
        let paid = this
            .frames
            .read(&into.filled()[before..], |length| account.charge(length));
        Poll::Ready(paid.map_err(|Exhausted| {
            this.exhausted = true;
            io::Error::from(io::ErrorKind::OutOfMemory)
        }))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Where in the sequence of frames the stream is.
#[derive(Default)]
struct Frames {
    header: Vec<u8>,
    /// Bytes of payload still to come.
    payload: u64,
}

impl Frames {
    /// Tells the length of every frame whose header ends in these bytes. What breaks the protocol or the limit of one
    /// message is refused by the library and costs nothing.
    fn read(
        &mut self,
        mut bytes: &[u8],
        mut announced: impl FnMut(usize) -> Result<(), Exhausted>,
    ) -> Result<(), Exhausted> {
        while let [byte, after @ ..] = bytes {
            if self.payload > 0 {
                let here =
                    usize::try_from(self.payload).map_or(bytes.len(), |n| n.min(bytes.len()));
                self.payload -= here as u64;
                bytes = &bytes[here..];
                continue;
            }
            self.header.push(*byte);
            bytes = after;
            if let Some(length) = length(&self.header) {
                self.header.clear();
                self.payload = length;
                match usize::try_from(length) {
                    Ok(length) if length <= MAX_MESSAGE => announced(length)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Payload length in a header, once it is complete with its mask.
fn length(header: &[u8]) -> Option<u64> {
    let [_, second, more @ ..] = header else {
        return None;
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (length, extended) = match (second & 0x7f, more) {
        (126, [a, b, ..]) => (u64::from(u16::from_be_bytes([*a, *b])), 2),
        (127, [a, b, c, d, e, f, g, h, ..]) => {
            (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), 8)
        }
        (126 | 127, _) => return None,
        (short, _) => (u64::from(short), 0),
    };
    (more.len() == extended + mask).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_header_is_read_however_the_bytes_are_cut() {
        let mut stream = Vec::new();
        let expected = [0, 5, 125, 126, 300, 65_535, 65_536, 70_000, 3];
        for length in expected {
            stream.push(0x81);
            match length {
                0..=125 => stream.push(0x80 | u8::try_from(length).expect("fits")),
                126..=65_535 => {
                    stream.push(0x80 | 126);
                    stream.extend(u16::try_from(length).expect("fits").to_be_bytes());
                }
                _ => {
                    stream.push(0x80 | 127);
                    stream.extend((length as u64).to_be_bytes());
                }
            }
            stream.extend([1, 2, 3, 4]);
            // Payload that would read as a header of another length.
            stream.resize(stream.len() + length, 0xfe);
        }
        for cut in [1, 2, 7, 1000, stream.len()] {
            let (mut frames, mut lengths) = (Frames::default(), Vec::new());
            for piece in stream.chunks(cut) {
                let paid = frames.read(piece, |length| {
                    lengths.push(length);
                    Ok(())
                });
                assert_eq!(paid, Ok(()));
            }
            assert_eq!(lengths, expected, "pieces of {cut}");
        }
    }

    #[test]
    fn an_account_draws_beyond_its_own_bytes_and_gives_everything_back() {
        let budget = Arc::new(Semaphore::new(1000));
        let mut first = Account::new(Arc::clone(&budget));
        let mut second = Account::new(Arc::clone(&budget));
        assert_eq!(first.charge(OWN_BYTES), Ok(()));
        assert_eq!(budget.available_permits(), 1000);
        assert_eq!(first.charge(900), Ok(()));
        assert_eq!(second.charge(OWN_BYTES + 101), Err(Exhausted));
        assert_eq!(second.charge(OWN_BYTES + 100), Ok(()));
        assert_eq!(budget.available_permits(), 0);
        first.release(OWN_BYTES);
        assert_eq!(budget.available_permits(), 900);
        first.release(900);
        assert_eq!((first.held, first.drawn()), (0, 0));
        drop(second);
        assert_eq!(budget.available_permits(), 1000);
    }
}
