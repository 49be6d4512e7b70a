//! Walking the elements of a BER encoding (X.690 section 8.1).

use crate::sink::{Sink, Tag};
use crate::{Error, ErrorKind, MAX_DEPTH, MAX_INPUT};

/// The part of the input an element may use.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    input: &'a [u8],
    /// Offset behind the last usable byte.
    end: usize,
    /// Elements around the next one.
    depth: usize,
}

impl<'a> Frame<'a> {
    /// The input as a whole, inside `depth` elements, if it is within the budget.
    pub(crate) fn whole(input: &'a [u8], depth: usize) -> Result<Self, Error> {
        if input.len() > MAX_INPUT {
            return Err(Error {
                kind: ErrorKind::TooLarge,
                offset: MAX_INPUT,
            });
        }
        Ok(Self {
            input,
            end: input.len(),
            depth,
        })
    }

    fn inside(&self, end: usize) -> Self {
        Self {
            input: self.input,
            end,
            depth: self.depth + 1,
        }
    }

    fn octet(&self, at: usize) -> Result<u8, Error> {
        if at < self.end {
            Ok(self.input[at])
        } else {
            Err(self.ended(at))
        }
    }

    fn ended(&self, offset: usize) -> Error {
        let inner = self.end < self.input.len();
        Error {
            kind: if inner {
                ErrorKind::Overrun
            } else {
                ErrorKind::Truncated
            },
            offset,
        }
    }
}

/// Reports the element at `at` to `sink`; returns the offset behind it.
pub(crate) fn walk_element(
    frame: &Frame<'_>,
    at: usize,
    sink: &mut impl Sink,
) -> Result<usize, Error> {
    let header = Header::read(frame, at)?;
    sink.length(header.length, header.content - header.tag_end);
    if !header.constructed() {
        let content = header.primitive_content(frame)?;
        sink.primitive(
            &frame.input[at..header.tag_end],
            &frame.input[content.clone()],
        );
        return Ok(content.end);
    }
    match header.string() {
        Some(string) => {
            sink.open(Tag::String(string.tag));
            let behind = match string.segments {
                Segments::Bits => walk_bit_segments(frame, &header, sink)?,
                Segments::Octets => {
                    header.each_inside(frame, |inside, at| walk_octet_segment(inside, at, sink))?
                }
            };
            sink.close();
            Ok(behind)
        }
        None => {
            sink.open(Tag::Kept(&frame.input[at..header.tag_end]));
            let behind = header.each_inside(frame, |inside, at| walk_element(inside, at, sink))?;
            sink.close();
            Ok(behind)
        }
    }
}

/// Reports the octets of every OCTET STRING in `frame` to `sink`.
pub(crate) fn walk_segments(frame: &Frame<'_>, sink: &mut impl Sink) -> Result<(), Error> {
    let mut at = 0;
    while at < frame.end {
        at = walk_octet_segment(frame, at, sink)?;
    }
    Ok(())
}

/// A segment of an OCTET STRING or character string: again an OCTET STRING (X.690 sections 8.7.3.2, 8.23.6).
fn walk_octet_segment(frame: &Frame<'_>, at: usize, sink: &mut impl Sink) -> Result<usize, Error> {
    let header = Header::read(frame, at)?;
    if header.first & !CONSTRUCTED != OCTET_STRING {
        return Err(header.error(ErrorKind::Segment));
    }
    if header.constructed() {
        return header.each_inside(frame, |inside, at| walk_octet_segment(inside, at, sink));
    }
    let content = header.primitive_content(frame)?;
    sink.octets(&frame.input[content.clone()]);
    Ok(content.end)
}

/// A constructed BIT STRING: the count of unused bits of its last segment comes first in DER (X.690 section 8.6.4).
fn walk_bit_segments(
    frame: &Frame<'_>,
    header: &Header,
    sink: &mut impl Sink,
) -> Result<usize, Error> {
    sink.octets(&[0]);
    let mut unused = 0;
    let behind = header.each_inside(frame, |inside, at| {
        walk_bit_segment(inside, at, &mut unused, sink)
    })?;
    sink.unused_bits(unused);
    Ok(behind)
}

fn walk_bit_segment(
    frame: &Frame<'_>,
    at: usize,
    unused: &mut u8,
    sink: &mut impl Sink,
) -> Result<usize, Error> {
    let header = Header::read(frame, at)?;
    if header.first & !CONSTRUCTED != BIT_STRING {
        return Err(header.error(ErrorKind::Segment));
    }
    if header.constructed() {
        return header.each_inside(frame, |inside, at| {
            walk_bit_segment(inside, at, unused, sink)
        });
    }
    let content = header.primitive_content(frame)?;
    let behind = content.end;
    match frame.input[content].split_first() {
        // Only the last segment may leave bits unused: the one before this one did not.
        Some((&count, bits)) if *unused == 0 && count < 8 && (count == 0 || !bits.is_empty()) => {
            *unused = count;
            sink.octets(bits);
            Ok(behind)
        }
        _ => Err(header.error(ErrorKind::UnusedBits)),
    }
}

pub(crate) const CONSTRUCTED: u8 = 0x20;
const BIT_STRING: u8 = 3;
const OCTET_STRING: u8 = 4;

/// Identifier and length octets.
struct Header {
    /// Offset of the element.
    at: usize,
    /// First identifier octet.
    first: u8,
    /// Offset behind the identifier octets.
    tag_end: usize,
    /// Offset of the content.
    content: usize,
    /// Length of the content; `None` is the indefinite form.
    length: Option<usize>,
}

/// A universal string type that BER may cut into segments.
struct StringType {
    /// Identifier octet of the primitive form.
    tag: u8,
    segments: Segments,
}

enum Segments {
    Bits,
    Octets,
}

impl Header {
    fn read(frame: &Frame<'_>, at: usize) -> Result<Self, Error> {
        if frame.depth >= MAX_DEPTH {
            return Err(Error {
                kind: ErrorKind::Depth,
                offset: at,
            });
        }
        let first = frame.octet(at)?;
        if first & !CONSTRUCTED == 0 {
            return Err(Error {
                kind: ErrorKind::EndOfContents,
                offset: at,
            });
        }
        let tag_end = read_tag(frame, at, first)?;
        let (length, content) = read_length(frame, tag_end)?;
        Ok(Self {
            at,
            first,
            tag_end,
            content,
            length,
        })
    }

    fn constructed(&self) -> bool {
        self.first & CONSTRUCTED != 0
    }

    /// Universal class, constructed, and a type of X.690 sections 8.6, 8.7, 8.23, 8.25 or 8.26.
    fn string(&self) -> Option<StringType> {
        let segments = match self.first & !CONSTRUCTED {
            BIT_STRING => Segments::Bits,
            // ObjectDescriptor, UTF8String, NumericString … IA5String, UTCTime, GeneralizedTime, GraphicString …
            // UniversalString, BMPString
            OCTET_STRING | 7 | 12 | 18..=28 | 30 => Segments::Octets,
            _ => return None,
        };
        Some(StringType {
            tag: self.first & !CONSTRUCTED,
            segments,
        })
    }

    fn primitive_content(&self, frame: &Frame<'_>) -> Result<std::ops::Range<usize>, Error> {
        let length = self
            .length
            .ok_or(self.error(ErrorKind::IndefinitePrimitive))?;
        Ok(self.content..self.definite_end(frame, length)?)
    }

    fn definite_end(&self, frame: &Frame<'_>, length: usize) -> Result<usize, Error> {
        self.content
            .checked_add(length)
            .filter(|end| *end <= frame.end)
            .ok_or_else(|| frame.ended(self.at))
    }

    /// Walks the elements inside; returns the offset behind this element.
    fn each_inside(
        &self,
        frame: &Frame<'_>,
        mut walk: impl FnMut(&Frame<'_>, usize) -> Result<usize, Error>,
    ) -> Result<usize, Error> {
        let mut at = self.content;
        match self.length {
            Some(length) => {
                let inside = frame.inside(self.definite_end(frame, length)?);
                while at < inside.end {
                    at = walk(&inside, at)?;
                }
                Ok(at)
            }
            None => {
                let inside = frame.inside(frame.end);
                // End-of-contents octets: 00 00 (X.690 section 8.1.5).
                while inside.octet(at)? != 0 {
                    at = walk(&inside, at)?;
                }
                match inside.octet(at + 1)? {
                    0 => Ok(at + 2),
                    _ => Err(Error {
                        kind: ErrorKind::EndOfContents,
                        offset: at,
                    }),
                }
            }
        }
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error {
            kind,
            offset: self.at,
        }
    }
}

/// Offset behind the identifier octets (X.690 section 8.1.2).
fn read_tag(frame: &Frame<'_>, at: usize, first: u8) -> Result<usize, Error> {
    const LONG_FORM: u8 = 0x1f;
    const MORE: u8 = 0x80;
    const MAX_NUMBER_OCTETS: usize = 5;
    if first & LONG_FORM != LONG_FORM {
        return Ok(at + 1);
    }
    let malformed = Error {
        kind: ErrorKind::Tag,
        offset: at,
    };
    for count in 0..MAX_NUMBER_OCTETS {
        let octet = frame.octet(at + 1 + count)?;
        // No leading zeros, and numbers up to 30 have the short form.
        if count == 0 && (octet == MORE || octet < LONG_FORM) {
            return Err(malformed);
        }
        if octet & MORE == 0 {
            return Ok(at + 2 + count);
        }
    }
    Err(malformed)
}

/// Length, `None` if indefinite, and the offset behind its octets (X.690 section 8.1.3).
fn read_length(frame: &Frame<'_>, at: usize) -> Result<(Option<usize>, usize), Error> {
    let first = frame.octet(at)?;
    match first {
        0..0x80 => Ok((Some(usize::from(first)), at + 1)),
        0x80 => Ok((None, at + 1)),
        0xff => Err(Error {
            kind: ErrorKind::Length,
            offset: at,
        }),
        _ => {
            let behind = at + 1 + usize::from(first & 0x7f);
            let mut length = 0_usize;
            for at in at + 1..behind {
                // More than any input has is as good as infinite: the element will be found truncated.
                length = length
                    .saturating_mul(0x100)
                    .saturating_add(frame.octet(at)?.into());
            }
            Ok((Some(length), behind))
        }
    }
}
