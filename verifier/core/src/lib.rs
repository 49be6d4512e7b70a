//! `verify(input, anchors, evidence, at, policy) -> Report`: what a signature proves, and what it does not.
//!
//! A pure function of its arguments: no clock, no file, no socket. The verdicts are those of ETSI EN 319 102-1;
//! [`Verdict::TotalPassed`] is built from three proofs only: the signature, the path and the revocation check.
//! Every outcome is data with stable code words; sentences for people belong to the programs.

mod cms;
mod conclusion;
mod evidence;
mod identity;
mod input;
mod policy;
mod reason;
mod report;
mod revocation;
mod signer;
mod verify;
mod xml;

pub use conclusion::{Conclusion, Verdict};
pub use evidence::Evidence;
pub use identity::{Gender, Identity, Iin};
pub use input::{Content, Expectations, Format, Input, Message};
pub use policy::{Policy, RevocationPolicy, Usage};
pub use reason::{Detail, Reason, SubIndication};
pub use report::{
    CertificateReport, ChainLink, ChainSource, Check, Checks, Level, Report, Scope, ScopeKind,
    SignatureFormat, SignatureReport, SignedReference, SignerReport, Warning,
};
pub use revocation::{NotRevoked, RevocationFinding, RevocationState};
pub use verify::{certificate_report, verify};

/// Messages and contents too large for memory are fed in pieces.
///
/// [`SignedDataReader`](streaming::SignedDataReader) takes a CMS with whatever content is inside, and
/// [`ContentDigester`](streaming::ContentDigester) a content that is not; what they make goes into [`Input::streamed`]
/// and [`Input::streamed_content`].
pub mod streaming {
    pub use tamga_cms::{
        ContentDigester, ContentDigests, Error, Limits, SignedDataReader, StreamedMessage,
    };
}
