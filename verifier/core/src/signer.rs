//! From a signature that holds to a verdict: path, usage, revocation, expectations.

use tamga_scheme::SignatureValid;
use tamga_x509::{
    AnchorSet, Certificate, KeyPurpose, PathBudget, PathError, UnixTime, VerifiedPath, build_path,
};

use crate::identity::is_ambiguous;
use crate::report::{
    ChainLink, ChainSource, Check, ScopeKind, SignatureReport, SignerReport, Warning,
};
use crate::{
    Conclusion, Detail, Evidence, Expectations, Policy, Reason, RevocationFinding,
    RevocationPolicy, SubIndication, Usage, revocation,
};

/// Everything a verdict depends on besides the message.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) anchors: &'a AnchorSet,
    pub(crate) evidence: &'a Evidence,
    pub(crate) at: UnixTime,
    pub(crate) policy: Policy,
    pub(crate) expect: Expectations<'a>,
}

impl Context<'_> {
    /// The signature holds with the key of `certificate`; what is that worth?
    pub(crate) fn conclude(
        &self,
        report: &mut SignatureReport,
        valid: SignatureValid,
        certificate: &Certificate,
        embedded: &[Certificate],
    ) -> Result<Conclusion, Reason> {
        report.signer = Some(SignerReport::of(certificate));
        identity_warnings(certificate, &mut report.warnings);

        let path = self.path(certificate, embedded, report.claimed_time);
        report.checks.path = passed(&path);
        let path = path?;
        report.chain = chain(&path, embedded);

        let usage = self.usage(certificate);
        report.checks.usage = passed(&usage);
        let expectations = self.expectations(certificate);
        if self.expect != Expectations::default() {
            report.checks.expectations = passed(&expectations);
        }
        let not_revoked = match self.policy.revocation {
            RevocationPolicy::NotChecked => Err(SubIndication::RevocationNotChecked.into()),
            RevocationPolicy::Required => {
                let outcome = self.revocation(&path, &mut report.revocation);
                report.checks.revocation = passed(&outcome);
                outcome
            }
        };
        // What is proved to be wrong weighs more than what does not fit, and that more than what is missing.
        if let Err(reason) = &not_revoked
            && reason.sub_indication == SubIndication::Revoked
        {
            return Err(*reason);
        }
        usage?;
        expectations?;
        if self.policy.whole_document
            && report
                .scope
                .as_ref()
                .is_none_or(|scope| scope.kind != ScopeKind::Whole)
        {
            return Err(SubIndication::SigConstraintsFailure.with(Detail::PartialScope));
        }
        Ok(Conclusion::passed(valid, &path, not_revoked?))
    }

    /// Builds the path and translates its errors.
    pub(crate) fn path(
        &self,
        certificate: &Certificate,
        embedded: &[Certificate],
        claimed: Option<UnixTime>,
    ) -> Result<VerifiedPath, Reason> {
        let pool: Vec<Certificate> = embedded
            .iter()
            .chain(&self.evidence.certificates)
            .cloned()
            .collect();
        build_path(
            certificate,
            &pool,
            self.anchors,
            self.at,
            PathBudget::default(),
        )
        .map_err(|error| path_reason(&error, certificate, self.at, claimed))
    }

    /// Checks every certificate below the anchor.
    pub(crate) fn revocation(
        &self,
        path: &VerifiedPath,
        findings: &mut Vec<RevocationFinding>,
    ) -> Result<revocation::NotRevoked, Reason> {
        revocation::check(path, &self.evidence.crls, self.at, findings)
    }

    fn usage(&self, certificate: &Certificate) -> Result<(), Reason> {
        let fits = match self.policy.usage {
            Usage::Document => certificate
                .key_usage()
                .is_some_and(|usage| usage.non_repudiation()),
            Usage::Login => fits_login(certificate),
        };
        if fits {
            Ok(())
        } else {
            Err(SubIndication::SigConstraintsFailure.with(Detail::KeyUsage))
        }
    }

    fn expectations(&self, certificate: &Certificate) -> Result<(), Reason> {
        let subject = certificate.subject();
        let differs = |expected: Option<&str>, actual| expected.is_some() && expected != actual;
        if differs(self.expect.iin, subject.iin()) {
            return Err(SubIndication::SigConstraintsFailure.with(Detail::IinMismatch));
        }
        if differs(self.expect.bin, subject.bin()) {
            return Err(SubIndication::SigConstraintsFailure.with(Detail::BinMismatch));
        }
        Ok(())
    }
}

/// Keys for signing in; signing keys of older schemes and keys of information systems do not fit.
fn fits_login(certificate: &Certificate) -> bool {
    certificate
        .key_usage()
        .is_some_and(|usage| usage.digital_signature())
        && certificate.purposes().contains(&KeyPurpose::Authentication)
}

/// What a failed path means (EN 319 102-1 clause 5.2.6).
fn path_reason(
    error: &PathError,
    certificate: &Certificate,
    at: UnixTime,
    claimed: Option<UnixTime>,
) -> Reason {
    match error {
        PathError::Validity { .. } => {
            let validity = certificate.validity();
            match claimed {
                _ if validity.contains(at) => {
                    SubIndication::OutOfBoundsNoPoe.with(Detail::AuthorityOutOfBounds)
                }
                // The claimed time proves nothing in the signer's favour, but it may speak against the signature.
                Some(claimed) if claimed > validity.not_after => SubIndication::Expired.into(),
                Some(claimed) if claimed < validity.not_before => SubIndication::NotYetValid.into(),
                _ => SubIndication::OutOfBoundsNoPoe.into(),
            }
        }
        PathError::NotAnAuthority { .. } | PathError::CriticalExtension(_) => {
            SubIndication::ChainConstraintsFailure.into()
        }
        PathError::Budget => {
            SubIndication::CertificateChainGeneralFailure.with(Detail::LimitExceeded)
        }
        PathError::NoIssuer | PathError::Signature { .. } => {
            SubIndication::NoCertificateChainFound.into()
        }
        _ => SubIndication::CertificateChainGeneralFailure.into(),
    }
}

/// The path as links, the anchor last.
pub(crate) fn chain(path: &VerifiedPath, embedded: &[Certificate]) -> Vec<ChainLink> {
    let mut links: Vec<ChainLink> = path
        .certificates()
        .iter()
        .map(|certificate| ChainLink {
            sha256: certificate.sha256(),
            subject: certificate.subject().to_wire_text(),
            source: if embedded.contains(certificate) {
                ChainSource::Embedded
            } else {
                ChainSource::Evidence
            },
        })
        .collect();
    let anchor = path.anchor();
    links.push(ChainLink {
        sha256: anchor.certificate_sha256,
        subject: anchor.subject.to_wire_text(),
        source: ChainSource::Anchor,
    });
    links
}

pub(crate) fn identity_warnings(certificate: &Certificate, warnings: &mut Vec<Warning>) {
    let subject = certificate.subject();
    if is_ambiguous(subject) {
        warnings.push(Warning::IdentityAmbiguous);
    }
    let identity = crate::Identity::of(certificate);
    if identity.iin.is_some_and(|iin| !iin.checksum_valid()) {
        warnings.push(Warning::IinChecksum);
    }
}

/// How a step ended, for the list of steps.
pub(crate) fn passed<T>(outcome: &Result<T, Reason>) -> Check {
    if outcome.is_ok() {
        Check::Passed
    } else {
        Check::NotPassed
    }
}
