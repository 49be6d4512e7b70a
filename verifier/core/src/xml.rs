//! XML signatures: references, signer's certificate, signature value.

use tamga_scheme::SignatureValid;
use tamga_x509::Certificate;
use tamga_xmldsig::{
    CheckError, Covered, CoveredNode, Error, Limits, Part, Reference, SignedXml, XmlSignature,
};

use crate::cms::{choose, signature_reason};
use crate::report::{Scope, ScopeKind, SignatureFormat, SignatureReport, SignedReference, Warning};
use crate::signer::{Context, passed};
use crate::{Conclusion, Detail, Input, Reason, SubIndication};

/// Certificates of one KeyInfo that are tried; the signer's is the first in every known message.
const CANDIDATES: usize = 8;

/// Judges every signature of a document, in document order.
///
/// # Errors
/// The reason when the document as a whole cannot be read.
pub(crate) fn judge(
    bytes: &[u8],
    input: &Input<'_>,
    context: &Context<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<SignatureReport>, Reason> {
    if input.content.is_some() {
        // The document is its own content; ignoring what was given would let the caller believe it was compared.
        return Err(SubIndication::SigConstraintsFailure.with(Detail::ContentNotApplicable));
    }
    let document =
        SignedXml::parse(bytes, &Limits::default()).map_err(|error| format_reason(&error))?;
    if document.has_comments() {
        warnings.push(Warning::CommentsNotCovered);
    }
    // Only a reference to the whole document reaches them.
    let all_whole = document.signatures().iter().all(|signature| {
        let mut covered = signature.references().iter().flat_map(Reference::covered);
        covered.any(|covered| covered.node == CoveredNode::Document)
    });
    if document.has_outer_instructions() && !all_whole {
        warnings.push(Warning::InstructionsNotCovered);
    }
    Ok(document
        .signatures()
        .iter()
        .map(|signature| {
            let mut report = empty_report(signature);
            report.conclusion = judge_signature(&mut report, signature, input, context)
                .unwrap_or_else(Conclusion::not_passed);
            report
        })
        .collect())
}

fn judge_signature(
    report: &mut SignatureReport,
    signature: &XmlSignature,
    input: &Input<'_>,
    context: &Context<'_>,
) -> Result<Conclusion, Reason> {
    let covered = signature
        .check_references()
        .map_err(|error| check_reason(&error));
    report.checks.content = passed(&covered);
    report.scope = Some(scope(&covered?));

    // KeyInfo is not signed and names nothing that could be compared: the key that fits is the signer's.
    let candidates: Vec<&Certificate> = signature
        .certificates()
        .iter()
        .chain(input.certificate)
        .take(CANDIDATES)
        .collect();
    let found = choose(&candidates, |certificate| {
        check_value(signature, certificate)
    });
    report.checks.signature = passed(&found);
    let (certificate, valid) = found?;

    context.conclude(report, valid, certificate, signature.certificates())
}

fn check_value(
    signature: &XmlSignature,
    certificate: &Certificate,
) -> Result<SignatureValid, Reason> {
    let key = certificate
        .public_key()
        .map_err(|_| SubIndication::CryptoConstraintsFailure.with(Detail::AlgorithmUnsupported))?;
    signature
        .check_signature(key)
        .map_err(|error| check_reason(&error))
}

fn scope(covered: &Covered) -> Scope {
    let node = |node: &CoveredNode| match node {
        CoveredNode::Document => "/".to_owned(),
        CoveredNode::Element { path, .. } => path.to_string(),
    };
    Scope {
        kind: if covered.covers_root() {
            ScopeKind::Whole
        } else {
            ScopeKind::Partial
        },
        references: covered
            .references()
            .iter()
            .map(|reference| SignedReference {
                uri: reference.uri.clone(),
                node: node(&reference.node),
            })
            .collect(),
        covers_soap_body: covered.covers_soap_body(),
        content_sha256: None,
    }
}

fn empty_report(signature: &XmlSignature) -> SignatureReport {
    SignatureReport {
        scheme: Some(signature.scheme()),
        ..SignatureReport::unproved(SignatureFormat::XmlDsig)
    }
}

/// What a refused document means.
fn format_reason(error: &Error) -> Reason {
    match error {
        Error::TooLarge { .. } | Error::TooDeep { .. } => {
            SubIndication::FormatFailure.with(Detail::LimitExceeded)
        }
        Error::DoctypePresent { .. } => SubIndication::FormatFailure.with(Detail::DocumentType),
        Error::DuplicateId { .. } => SubIndication::FormatFailure.with(Detail::DuplicateId),
        Error::Unsupported {
            part: Part::CanonicalizationMethod | Part::DigestMethod | Part::SignatureMethod,
            ..
        } => SubIndication::CryptoConstraintsFailure.with(Detail::AlgorithmUnsupported),
        Error::Unsupported {
            part: Part::ReferenceUri | Part::Transform,
            ..
        } => SubIndication::SigConstraintsFailure.with(Detail::Reference),
        _ => SubIndication::FormatFailure.with(Detail::Malformed),
    }
}

/// What a failed check of a signature means.
fn check_reason(error: &CheckError) -> Reason {
    match error {
        CheckError::DigestMismatch { .. } => SubIndication::HashFailure.into(),
        CheckError::NoSuchElement { .. } => SubIndication::SignedDataNotFound.into(),
        CheckError::Signature(error) => signature_reason(error),
        _ => SubIndication::FormatFailure.with(Detail::Malformed),
    }
}
