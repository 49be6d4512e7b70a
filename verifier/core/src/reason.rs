//! Why a signature did not pass, in the words of ETSI EN 319 102-1 clause 5.1.3.

use crate::Verdict;

/// Sub-indications, in the order of the standard's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubIndication {
    /// The message is not of the form its format prescribes.
    FormatFailure,
    /// The content is not the one that was signed.
    HashFailure,
    /// The signature value does not hold.
    SigCryptoFailure,
    /// The signer's certificate, or one above it, is revoked.
    Revoked,
    /// Signed, by its own account, after the certificate had ended.
    Expired,
    /// Signed, by its own account, before the certificate began.
    NotYetValid,
    /// The signature is not what the policy asks for.
    SigConstraintsFailure,
    /// The path is not what the standard or the policy asks for.
    ChainConstraintsFailure,
    /// The path could not be judged.
    CertificateChainGeneralFailure,
    /// An algorithm is not in the list of accepted ones.
    CryptoConstraintsFailure,
    /// The signer's certificate was not found.
    NoSigningCertificateFound,
    /// No path leads to a trust anchor.
    NoCertificateChainFound,
    /// A certificate is not valid at the time asked, and nothing proves an earlier existence.
    OutOfBoundsNoPoe,
    /// The signed content was not given.
    SignedDataNotFound,
    /// Revocation data is missing; later it may be there.
    TryLater,
    /// The policy switched the revocation check off (not a word of the standard: its nearest is TRY_LATER, but waiting would not help).
    RevocationNotChecked,
}

/// What exactly was wrong, below the sub-indication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Detail {
    /// An algorithm or key that is not in the table.
    AlgorithmUnsupported,
    /// The certificate of an authority is outside its validity.
    AuthorityOutOfBounds,
    /// The BIN is not the expected one.
    BinMismatch,
    /// The signing-certificate attribute names another certificate.
    CertificateReference,
    /// Content was given for a format that carries its own.
    ContentNotApplicable,
    /// The content given is not the content of the message.
    ContentMismatch,
    /// The digest algorithm does not belong to the signature's scheme.
    DigestAlgorithm,
    /// The document has a DTD.
    DocumentType,
    /// An attribute that may occur once occurs twice.
    DuplicateAttribute,
    /// Two elements carry the same Id.
    DuplicateId,
    /// The IIN is not the expected one.
    IinMismatch,
    /// The key usage of the certificate does not fit the policy.
    KeyUsage,
    /// A budget was exhausted.
    LimitExceeded,
    /// Not parseable.
    Malformed,
    /// There is no signature at all.
    NoSignature,
    /// Only a part of the document is signed.
    PartialScope,
    /// A reference points outside the document or uses a transform that is not allowed.
    Reference,
    /// No usable revocation data.
    RevocationDataMissing,
    /// An authority of the path is revoked.
    RevokedAuthority,
    /// Signed attributes are missing or contradict the message.
    SignedAttributes,
    /// The format was not recognised.
    UnknownFormat,
}

/// A sub-indication with its detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The standard's word.
    pub sub_indication: SubIndication,
    /// Our finer word.
    pub detail: Option<Detail>,
}

impl SubIndication {
    /// The verdict this sub-indication stands under; never [`Verdict::TotalPassed`].
    pub fn verdict(self) -> Verdict {
        match self {
            Self::FormatFailure
            | Self::HashFailure
            | Self::SigCryptoFailure
            | Self::Revoked
            | Self::Expired
            | Self::NotYetValid => Verdict::TotalFailed,
            Self::SigConstraintsFailure
            | Self::ChainConstraintsFailure
            | Self::CertificateChainGeneralFailure
            | Self::CryptoConstraintsFailure
            | Self::NoSigningCertificateFound
            | Self::NoCertificateChainFound
            | Self::OutOfBoundsNoPoe
            | Self::SignedDataNotFound
            | Self::TryLater
            | Self::RevocationNotChecked => Verdict::Indeterminate,
        }
    }

    /// The stable code word.
    pub fn code(self) -> &'static str {
        match self {
            Self::FormatFailure => "FORMAT_FAILURE",
            Self::HashFailure => "HASH_FAILURE",
            Self::SigCryptoFailure => "SIG_CRYPTO_FAILURE",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::SigConstraintsFailure => "SIG_CONSTRAINTS_FAILURE",
            Self::ChainConstraintsFailure => "CHAIN_CONSTRAINTS_FAILURE",
            Self::CertificateChainGeneralFailure => "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            Self::CryptoConstraintsFailure => "CRYPTO_CONSTRAINTS_FAILURE",
            Self::NoSigningCertificateFound => "NO_SIGNING_CERTIFICATE_FOUND",
            Self::NoCertificateChainFound => "NO_CERTIFICATE_CHAIN_FOUND",
            Self::OutOfBoundsNoPoe => "OUT_OF_BOUNDS_NO_POE",
            Self::SignedDataNotFound => "SIGNED_DATA_NOT_FOUND",
            Self::TryLater => "TRY_LATER",
            Self::RevocationNotChecked => "REVOCATION_NOT_CHECKED",
        }
    }

    pub(crate) fn with(self, detail: Detail) -> Reason {
        Reason {
            sub_indication: self,
            detail: Some(detail),
        }
    }
}

impl From<SubIndication> for Reason {
    fn from(sub_indication: SubIndication) -> Self {
        Self {
            sub_indication,
            detail: None,
        }
    }
}

impl Detail {
    /// The stable code word.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlgorithmUnsupported => "ALGORITHM_UNSUPPORTED",
            Self::AuthorityOutOfBounds => "AUTHORITY_OUT_OF_BOUNDS",
            Self::BinMismatch => "BIN_MISMATCH",
            Self::CertificateReference => "CERTIFICATE_REFERENCE",
            Self::ContentNotApplicable => "CONTENT_NOT_APPLICABLE",
            Self::ContentMismatch => "CONTENT_MISMATCH",
            Self::DigestAlgorithm => "DIGEST_ALGORITHM",
            Self::DocumentType => "DOCUMENT_TYPE",
            Self::DuplicateAttribute => "DUPLICATE_ATTRIBUTE",
            Self::DuplicateId => "DUPLICATE_ID",
            Self::IinMismatch => "IIN_MISMATCH",
            Self::KeyUsage => "KEY_USAGE",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Malformed => "MALFORMED",
            Self::NoSignature => "NO_SIGNATURE",
            Self::PartialScope => "PARTIAL_SCOPE",
            Self::Reference => "REFERENCE",
            Self::RevocationDataMissing => "REVOCATION_DATA_MISSING",
            Self::RevokedAuthority => "REVOKED_CA",
            Self::SignedAttributes => "SIGNED_ATTRIBUTES",
            Self::UnknownFormat => "UNKNOWN_FORMAT",
        }
    }
}
