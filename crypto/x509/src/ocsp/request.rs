//! The question to a responder (RFC 6960 section 4.1).

use der::{Any, Encode, Tag, TagNumber, asn1::OctetStringRef};

use super::{CertId, NONCE, OcspError};

/// Certificates one request may ask about.
pub const MAX_QUESTIONS: usize = 32;

/// Longest nonce (RFC 8954 section 2.1).
const MAX_NONCE: usize = 32;

/// A request without a requestor's name and without a signature.
///
/// ```text
/// OCSPRequest ::= SEQUENCE {
///     tbsRequest               TBSRequest,
///     optionalSignature   [0]  EXPLICIT Signature OPTIONAL }
/// TBSRequest ::= SEQUENCE {
///     version             [0]  EXPLICIT Version DEFAULT v1,
///     requestorName       [1]  EXPLICIT GeneralName OPTIONAL,
///     requestList              SEQUENCE OF Request,
///     requestExtensions   [2]  EXPLICIT Extensions OPTIONAL }
/// Request ::= SEQUENCE {
///     reqCert                  CertID,
///     singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcspRequest {
    der: Vec<u8>,
    nonce: Option<Vec<u8>>,
}

impl OcspRequest {
    /// Asks about 1 to [`MAX_QUESTIONS`] certificates; `nonce` has 1 to 32 unpredictable bytes.
    pub fn new(certificates: &[CertId], nonce: Option<&[u8]>) -> Result<Self, OcspError> {
        if !(1..=MAX_QUESTIONS).contains(&certificates.len()) {
            return Err(OcspError::Questions {
                actual: certificates.len(),
                limit: MAX_QUESTIONS,
            });
        }
        if let Some(nonce) = nonce
            && !(1..=MAX_NONCE).contains(&nonce.len())
        {
            return Err(OcspError::NonceLength {
                actual: nonce.len(),
            });
        }
        Ok(Self {
            der: encode(certificates, nonce)?,
            nonce: nonce.map(<[u8]>::to_vec),
        })
    }

    /// What is sent.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The nonce an answer must repeat.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

fn encode(certificates: &[CertId], nonce: Option<&[u8]>) -> der::Result<Vec<u8>> {
    let mut requests = Vec::new();
    for certificate in certificates {
        requests.extend(sequence(certificate.to_der()?)?);
    }
    let mut tbs = sequence(requests)?;
    if let Some(nonce) = nonce {
        // An OCTET STRING inside the one of every extension (RFC 6960 appendix B.1).
        let nonce = OctetStringRef::new(nonce)?.to_der()?;
        let value = OctetStringRef::new(&nonce)?.to_der()?;
        let extension = sequence([NONCE.to_der()?, value].concat())?;
        let tag = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(2),
        };
        tbs.extend(Any::new(tag, sequence(extension)?)?.to_der()?);
    }
    sequence(sequence(tbs)?)
}

fn sequence(content: Vec<u8>) -> der::Result<Vec<u8>> {
    Any::new(Tag::Sequence, content)?.to_der()
}
