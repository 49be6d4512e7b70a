//! One running child: a request goes in, a frame comes out or a deadline passes, and it can be ended at any time.
//!
//! Both pipes have a thread of their own, so that neither a child that does not read nor one that does not write can
//! hold a caller longer than the deadline.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;
use tamga_pipe::{Frame, PasswordBytes, decode, encode, read_frame};
use zeroize::Zeroizing;

use crate::{environment, protocol::Reply};

/// Frames of a child that wait to be read; it speaks only when asked, so few ever do.
const WAITING_FRAMES: usize = 8;

/// So long a child may take to end by itself after its pipe was closed.
const GRACE: Duration = Duration::from_secs(1);

/// How often an ending child is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// A child and the two threads at its pipes.
pub(crate) struct Conversation {
    /// Wiped after writing, because some frames are passwords.
    outgoing: mpsc::Sender<Zeroizing<Vec<u8>>>,
    replies: Receiver<Result<Reply, Broken>>,
    process: Process,
}

/// A child process that somebody else may end, too.
#[derive(Clone)]
pub(crate) struct Process(Arc<Mutex<Child>>);

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The child ended, or said something this protocol does not know.
    Ended,
    /// It said nothing in time.
    Late,
}

impl Conversation {
    /// Starts the program with these arguments.
    ///
    /// Its standard error goes nowhere: a library's own journal may contain what it was given, PINs included.
    pub(crate) fn start<'a>(
        program: &Path,
        arguments: impl IntoIterator<Item = &'a std::ffi::OsStr>,
    ) -> std::io::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(environment::passed_on(std::env::vars_os()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("no pipes"));
        };
        let process = Process(Arc::new(Mutex::new(child)));
        let (outgoing, frames) = mpsc::channel::<Zeroizing<Vec<u8>>>();
        thread::spawn(move || {
            // A write fails when the child is gone; the reading side reports that.
            for frame in frames {
                if stdin
                    .write_all(&frame)
                    .and_then(|()| stdin.flush())
                    .is_err()
                {
                    return;
                }
            }
        });
        let (sender, replies) = mpsc::sync_channel(WAITING_FRAMES);
        thread::spawn(move || forward(&mut stdout, &sender));
        Ok(Self {
            outgoing,
            replies,
            process,
        })
    }

    /// A handle on the process that outlives every lock.
    pub(crate) fn process(&self) -> Process {
        self.process.clone()
    }

    /// Whether the child is still there and silent, as it must be between two requests.
    pub(crate) fn stands(&self) -> Standing {
        match self.replies.try_recv() {
            Err(mpsc::TryRecvError::Empty) => Standing::Ready,
            Ok(Ok(Reply::Goodbye)) => Standing::Left,
            Ok(_) | Err(mpsc::TryRecvError::Disconnected) => Standing::Broken,
        }
    }

    /// Hands a message over; whether it arrives is seen by the reply.
    pub(crate) fn send<M: Serialize>(&self, message: &M) -> Result<(), Broken> {
        // Our own messages are within the budget by construction.
        let frame = encode(message).map_err(|_| Broken::Ended)?;
        self.outgoing
            .send(Zeroizing::new(frame))
            .map_err(|_| Broken::Ended)
    }

    /// Hands a password over.
    pub(crate) fn send_password(&self, password: &PasswordBytes) -> Result<(), Broken> {
        let frame = password.frame().map_err(|_| Broken::Ended)?;
        self.outgoing.send(frame).map_err(|_| Broken::Ended)
    }

    /// The next reply, waited for until `deadline`.
    pub(crate) fn reply(&self, deadline: Instant) -> Result<Reply, Broken> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.replies.recv_timeout(left) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Disconnected) => Err(Broken::Ended),
            Err(RecvTimeoutError::Timeout) => Err(Broken::Late),
        }
    }
}

impl Drop for Conversation {
    /// Closing the pipe asks the child to lock and end; the process is ended if it does not.
    fn drop(&mut self) {
        // The writing thread holds the other end of the pipe and ends with the last sender.
        let (closed, _) = mpsc::channel();
        self.outgoing = closed;
        self.process.end_within(GRACE);
    }
}

/// What a child between two requests is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Gone without a word, or talking unasked.
    Broken,
    /// Gone after saying goodbye.
    Left,
    /// Waiting for a request.
    Ready,
}

impl Process {
    /// Ends it now.
    pub(crate) fn kill(&self) {
        // It fails only for a process that has ended.
        let _ = self.lock().kill();
        self.end_within(Duration::ZERO);
    }

    /// The process number, for the journal and for tests.
    pub(crate) fn id(&self) -> u32 {
        self.lock().id()
    }

    /// Waits on a thread of its own, so that a process in an uninterruptible call holds nobody.
    fn end_within(&self, grace: Duration) {
        let process = self.clone();
        thread::spawn(move || {
            let limit = Instant::now() + grace;
            loop {
                match process.lock().try_wait() {
                    Ok(Some(_)) | Err(_) => return,
                    Ok(None) => {}
                }
                if Instant::now() >= limit {
                    // It fails only for a process that has ended; the next look takes it off the system's list.
                    let _ = process.lock().kill();
                }
                thread::sleep(GLANCE);
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Child> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads replies until the pipe ends or breaks; a broken protocol ends the reading for good.
fn forward(stdout: &mut impl Read, replies: &SyncSender<Result<Reply, Broken>>) {
    loop {
        let reply = next(stdout);
        let last = reply.is_err();
        if replies.send(reply).is_err() || last {
            return;
        }
    }
}

fn next(stdout: &mut impl Read) -> Result<Reply, Broken> {
    match read_frame(stdout) {
        Ok(Some(Frame::Message(payload))) => decode(&payload).map_err(|error| {
            // The error names lengths and positions, never content.
            tracing::warn!(%error, "a token driver broke the protocol");
            Broken::Ended
        }),
        Ok(None) => Err(Broken::Ended),
        // A child has no passwords to give.
        Ok(Some(Frame::Password(_))) => Err(Broken::Ended),
        Err(error) => {
            tracing::warn!(%error, "a token driver broke the protocol");
            Err(Broken::Ended)
        }
    }
}
