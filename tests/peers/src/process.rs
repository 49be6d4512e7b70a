//! An implementation running as a program of its own.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use crate::{
    Error,
    algorithm::{Operation, Subject},
    protocol::{Reply, Request},
};

/// How long one answer may take.
const LIMIT: Duration = Duration::from_secs(60);

/// A running program that answers the lines of [`crate::protocol`]; ended when dropped.
#[derive(Debug)]
pub struct Peer {
    name: &'static str,
    packages: &'static [&'static str],
    about: String,
    child: Child,
    requests: BufWriter<ChildStdin>,
    replies: Receiver<io::Result<String>>,
    limit: Duration,
}

impl Peer {
    /// Starts `program` and asks what it is. `packages` are named when it does not start.
    ///
    /// # Errors
    /// [`Error`].
    pub fn start(
        name: &'static str,
        packages: &'static [&'static str],
        mut program: Command,
    ) -> Result<Self, Error> {
        let io_error = |source| Error::Io {
            peer: name,
            doing: "starting its driver",
            source,
        };
        let mut child = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(io_error)?;
        let requests = child.stdin.take().expect("piped above");
        let replies = child.stdout.take().expect("piped above");
        let (sender, receiver) = mpsc::channel();
        // Reads on while requests are being written, so that neither pipe can fill up against the other. Ends with the
        // program, or when nobody listens any more.
        thread::spawn(move || {
            BufReader::new(replies)
                .lines()
                .all(|line| sender.send(line).is_ok());
        });
        let mut peer = Self {
            name,
            packages,
            about: String::new(),
            child,
            requests: BufWriter::new(requests),
            replies: receiver,
            limit: LIMIT,
        };
        match peer.ask(&Request::About)? {
            Reply::About(text) => peer.about = text,
            reply => return Err(peer.unexpected(&Request::About, &reply)),
        }
        Ok(peer)
    }

    /// The name in tables and messages.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Library and version, as the program says.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// One question.
    ///
    /// # Errors
    /// [`Error`]; a verdict is never an error.
    pub fn ask(&mut self, request: &Request) -> Result<Reply, Error> {
        self.ask_line(&request.to_string())
    }

    /// One question of a driver that knows others than those of [`Request`].
    ///
    /// # Errors
    /// [`Error`]; a verdict is never an error.
    pub fn ask_line(&mut self, line: &str) -> Result<Reply, Error> {
        self.send(line)?;
        self.flush()?;
        self.receive()
    }

    /// Many questions, answered in order; the program works while they are being written.
    ///
    /// # Errors
    /// [`Error`]; a verdict is never an error.
    pub fn ask_all(&mut self, requests: &[Request]) -> Result<Vec<Reply>, Error> {
        for request in requests {
            self.send(&request.to_string())?;
        }
        self.flush()?;
        requests.iter().map(|_| self.receive()).collect()
    }

    /// Nanoseconds of one operation; nothing if the implementation has no such operation.
    ///
    /// # Errors
    /// [`Error`].
    pub fn bench(
        &mut self,
        operation: Operation,
        subject: Subject,
        iterations: u64,
    ) -> Result<Option<f64>, Error> {
        let request = Request::Bench {
            operation,
            subject,
            iterations,
        };
        match self.ask(&request)? {
            Reply::Nanoseconds(number) => Ok(Some(number)),
            Reply::Unsupported => Ok(None),
            reply => Err(self.unexpected(&request, &reply)),
        }
    }

    fn send(&mut self, line: &str) -> Result<(), Error> {
        writeln!(self.requests, "{line}").or_else(|source| self.writing(source))
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.requests.flush().or_else(|source| self.writing(source))
    }

    /// A broken pipe is told by the exit status that comes with it.
    fn writing(&mut self, source: io::Error) -> Result<(), Error> {
        if source.kind() == io::ErrorKind::BrokenPipe {
            return Err(self.ended());
        }
        Err(Error::Io {
            peer: self.name,
            doing: "asking its driver",
            source,
        })
    }

    fn receive(&mut self) -> Result<Reply, Error> {
        match self.replies.recv_timeout(self.limit) {
            Ok(Ok(line)) => line.parse().map_err(|_| Error::Malformed {
                peer: self.name,
                line,
            }),
            Ok(Err(source)) => Err(Error::Io {
                peer: self.name,
                doing: "listening to its driver",
                source,
            }),
            Err(RecvTimeoutError::Timeout) => Err(Error::TimeLimit {
                peer: self.name,
                limit: self.limit,
            }),
            Err(RecvTimeoutError::Disconnected) => Err(self.ended()),
        }
    }

    fn ended(&mut self) -> Error {
        let status = match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        Error::Ended {
            peer: self.name,
            packages: self.packages.join(" "),
            status,
        }
    }

    fn unexpected(&self, request: &Request, reply: &Reply) -> Error {
        Error::Unexpected {
            peer: self.name,
            request: request.to_string(),
            reply: reply.to_string(),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Peer, Error> {
        let mut program = Command::new("sh");
        program.args(["-c", script]);
        Peer::start("shell", &["dash"], program)
    }

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        let mut peer =
            shell("read a; echo about it; read a; echo yes; read a; echo no").expect("starts");
        assert_eq!(peer.about(), "it");
        let replies = peer.ask_all(&[Request::About, Request::About]);
        assert_eq!(replies.expect("answers"), [Reply::Yes, Reply::No]);
    }

    #[test]
    fn a_program_that_ends_is_an_error_with_its_status_and_packages() {
        let error = shell("exit 3").expect_err("ends");
        let Error::Ended {
            packages, status, ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(packages, "dash");
        assert_eq!(status, "exit status: 3");
    }

    #[test]
    fn a_program_that_does_not_answer_runs_into_its_time_limit() {
        let mut peer = shell("read a; echo about it; sleep 100").expect("starts");
        peer.limit = Duration::from_millis(50);
        assert!(matches!(
            peer.ask(&Request::About),
            Err(Error::TimeLimit { .. })
        ));
    }

    #[test]
    fn a_line_that_is_no_reply_is_an_error() {
        assert!(matches!(
            shell("read a; echo hello"),
            Err(Error::Malformed { line, .. }) if line == "hello"
        ));
    }
}
