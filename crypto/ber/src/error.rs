//! What is wrong with a BER encoding, and where.

/// What is wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Offset in the input, in bytes.
    pub offset: usize,
}

/// The ways BER can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Elements lie deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("elements nested too deeply")]
    Depth,
    /// End-of-contents octets, or the reserved tag 0, where an element should stand.
    #[error("end-of-contents octets out of place")]
    EndOfContents,
    /// A primitive element has the indefinite length (X.690 section 8.1.3.2).
    #[error("indefinite length of a primitive element")]
    IndefinitePrimitive,
    /// The reserved length octet FF (X.690 section 8.1.3.5).
    #[error("reserved length octet")]
    Length,
    /// An element ends after the element around it.
    #[error("element reaches beyond the element around it")]
    Overrun,
    /// A constructed string holds something else than segments of its kind.
    #[error("foreign element inside a constructed string")]
    Segment,
    /// A tag number in a longer form than needed, or of more than 35 bits (X.690 section 8.1.2).
    #[error("malformed tag")]
    Tag,
    /// The input is larger than [`MAX_INPUT`](crate::MAX_INPUT).
    #[error("input too large")]
    TooLarge,
    /// Bytes follow the element.
    #[error("trailing bytes")]
    TrailingBytes,
    /// The input ends inside an element.
    #[error("truncated element")]
    Truncated,
    /// A segment of a constructed BIT STRING with a missing or impossible count of unused bits, or with unused bits
    /// before the last segment (X.690 section 8.6.4).
    #[error("unused bits of a BIT STRING segment")]
    UnusedBits,
}
