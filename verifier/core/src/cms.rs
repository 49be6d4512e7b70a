//! CMS signatures: content, signer's certificate, signature value.

use tamga_cms::{CheckError, ContentDigests, Error, Limits, SignedData, SignerInfo};
use tamga_scheme::{DigestAlgorithm, SignatureValid, VerifyError};
use tamga_x509::Certificate;

use crate::report::{Level, Scope, ScopeKind, SignatureFormat, SignatureReport, Warning};
use crate::signer::{Context, passed};
use crate::{Conclusion, Content, Detail, Input, Message, Reason, SubIndication};

/// Certificates of one name and number that are tried for a signer; more are decoys.
const CANDIDATES: usize = 8;

/// Judges every signer of a message.
///
/// # Errors
/// The reason when the message as a whole cannot be read.
pub(crate) fn judge(
    input: &Input<'_>,
    context: &Context<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<SignatureReport>, Reason> {
    let held;
    let (message, streamed) = match input.message {
        Message::Bytes(bytes) => {
            held = SignedData::parse(bytes, &Limits::default())
                .map_err(|error| format_reason(&error))?;
            (&held, None)
        }
        Message::Streamed(Ok(read)) => (&read.message, read.content.as_ref()),
        Message::Streamed(Err(error)) => return Err(format_reason(error)),
    };
    if !message.is_der() {
        warnings.push(Warning::MessageNotDer);
    }
    if message.trailing_bytes() > 0 {
        warnings.push(Warning::TrailingBytes);
    }
    let inside = streamed
        .cloned()
        .or_else(|| message.content().map(ContentDigests::new));
    let mut content = content(message, inside, input.content);
    Ok(message
        .signers()
        .iter()
        .map(|signer| {
            let mut report = empty_report(signer, context);
            report.conclusion =
                judge_signer(&mut report, signer, message, &mut content, input, context)
                    .unwrap_or_else(Conclusion::not_passed);
            report
        })
        .collect())
}

fn judge_signer(
    report: &mut SignatureReport,
    signer: &SignerInfo,
    message: &SignedData,
    content: &mut Result<ContentDigests<'_>, Reason>,
    input: &Input<'_>,
    context: &Context<'_>,
) -> Result<Conclusion, Reason> {
    report.scheme = Some(signer.scheme().map_err(|error| check_reason(&error))?);

    let bound = content
        .as_mut()
        .map_err(|reason| *reason)
        .and_then(|content| {
            let bound = signer
                .check_digests(content)
                .map_err(|error| check_reason(&error))?;
            Ok((content, bound))
        });
    report.checks.content = passed(&bound);
    let (content, bound) = bound?;
    report.scope = Some(Scope {
        kind: ScopeKind::Whole,
        references: Vec::new(),
        covers_soap_body: false,
        content_sha256: content
            .digest(DigestAlgorithm::Sha256)
            .and_then(|digest| digest.try_into().ok()),
    });

    let candidates = candidates(signer, message, input, context);
    if candidates.len() > 1 {
        report.warnings.push(Warning::SeveralSigningCertificates);
    }
    let found = choose(&candidates, |certificate| {
        signer
            .check_ess(certificate)
            .map_err(|error| check_reason(&error))?;
        let key = certificate.public_key().map_err(|_| {
            SubIndication::CryptoConstraintsFailure.with(Detail::AlgorithmUnsupported)
        })?;
        signer
            .check_signature(key, &bound)
            .map_err(|error| check_reason(&error))
    });
    report.checks.signature = passed(&found);
    let (certificate, valid) = found?;
    report.level = signer.has_certificate_reference().then_some(Level::B);
    context.conclude(report, valid, certificate, message.certificates())
}

/// What must have been signed: the content inside the message, or the one given; both must be the same.
fn content<'a>(
    message: &'a SignedData,
    inside: Option<ContentDigests<'a>>,
    given: Option<Content<'a>>,
) -> Result<ContentDigests<'a>, Reason> {
    let mismatch = || SubIndication::HashFailure.with(Detail::ContentMismatch);
    let (mut inside, given) = match (inside, given) {
        (None, None) => return Err(SubIndication::SignedDataNotFound.into()),
        (Some(inside), None) => return Ok(inside),
        (None, Some(Content::Bytes(bytes))) => return Ok(ContentDigests::new(bytes)),
        (None, Some(Content::Digests(digests))) => return Ok(digests.clone()),
        (Some(inside), Some(given)) => (inside, given),
    };
    let mut given = match given {
        Content::Bytes(bytes) => match message.content() {
            Some(held) if held != bytes => return Err(mismatch()),
            Some(_) => return Ok(inside),
            None => ContentDigests::new(bytes),
        },
        Content::Digests(digests) => digests.clone(),
    };
    let mut same = |algorithm| match (inside.digest(algorithm), given.digest(algorithm)) {
        (Some(inside), Some(given)) => inside == given,
        _ => false,
    };
    // An algorithm that is not known is the signer's fault, and said of that signer.
    let schemes = message.signers().iter().flat_map(SignerInfo::scheme);
    if schemes.fold(true, |equal, scheme| equal & same(scheme.digest()))
        && inside.length() == given.length()
    {
        Ok(inside)
    } else {
        Err(mismatch())
    }
}

/// Certificates the signer may mean: from the message, from the caller, from the evidence.
fn candidates<'a>(
    signer: &SignerInfo,
    message: &'a SignedData,
    input: &Input<'a>,
    context: &Context<'a>,
) -> Vec<&'a Certificate> {
    let mut found: Vec<&Certificate> = Vec::new();
    let all = message
        .certificates()
        .iter()
        .chain(input.certificate)
        .chain(&context.evidence.certificates);
    for certificate in all {
        if found.len() < CANDIDATES && signer.matches(certificate) && !found.contains(&certificate)
        {
            found.push(certificate);
        }
    }
    found
}

/// The first certificate with which the signature holds; otherwise what weighs most among the failures.
///
/// Name and number do not single out a certificate: a decoy with the same may travel along.
pub(crate) fn choose<'a>(
    candidates: &[&'a Certificate],
    mut check: impl FnMut(&Certificate) -> Result<SignatureValid, Reason>,
) -> Result<(&'a Certificate, SignatureValid), Reason> {
    let mut worst: Option<Reason> = None;
    for certificate in candidates {
        match check(certificate) {
            Ok(valid) => return Ok((certificate, valid)),
            Err(reason) => {
                let proved = reason.sub_indication == SubIndication::SigCryptoFailure;
                if worst.is_none() || proved {
                    worst = Some(reason);
                }
            }
        }
    }
    Err(worst.unwrap_or(SubIndication::NoSigningCertificateFound.into()))
}

fn empty_report(signer: &SignerInfo, context: &Context<'_>) -> SignatureReport {
    let referenced = signer.has_certificate_reference();
    let claimed_time = signer.claimed_signing_time();
    let mut warnings = Vec::new();
    if !referenced {
        warnings.push(Warning::SigningCertificateNotReferenced);
    }
    match claimed_time {
        None => warnings.push(Warning::SigningTimeMissing),
        Some(claimed) if claimed > context.at => warnings.push(Warning::ClaimedTimeInFuture),
        Some(_) => {}
    }
    if !signer.signed_attributes_are_der() {
        warnings.push(Warning::SignedAttributesNotDer);
    }
    if signer.has_timestamp() {
        warnings.push(Warning::TimestampNotChecked);
    }
    let format = if referenced {
        SignatureFormat::Cades
    } else {
        SignatureFormat::Cms
    };
    SignatureReport {
        claimed_level: match (signer.has_timestamp(), referenced) {
            (true, _) => Some(Level::T),
            (false, true) => Some(Level::B),
            (false, false) => None,
        },
        claimed_time,
        warnings,
        ..SignatureReport::unproved(format)
    }
}

/// What an unreadable message means.
fn format_reason(error: &Error) -> Reason {
    let detail = match error {
        Error::TooLarge { .. } | Error::TooMany { .. } => Detail::LimitExceeded,
        Error::DuplicateAttribute(_) => Detail::DuplicateAttribute,
        Error::DigestNotListed(_) => Detail::DigestAlgorithm,
        _ => Detail::Malformed,
    };
    SubIndication::FormatFailure.with(detail)
}

/// What a failed check of a signer means.
fn check_reason(error: &CheckError) -> Reason {
    match error {
        CheckError::AttributeMissing(_)
        | CheckError::ContentIsAttributes
        | CheckError::ContentIsSignedInfo
        | CheckError::ContentIsToken
        | CheckError::ContentType { .. }
        | CheckError::SignedAttributesMissing(_) => {
            SubIndication::FormatFailure.with(Detail::SignedAttributes)
        }
        CheckError::CertificateReference => {
            SubIndication::NoSigningCertificateFound.with(Detail::CertificateReference)
        }
        CheckError::DigestAlgorithm { .. } => {
            SubIndication::FormatFailure.with(Detail::DigestAlgorithm)
        }
        CheckError::MessageDigest => SubIndication::HashFailure.into(),
        CheckError::Signature(error) => signature_reason(error),
        CheckError::UnsupportedAlgorithm(_) => {
            SubIndication::CryptoConstraintsFailure.with(Detail::AlgorithmUnsupported)
        }
        _ => SubIndication::FormatFailure.with(Detail::Malformed),
    }
}

/// What a failed signature value means.
pub(crate) fn signature_reason(_: &VerifyError) -> Reason {
    // A wrong key, a wrong length and wrong numbers are all the same to the reader: this key did not sign this.
    SubIndication::SigCryptoFailure.into()
}
