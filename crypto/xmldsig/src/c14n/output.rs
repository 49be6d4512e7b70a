//! Where canonical bytes go, and what they may cost.

use tamga_scheme::Hasher;

use crate::markup::{CLASSES, ESCAPED_TEXT, ESCAPED_VALUE, Raw, find, reference, verbatim_value};
use crate::{Error, Limits};

/// What visiting a node or a namespace costs, in bytes read or written.
pub(super) const VISIT: usize = 8;

/// Bytes collected before they go to the sink.
const BUFFER: usize = 32 << 10;

/// Takes canonical bytes, piece by piece.
pub(crate) trait Sink {
    fn take(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn take(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Hasher {
    fn take(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// What canonicalisations may still cost.
pub(crate) struct Budget {
    left: usize,
    limit: usize,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            left: limits.canonical,
            limit: limits.canonical,
        }
    }

    pub(crate) fn spend(&mut self, cost: usize) -> Result<(), Error> {
        let exhausted = Error::TooLarge {
            what: "canonical bytes",
            limit: self.limit,
        };
        self.left = self.left.checked_sub(cost).ok_or(exhausted)?;
        Ok(())
    }
}

/// A buffer in front of a sink that keeps account.
pub(super) struct Output<'o, S> {
    buffer: Vec<u8>,
    /// Where reading stands, as far as it is on the account.
    read_to: usize,
    /// Nodes visited, bytes read and bytes flushed since the last account.
    owed: usize,
    budget: &'o mut Budget,
    sink: &'o mut S,
}

impl<'o, S: Sink> Output<'o, S> {
    /// For a pass that starts at an offset.
    pub(super) fn new(start: usize, budget: &'o mut Budget, sink: &'o mut S) -> Self {
        Self {
            buffer: Vec::with_capacity(BUFFER),
            read_to: start,
            owed: 0,
            budget,
            sink,
        }
    }

    /// Counts a token and the bytes it took to read, written or not: `to` is where reading stands now.
    #[inline]
    pub(super) fn visit(&mut self, to: usize) -> Result<(), Error> {
        self.owed += to.saturating_sub(self.read_to);
        self.read_to = to;
        self.visits(1)
    }

    /// Counts an element passed over unread.
    pub(super) fn jump(&mut self, to: usize) -> Result<(), Error> {
        self.read_to = to;
        self.visits(1)
    }

    /// Counts bytes looked at besides those passed over.
    pub(super) fn reread(&mut self, bytes: usize) -> Result<(), Error> {
        self.owed += bytes;
        self.visits(0)
    }

    /// Counts visits; accounts are settled now and then.
    #[inline]
    pub(super) fn visits(&mut self, count: usize) -> Result<(), Error> {
        self.owed += VISIT * count;
        if self.owed > BUFFER {
            self.settle()?;
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        self.budget.spend(std::mem::take(&mut self.owed))
    }

    /// Hands over what is left.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.flush();
        self.settle()
    }

    #[cold]
    fn flush(&mut self) {
        self.sink.take(&self.buffer);
        self.owed += self.buffer.len();
        self.buffer.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush();
            if bytes.len() > BUFFER {
                self.sink.take(bytes);
                self.owed += bytes.len();
                return;
            }
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Section 2.3, text nodes, from character data as written.
    pub(super) fn text(&mut self, raw: &str) {
        let bytes = raw.as_bytes();
        let mut done = 0;
        let mut at = 0;
        loop {
            at = find(bytes, at, ESCAPED_TEXT);
            let Some(&byte) = bytes.get(at) else {
                break;
            };
            // What is written as canonicalisation writes it stays.
            if byte == b'&'
                && let Some(length) = canonical_reference(&bytes[at..])
            {
                at += length;
                continue;
            }
            self.push(&raw[done..at]);
            at += 1;
            match byte {
                b'&' => {
                    let (character, length) = reference(&raw[at - 1..]);
                    at += length - 1;
                    self.text_character(character);
                }
                b'>' => self.push("&gt;"),
                b'<' => self.push("&lt;"),
                _ => {
                    self.push("\n");
                    at += usize::from(bytes.get(at) == Some(&b'\n'));
                }
            }
            done = at;
        }
        self.push(&raw[done..]);
    }

    /// Section 2.3, text nodes, from a CDATA section as written.
    pub(super) fn cdata(&mut self, raw: &str) {
        let bytes = raw.as_bytes();
        let mut done = 0;
        loop {
            let at = find(bytes, done, ESCAPED_TEXT);
            self.push(&raw[done..at]);
            let Some(&byte) = bytes.get(at) else {
                return;
            };
            done = at + 1;
            if byte == b'\r' {
                self.push("\n");
                done += usize::from(bytes.get(done) == Some(&b'\n'));
            } else {
                self.text_character(char::from(byte));
            }
        }
    }

    fn text_character(&mut self, character: char) {
        match character {
            '&' => self.push("&amp;"),
            '<' => self.push("&lt;"),
            '>' => self.push("&gt;"),
            '\r' => self.push("&#xD;"),
            other => self.push(other.encode_utf8(&mut [0; 4])),
        }
    }

    /// A comment or an instruction as written.
    pub(super) fn verbatim(&mut self, raw: &str) {
        self.push(&verbatim_value(raw));
    }

    /// Section 2.3, attribute nodes, as written.
    #[inline]
    pub(super) fn raw_value(&mut self, raw: Raw<'_>) {
        if raw.plain {
            self.push(raw.text);
        } else {
            self.value(&raw.value());
        }
    }

    /// Section 2.3, attribute nodes, after normalisation.
    pub(super) fn value(&mut self, value: &str) {
        let bytes = value.as_bytes();
        let mut done = 0;
        let changes = |&byte: &u8| CLASSES[usize::from(byte)] & ESCAPED_VALUE != 0;
        while let Some(ahead) = bytes[done..].iter().position(changes) {
            let at = done + ahead;
            self.push(&value[done..at]);
            self.push(match bytes[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'"' => "&quot;",
                b'\t' => "&#x9;",
                b'\n' => "&#xA;",
                _ => "&#xD;",
            });
            done = at + 1;
        }
        self.push(&value[done..]);
    }
}

/// Length of a reference that canonicalisation writes again.
fn canonical_reference(bytes: &[u8]) -> Option<usize> {
    let known: [&[u8]; 3] = [b"&amp;", b"&lt;", b"&gt;"];
    let found = known.iter().find(|known| bytes.starts_with(known));
    found.map(|found| found.len())
}
