//! The answer of a time-stamping authority (RFC 3161 section 2.4.2).

use super::{TimeStampError, TimeStampToken};
use crate::walk::{Element, Elements};
use crate::{Error, Limits, encode};

/// So many texts are read at most.
const MAX_TEXTS: usize = 64;

/// An answer: a token, or why there is none.
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// PKIStatusInfo ::= SEQUENCE { status PKIStatus, statusString SEQUENCE OF UTF8String OPTIONAL, failInfo BIT STRING OPTIONAL }
/// ```
#[derive(Debug, Clone)]
pub struct TimeStampResponse {
    status: Status,
    texts: Vec<String>,
    failures: Vec<Failure>,
    token: Option<TimeStampToken>,
}

/// PKIStatus, in the order of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// 0: the token is as asked.
    Granted,
    /// 1: the token differs from what was asked.
    GrantedWithMods,
    /// 2.
    Rejection,
    /// 3.
    Waiting,
    /// 4: the authority is about to be revoked.
    RevocationWarning,
    /// 5: the authority has been revoked.
    RevocationNotification,
    /// A number the standard does not have.
    Other(u8),
}

/// PKIFailureInfo, in the order of its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// Bit 0: the digest is not supported.
    BadAlgorithm,
    /// Bit 2: the request is not permitted.
    BadRequest,
    /// Bit 5: the request cannot be read.
    BadDataFormat,
    /// Bit 14: the authority's clock is not available.
    TimeNotAvailable,
    /// Bit 15: the policy is not supported.
    UnacceptedPolicy,
    /// Bit 16: an extension is not supported.
    UnacceptedExtension,
    /// Bit 17: additional information is not understood or not available.
    AddInfoNotAvailable,
    /// Bit 25: the authority failed.
    SystemFailure,
    /// A bit the standard does not have.
    Other(u8),
}

impl TimeStampResponse {
    /// Reads DER or BER; nothing may follow it.
    ///
    /// # Errors
    /// [`TimeStampError::Format`]; [`TimeStampError::ContentType`] if the token is another message.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, TimeStampError> {
        const FIELD: &str = "TimeStampResp";
        if bytes.len() > limits.size {
            return Err(TimeStampError::Format(Error::TooLarge {
                actual: bytes.len(),
                limit: limits.size,
            }));
        }
        let der = tamga_ber::to_der_inside(bytes, 0).map_err(Error::Ber)?;
        let mut outer = Elements::new(&der, FIELD)?;
        let mut fields = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
        outer.finish()?;
        let info = fields.required(encode::SEQUENCE)?;
        let token = fields.optional(encode::SEQUENCE)?;
        fields.finish()?;

        const STATUS: &str = "PKIStatusInfo";
        let mut inside = info.inside(STATUS)?;
        let status = inside.required(encode::INTEGER)?.version(STATUS)?;
        let texts = match inside.optional(encode::SEQUENCE)? {
            Some(list) => read_texts(&list)?,
            None => Vec::new(),
        };
        let failures = match inside.optional(encode::BIT_STRING)? {
            Some(bits) => read_failures(bits.value)?,
            None => Vec::new(),
        };
        inside.finish()?;
        Ok(Self {
            status: Status::from_number(status),
            texts,
            failures,
            token: token
                .map(|token| TimeStampToken::parse(token.whole, limits))
                .transpose()?,
        })
    }

    /// What the authority says.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What it says in words; for the journal.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Its reasons.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The token, not checked yet.
    ///
    /// # Errors
    /// [`TimeStampError::Rejected`] for every status but granted, [`TimeStampError::TokenMissing`].
    pub fn into_token(self) -> Result<TimeStampToken, TimeStampError> {
        match self.status {
            Status::Granted | Status::GrantedWithMods => {
                self.token.ok_or(TimeStampError::TokenMissing)
            }
            status => Err(TimeStampError::Rejected {
                status,
                texts: self.texts,
                failures: self.failures,
            }),
        }
    }
}

impl Status {
    fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Granted,
            1 => Self::GrantedWithMods,
            2 => Self::Rejection,
            3 => Self::Waiting,
            4 => Self::RevocationWarning,
            5 => Self::RevocationNotification,
            other => Self::Other(other),
        }
    }
}

impl Failure {
    fn from_bit(bit: u8) -> Self {
        match bit {
            0 => Self::BadAlgorithm,
            2 => Self::BadRequest,
            5 => Self::BadDataFormat,
            14 => Self::TimeNotAvailable,
            15 => Self::UnacceptedPolicy,
            16 => Self::UnacceptedExtension,
            17 => Self::AddInfoNotAvailable,
            25 => Self::SystemFailure,
            other => Self::Other(other),
        }
    }
}

fn read_texts(list: &Element<'_>) -> Result<Vec<String>, Error> {
    const FIELD: &str = "statusString";
    let mut texts = Vec::new();
    let mut elements = list.inside(FIELD)?;
    while let Some(element) = elements.next()? {
        if texts.len() == MAX_TEXTS {
            return Err(Error::TooMany {
                what: "status texts",
                limit: MAX_TEXTS,
            });
        }
        match (element.tag, std::str::from_utf8(element.value)) {
            (encode::UTF8_STRING, Ok(text)) => texts.push(text.to_owned()),
            _ => return Err(Error::Malformed { field: FIELD }),
        }
    }
    Ok(texts)
}

/// The bits set, of the first 32 octets.
fn read_failures(bits: &[u8]) -> Result<Vec<Failure>, Error> {
    const MAX_OCTETS: usize = 32;
    let Some((0..8, octets)) = bits.split_first() else {
        return Err(Error::Malformed { field: "failInfo" });
    };
    if octets.len() > MAX_OCTETS {
        return Err(Error::Malformed { field: "failInfo" });
    }
    let set = |bit: &usize| octets[bit / 8] & (0x80 >> (bit % 8)) != 0;
    Ok((0..octets.len() * 8)
        .filter(set)
        .map(|bit| Failure::from_bit(bit as u8))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_why_in_words_and_bits() {
        let bytes = [
            0x30,
            14,
            0x30,
            12,
            2,
            1,
            2,
            0x30,
            3,
            0x0c,
            1,
            b'x',
            3,
            2,
            5,
            0b1010_0100,
        ];
        let response = TimeStampResponse::parse(&bytes, &Limits::default()).unwrap();
        assert_eq!(response.status(), Status::Rejection);
        assert_eq!(response.texts(), ["x"]);
        let failures = vec![
            Failure::BadAlgorithm,
            Failure::BadRequest,
            Failure::BadDataFormat,
        ];
        assert_eq!(response.failures(), failures);
        assert_eq!(
            response.into_token().unwrap_err(),
            TimeStampError::Rejected {
                status: Status::Rejection,
                texts: vec!["x".into()],
                failures
            }
        );
    }

    #[test]
    fn a_grant_without_a_token_is_found() {
        let bytes = [0x30, 5, 0x30, 3, 2, 1, 0];
        let response = TimeStampResponse::parse(&bytes, &Limits::default()).unwrap();
        assert_eq!(
            response.into_token().unwrap_err(),
            TimeStampError::TokenMissing
        );
    }

    #[test]
    fn failures_beyond_the_standard_keep_their_number() {
        assert_eq!(
            read_failures(&[0, 0, 0, 0, 0x41]),
            Ok(vec![Failure::SystemFailure, Failure::Other(31)])
        );
        assert!(read_failures(&[8, 0]).is_err());
        assert!(read_failures(&[]).is_err());
    }
}
