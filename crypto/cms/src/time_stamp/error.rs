//! Why a time stamp is not accepted.

use const_oid::ObjectIdentifier;

use super::{Failure, Status};
use crate::{CheckError, Error};

/// Why a time stamp is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeStampError {
    /// The certificate may be used for more, or less, than time stamping, or does not say so critically (RFC 3161 section 2.3).
    #[error("the certificate is not one of a time-stamping authority")]
    CertificatePurpose,
    /// No certificate-reference attribute: anybody's certificate could be put under the token (RFC 3161 section 2.4.1).
    #[error("the token does not name its certificate")]
    CertificateReferenceMissing,
    /// The token holds something else than a TSTInfo.
    #[error("content type {0} is not TSTInfo")]
    ContentType(ObjectIdentifier),
    /// A critical extension that is not understood.
    #[error("critical extension {0} is not understood")]
    CriticalExtension(ObjectIdentifier),
    /// The response or the token cannot be read.
    #[error(transparent)]
    Format(#[from] Error),
    /// The token is over something else.
    #[error("the token is over other data")]
    Imprint,
    /// The signer's certificate is neither in the token nor given.
    #[error("no certificate of the token's signer is known")]
    NoCertificate,
    /// The nonce of the request does not come back.
    #[error("the token has another nonce than the request")]
    Nonce,
    /// Another policy than the one asked for.
    #[error("the token is under policy {actual}, {asked} was asked for")]
    Policy {
        /// In the request.
        asked: ObjectIdentifier,
        /// In the token.
        actual: ObjectIdentifier,
    },
    /// The authority refused.
    #[error("the authority refused: {status:?} {failures:?} {texts:?}")]
    Rejected {
        /// Its status.
        status: Status,
        /// Its words, for the journal.
        texts: Vec<String>,
        /// Its reasons.
        failures: Vec<Failure>,
    },
    /// A token has exactly one signer (RFC 3161 section 2.4.2).
    #[error("the token has {0} signers")]
    SignerCount(usize),
    /// The token's signature does not hold.
    #[error(transparent)]
    Signature(#[from] CheckError),
    /// The authority says it granted a token and gives none.
    #[error("the answer grants a token and has none")]
    TokenMissing,
    /// The version is not 1.
    #[error("version {0} of TSTInfo is not known")]
    Version(u8),
}
