//! Scanning one BER element that arrives in pieces, without holding it.

use crate::element::CONSTRUCTED;
use crate::sink::length_octets;
use crate::{Error, ErrorKind, MAX_DEPTH};

/// Longest identifier and length octets: 6 and 127.
const MAX_HEADER: usize = 6 + 127;

/// What a scan is told, in the order of the input.
pub trait Visitor {
    /// Why the visitor stops.
    type Error: From<Error>;

    /// An element begins; says how to go on.
    ///
    /// # Errors
    /// Whatever the visitor refuses.
    fn open(&mut self, header: &Header<'_>) -> Result<Step, Self::Error>;

    /// The next octets of the content of the last opened element that was not entered, in pieces of any size.
    ///
    /// # Errors
    /// Whatever the visitor refuses.
    fn octets(&mut self, octets: &[u8]) -> Result<(), Self::Error>;

    /// The last element opened and not closed ends.
    ///
    /// # Errors
    /// Whatever the visitor refuses.
    fn close(&mut self) -> Result<(), Self::Error>;
}

/// How to go on behind a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Report the elements inside; a primitive element has none and is taken whole.
    Enter,
    /// Report the content as octets, everything inside it with its identifier, length and end-of-contents octets.
    Whole,
}

/// Identifier and length octets of an element (X.690 section 8.1).
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    octets: &'a [u8],
    length_octets: usize,
    length: Option<usize>,
    offset: usize,
}

impl Header<'_> {
    /// The first identifier octet.
    pub fn first(&self) -> u8 {
        self.octets[0]
    }

    /// Identifier and length octets as they came.
    pub fn octets(&self) -> &[u8] {
        self.octets
    }

    /// Length of the content in bytes; `None` is the indefinite form.
    pub fn length(&self) -> Option<usize> {
        self.length
    }

    /// Where the element begins in the input, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// True if DER writes the length in the same way.
    pub fn is_der(&self) -> bool {
        self.length
            .is_some_and(|length| length_octets(length).len() == self.length_octets)
    }
}

/// Scans one element; needs memory for the elements around the present place only.
#[derive(Debug, Clone)]
pub struct Scanner {
    max_depth: usize,
    /// Elements around the present place.
    path: Vec<Open>,
    offset: usize,
    state: State,
    header: [u8; MAX_HEADER],
    header_len: usize,
    /// Octets of `header` that belong to the identifier.
    tag_len: usize,
    length: usize,
    done: bool,
}

/// An element that has begun and not ended.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where it ends; `None` for the indefinite form.
    end: Option<usize>,
    /// Where the nearest element of definite form ends.
    limit: usize,
    /// The visitor has been told of it.
    reported: bool,
    /// What is inside is reported as octets.
    whole: bool,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// The first identifier octet, or end-of-contents octets.
    First,
    /// More identifier octets; so many have been read.
    Number(usize),
    /// The first length octet.
    Length,
    /// So many length octets are missing.
    LengthOctets(usize),
    /// So many content octets are missing.
    Content(usize),
    /// The second end-of-contents octet.
    EndOfContents,
}

impl Scanner {
    /// Starts before an element that may hold others down to `depth`, the outermost counted; at most [`MAX_DEPTH`].
    pub fn new(depth: usize) -> Self {
        Self {
            max_depth: depth.min(MAX_DEPTH),
            path: Vec::new(),
            offset: 0,
            state: State::First,
            header: [0; MAX_HEADER],
            header_len: 0,
            tag_len: 0,
            length: 0,
            done: false,
        }
    }

    /// Bytes scanned up to now.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// True behind the last byte of the element.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Scans more; returns how many bytes belong to the element, which are fewer than given only at its end.
    ///
    /// After an error the scan must not be continued.
    ///
    /// # Errors
    /// Every [`ErrorKind`] that concerns tags, lengths, depth and ends, and what the visitor returns.
    pub fn feed<V: Visitor>(&mut self, input: &[u8], visitor: &mut V) -> Result<usize, V::Error> {
        let mut at = 0;
        while !self.done && at < input.len() {
            if let State::Content(left) = self.state {
                let piece = &input[at..input.len().min(at.saturating_add(left))];
                visitor.octets(piece)?;
                at += piece.len();
                self.offset += piece.len();
                if piece.len() == left {
                    self.state = State::First;
                    self.settle(visitor)?;
                } else {
                    self.state = State::Content(left - piece.len());
                }
            } else {
                self.octet(input[at], visitor)?;
                at += 1;
            }
        }
        Ok(at)
    }

    /// One octet of a header, or an end-of-contents octet.
    fn octet<V: Visitor>(&mut self, octet: u8, visitor: &mut V) -> Result<(), V::Error> {
        const LONG_FORM: u8 = 0x1f;
        const MORE: u8 = 0x80;
        const MAX_NUMBER_OCTETS: usize = 5;
        if self
            .path
            .last()
            .is_some_and(|open| self.offset >= open.limit)
        {
            return Err(self.error(ErrorKind::Overrun).into());
        }
        if let State::EndOfContents = self.state {
            if octet != 0 {
                return Err(self.error(ErrorKind::EndOfContents).into());
            }
            self.offset += 1;
            self.state = State::First;
            if self.path.last().is_some_and(|open| open.whole) {
                visitor.octets(&[0, 0])?;
            }
            self.leave(visitor)?;
            return self.settle(visitor);
        }
        if let State::First = self.state {
            if octet & !CONSTRUCTED == 0 {
                let awaited = self.path.last().is_some_and(|open| open.end.is_none());
                if octet != 0 || !awaited {
                    return Err(self.error(ErrorKind::EndOfContents).into());
                }
                self.offset += 1;
                self.state = State::EndOfContents;
                return Ok(());
            }
            if self.path.len() >= self.max_depth {
                return Err(self.error(ErrorKind::Depth).into());
            }
            self.header_len = 0;
        }
        self.header[self.header_len] = octet;
        self.header_len += 1;
        self.offset += 1;
        match self.state {
            State::First => {
                self.state = if octet & LONG_FORM == LONG_FORM {
                    State::Number(0)
                } else {
                    State::Length
                };
            }
            State::Number(count) => {
                let padded = count == 0 && (octet == MORE || octet < LONG_FORM);
                let last = octet & MORE == 0;
                if padded || (!last && count + 1 == MAX_NUMBER_OCTETS) {
                    return Err(self.error_at_header(ErrorKind::Tag).into());
                }
                self.state = if last {
                    State::Length
                } else {
                    State::Number(count + 1)
                };
            }
            State::Length => {
                self.tag_len = self.header_len - 1;
                match octet {
                    0..0x80 => return self.header_read(Some(usize::from(octet)), visitor),
                    0x80 => return self.header_read(None, visitor),
                    0xff => return Err(self.error(ErrorKind::Length).into()),
                    _ => {
                        self.length = 0;
                        self.state = State::LengthOctets(usize::from(octet & 0x7f));
                    }
                }
            }
            State::LengthOctets(missing) => {
                // More than any input has is as good as infinite: the element will be found truncated.
                self.length = self
                    .length
                    .saturating_mul(0x100)
                    .saturating_add(octet.into());
                if missing == 1 {
                    return self.header_read(Some(self.length), visitor);
                }
                self.state = State::LengthOctets(missing - 1);
            }
            State::Content(_) | State::EndOfContents => {}
        }
        Ok(())
    }

    /// Identifier and length octets are complete.
    fn header_read<V: Visitor>(
        &mut self,
        length: Option<usize>,
        visitor: &mut V,
    ) -> Result<(), V::Error> {
        let around = self.path.last().copied();
        let constructed = self.header[0] & CONSTRUCTED != 0;
        if length.is_none() && !constructed {
            return Err(self.error_at_header(ErrorKind::IndefinitePrimitive).into());
        }
        let end = length.map(|length| self.offset.saturating_add(length));
        let limit = around.map_or(usize::MAX, |open| open.limit);
        if end.is_some_and(|end| end > limit) {
            return Err(self.error_at_header(ErrorKind::Overrun).into());
        }
        let octets = &self.header[..self.header_len];
        let reported = !around.is_some_and(|open| open.whole);
        let step = if reported {
            visitor.open(&Header {
                octets,
                length_octets: self.header_len - self.tag_len,
                length,
                offset: self.offset - self.header_len,
            })?
        } else {
            visitor.octets(octets)?;
            Step::Whole
        };
        let whole = step == Step::Whole || !constructed;
        self.path.push(Open {
            end,
            limit: end.unwrap_or(limit),
            reported,
            whole,
        });
        self.state = match length {
            Some(length) if whole && length > 0 => State::Content(length),
            _ => State::First,
        };
        match self.state {
            State::Content(_) => Ok(()),
            _ => self.settle(visitor),
        }
    }

    /// Leaves every element of definite form that ends here.
    fn settle<V: Visitor>(&mut self, visitor: &mut V) -> Result<(), V::Error> {
        while self
            .path
            .last()
            .is_some_and(|open| open.end == Some(self.offset))
        {
            self.leave(visitor)?;
        }
        Ok(())
    }

    fn leave<V: Visitor>(&mut self, visitor: &mut V) -> Result<(), V::Error> {
        if let Some(open) = self.path.pop() {
            self.done = self.path.is_empty();
            if open.reported {
                visitor.close()?;
            }
        }
        Ok(())
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error {
            kind,
            offset: self.offset,
        }
    }

    fn error_at_header(&self, kind: ErrorKind) -> Error {
        Error {
            kind,
            offset: self.offset - self.header_len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes down what it is told; enters constructed elements but those with tag `[1]`.
    #[derive(Default, PartialEq, Debug)]
    struct Journal(Vec<String>);

    impl Visitor for Journal {
        type Error = Error;

        fn open(&mut self, header: &Header<'_>) -> Result<Step, Error> {
            let (first, length) = (header.first(), header.length());
            self.0
                .push(format!("{first:02x} {length:?} at {}", header.offset()));
            Ok(if first == 0xa1 {
                Step::Whole
            } else {
                Step::Enter
            })
        }

        fn octets(&mut self, octets: &[u8]) -> Result<(), Error> {
            // One line for each octet, so that the pieces do not show.
            self.0
                .extend(octets.iter().map(|octet| format!("- {octet:02x}")));
            Ok(())
        }

        fn close(&mut self) -> Result<(), Error> {
            self.0.push("end".into());
            Ok(())
        }
    }

    fn scan(input: &[u8], piece: usize) -> Result<(Vec<String>, usize, bool), Error> {
        let mut journal = Journal::default();
        let mut scanner = Scanner::new(MAX_DEPTH);
        let mut used = 0;
        for piece in input.chunks(piece) {
            used += scanner.feed(piece, &mut journal)?;
        }
        Ok((journal.0, used, scanner.is_done()))
    }

    #[test]
    fn elements_are_reported_alike_however_they_are_cut() {
        let input = [
            0x30, 0x80, 0x04, 1, 7, 0xa1, 0x80, 0x30, 0x80, 0x05, 0, 0, 0, 0, 0, 0x30, 0x81, 0, 0,
            0, 9, 9,
        ];
        let expected = [
            "30 None at 0",
            "04 Some(1) at 2",
            "- 07",
            "end",
            "a1 None at 5",
            "- 30",
            "- 80",
            "- 05",
            "- 00",
            "- 00",
            "- 00",
            "- 00",
            "- 00",
            "end",
            "30 Some(0) at 15",
            "end",
            "end",
        ];
        for piece in 1..=input.len() {
            let (journal, used, done) = scan(&input, piece).unwrap();
            assert_eq!(journal, expected, "pieces of {piece}");
            assert_eq!((used, done), (input.len() - 2, true));
        }
    }

    #[test]
    fn an_unfinished_element_is_not_done() {
        for input in [
            &[0x30, 0x80, 0][..],
            &[0x04, 2, 1],
            &[0x30, 0x82, 1],
            &[0x3f, 0x81],
        ] {
            assert!(!scan(input, 1).unwrap().2, "{input:02x?}");
        }
    }

    #[test]
    fn defects_are_found_where_they_are() {
        let cases: [(&[u8], ErrorKind, usize); 8] = [
            (&[0x30, 2, 0x04, 1, 0], ErrorKind::Overrun, 2),
            (&[0x30, 1, 0x04, 1], ErrorKind::Overrun, 3),
            (&[0x30, 2, 0, 0], ErrorKind::EndOfContents, 2),
            (&[0x30, 0x80, 0, 1], ErrorKind::EndOfContents, 3),
            (&[0x04, 0x80], ErrorKind::IndefinitePrimitive, 0),
            (&[0x30, 0xff], ErrorKind::Length, 2),
            (&[0x3f, 0x1e], ErrorKind::Tag, 0),
            (&[0x1f, 0x81, 0x81, 0x81, 0x81, 0x81, 1], ErrorKind::Tag, 0),
        ];
        for (input, kind, offset) in cases {
            assert_eq!(scan(input, 1), Err(Error { kind, offset }), "{input:02x?}");
        }
        let deep = [0x30, 0x80].repeat(MAX_DEPTH + 1);
        assert_eq!(scan(&deep, 3).unwrap_err().kind, ErrorKind::Depth);
    }

    #[test]
    fn a_header_says_whether_der_writes_it_so() {
        struct Ask(Vec<bool>);
        impl Visitor for Ask {
            type Error = Error;
            fn open(&mut self, header: &Header<'_>) -> Result<Step, Error> {
                self.0.push(header.is_der());
                Ok(Step::Enter)
            }
            fn octets(&mut self, _: &[u8]) -> Result<(), Error> {
                Ok(())
            }
            fn close(&mut self) -> Result<(), Error> {
                Ok(())
            }
        }
        for (input, expected) in [
            (&[4, 1][..], true),
            (&[4, 0x81, 1], false),
            (&[0x30, 0x80], false),
        ] {
            let mut ask = Ask(Vec::new());
            Scanner::new(1).feed(input, &mut ask).unwrap();
            assert_eq!(ask.0, [expected], "{input:02x?}");
        }
    }
}
