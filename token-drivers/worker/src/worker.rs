//! The state of one library's child: started when needed, ended when it must be, counted when it fails.

use std::{
    collections::VecDeque,
    ffi::OsString,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError, TryLockError},
    time::{Duration, Instant},
};

use tamga_pipe::PasswordBytes;
use tamga_token_api::{Slot, TokenError};

use crate::{
    Deadlines, Library,
    conversation::{Broken, Conversation, Process, Standing},
    failure::Failure,
    protocol::{ENTRY_LIMIT, Entry, Reply, Request},
};

/// So many failures within [`MEMORY`] make the library rest.
const FAILURES: usize = 3;

/// How long a failure counts.
const MEMORY: Duration = Duration::from_secs(60);

/// What a worker, its keystores and its signers share.
pub(crate) struct Shared {
    pub(crate) library: Library,
    pub(crate) deadlines: Deadlines,
    program: PathBuf,
    arguments: Vec<OsString>,
    line: Mutex<State>,
    last: Mutex<Vec<Slot>>,
    /// Apart from `line`, so that a running call can be cut short.
    running: Mutex<Running>,
}

/// What only one call at a time may touch.
#[derive(Default)]
struct State {
    conversation: Option<Conversation>,
    /// Counts the keystores that were unlocked; only the last one can be.
    epoch: u64,
    /// The last of them whose child ended.
    lost: u64,
    failures: VecDeque<Instant>,
}

#[derive(Default)]
struct Running {
    closed: bool,
    process: Option<Process>,
}

/// A request with everything that goes with it.
pub(crate) struct Call<'a> {
    request: &'a Request,
    password: Option<&'a PasswordBytes>,
    deadline: Duration,
}

impl<'a> Call<'a> {
    pub(crate) fn plain(request: &'a Request, deadline: Duration) -> Self {
        Self {
            request,
            password: None,
            deadline,
        }
    }

    pub(crate) fn with_password(
        request: &'a Request,
        password: Option<&'a PasswordBytes>,
        deadline: Duration,
    ) -> Self {
        Self {
            request,
            password,
            deadline,
        }
    }
}

impl Shared {
    pub(crate) fn new(
        program: PathBuf,
        arguments: Vec<OsString>,
        library: Library,
        deadlines: Deadlines,
    ) -> Self {
        Self {
            library,
            deadlines,
            program,
            arguments,
            line: Mutex::default(),
            last: Mutex::default(),
            running: Mutex::default(),
        }
    }

    /// Waits until no other call is running.
    pub(crate) fn line(&self) -> Line<'_> {
        Line {
            shared: self,
            state: lock(&self.line),
        }
    }

    /// The line, unless another call is running.
    pub(crate) fn try_line(&self) -> Option<Line<'_>> {
        let state = match self.line.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(Line {
            shared: self,
            state,
        })
    }

    pub(crate) fn last_slots(&self) -> Vec<Slot> {
        lock(&self.last).clone()
    }

    pub(crate) fn remember(&self, slots: Vec<Slot>) {
        *lock(&self.last) = slots;
    }

    pub(crate) fn process_id(&self) -> Option<u32> {
        lock(&self.running).process.as_ref().map(Process::id)
    }

    /// Ends the child for good; a running call ends with it.
    pub(crate) fn close(&self) {
        let process = {
            let mut running = lock(&self.running);
            running.closed = true;
            running.process.take()
        };
        match self.try_line() {
            // Nobody is talking: the closed pipe lets it lock its token and end.
            Some(mut line) => line.state.conversation = None,
            None => {
                if let Some(process) = process {
                    process.kill();
                }
            }
        }
    }
}

/// The right to talk to the child.
pub(crate) struct Line<'a> {
    shared: &'a Shared,
    state: MutexGuard<'a, State>,
}

impl Line<'_> {
    /// Sends a request to the child, started if need be, and gives its next reply.
    ///
    /// A child that said goodbye before it read the request gets a successor, which is asked the same.
    pub(crate) fn ask(&mut self, call: Call<'_>) -> Result<Reply, TokenError> {
        // A second goodbye from a child just started is no honest one.
        for _ in 0..2 {
            self.start()?;
            match self.say(&call) {
                Ok(Reply::Goodbye) => self.forget(),
                Ok(reply) => return Ok(reply),
                Err(broken) => return Err(self.fail(broken, call.deadline)),
            }
        }
        Err(self.fail(Broken::Ended, call.deadline))
    }

    /// The same for a list of entries and the reply that counts them.
    pub(crate) fn ask_for_entries(
        &mut self,
        call: Call<'_>,
    ) -> Result<(Vec<Entry>, Reply), TokenError> {
        let deadline = call.deadline;
        let limit = Instant::now() + deadline;
        let mut reply = self.ask(call)?;
        let mut entries = Vec::new();
        while let Reply::Entry(entry) = reply {
            if entries.len() == ENTRY_LIMIT {
                return Err(self.fail(Broken::Ended, deadline));
            }
            entries.push(entry);
            reply = self
                .conversation()
                .and_then(|conversation| conversation.reply(limit))
                .map_err(|broken| self.fail(broken, deadline))?;
        }
        Ok((entries, reply))
    }

    /// A further message in the middle of a request; a failure is seen by [`Self::next`].
    pub(crate) fn add(&mut self, request: &Request, password: Option<&PasswordBytes>) {
        if let Ok(conversation) = self.conversation() {
            // A child that is gone is noticed by the one who waits for its reply.
            let _ = conversation.send(request);
            if let Some(password) = password {
                let _ = conversation.send_password(password);
            }
        }
    }

    /// The next reply in the middle of a request.
    pub(crate) fn next(&mut self, deadline: Duration) -> Result<Reply, TokenError> {
        let reply = self
            .conversation()
            .and_then(|conversation| conversation.reply(Instant::now() + deadline));
        reply.map_err(|broken| self.fail(broken, deadline))
    }

    /// What an unexpected reply means for calls that know no errors but [`TokenError`].
    pub(crate) fn refusal(&mut self, reply: Reply) -> TokenError {
        match reply {
            Reply::Failed(Failure::Token(failure)) => failure.into_error(&self.shared.library.path),
            _ => self.broken(),
        }
    }

    /// The child said something that is no answer: it is ended.
    pub(crate) fn broken(&mut self) -> TokenError {
        self.fail(Broken::Ended, Duration::ZERO)
    }

    /// A new number for what is unlocked now.
    pub(crate) fn begin_epoch(&mut self) -> u64 {
        self.state.epoch += 1;
        self.state.epoch
    }

    /// Whether a keystore unlocked under this number is still the one that is.
    pub(crate) fn standing_of(&self, epoch: u64) -> EpochStanding {
        if epoch <= self.state.lost {
            return EpochStanding::Ended;
        }
        if epoch != self.state.epoch {
            return EpochStanding::Displaced;
        }
        match self.state.conversation.as_ref().map(Conversation::stands) {
            Some(Standing::Ready) => EpochStanding::Current,
            _ => EpochStanding::Ended,
        }
    }

    fn say(&self, call: &Call<'_>) -> Result<Reply, Broken> {
        let conversation = self.conversation()?;
        conversation.send(call.request)?;
        if let Some(password) = call.password {
            conversation.send_password(password)?;
        }
        conversation.reply(Instant::now() + call.deadline)
    }

    /// Makes sure that a child is there.
    fn start(&mut self) -> Result<(), TokenError> {
        match self.state.conversation.as_ref().map(Conversation::stands) {
            Some(Standing::Ready) => return Ok(()),
            Some(Standing::Left) | None => self.forget(),
            Some(Standing::Broken) => {
                // It ended between two calls: nobody's call failed, but it counts.
                self.fail(Broken::Ended, Duration::ZERO);
            }
        }
        self.state
            .failures
            .retain(|failure| failure.elapsed() < MEMORY);
        if self.state.failures.len() >= FAILURES {
            return Err(TokenError::Driver(format!(
                "the program of this library failed {FAILURES} times within {} s and rests",
                MEMORY.as_secs()
            )));
        }
        let mut running = lock(&self.shared.running);
        if running.closed {
            return Err(TokenError::Stopped);
        }
        let arguments = self.shared.arguments.iter().map(OsString::as_os_str);
        let conversation =
            Conversation::start(&self.shared.program, arguments).map_err(|error| {
                // The path is for whoever mends the installation.
                TokenError::Driver(format!("{}: {error}", self.shared.program.display()))
            })?;
        running.process = Some(conversation.process());
        drop(running);
        self.state.conversation = Some(conversation);
        Ok(())
    }

    /// Ends the child after a failure and says what it was.
    fn fail(&mut self, broken: Broken, deadline: Duration) -> TokenError {
        if let Some(conversation) = &self.state.conversation {
            tracing::warn!(process = conversation.process().id(), reason = ?broken, "a token driver failed");
            conversation.process().kill();
        }
        self.forget();
        self.state.failures.push_back(Instant::now());
        match broken {
            Broken::Ended => TokenError::Stopped,
            Broken::Late => TokenError::TimedOut(deadline),
        }
    }

    fn forget(&mut self) {
        self.state.conversation = None;
        self.state.lost = self.state.epoch;
        let mut running = lock(&self.shared.running);
        running.process = None;
    }

    fn conversation(&self) -> Result<&Conversation, Broken> {
        self.state.conversation.as_ref().ok_or(Broken::Ended)
    }
}

/// What has become of an unlocked keystore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EpochStanding {
    /// Still unlocked.
    Current,
    /// Another was unlocked since.
    Displaced,
    /// Its child ended.
    Ended,
}

/// A panic in one call is no reason to refuse all others.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
