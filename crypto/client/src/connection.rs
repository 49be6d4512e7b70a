//! One TCP connection that ends with its deadline.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::{Error, Stage, deadline::Deadline, url::Host};

/// A connection. Every wait is cut at the deadline, however small the pieces are in which the other side sends.
pub(crate) struct Connection<'a> {
    stream: TcpStream,
    deadline: &'a Deadline,
}

impl<'a> Connection<'a> {
    /// Connects to the first of `addresses` that answers; each has `limit` at most.
    pub(crate) fn open(
        host: &Host,
        addresses: &[SocketAddr],
        limit: Duration,
        deadline: &'a Deadline,
    ) -> Result<Self, Error> {
        let mut last = None;
        for address in addresses {
            let left = deadline.left(Stage::Connecting)?;
            match TcpStream::connect_timeout(address, left.min(limit)) {
                Ok(stream) => {
                    // Small requests: waiting to fill a packet only costs time.
                    let _ = stream.set_nodelay(true);
                    return Ok(Self { stream, deadline });
                }
                Err(error) if is_timeout(error.kind()) => {
                    last = Some(match left <= limit {
                        true => deadline.missed(Stage::Connecting),
                        false => Error::Timeout {
                            stage: Stage::Connecting,
                            limit,
                        },
                    });
                }
                Err(error) => {
                    last = Some(Error::Connect {
                        host: host.to_string(),
                        port: address.port(),
                        kind: error.kind(),
                    });
                }
            }
        }
        Err(last.unwrap_or_else(|| Error::Dns {
            host: host.to_string(),
            detail: "the name has no addresses".to_owned(),
        }))
    }

    /// Sends everything.
    pub(crate) fn send(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        let stage = Stage::Sending;
        while !bytes.is_empty() {
            let left = self.deadline.left(stage)?;
            let sent = self
                .stream
                .set_write_timeout(Some(left))
                .and_then(|()| self.stream.write(bytes));
            match sent {
                Ok(0) => return Err(broken(stage, ErrorKind::WriteZero)),
                Ok(count) => bytes = &bytes[count..],
                Err(error) => self.consider(stage, error.kind())?,
            }
        }
        Ok(())
    }

    /// Receives something; 0 when the other side has closed.
    pub(crate) fn receive(&mut self, stage: Stage, into: &mut [u8]) -> Result<usize, Error> {
        loop {
            let left = self.deadline.left(stage)?;
            let received = self
                .stream
                .set_read_timeout(Some(left))
                .and_then(|()| self.stream.read(into));
            match received {
                Ok(count) => return Ok(count),
                Err(error) => self.consider(stage, error.kind())?,
            }
        }
    }

    /// Whether to go on after an error of the system.
    fn consider(&self, stage: Stage, kind: ErrorKind) -> Result<(), Error> {
        match kind {
            ErrorKind::Interrupted => Ok(()),
            kind if is_timeout(kind) => Err(self.deadline.missed(stage)),
            kind => Err(broken(stage, kind)),
        }
    }
}

fn broken(stage: Stage, kind: ErrorKind) -> Error {
    Error::Broken { stage, kind }
}

/// Systems do not agree on the word for a missed timeout of a socket.
fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::TimedOut | ErrorKind::WouldBlock)
}
