//! Why an answer is not taken as evidence.

use tamga_scheme::{ObjectIdentifier, VerifyError};

use crate::{Error, UnixTime};

/// Errors of asking and of judging an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspError {
    // What the caller may mend.
    /// A request asks about no certificate, or about too many.
    #[error(
        "a request asks about {actual} certificates, at most {limit} and at least one are allowed"
    )]
    Questions {
        /// Certificates given.
        actual: usize,
        /// Most that are allowed.
        limit: usize,
    },
    /// A nonce has 1 to 32 bytes (RFC 8954 section 2.1).
    #[error("a nonce of {actual} bytes; it has 1 to 32")]
    NonceLength {
        /// Bytes given.
        actual: usize,
    },

    // What the responder's operator may mend.
    /// The responder gave no answer, and said why.
    #[error("the responder answers: {0}")]
    Responder(ResponderStatus),
    /// Larger than the budget.
    #[error("an answer of {actual} bytes, at most {limit} are read")]
    TooLarge {
        /// Size given, in bytes.
        actual: usize,
        /// Budget, in bytes.
        limit: usize,
    },
    /// More elements than the budget.
    #[error("more than {limit} {what} in an answer")]
    TooMany {
        /// "certificates", "extensions" or "responses".
        what: &'static str,
        /// Budget.
        limit: usize,
    },
    /// Not DER, or not the structure expected.
    #[error("malformed OCSP answer: {detail}")]
    Malformed {
        /// What the parser met.
        detail: String,
    },
    /// An answer of another type than id-pkix-ocsp-basic.
    #[error("answer type {0} is not supported")]
    ResponseType(ObjectIdentifier),
    /// A critical extension that is not processed.
    #[error("critical extension {0} is not understood")]
    CriticalExtension(ObjectIdentifier),

    // What speaks against the answer.
    /// No certificate of the responder it names is inside, and it is not the authority itself.
    #[error("the responder's certificate is missing")]
    NoResponder,
    /// The signature's algorithm is not in the table.
    #[error("signature algorithm {0} is not supported")]
    SignatureAlgorithm(ObjectIdentifier),
    /// The signature does not hold under the key of the responder it names.
    #[error("the answer's signature does not hold: {0}")]
    Signature(VerifyError),
    /// The responder's key or certificate cannot be used.
    #[error(transparent)]
    Certificate(Error),
    /// The responder may not speak for the authority (RFC 6960 section 4.2.2.2).
    #[error("the responder is not authorised: {0}")]
    NotAuthorised(Unauthorised),
    /// Nothing in it is about the certificate asked about.
    #[error("the answer is about other certificates")]
    NoAnswer,
    /// Made in the future.
    #[error("the answer is from the future")]
    FromTheFuture {
        /// producedAt or thisUpdate, the later.
        made: UnixTime,
        /// Time asked.
        at: UnixTime,
    },
    /// nextUpdate has passed.
    #[error("the answer is out of date")]
    Expired {
        /// nextUpdate.
        next_update: UnixTime,
        /// Time asked.
        at: UnixTime,
    },
    /// It promises no nextUpdate and is older than the policy allows.
    #[error("the answer is too old")]
    TooOld {
        /// thisUpdate.
        this_update: UnixTime,
        /// Time asked.
        at: UnixTime,
        /// Greatest age, in seconds.
        max_age: i64,
    },
    /// The policy asks for a nonce, and the question or the answer has none.
    #[error("the answer has no nonce")]
    NonceMissing,
    /// The nonce is of another question.
    #[error("the answer's nonce is of another question")]
    NonceDiffers {
        /// Of the question.
        expected: Vec<u8>,
        /// Of the answer.
        actual: Vec<u8>,
    },
}

impl OcspError {
    pub(super) fn malformed(detail: impl std::fmt::Display) -> Self {
        Self::Malformed {
            detail: detail.to_string(),
        }
    }
}

impl From<der::Error> for OcspError {
    fn from(error: der::Error) -> Self {
        Self::malformed(error)
    }
}

/// Why a responder gave no answer (OCSPResponseStatus, RFC 6960 section 4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ResponderStatus {
    /// 1
    #[error("malformed request")]
    MalformedRequest,
    /// 2
    #[error("internal error")]
    InternalError,
    /// 3
    #[error("try later")]
    TryLater,
    /// 5
    #[error("the request must be signed")]
    SigRequired,
    /// 6
    #[error("unauthorised")]
    Unauthorized,
    /// A code the standard does not assign.
    #[error("code {0}")]
    Unassigned(u8),
}

/// Why a responder may not speak for an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unauthorised {
    /// Its certificate is not issued by the authority's key under the authority's name.
    #[error("another authority issued its certificate")]
    OtherIssuer,
    /// No id-kp-OCSPSigning.
    #[error("its certificate is not for signing answers")]
    NoOcspSigning,
    /// Key usage without digitalSignature and nonRepudiation.
    #[error("its key may not sign")]
    KeyUsage,
    /// Not valid at the time asked.
    #[error("its certificate is not valid at the time asked")]
    Validity {
        /// Time asked.
        at: UnixTime,
        /// Start of validity.
        not_before: UnixTime,
        /// End of validity.
        not_after: UnixTime,
    },
    /// A critical extension that is not processed.
    #[error("its certificate has the critical extension {0}, which is not understood")]
    CriticalExtension(ObjectIdentifier),
}
