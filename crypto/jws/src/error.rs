//! Why a token cannot be made or read.

use tamga_scheme::{KeyKind, SignatureScheme};

/// Why a token cannot be made or read. A signature that does not fit is `tamga_scheme::VerifyError`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `alg` is not one of ours; `none` and keyed hashes never are.
    #[error("algorithm {value:?} is not accepted")]
    Algorithm {
        /// What stands there.
        value: String,
    },
    /// A part is not base64url without padding, in its one form.
    #[error("{part} is not base64url")]
    Base64 {
        /// "header", "payload" or "signature".
        part: &'static str,
    },
    /// An entry of `x5c` is no certificate.
    #[error("certificate {index} of x5c cannot be read")]
    Certificate {
        /// Position in `x5c`, from 0.
        index: usize,
        /// What the certificate parser met; `None` when the entry is not base64.
        source: Option<tamga_x509::Error>,
    },
    /// Extensions that must be understood, and are not (RFC 7515 section 4.1.11).
    #[error("critical header members {names:?} are not understood")]
    Critical {
        /// Their names.
        names: Vec<String>,
    },
    /// A JSON object has a member twice.
    #[error("{part} has member {name:?} twice")]
    DuplicateMember {
        /// "header", "payload" or "document".
        part: &'static str,
        /// The member.
        name: String,
    },
    /// Not JSON, or not an object.
    #[error("{part} is no JSON object")]
    Json {
        /// "header", "payload" or "document".
        part: &'static str,
    },
    /// A member has another type or form than the standard gives it.
    #[error("member {name:?} must be {expected}")]
    Member {
        /// The member.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A member that is required.
    #[error("member {name:?} is missing")]
    MissingMember {
        /// The member.
        name: &'static str,
    },
    /// A JSON document without signatures.
    #[error("the document has no signatures")]
    NoSignatures,
    /// A compact token has three parts between two dots.
    #[error("{found} parts instead of three")]
    Parts {
        /// How many there are; counting ends at 4.
        found: usize,
    },
    /// `b64` (RFC 7797): the payload would stand there in another form.
    #[error("payloads that are not base64url are not accepted")]
    PayloadEncoding,
    /// The payload is neither in the document nor given beside it.
    #[error("the payload is detached and was not given")]
    PayloadMissing,
    /// The payload is in the document and was given beside it too: it would not be clear which one is signed.
    #[error("the payload is attached and was given a second time")]
    PayloadTwice,
    /// The certificate has a key for another scheme.
    #[error("scheme {} needs another key than {key:?}", .scheme.name())]
    SchemeMismatch {
        /// Scheme asked for.
        scheme: SignatureScheme,
        /// Key of the certificate.
        key: KeyKind,
    },
    /// No `alg` names this scheme.
    #[error("no token is signed with {}", .scheme.name())]
    SchemeWithoutName {
        /// Scheme asked for.
        scheme: SignatureScheme,
    },
    /// The signer's certificate has no usable key.
    #[error("the signer's certificate has no usable key")]
    SignerKey(#[source] tamga_x509::Error),
    /// JSON is nested too deep.
    #[error("{part} is nested deeper than {limit}")]
    TooDeep {
        /// "header", "payload" or "document".
        part: &'static str,
        /// Budget.
        limit: usize,
    },
    /// A budget of [`crate::Limits`] is exhausted.
    #[error("{what}: at most {limit} accepted")]
    TooLarge {
        /// Name of the budget: "bytes", "header bytes", "values", "certificates", "signatures".
        what: &'static str,
        /// Its size.
        limit: usize,
    },
    /// A header that the signature does not cover; nothing in it could be believed.
    #[error("signature {signature} has a header that is not signed")]
    UnprotectedHeader {
        /// Position of the signature, from 0.
        signature: usize,
    },
}
