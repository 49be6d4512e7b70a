//! One WebSocket session: greeting, heartbeat, requests one after another.
//!
//! Reading never waits for a request: heartbeats are echoed while a window is open, and a page that leaves is noticed
//! at once. Its request is then dropped, which closes the window.

use std::{collections::VecDeque, future::pending, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tamga_agent_core::BoxFuture;
use tamga_protocol::{
    Envelope, GREETING, HEARTBEAT, KEEP_ALIVE, Malformed, Outcome, Reply, malformed,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::{
    Caller,
    budget::Metered,
    dispatch::Table,
    limits::{MAX_WAITING, MAX_WAITING_BYTES},
};

/// How long a client that broke a limit may take to stop sending, so that it can read why.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long a client may take to make room for an echo. Its request stands still meanwhile, and with it the one window
/// of the person.
const ECHO: Duration = Duration::from_secs(5);

/// Serves the session until either side ends it.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<Metered<S>>,
    caller: &Caller,
    table: &Table,
) {
    if let Err(code) = serve(&mut socket, caller, table).await {
        close(socket, code).await;
    }
}

/// `Ok`: the client ended it. `Err`: we do, for this reason. The current request is dropped with the loop.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<Metered<S>>,
    caller: &Caller,
    table: &Table,
) -> Result<(), CloseCode> {
    // Exactly once, at once: some pages skip the first message whatever it is.
    let mut sent = socket.send(Message::text(GREETING)).await;
    let mut waiting = Waiting::default();
    let mut current: Option<Current<'_>> = None;
    while sent.is_ok() {
        if current.is_none() {
            current = waiting.next().map(|frame| Current {
                bytes: frame.len(),
                reply: answer(frame, caller, table),
            });
        }
        sent = tokio::select! {
            (reply, bytes) = finish(&mut current) => {
                let sent = socket.send(Message::text(reply.into_text())).await;
                socket.get_mut().release(bytes);
                sent
            }
            message = socket.next() => match message {
                None => return Ok(()),
                Some(Ok(Message::Text(text))) if text.as_str() == HEARTBEAT => {
                    socket.get_mut().release(text.len());
                    match timeout(ECHO, socket.send(Message::text(HEARTBEAT))).await {
                        Ok(sent) => sent,
                        // It sends but does not read.
                        Err(_) => return Ok(()),
                    }
                }
                // Extensions keep sockets open with it; an answer could be taken for that of a request.
                Some(Ok(Message::Text(text))) if text.trim() == KEEP_ALIVE => {
                    socket.get_mut().release(text.len());
                    Ok(())
                }
                Some(Ok(Message::Text(text))) => Ok(waiting.push(Frame::Text(text))?),
                // No page sends them; like any other bad message they get an answer and keep the socket.
                Some(Ok(Message::Binary(bytes))) => {
                    socket.get_mut().release(bytes.len());
                    Ok(waiting.push(Frame::Binary)?)
                }
                // Pings are answered by the library; a close is answered on the next read.
                Some(Ok(message)) => {
                    socket.get_mut().release(message.len());
                    Ok(())
                }
                Some(Err(Error::Capacity(_))) => return Err(CloseCode::Size),
                Some(Err(Error::Utf8(_))) => return Err(CloseCode::Invalid),
                // Browsers drop the connection without a farewell; that is an ordinary end.
                Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) => {
                    return Ok(());
                }
                Some(Err(Error::Protocol(_))) => return Err(CloseCode::Protocol),
                Some(Err(_)) if socket.get_ref().is_exhausted() => return Err(CloseCode::Again),
                Some(Err(_)) => return Ok(()),
            },
        };
    }
    // What could not be sent has no reader any more.
    Ok(())
}

/// The request being answered, and what its message costs until then.
struct Current<'a> {
    bytes: usize,
    reply: BoxFuture<'a, Reply>,
}

/// A frame that waits for its turn.
enum Frame {
    Binary,
    Text(Utf8Bytes),
}

/// Requests behind the current one, in the order they came.
#[derive(Default)]
struct Waiting {
    frames: VecDeque<Frame>,
    bytes: usize,
}

impl Waiting {
    /// Refuses more than any page would send.
    fn push(&mut self, frame: Frame) -> Result<(), CloseCode> {
        let bytes = self.bytes + frame.len();
        if self.frames.len() >= MAX_WAITING || bytes > MAX_WAITING_BYTES {
            return Err(CloseCode::Policy);
        }
        self.bytes = bytes;
        self.frames.push_back(frame);
        Ok(())
    }

    fn next(&mut self) -> Option<Frame> {
        let frame = self.frames.pop_front()?;
        self.bytes -= frame.len();
        Some(frame)
    }
}

impl Frame {
    fn len(&self) -> usize {
        match self {
            Self::Binary => 0,
            Self::Text(text) => text.len(),
        }
    }

    fn read(&self) -> Result<Envelope, Malformed> {
        match self {
            Self::Binary => Err(Malformed::Syntax {
                at: 0,
                expected: "a text frame",
            }),
            Self::Text(text) => Envelope::read(text),
        }
    }
}

/// The reply to the current request and the cost of its message; waits for ever when there is none.
async fn finish(current: &mut Option<Current<'_>>) -> (Reply, usize) {
    let finished = match current {
        Some(request) => ((&mut request.reply).await, request.bytes),
        None => pending().await,
    };
    *current = None;
    finished
}

/// Answers one frame and writes one log line: who, what, how it ended, how long it took; never content.
fn answer<'a>(frame: Frame, caller: &'a Caller, table: &'a Table) -> BoxFuture<'a, Reply> {
    Box::pin(async move {
        let started = Instant::now();
        let read = frame.read();
        // Its bytes are in the envelope now.
        drop(frame);
        let (module, method, reply) = match &read {
            Ok(request) => {
                let reply = table.answer(request, caller).await;
                (name(request.module()), name(request.method()), reply)
            }
            Err(_) => ("-", "-", malformed()),
        };
        let outcome = Outcome::word(reply.outcome());
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(origin = %caller, module, method, outcome, milliseconds, "request");
        reply
    })
}

/// A name fit for a log line; pages choose these texts.
fn name(text: Option<&str>) -> &str {
    match text {
        None => "-",
        Some(text) if text.len() <= 80 && text.bytes().all(is_name_byte) => text,
        Some(_) => "?",
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_'
}

/// Says why, then reads and drops what the client still sends: closing over unread bytes would reset the connection
/// and with it the reason.
async fn close<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<Metered<S>>,
    code: CloseCode,
) {
    let frame = CloseFrame {
        code,
        reason: Utf8Bytes::default(),
    };
    // Who does not read does not learn why.
    if !matches!(
        timeout(LAST_WORDS, socket.close(Some(frame))).await,
        Ok(Ok(()))
    ) {
        return;
    }
    let stream = socket.get_mut().inner_mut();
    let mut dropped = [0; 16 << 10];
    let drained = timeout(LAST_WORDS, async {
        while stream.read(&mut dropped).await.is_ok_and(|count| count > 0) {}
    });
    // Whether it stopped or its time ran out, the socket closes now.
    let (Ok(()) | Err(_)) = drained.await;
}
