//! Why a message cannot be read or made, and why one signature in it does not hold.

use const_oid::ObjectIdentifier;
use tamga_scheme::{DigestAlgorithm, KeyKind, SignatureScheme, VerifyError};
use tamga_x509::UnixTime;

use crate::SignerIdentifier;

/// Errors of reading and of making a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not even BER.
    #[error("not ASN.1: {0}")]
    Ber(#[from] tamga_ber::Error),
    /// An embedded certificate cannot be read.
    #[error("embedded certificate: {0}")]
    Certificate(#[from] tamga_x509::Error),
    /// The outer content type is not id-signedData.
    #[error("content type {0} is not SignedData")]
    ContentType(ObjectIdentifier),
    /// A content was given that is not the one of the message.
    #[error("the content given is not the content of the message")]
    ContentDiffers,
    /// The content is needed and is neither in the message nor given.
    #[error("the content is neither in the message nor given")]
    ContentMissing,
    /// A streamed content is larger than the budget.
    #[error("the content has more than {limit} bytes")]
    ContentTooLarge {
        /// Budget, in bytes.
        limit: u64,
    },
    /// A detached digest has another length than the scheme's.
    #[error("the digest has {actual} bytes, the scheme needs {expected}")]
    DigestLength {
        /// Length of the scheme's digest in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// The content went by without this digest being computed.
    #[error("digest {0:?} of the content was not computed")]
    DigestNotComputed(DigestAlgorithm),
    /// A signer's digest algorithm is missing from `digestAlgorithms` (RFC 5652 section 5.1).
    #[error("digest algorithm {0} of a signer is not announced by the message")]
    DigestNotListed(ObjectIdentifier),
    /// An attribute that may occur once occurs twice, or has several values (RFC 5652 section 11).
    #[error("attribute {0} occurs more than once")]
    DuplicateAttribute(ObjectIdentifier),
    /// The structure is not the one RFC 5652 prescribes.
    #[error("malformed {field}")]
    Malformed {
        /// Name of the field in RFC 5652 or RFC 5035.
        field: &'static str,
    },
    /// The message has no signer of this number, counted from 0.
    #[error("there is no signer {0}")]
    NoSigner(usize),
    /// The message has a signature of this signer already.
    #[error("this signer has signed already")]
    SignerExists(SignerIdentifier),
    /// The signing time cannot be written (before 1970 or after 9999).
    #[error("signing time {0:?} cannot be written")]
    SigningTime(UnixTime),
    /// A time stamp was made over something else than the signature it is to be attached to.
    #[error("the time stamp is of another signature")]
    TimeStampOfAnother,
    /// Larger than the budget.
    #[error("the message has {actual} bytes, at most {limit} are read")]
    TooLarge {
        /// Size given, in bytes.
        actual: usize,
        /// Budget, in bytes.
        limit: usize,
    },
    /// More elements than the budget.
    #[error("more than {limit} {what}")]
    TooMany {
        /// "signers", "certificates", "revocation lists", "attributes".
        what: &'static str,
        /// Budget.
        limit: usize,
    },
    /// A version number does not fit the content (RFC 5652 sections 5.1, 5.3).
    #[error("{field} is {actual}, the content needs {expected}")]
    Version {
        /// Which version.
        field: &'static str,
        /// What the content needs.
        expected: u8,
        /// What stands there.
        actual: u8,
    },
    /// The certificate's key is of another kind than the scheme needs.
    #[error("scheme {scheme} needs another key than {key:?}", scheme = .scheme.name())]
    WrongKey {
        /// The scheme asked for.
        scheme: SignatureScheme,
        /// The certificate's key.
        key: KeyKind,
    },
}

/// Why one signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// A required signed attribute is missing.
    #[error("signed attribute {0} is missing")]
    AttributeMissing(ObjectIdentifier),
    /// The signing-certificate attribute names another certificate.
    #[error("the signing-certificate attribute names another certificate")]
    CertificateReference,
    /// Signed without attributes, and the content reads as signed attributes of another signature.
    #[error("the content has the form of signed attributes")]
    ContentIsAttributes,
    /// Signed without attributes, and the content reads as the SignedInfo of an XML signature.
    #[error("the content has the form of an XML signature's SignedInfo")]
    ContentIsSignedInfo,
    /// Signed without attributes, and only a digest of the content is known: what it was computed over cannot be judged.
    #[error("the content itself is needed")]
    ContentNotSeen,
    /// Signed without attributes, and the content reads as header and payload of a JWS.
    #[error("the content has the form of what a JWS signs")]
    ContentIsToken,
    /// The content-type attribute names another type than the message (RFC 5652 section 11.1).
    #[error("the content-type attribute says {signed}, the message {actual}")]
    ContentType {
        /// Type in the attribute.
        signed: ObjectIdentifier,
        /// Type of the message.
        actual: ObjectIdentifier,
    },
    /// The digest algorithm of the signer is not the one its signature scheme signs.
    #[error("digest {actual:?} does not belong to scheme {scheme}", scheme = .scheme.name())]
    DigestAlgorithm {
        /// The scheme of the signature.
        scheme: SignatureScheme,
        /// The digest named.
        actual: DigestAlgorithm,
    },
    /// The content went by without the signer's digest being computed.
    #[error("digest {0:?} of the content was not computed")]
    DigestNotComputed(DigestAlgorithm),
    /// The content has another digest than the signer signed.
    #[error("the content does not match the message digest")]
    MessageDigest,
    /// The signature value does not hold.
    #[error(transparent)]
    Signature(#[from] VerifyError),
    /// No signed attributes, though the content type demands them (RFC 5652 section 5.3).
    #[error("signed attributes are missing for content type {0}")]
    SignedAttributesMissing(ObjectIdentifier),
    /// An algorithm that is not in the table.
    #[error("algorithm {0} is not supported")]
    UnsupportedAlgorithm(ObjectIdentifier),
}
