//! The entry: which format, all signatures, one conclusion.

use tamga_x509::{AnchorSet, Certificate, UnixTime};

use crate::report::{CertificateReport, Report, SignerReport};
use crate::signer::{Context, chain, identity_warnings};
use crate::{
    Conclusion, Detail, Evidence, Expectations, Format, Input, Message, Policy, RevocationPolicy,
    SubIndication, cms, xml,
};

/// Verifies every signature of a message at the time `at`.
///
/// The same arguments give the same report on every machine. Nothing passes without revocation data for each
/// certificate of the path below its anchor.
pub fn verify(
    input: &Input<'_>,
    anchors: &AnchorSet,
    evidence: &Evidence,
    at: UnixTime,
    policy: &Policy,
) -> Report {
    let context = Context {
        anchors,
        evidence,
        at,
        policy: *policy,
        expect: input.expect,
    };
    let mut warnings = Vec::new();
    let judged = match (input.decided_format(), input.message) {
        (Some(Format::Cms), _) => cms::judge(input, &context, &mut warnings),
        (Some(Format::Xml), Message::Bytes(bytes)) => {
            xml::judge(bytes, input, &context, &mut warnings)
        }
        _ => Err(SubIndication::FormatFailure.with(Detail::UnknownFormat)),
    };
    let (conclusion, signatures) = match judged {
        Ok(signatures) => (
            Conclusion::of_all(signatures.iter().map(|report| &report.conclusion)),
            signatures,
        ),
        Err(reason) => (Conclusion::not_passed(reason), Vec::new()),
    };
    Report {
        conclusion,
        policy: *policy,
        anchor_set: anchors.name().to_owned(),
        validated_at: at,
        signatures,
        warnings,
    }
}

/// Judges a certificate alone: path and revocation at the time `at`.
pub fn certificate_report(
    certificate: &Certificate,
    anchors: &AnchorSet,
    evidence: &Evidence,
    at: UnixTime,
    policy: &Policy,
) -> CertificateReport {
    let expect = Expectations::default();
    let context = Context {
        anchors,
        evidence,
        at,
        policy: *policy,
        expect,
    };
    let mut warnings = Vec::new();
    identity_warnings(certificate, &mut warnings);
    let (mut links, mut revocation) = (Vec::new(), Vec::new());
    let status = context.path(certificate, &[], None).and_then(|path| {
        links = chain(&path, &[]);
        match policy.revocation {
            RevocationPolicy::NotChecked => Err(SubIndication::RevocationNotChecked.into()),
            RevocationPolicy::Required => context.revocation(&path, &mut revocation),
        }
    });
    CertificateReport {
        status,
        signer: SignerReport::of(certificate),
        chain: links,
        revocation,
        anchor_set: anchors.name().to_owned(),
        validated_at: at,
        warnings,
    }
}
