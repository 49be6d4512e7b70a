//! BER that standards allow becomes the one DER everybody else parses.
//!
//! Indefinite lengths become definite, constructed strings become primitive, long-form lengths become minimal;
//! what already is DER stays byte for byte. Nothing is interpreted, no type is checked: a SET keeps its order, a
//! BOOLEAN its value, and a constructed INTEGER stays what it is for the strict parser behind to refuse.
//!
//! Implicitly tagged strings cannot be recognised without knowing the type, so `[0] IMPLICIT OCTET STRING` in
//! constructed form stays constructed; whoever knows the type calls [`join_octet_string_segments`].
//!
//! Rules: ITU-T X.690 (02/2021) sections 8.1 (tags and lengths), 8.6, 8.7, 8.23 (strings), 10.1, 10.2 (DER).

mod element;
mod error;
mod scanner;
mod sink;

use std::borrow::Cow;

use element::{Frame, walk_element, walk_segments};
use sink::{Joined, Lengths, Writer};

pub use error::{Error, ErrorKind};
pub use scanner::{Header, Scanner, Step, Visitor};

/// Elements inside elements, the outermost counted; deeper input is refused.
pub const MAX_DEPTH: usize = 64;

/// Bytes of input looked at; callers have smaller budgets of their own.
pub const MAX_INPUT: usize = 256 * 1024 * 1024;

/// Rewrites one BER element as DER; bytes after it are an error.
///
/// Takes linear time. Beside the result it needs four bytes of memory for each constructed element. The result is
/// allocated once and never moved, so a caller who wipes it leaves no copy behind.
///
/// # Errors
/// Everything in [`ErrorKind`], with the offset where it was noticed.
pub fn to_der(ber: &[u8]) -> Result<Vec<u8>, Error> {
    let (der, used) = to_der_prefix(ber)?;
    if used != ber.len() {
        return Err(Error {
            kind: ErrorKind::TrailingBytes,
            offset: used,
        });
    }
    Ok(der)
}

/// Rewrites the first BER element as DER, and says how many bytes of the input it took.
///
/// # Errors
/// Everything in [`ErrorKind`] but [`ErrorKind::TrailingBytes`].
pub fn to_der_prefix(ber: &[u8]) -> Result<(Vec<u8>, usize), Error> {
    let frame = Frame::whole(ber, 0)?;
    // DER writes the length before the content, so the content is measured first.
    let mut lengths = Lengths::default();
    let used = walk_element(&frame, 0, &mut lengths)?;
    let mut writer = Writer::new(lengths);
    walk_element(&frame, 0, &mut writer)?;
    Ok((writer.into_der(), used))
}

/// As [`to_der`], for an element that stands inside `depth` others; DER is lent back instead of copied.
///
/// # Errors
/// As there; elements deeper than [`MAX_DEPTH`] are counted from the outermost of the `depth`.
pub fn to_der_inside(ber: &[u8], depth: usize) -> Result<Cow<'_, [u8]>, Error> {
    let frame = Frame::whole(ber, depth)?;
    let mut lengths = Lengths::default();
    let used = walk_element(&frame, 0, &mut lengths)?;
    if used != ber.len() {
        return Err(Error {
            kind: ErrorKind::TrailingBytes,
            offset: used,
        });
    }
    if lengths.is_der() {
        return Ok(Cow::Borrowed(ber));
    }
    let mut writer = Writer::new(lengths);
    walk_element(&frame, 0, &mut writer)?;
    Ok(Cow::Owned(writer.into_der()))
}

/// Joins the segments of an implicitly tagged OCTET STRING in constructed form (X.690 section 8.7.3).
///
/// `content` is what stands inside the tag: any number of OCTET STRING elements, BER or DER. An example is
/// `encryptedContent [0] IMPLICIT OCTET STRING` (RFC 5652 section 6.1), which starts with A0 then and not with 80.
///
/// # Errors
/// [`ErrorKind::Segment`] if something else than an OCTET STRING is met, and everything [`to_der`] reports.
pub fn join_octet_string_segments(content: &[u8]) -> Result<Vec<u8>, Error> {
    let frame = Frame::whole(content, 0)?;
    let mut joined = Joined::with_capacity(content.len());
    walk_segments(&frame, &mut joined)?;
    Ok(joined.into_octets())
}
