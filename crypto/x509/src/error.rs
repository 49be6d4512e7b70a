//! Why a certificate, list or path is refused.

use tamga_scheme::{KeyError, VerifyError};

use crate::UnixTime;

/// Errors of reading certificates, lists and anchor files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not DER, or not the structure expected.
    #[error("malformed {what}: {detail}")]
    Malformed {
        /// "certificate", "name", "CRL", "anchor file".
        what: &'static str,
        /// What the parser met.
        detail: String,
    },
    /// Larger than the budget.
    #[error("{what} has {actual} bytes, at most {limit} are read")]
    TooLarge {
        /// "certificate" or "CRL".
        what: &'static str,
        /// Size given, in bytes.
        actual: usize,
        /// Budget, in bytes.
        limit: usize,
    },
    /// The public key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The signature's algorithm is not in the table.
    #[error("signature algorithm {0} is not supported")]
    SignatureAlgorithm(tamga_scheme::ObjectIdentifier),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] VerifyError),
}

impl Error {
    pub(crate) fn malformed(what: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Malformed {
            what,
            detail: detail.to_string(),
        }
    }
}

/// Why no path from a certificate to an anchor was accepted (RFC 5280 section 6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// No issuer among the anchors and the pool.
    #[error("no certificate of the issuer is known")]
    NoIssuer,
    /// A certificate of the path was not yet or no longer valid.
    #[error("certificate {subject} is not valid at the time asked")]
    Validity {
        /// Whose certificate, as text.
        subject: String,
        /// Time asked.
        at: UnixTime,
        /// Start of validity.
        not_before: UnixTime,
        /// End of validity.
        not_after: UnixTime,
    },
    /// A certificate of the path may not issue: CA flag, path length, keyCertSign.
    #[error("certificate {subject} may not issue certificates")]
    NotAnAuthority {
        /// Whose certificate, as text.
        subject: String,
    },
    /// A link's signature does not hold.
    #[error("the signature on certificate {subject} does not hold")]
    Signature {
        /// Whose certificate, as text.
        subject: String,
    },
    /// A critical extension is not understood.
    #[error("critical extension {0} is not understood")]
    CriticalExtension(tamga_scheme::ObjectIdentifier),
    /// Too many certificates or signature checks were needed.
    #[error("the path budget is exhausted")]
    Budget,
}
