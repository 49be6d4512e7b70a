//! Why a document cannot be read or signed, and why one of its signatures is none.

use tamga_scheme::{KeyKind, SignatureScheme};
use tamga_x509::UnixTime;

use crate::{Change, DocMdp};

/// Errors of reading and of signing a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bytes follow the last revision; a signature would cover what no reader can place.
    #[error("{length} bytes follow the last revision")]
    BytesAfterEnd {
        /// How many.
        length: usize,
    },
    /// The certificate has no usable key.
    #[error("the signer's certificate has no usable key")]
    Certificate(#[from] tamga_x509::Error),
    /// The CMS cannot be prepared.
    #[error("the CMS cannot be prepared")]
    Cms(#[from] tamga_cms::Error),
    /// An object is reached twice on a walk through a tree.
    #[error("object {number} contains itself")]
    Cycle {
        /// Its number.
        number: u32,
    },
    /// A reference that must lead somewhere leads nowhere.
    #[error("object {number} does not exist")]
    Dangling {
        /// The number referred to.
        number: u32,
    },
    /// A compressed stream is broken.
    #[error("the stream of object {number} cannot be decompressed")]
    Deflate {
        /// Number of the stream's object.
        number: u32,
    },
    /// An object has two entries in one cross-reference section.
    #[error("object {number} has two entries in one cross-reference section")]
    DuplicateEntry {
        /// Its number.
        number: u32,
    },
    /// A dictionary has a key twice.
    #[error("offset {offset}: key {key:?} occurs twice")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where its dictionary begins: in the file, or in the decompressed stream that holds it.
        offset: usize,
    },
    /// The document is encrypted.
    #[error("the document is encrypted")]
    Encrypted,
    /// The document is certified and allows no more signatures.
    #[error("the document's certification allows no changes: {0:?}")]
    Forbidden(DocMdp),
    /// Not the syntax of ISO 32000; nothing is repaired.
    #[error("offset {offset}: {expected} expected")]
    Malformed {
        /// Where: in the file, or in the decompressed stream that holds the object.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A dictionary lacks an entry, or the entry is of another type.
    #[error("object {number} has no usable {key}")]
    MissingEntry {
        /// Number of the object; 0 for the trailer.
        number: u32,
        /// The key.
        key: &'static str,
    },
    /// Not a PDF: `%PDF-` does not stand at the very beginning.
    #[error("the file does not begin with %PDF-")]
    NotPdf,
    /// There is no page to put the field on.
    #[error("the document has no page")]
    NoPage,
    /// The reserve in `Contents` is smaller than the CMS.
    #[error("the CMS has {actual} bytes, {reserve} are reserved")]
    ReserveTooSmall {
        /// Bytes of the CMS.
        actual: usize,
        /// Bytes reserved.
        reserve: usize,
    },
    /// The time cannot be written (before 1970 or after 9999).
    #[error("time {0:?} cannot be written")]
    SigningTime(UnixTime),
    /// Arrays and dictionaries are nested too deep.
    #[error("objects are nested deeper than {limit}")]
    TooDeep {
        /// Budget.
        limit: usize,
    },
    /// A budget of [`crate::Limits`] is exhausted.
    #[error("{what}: at most {limit} accepted")]
    TooLarge {
        /// "bytes", "bytes of objects", "decompressed bytes", "cross-reference entries", "revisions", "signatures".
        what: &'static str,
        /// Its size.
        limit: usize,
    },
    /// The revision with the signature would read as more than that: the document is put together in an odd way.
    #[error("the new revision would read as {changes:?}")]
    UnclearRevision {
        /// As what.
        changes: Vec<Change>,
    },
    /// Something that is not read.
    #[error("object {number}: {what} is not supported")]
    Unsupported {
        /// Number of the object.
        number: u32,
        /// What.
        what: String,
    },
    /// The certificate's key is of another kind than the scheme needs.
    #[error("scheme {} needs another key than {key:?}", .scheme.name())]
    WrongKey {
        /// The scheme asked for.
        scheme: SignatureScheme,
        /// The certificate's key.
        key: KeyKind,
    },
    /// The cross-reference sections lead in a circle.
    #[error("the cross-reference section at offset {offset} is its own predecessor")]
    XrefLoop {
        /// Where the section stands.
        offset: usize,
    },
    /// The cross-reference sections do not stand in the order of their revisions.
    #[error("the cross-reference section at offset {offset} stands behind a newer one")]
    XrefOrder {
        /// Where the older section stands.
        offset: usize,
    },
}

/// Why the value of a signature field is no signature that could be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// `ByteRange` is not an array of four direct, non-negative integers.
    #[error("ByteRange is not an array of four numbers")]
    ByteRange,
    /// The CMS cannot be read.
    #[error("the CMS in Contents cannot be read")]
    Cms(#[from] tamga_cms::Error),
    /// The CMS carries its own content, so it says nothing about the document.
    #[error("the CMS carries a content of its own")]
    ContentInside,
    /// `Contents` is not a direct hexadecimal string of digits only.
    #[error("Contents is not a hexadecimal string in the signature dictionary")]
    Contents,
    /// The ranges do not leave out exactly `Contents`.
    #[error("the ranges leave out {gap:?}, Contents is at {contents:?}")]
    GapIsNotContents {
        /// What the ranges leave out: start and end offset.
        gap: (usize, usize),
        /// Where the hexadecimal string stands, with its angle brackets.
        contents: (usize, usize),
    },
    /// The dictionary of the signature is inside a compressed stream or has another type.
    #[error("the value of the field is not a signature dictionary of the file")]
    NotADictionary,
    /// The CMS is not DER.
    #[error("the CMS in Contents is not DER")]
    NotDer,
    /// The ranges end inside a revision.
    #[error("the ranges end at offset {end}, where no revision ends")]
    NotAtEndOfRevision {
        /// Where they end.
        end: usize,
    },
    /// The time stamp's CMS carries no content.
    #[error("the time stamp carries no content")]
    NoTimeStampInfo,
    /// The first range does not begin at 0.
    #[error("the first range begins at {start}")]
    NotFromStart {
        /// Where it begins.
        start: usize,
    },
    /// The second range begins before the first one ends.
    #[error("the ranges overlap")]
    Overlap,
    /// The dictionary belongs to another revision than the one the ranges end with.
    #[error("the ranges end with revision {covered}, the dictionary is of revision {own}")]
    OtherRevision {
        /// Revision the ranges end with, from 0.
        covered: usize,
        /// Revision of the dictionary, from 0.
        own: usize,
    },
    /// Another byte than zero follows the CMS.
    #[error("byte {offset} of Contents is not zero padding")]
    Padding {
        /// Which byte of the decoded string, from 0.
        offset: usize,
    },
    /// `SubFilter` is absent, not a name, or of a kind that is not checked: its hash is SHA-1.
    #[error("SubFilter {0:?} is not supported")]
    SubFilter(String),
    /// Not exactly one signer (EN 319 142-1 section 6.2.1).
    #[error("the CMS has {0} signers")]
    Signers(usize),
}
