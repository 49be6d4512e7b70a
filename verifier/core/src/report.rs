//! The report: everything that was found, as data.

use tamga_scheme::SignatureScheme;
use tamga_x509::{Certificate, KeyPurpose, Role, UnixTime};

use crate::{Conclusion, Identity, NotRevoked, Policy, Reason, RevocationFinding, Verdict};

/// What one call of [`crate::verify`] found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The worst of all signatures.
    pub conclusion: Conclusion,
    /// The policy applied.
    pub policy: Policy,
    /// Name of the set of anchors.
    pub anchor_set: String,
    /// The time the signatures were judged for.
    pub validated_at: UnixTime,
    /// One entry per signature, in the order of the message.
    pub signatures: Vec<SignatureReport>,
    /// About the message as a whole.
    pub warnings: Vec<Warning>,
}

/// What was found about one signature.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignatureReport {
    /// How it is written.
    pub format: SignatureFormat,
    /// Level reached by what was checked; `None` without a signed reference to the certificate.
    pub level: Option<Level>,
    /// Level its attributes claim.
    pub claimed_level: Option<Level>,
    /// Scheme of the signature.
    pub scheme: Option<SignatureScheme>,
    /// Verdict and reason.
    pub conclusion: Conclusion,
    /// Which steps were taken, and how they ended.
    pub checks: Checks,
    /// What is signed; `None` until the content was found to fit.
    pub scope: Option<Scope>,
    /// Who signed; `None` until the signature value was found to hold with that certificate's key.
    pub signer: Option<SignerReport>,
    /// From the signer's certificate to the anchor; empty without a path.
    pub chain: Vec<ChainLink>,
    /// One entry per certificate of the path.
    pub revocation: Vec<RevocationFinding>,
    /// The time the signer claims.
    pub claimed_time: Option<UnixTime>,
    /// What the reader should know though it did not decide.
    pub warnings: Vec<Warning>,
}

impl SignatureReport {
    /// Nothing found yet and nothing proved; the conclusion is replaced by the verdict.
    pub(crate) fn unproved(format: SignatureFormat) -> Self {
        Self {
            format,
            level: None,
            claimed_level: None,
            scheme: None,
            conclusion: Conclusion::not_passed(crate::SubIndication::NoSigningCertificateFound),
            checks: Checks::default(),
            scope: None,
            signer: None,
            chain: Vec::new(),
            revocation: Vec::new(),
            claimed_time: None,
            warnings: Vec::new(),
        }
    }
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFormat {
    /// CMS with a signed reference to the signer's certificate (ETSI EN 319 122-1).
    Cades,
    /// Plain CMS.
    Cms,
    /// XML-DSig.
    XmlDsig,
}

/// Signature levels of ETSI EN 319 122-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Level {
    /// Basic.
    B,
    /// With a signature time stamp.
    T,
}

/// One step of the verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// It was not reached, or the policy does not ask for it.
    #[default]
    NotRun,
    /// It holds.
    Passed,
    /// It does not hold, or could not be decided.
    NotPassed,
}

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Checks {
    /// The content is the one signed.
    pub content: Check,
    /// The signature value holds.
    pub signature: Check,
    /// A path leads to an anchor and is valid at the time asked.
    pub path: Check,
    /// The key was for this use.
    pub usage: Check,
    /// Nothing on the path is revoked.
    pub revocation: Check,
    /// The signer is the one expected.
    pub expectations: Check,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// How much.
    pub kind: ScopeKind,
    /// References of an XML signature.
    pub references: Vec<SignedReference>,
    /// Whether the only Body of a SOAP envelope is covered, or everything; a Body moved elsewhere or set beside another
    /// is not. For portals that read envelopes.
    pub covers_soap_body: bool,
    /// SHA-256 of the content of a CMS.
    pub content_sha256: Option<[u8; 32]>,
}

/// How much is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeKind {
    /// The document or its root element, but the signatures; for a CMS its content.
    Whole,
    /// Some elements of a document.
    Partial,
}

/// A reference of an XML signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedReference {
    /// As written: empty, or `#id`.
    pub uri: String,
    /// Path of the element that was digested: `/{namespace}name[index of count]/…`, or `/` for the document.
    pub node: String,
}

/// The signer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignerReport {
    /// The certificate.
    pub certificate: Certificate,
    /// The holder.
    pub identity: Identity,
    /// Roles from extended key usage.
    pub roles: Vec<Role>,
    /// What the key is for.
    pub purposes: Vec<KeyPurpose>,
}

impl SignerReport {
    pub(crate) fn of(certificate: &Certificate) -> Self {
        Self {
            certificate: certificate.clone(),
            identity: Identity::of(certificate),
            roles: certificate.roles(),
            purposes: certificate.purposes(),
        }
    }
}

/// One certificate of the path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainLink {
    /// SHA-256 of the certificate.
    pub sha256: [u8; 32],
    /// Subject as `CN=…,C=KZ`.
    pub subject: String,
    /// Where it came from.
    pub source: ChainSource,
}

/// Where a certificate of the path came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainSource {
    /// A row of the anchor set.
    Anchor,
    /// The message.
    Embedded,
    /// The caller.
    Evidence,
}

/// A certificate judged alone.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CertificateReport {
    /// Whether path and revocation hold; no signature by this certificate is proved.
    pub status: Result<NotRevoked, Reason>,
    /// The holder.
    pub signer: SignerReport,
    /// From the certificate to the anchor; empty without a path.
    pub chain: Vec<ChainLink>,
    /// One entry per certificate of the path.
    pub revocation: Vec<RevocationFinding>,
    /// Name of the set of anchors.
    pub anchor_set: String,
    /// The time it was judged for.
    pub validated_at: UnixTime,
    /// What the reader should know though it did not decide.
    pub warnings: Vec<Warning>,
}

impl CertificateReport {
    /// [`Verdict::TotalPassed`] if path and revocation hold, otherwise the verdict of the reason.
    pub fn verdict(&self) -> Verdict {
        match self.status {
            Ok(_) => Verdict::TotalPassed,
            Err(reason) => reason.sub_indication.verdict(),
        }
    }
}

/// What the reader should know though it did not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Warning {
    /// The claimed signing time lies after the time of the verdict.
    ClaimedTimeInFuture,
    /// The XML document has comments, which no signature covers: they may have been added later, also inside a text.
    CommentsNotCovered,
    /// Instructions stand outside the root element, and a signature of the root by its identifier does not cover them.
    InstructionsNotCovered,
    /// An attribute of the subject occurs twice and was left out.
    IdentityAmbiguous,
    /// The IIN has a wrong check digit.
    IinChecksum,
    /// The message was BER.
    MessageNotDer,
    /// Several certificates carry the name and number of the signer's; the one whose key fits was taken.
    SeveralSigningCertificates,
    /// The signed attributes are not in DER order.
    SignedAttributesNotDer,
    /// No signed attribute names the signer's certificate.
    SigningCertificateNotReferenced,
    /// No signing time is claimed.
    SigningTimeMissing,
    /// A time stamp is attached; it was not checked and not used.
    TimestampNotChecked,
    /// Bytes follow the message.
    TrailingBytes,
}

impl Warning {
    /// The stable code word.
    pub fn code(self) -> &'static str {
        match self {
            Self::ClaimedTimeInFuture => "CLAIMED_TIME_IN_FUTURE",
            Self::CommentsNotCovered => "COMMENTS_NOT_COVERED",
            Self::InstructionsNotCovered => "INSTRUCTIONS_NOT_COVERED",
            Self::IdentityAmbiguous => "IDENTITY_AMBIGUOUS",
            Self::IinChecksum => "IIN_CHECKSUM",
            Self::MessageNotDer => "MESSAGE_NOT_DER",
            Self::SeveralSigningCertificates => "SEVERAL_SIGNING_CERTIFICATES",
            Self::SignedAttributesNotDer => "SIGNED_ATTRIBUTES_NOT_DER",
            Self::SigningCertificateNotReferenced => "SIGNING_CERTIFICATE_NOT_REFERENCED",
            Self::SigningTimeMissing => "SIGNING_TIME_MISSING",
            Self::TimestampNotChecked => "TIMESTAMP_NOT_CHECKED",
            Self::TrailingBytes => "TRAILING_BYTES",
        }
    }
}
