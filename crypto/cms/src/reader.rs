//! Reading a SignedData that arrives in pieces: the content is cut out, the structure around it is kept.

use std::borrow::Cow;
use std::ops::Range;

use tamga_ber::{ErrorKind, Header, Scanner, Step, Visitor};
use tamga_scheme::DigestAlgorithm;

use crate::octets::Octets;
use crate::signed_data::{Encapsulated, Structure};
use crate::walk::Elements;
use crate::{ContentDigester, ContentDigests, Error, Limits, SignedData, encode, names};

/// Elements around the parts of a SignedData: ContentInfo, `[0]`, SignedData.
const DEPTH_OF_FIELDS: usize = 3;

/// Reads a message of any size in pieces of any size, BER or DER.
///
/// The content is hashed while it goes by, with every digest the message announces, and is not held; everything else is,
/// within [`Limits::size`].
///
/// ```
/// # use tamga_cms::{Limits, SignedDataReader};
/// # fn example(pieces: &[&[u8]]) -> Result<(), Box<dyn std::error::Error>> {
/// let mut reader = SignedDataReader::new(&Limits::default());
/// for piece in pieces {
///     reader.feed(piece)?;
/// }
/// let read = reader.finish()?;
/// if let Some(mut content) = read.content {
///     for signer in read.message.signers() {
///         signer.check_digests(&mut content)?;
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct SignedDataReader {
    scanner: Scanner,
    cut: Cut,
    trailing_bytes: usize,
    failed: Option<Error>,
}

/// What a [`SignedDataReader`] has read.
#[derive(Debug)]
#[non_exhaustive]
pub struct StreamedMessage {
    /// The message; its content is gone, see [`SignedData::content_length`].
    pub message: SignedData,
    /// Digests of the content inside the message; `None` when it is detached.
    pub content: Option<ContentDigests<'static>>,
}

impl SignedDataReader {
    /// Starts before the first byte.
    pub fn new(limits: &Limits) -> Self {
        Self {
            scanner: Scanner::new(limits.depth),
            cut: Cut::new(limits, Some(Vec::new())),
            trailing_bytes: 0,
            failed: None,
        }
    }

    /// Computes this digest of the content too, whether or not the message announces it.
    #[must_use]
    pub fn also(mut self, algorithm: DigestAlgorithm) -> Self {
        if let Some(asked) = &mut self.cut.hashing {
            asked.push(algorithm);
        }
        self
    }

    /// Takes the next piece of the message.
    ///
    /// # Errors
    /// What can be seen already of the errors of [`SignedData::parse`]; every later call repeats it.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.feed_to(piece, &mut |_| {})
    }

    /// As [`Self::feed`]; gives every piece of content that is met to `sink`, in order.
    ///
    /// Nothing is proved about the content before [`Self::finish`] and the checks of a signer.
    ///
    /// # Errors
    /// As there.
    pub fn feed_to(&mut self, piece: &[u8], sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let mut visit = Visit {
            cut: &mut self.cut,
            sink,
        };
        let outcome = self.scanner.feed(piece, &mut visit).and_then(|used| {
            self.trailing_bytes += piece.len() - used;
            self.cut.within_budget(self.trailing_bytes)
        });
        self.failed = outcome.clone().err();
        outcome
    }

    /// Ends the message.
    ///
    /// # Errors
    /// As [`SignedData::parse`].
    pub fn finish(self) -> Result<StreamedMessage, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let end = self.scanner.is_done().then_some(self.trailing_bytes);
        self.cut.finish(end, self.scanner.offset(), |length| {
            Encapsulated::Streamed { length }
        })
    }
}

/// Reads a message that is in memory; the content lies at the range returned, or in the bytes returned if BER had cut it.
pub(crate) fn read_held(
    bytes: &[u8],
    limits: &Limits,
    hold: impl FnOnce(HeldContent) -> Octets,
) -> Result<SignedData, Error> {
    if bytes.len() > limits.size {
        return Err(Error::TooLarge {
            actual: bytes.len(),
            limit: limits.size,
        });
    }
    let mut scanner = Scanner::new(limits.depth);
    let mut cut = Cut::new(limits, None);
    let mut first: Option<Range<usize>> = None;
    let mut joined = Vec::new();
    let mut sink = |piece: &[u8]| match &first {
        None => {
            let start = piece.as_ptr() as usize - bytes.as_ptr() as usize;
            first = Some(start..start + piece.len());
        }
        Some(range) => {
            if joined.is_empty() {
                joined.extend_from_slice(&bytes[range.clone()]);
            }
            joined.extend_from_slice(piece);
        }
    };
    let mut visit = Visit {
        cut: &mut cut,
        sink: &mut sink,
    };
    let used = scanner.feed(bytes, &mut visit)?;
    let end = scanner.is_done().then_some(bytes.len() - used);
    let held = if joined.is_empty() {
        HeldContent::At(first.unwrap_or_default())
    } else {
        HeldContent::Joined(joined)
    };
    let read = cut.finish(end, used, |_| Encapsulated::Held(hold(held)))?;
    Ok(read.message)
}

/// Where the content of a message in memory is.
pub(crate) enum HeldContent {
    /// In one piece, there.
    At(Range<usize>),
    /// In segments, joined here.
    Joined(Vec<u8>),
}

/// Cuts the content out of a message and keeps the rest.
#[derive(Debug)]
struct Cut {
    limits: Limits,
    /// For each element entered, how many elements have begun inside it.
    place: Vec<usize>,
    now: Now,
    /// The parts of the SignedData outside its content, as they came.
    kept: Vec<u8>,
    pieces: Vec<Piece>,
    /// Everything between the kept parts is as DER writes it.
    is_der: bool,
    /// Digests to compute beside those announced; `None` when the content stays in memory.
    hashing: Option<Vec<DigestAlgorithm>>,
    digester: Option<ContentDigester>,
    content_length: Option<u64>,
}

/// What the octets that come next belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    Content,
    Framing,
    Kept,
}

/// An element kept as it came.
#[derive(Debug)]
struct Piece {
    /// Where it begins in `kept`.
    start: usize,
    /// Where it began in the message.
    offset: usize,
}

impl Cut {
    fn new(limits: &Limits, hashing: Option<Vec<DigestAlgorithm>>) -> Self {
        Self {
            limits: *limits,
            place: Vec::with_capacity(8),
            now: Now::Framing,
            kept: Vec::with_capacity(4096),
            pieces: Vec::with_capacity(6),
            is_der: true,
            hashing,
            digester: None,
            content_length: None,
        }
    }

    fn open(&mut self, header: &Header<'_>) -> Result<Step, Error> {
        let malformed = |field| Err(Error::Malformed { field });
        let depth = self.place.len();
        let index = match self.place.last_mut() {
            Some(count) => {
                *count += 1;
                *count - 1
            }
            None => 0,
        };
        match (depth, index, header.first()) {
            (0, ..) | (1, 1, _) | (2, 0, _) => {
                let expected = if depth == 1 {
                    encode::CONTEXT_0
                } else {
                    encode::SEQUENCE
                };
                if header.first() != expected {
                    return malformed("ContentInfo");
                }
                Ok(self.enter(header))
            }
            (1, 0, encode::OBJECT_IDENTIFIER) => self.keep(header),
            (1 | 2, ..) => malformed("ContentInfo"),
            // version, digestAlgorithms; certificates, crls, signerInfos
            (DEPTH_OF_FIELDS, 0 | 1 | 3..6, _) => self.keep(header),
            (DEPTH_OF_FIELDS, 2, encode::SEQUENCE) => Ok(self.enter(header)),
            (DEPTH_OF_FIELDS, ..) => malformed("SignedData"),
            (4, 0, encode::OBJECT_IDENTIFIER) => self.keep(header),
            (4, 1, encode::CONTEXT_0) => Ok(self.enter(header)),
            (4, ..) => malformed("encapContentInfo"),
            (5, 0, encode::OCTET_STRING | encode::OCTET_STRING_SEGMENTS) => {
                self.begin_content();
                Ok(self.segment(header))
            }
            (5, ..) => malformed("eContent"),
            // A segment of an OCTET STRING is again an OCTET STRING (X.690 section 8.7.3.2).
            (_, _, encode::OCTET_STRING | encode::OCTET_STRING_SEGMENTS) => {
                Ok(self.segment(header))
            }
            _ => Err(Error::Ber(tamga_ber::Error {
                kind: ErrorKind::Segment,
                offset: header.offset(),
            })),
        }
    }

    fn enter(&mut self, header: &Header<'_>) -> Step {
        self.is_der &= header.is_der();
        self.place.push(0);
        Step::Enter
    }

    fn keep(&mut self, header: &Header<'_>) -> Result<Step, Error> {
        // An element that says it is too large need not be waited for.
        self.within_budget(header.length().unwrap_or(0))?;
        self.now = Now::Kept;
        self.pieces.push(Piece {
            start: self.kept.len(),
            offset: header.offset(),
        });
        self.kept.extend_from_slice(header.octets());
        Ok(Step::Whole)
    }

    fn begin_content(&mut self) {
        self.content_length = Some(0);
        if let Some(asked) = self.hashing.take() {
            let announced = self.announced();
            self.digester = Some(ContentDigester::new(announced.into_iter().chain(asked)));
        }
    }

    /// The digests of `digestAlgorithms` that are known; a malformed set has none and is refused at the end.
    fn announced(&self) -> Vec<DigestAlgorithm> {
        let mut found = Vec::new();
        let Ok(set) = self.rewritten(1) else {
            return found;
        };
        let elements = Elements::new(&set, "digestAlgorithms")
            .and_then(|mut outer| outer.required(encode::SET))
            .and_then(|set| set.inside("digestAlgorithms"));
        let Ok(mut elements) = elements else {
            return found;
        };
        while let Ok(Some(element)) = elements.next() {
            if let Ok(oid) = element.algorithm("digestAlgorithms") {
                found.extend(DigestAlgorithm::from_oid(oid).filter(|one| !found.contains(one)));
            }
        }
        found
    }

    fn segment(&mut self, header: &Header<'_>) -> Step {
        if header.first() == encode::OCTET_STRING {
            self.is_der &= header.is_der();
            self.now = Now::Content;
            Step::Whole
        } else {
            self.is_der = false;
            self.place.push(0);
            Step::Enter
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        match std::mem::replace(&mut self.now, Now::Framing) {
            Now::Content => {}
            Now::Kept => {
                if self.place.len() == 1 {
                    self.check_content_type()?;
                }
            }
            Now::Framing => {
                let inside = self.place.pop().unwrap_or_default();
                let (needed, field) = match self.place.len() {
                    0 => (2, "ContentInfo"),
                    1 => (1, "ContentInfo"),
                    2 => (3, "SignedData"),
                    3 => (1, "encapContentInfo"),
                    4 => (1, "eContent"),
                    // A segmented content may be empty.
                    _ => (0, "eContent"),
                };
                if inside < needed {
                    return Err(Error::Malformed { field });
                }
            }
        }
        Ok(())
    }

    /// The type of the outer content is known; the SignedData has not begun.
    fn check_content_type(&mut self) -> Result<(), Error> {
        let der = self.rewritten(0)?;
        let is_der = matches!(der, Cow::Borrowed(_));
        let oid = Elements::new(&der, "ContentInfo")?
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier("ContentInfo")?;
        if oid != names::SIGNED_DATA {
            return Err(Error::ContentType(oid));
        }
        self.is_der &= is_der;
        self.pieces.clear();
        self.kept.clear();
        Ok(())
    }

    /// A kept piece in DER.
    fn rewritten(&self, index: usize) -> Result<Cow<'_, [u8]>, Error> {
        let Some(piece) = self.pieces.get(index) else {
            return Err(Error::Malformed {
                field: "SignedData",
            });
        };
        let end = self
            .pieces
            .get(index + 1)
            .map_or(self.kept.len(), |next| next.start);
        // The framing was counted by the scanner, up to the same depth.
        let unused = tamga_ber::MAX_DEPTH - self.limits.depth.min(tamga_ber::MAX_DEPTH);
        tamga_ber::to_der_inside(&self.kept[piece.start..end], DEPTH_OF_FIELDS + unused).map_err(
            |error| {
                Error::Ber(tamga_ber::Error {
                    offset: piece.offset + error.offset,
                    ..error
                })
            },
        )
    }

    fn octets(&mut self, octets: &[u8], sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        match self.now {
            Now::Framing => {}
            Now::Kept => {
                self.within_budget(octets.len())?;
                self.kept.extend_from_slice(octets);
            }
            Now::Content => {
                let length = self.content_length.unwrap_or(0) + octets.len() as u64;
                self.content_length = Some(length);
                if let Some(digester) = &mut self.digester {
                    if length > self.limits.streamed_content {
                        return Err(Error::ContentTooLarge {
                            limit: self.limits.streamed_content,
                        });
                    }
                    digester.update(octets);
                }
                sink(octets);
            }
        }
        Ok(())
    }

    /// Checks that so many bytes more than those kept are within the budget.
    fn within_budget(&self, more: usize) -> Result<(), Error> {
        let (actual, limit) = (self.kept.len().saturating_add(more), self.limits.size);
        if actual > limit {
            return Err(Error::TooLarge { actual, limit });
        }
        Ok(())
    }

    /// `trailing_bytes` follow the message; `None` if it has not ended at `offset`.
    fn finish(
        mut self,
        trailing_bytes: Option<usize>,
        offset: usize,
        hold: impl FnOnce(u64) -> Encapsulated,
    ) -> Result<StreamedMessage, Error> {
        let Some(trailing_bytes) = trailing_bytes else {
            return Err(Error::Ber(tamga_ber::Error {
                kind: ErrorKind::Truncated,
                offset,
            }));
        };
        let mut rewritten: Option<Vec<u8>> = None;
        for index in 0..self.pieces.len() {
            match (self.rewritten(index)?, &mut rewritten) {
                (Cow::Borrowed(_), None) => {}
                (der, Some(all)) => all.extend_from_slice(&der),
                (Cow::Owned(der), all @ None) => {
                    let before = &self.kept[..self.pieces[index].start];
                    *all = Some([before, &der].concat());
                }
            }
        }
        let structure = Structure {
            is_der: self.is_der && rewritten.is_none(),
            fields: rewritten.unwrap_or(std::mem::take(&mut self.kept)).into(),
            content: match self.content_length {
                Some(length) => hold(length),
                None => Encapsulated::Absent,
            },
            trailing_bytes,
        };
        Ok(StreamedMessage {
            message: SignedData::read(structure, &self.limits)?,
            content: self.digester.map(ContentDigester::finish),
        })
    }
}

/// A cut with somebody who wants the content.
struct Visit<'a> {
    cut: &'a mut Cut,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl Visitor for Visit<'_> {
    type Error = Error;

    fn open(&mut self, header: &Header<'_>) -> Result<Step, Error> {
        self.cut.open(header)
    }

    fn octets(&mut self, octets: &[u8]) -> Result<(), Error> {
        self.cut.octets(octets, self.sink)
    }

    fn close(&mut self) -> Result<(), Error> {
        self.cut.close()
    }
}
