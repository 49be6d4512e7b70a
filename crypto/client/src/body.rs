//! The body of an answer: how it is delimited (RFC 9112 section 6), and never more than the limit.

use crate::{Error, Stage, connection::Connection};

/// Bytes asked of the system at once.
const PIECE: usize = 32 * 1024;

/// Longest line between chunks, extensions included, and longest trailer line.
const MAX_LINE: usize = 1_024;

/// Trailer lines read and thrown away.
const MAX_TRAILERS: usize = 32;

/// How the end of a body is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Transfer-Encoding: chunked.
    Chunked,
    /// The connection closes.
    Close,
    /// Content-Length.
    Length(u64),
}

/// Bytes that come, with those already here.
pub(crate) struct Incoming<'a, 'b> {
    pub(crate) connection: &'a mut Connection<'b>,
    pub(crate) buffer: Vec<u8>,
    /// Bytes of `buffer` that are used up.
    pub(crate) used: usize,
}

impl Incoming<'_, '_> {
    /// The whole body.
    pub(crate) fn body(&mut self, framing: Framing, limit: usize) -> Result<Vec<u8>, Error> {
        match framing {
            Framing::Chunked => self.chunked(limit),
            Framing::Close => self.until_close(limit),
            Framing::Length(length) => self.counted(length, limit),
        }
    }

    /// The beginning of a body that is not read: at most `wanted` bytes of it, as they stand on the wire.
    pub(crate) fn beginning(&mut self, wanted: usize) -> Vec<u8> {
        while self.rest().len() < wanted {
            // Whatever is wrong, the beginning ends here.
            if !self.fill().unwrap_or(false) {
                break;
            }
        }
        let rest = self.rest();
        rest[..rest.len().min(wanted)].to_vec()
    }

    fn counted(&mut self, length: u64, limit: usize) -> Result<Vec<u8>, Error> {
        let too_large = Error::TooLarge {
            limit,
            announced: Some(length),
        };
        // An announcement reserves no memory: it may be a lie.
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= limit)
            .ok_or(too_large)?;
        let mut body = Vec::new();
        self.take(length, &mut body)?;
        Ok(body)
    }

    fn until_close(&mut self, limit: usize) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        loop {
            let rest = self.rest();
            if body.len() + rest.len() > limit {
                return Err(Error::TooLarge {
                    limit,
                    announced: None,
                });
            }
            body.extend_from_slice(rest);
            self.used = self.buffer.len();
            if !self.fill()? {
                return Ok(body);
            }
        }
    }

    /// ```text
    /// chunked-body = *( chunk-size [ chunk-ext ] CRLF chunk-data CRLF ) "0" [ chunk-ext ] CRLF *( field-line CRLF ) CRLF
    /// ```
    fn chunked(&mut self, limit: usize) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        loop {
            let line = self.line(body.len())?;
            let size = match httparse::parse_chunk_size(&line) {
                Ok(httparse::Status::Complete((used, size))) if used == line.len() => size,
                _ => return Err(Error::NotHttp("a chunk without a size")),
            };
            if size == 0 {
                break;
            }
            let fits = usize::try_from(size)
                .ok()
                .filter(|size| *size <= limit - body.len());
            let Some(size) = fits else {
                return Err(Error::TooLarge {
                    limit,
                    announced: None,
                });
            };
            self.take(size, &mut body)?;
            if self.line(body.len())? != b"\r\n" {
                return Err(Error::NotHttp("a chunk longer than its size"));
            }
        }
        for _ in 0..MAX_TRAILERS {
            if self.line(body.len())? == b"\r\n" {
                return Ok(body);
            }
        }
        Err(Error::NotHttp("too many trailers"))
    }

    /// The next line with its CRLF; `received` bytes of the body came before.
    fn line(&mut self, received: usize) -> Result<Vec<u8>, Error> {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            if let Some(at) = rest[searched..].iter().position(|byte| *byte == b'\n') {
                let line = rest[..=searched + at].to_vec();
                self.used += line.len();
                if !line.ends_with(b"\r\n") {
                    return Err(Error::NotHttp("a line feed alone"));
                }
                return Ok(line);
            }
            searched = rest.len();
            if searched > MAX_LINE {
                return Err(Error::NotHttp("a line too long"));
            }
            if !self.fill()? {
                return Err(closed(received));
            }
        }
    }

    /// Moves `count` bytes to `body`.
    fn take(&mut self, count: usize, body: &mut Vec<u8>) -> Result<(), Error> {
        let end = body.len() + count;
        loop {
            let rest = self.rest();
            let part = rest.len().min(end - body.len());
            body.extend_from_slice(&rest[..part]);
            self.used += part;
            if body.len() == end {
                return Ok(());
            }
            if !self.fill()? {
                return Err(closed(body.len()));
            }
        }
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.used..]
    }

    /// Receives more; false when the other side has closed.
    fn fill(&mut self) -> Result<bool, Error> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let kept = self.buffer.len();
        self.buffer.resize(kept + PIECE, 0);
        let received = self
            .connection
            .receive(Stage::Body, &mut self.buffer[kept..]);
        self.buffer
            .truncate(kept + received.as_ref().copied().unwrap_or(0));
        Ok(received? > 0)
    }
}

fn closed(received: usize) -> Error {
    Error::Closed {
        stage: Stage::Body,
        received: received as u64,
    }
}
