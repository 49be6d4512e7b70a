//! The frame as bytes: header, budgets, JSON payload. No input or output here.

use serde::{Serialize, de::DeserializeOwned};

use crate::Error;

/// Bytes before the payload: kind and length.
pub const HEADER_LEN: usize = 5;

/// Largest JSON payload, in bytes.
pub const MESSAGE_LIMIT: usize = 256 * 1024;

/// Longest password, in bytes of UTF-8.
pub const PASSWORD_LIMIT: usize = 1024;

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `J`: one JSON message.
    Message,
    /// `P`: a password in UTF-8.
    Password,
}

impl Kind {
    /// Budget of the payload, in bytes.
    pub fn limit(self) -> usize {
        match self {
            Self::Message => MESSAGE_LIMIT,
            Self::Password => PASSWORD_LIMIT,
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Message => b'J',
            Self::Password => b'P',
        }
    }
}

/// The first five bytes of a frame; its length is within the budget of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    kind: Kind,
    length: u32,
}

impl Header {
    /// A header for so many payload bytes, or [`Error::TooLong`].
    pub fn new(kind: Kind, length: usize) -> Result<Self, Error> {
        let too_long = Error::TooLong {
            actual: length,
            limit: kind.limit(),
        };
        if length > kind.limit() {
            return Err(too_long);
        }
        Ok(Self {
            kind,
            length: u32::try_from(length).map_err(|_| too_long)?,
        })
    }

    /// Reads `[kind: u8][length: u32 big-endian]`.
    pub fn decode(bytes: [u8; HEADER_LEN]) -> Result<Self, Error> {
        let [kind, length @ ..] = bytes;
        let kind = match kind {
            b'J' => Kind::Message,
            b'P' => Kind::Password,
            other => return Err(Error::UnknownKind(other)),
        };
        Self::new(
            kind,
            usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX),
        )
    }

    /// The five bytes.
    pub fn encode(self) -> [u8; HEADER_LEN] {
        let [a, b, c, d] = self.length.to_be_bytes();
        [self.kind.byte(), a, b, c, d]
    }

    /// What follows.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// How many bytes follow.
    pub fn length(self) -> usize {
        // At most 256 KiB by construction, so it fits every usize Rust's std supports.
        self.length as usize
    }
}

/// A whole `J` frame for one message.
pub fn encode<M: Serialize + ?Sized>(message: &M) -> Result<Vec<u8>, Error> {
    let payload = serde_json::to_vec(message)?;
    let header = Header::new(Kind::Message, payload.len())?;
    let mut frame = Vec::with_capacity(HEADER_LEN + payload.len());
    frame.extend_from_slice(&header.encode());
    frame.extend_from_slice(&payload);
    Ok(frame)
}

/// The message in the payload of a `J` frame.
pub fn decode<M: DeserializeOwned>(payload: &[u8]) -> Result<M, Error> {
    Ok(serde_json::from_slice(payload)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_kind_and_big_endian_length() {
        let header = Header::new(Kind::Message, 0x0102).unwrap();
        assert_eq!(header.encode(), [b'J', 0, 0, 1, 2]);
        assert_eq!(Header::decode([b'J', 0, 0, 1, 2]).unwrap(), header);
        assert_eq!(
            Header::decode([b'P', 0, 0, 4, 0]).unwrap().length(),
            PASSWORD_LIMIT
        );
    }

    #[test]
    fn a_length_above_the_budget_is_refused_from_the_header_alone() {
        let over = |kind: u8, length: u32| {
            let [a, b, c, d] = length.to_be_bytes();
            Header::decode([kind, a, b, c, d])
        };
        assert!(over(b'J', 256 * 1024).is_ok());
        assert!(matches!(
            over(b'J', 256 * 1024 + 1),
            Err(Error::TooLong {
                actual: 262_145,
                limit: MESSAGE_LIMIT
            })
        ));
        assert!(over(b'P', 1024).is_ok());
        assert!(matches!(
            over(b'P', 1025),
            Err(Error::TooLong {
                actual: 1025,
                limit: PASSWORD_LIMIT
            })
        ));
        assert!(matches!(over(b'J', u32::MAX), Err(Error::TooLong { .. })));
    }

    #[test]
    fn an_unknown_kind_is_named_in_the_error() {
        assert!(matches!(
            Header::decode([b'j', 0, 0, 0, 0]),
            Err(Error::UnknownKind(b'j'))
        ));
    }

    #[test]
    fn a_message_above_the_budget_is_not_encoded() {
        let long = "x".repeat(MESSAGE_LIMIT);
        assert!(matches!(encode(&long), Err(Error::TooLong { .. })));
    }
}
