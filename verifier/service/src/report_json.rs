//! Reports as JSON: the response of the verification API.

use serde::Serialize;
use tamga_scheme::SignatureScheme;
use tamga_verifier_core::{
    CertificateReport, ChainLink, ChainSource, Check, Checks, Gender, Identity, Level, Reason,
    Report, RevocationFinding, RevocationState, Scope, ScopeKind, SignatureFormat, SignatureReport,
    SignerReport, Warning,
};
use tamga_x509::{Certificate, KeyPurpose, RevocationReason, UnixTime};

/// A verification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportJson {
    file: String,
    verdict: &'static str,
    reason: Option<&'static str>,
    detail: Option<&'static str>,
    policy: &'static str,
    validated_at: Option<String>,
    anchor_set: String,
    signatures: Vec<SignatureJson>,
    warnings: Vec<&'static str>,
}

/// A certificate alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateReportJson {
    file: String,
    verdict: &'static str,
    reason: Option<&'static str>,
    detail: Option<&'static str>,
    validated_at: Option<String>,
    anchor_set: String,
    certificate: CertificateJson,
    #[serde(flatten)]
    holder: HolderJson,
    chain: Vec<LinkJson>,
    revocation: Vec<RevocationJson>,
    warnings: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignatureJson {
    id: String,
    verdict: &'static str,
    reason: Option<&'static str>,
    detail: Option<&'static str>,
    format: &'static str,
    level: Option<&'static str>,
    claimed_level: Option<&'static str>,
    algorithm: Option<&'static str>,
    checks: ChecksJson,
    times: TimesJson,
    scope: Option<ScopeJson>,
    signer: Option<SignerJson>,
    chain: Vec<LinkJson>,
    revocation: Vec<RevocationJson>,
    warnings: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChecksJson {
    content: &'static str,
    signature: &'static str,
    path: &'static str,
    usage: &'static str,
    revocation: &'static str,
    expectations: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimesJson {
    claimed: Option<String>,
    /// Time stamps are not checked yet: nothing better than the claim is known.
    best: Option<String>,
    best_source: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScopeJson {
    kind: &'static str,
    covers_whole_document: bool,
    covers_soap_body: bool,
    references: Vec<ReferenceJson>,
    content: Option<String>,
}

#[derive(Serialize)]
struct ReferenceJson {
    uri: String,
    node: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignerJson {
    certificate: String,
    serial_number: String,
    #[serde(flatten)]
    holder: HolderJson,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HolderJson {
    subject: SubjectJson,
    roles: Vec<&'static str>,
    purpose: &'static str,
    identification: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubjectJson {
    iin: Option<String>,
    iin_checksum_valid: Option<bool>,
    birth_date: Option<String>,
    gender: Option<&'static str>,
    family_name: Option<String>,
    given_name: Option<String>,
    patronymic: Option<String>,
    full_name: Option<String>,
    email: Option<String>,
    bin: Option<String>,
    organization: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateJson {
    sha256: String,
    subject: String,
    issuer: String,
    serial_number: String,
    not_before: Option<String>,
    not_after: Option<String>,
    key_algorithm: Option<&'static str>,
}

#[derive(Serialize)]
struct LinkJson {
    sha256: String,
    subject: String,
    source: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RevocationJson {
    cert: String,
    status: &'static str,
    by: Option<&'static str>,
    this_update: Option<String>,
    next_update: Option<String>,
    revoked_at: Option<String>,
    reason: Option<&'static str>,
}

/// The document for one file.
pub(crate) fn report(file: &str, report: &Report) -> ReportJson {
    let (reason, detail) = words(report.conclusion.reason());
    ReportJson {
        file: file.to_owned(),
        verdict: report.conclusion.verdict().code(),
        reason,
        detail,
        policy: report.policy.name(),
        validated_at: report.validated_at.to_rfc3339(),
        anchor_set: report.anchor_set.clone(),
        signatures: (0..)
            .zip(&report.signatures)
            .map(|(at, one)| signature(at, one))
            .collect(),
        warnings: warnings(&report.warnings),
    }
}

/// The document for one certificate.
pub(crate) fn certificate(file: &str, report: &CertificateReport) -> CertificateReportJson {
    let (reason, detail) = words(report.status.err());
    CertificateReportJson {
        file: file.to_owned(),
        verdict: report.verdict().code(),
        reason,
        detail,
        validated_at: report.validated_at.to_rfc3339(),
        anchor_set: report.anchor_set.clone(),
        certificate: certificate_json(&report.signer.certificate),
        holder: holder(&report.signer),
        chain: report.chain.iter().map(link).collect(),
        revocation: report.revocation.iter().map(revocation).collect(),
        warnings: warnings(&report.warnings),
    }
}

fn signature(at: usize, report: &SignatureReport) -> SignatureJson {
    let (reason, detail) = words(report.conclusion.reason());
    SignatureJson {
        id: format!("s{at}"),
        verdict: report.conclusion.verdict().code(),
        reason,
        detail,
        format: match report.format {
            SignatureFormat::Cades => "CAdES",
            SignatureFormat::Cms => "CMS",
            SignatureFormat::XmlDsig => "XMLDSig",
            _ => "OTHER",
        },
        level: report.level.map(level),
        claimed_level: report.claimed_level.map(level),
        algorithm: report.scheme.map(SignatureScheme::name),
        checks: checks(&report.checks),
        times: TimesJson {
            claimed: report.claimed_time.and_then(UnixTime::to_rfc3339),
            best: None,
            best_source: None,
        },
        scope: report.scope.as_ref().map(scope),
        signer: report.signer.as_ref().map(signer),
        chain: report.chain.iter().map(link).collect(),
        revocation: report.revocation.iter().map(revocation).collect(),
        warnings: warnings(&report.warnings),
    }
}

fn words(reason: Option<Reason>) -> (Option<&'static str>, Option<&'static str>) {
    (
        reason.map(|reason| reason.sub_indication.code()),
        reason
            .and_then(|reason| reason.detail)
            .map(|detail| detail.code()),
    )
}

fn warnings(warnings: &[Warning]) -> Vec<&'static str> {
    warnings.iter().map(|warning| warning.code()).collect()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::B => "B",
        Level::T => "T",
        _ => "OTHER",
    }
}

fn checks(checks: &Checks) -> ChecksJson {
    let word = |check| match check {
        Check::NotRun => "NOT_RUN",
        Check::Passed => "PASSED",
        Check::NotPassed => "NOT_PASSED",
    };
    ChecksJson {
        content: word(checks.content),
        signature: word(checks.signature),
        path: word(checks.path),
        usage: word(checks.usage),
        revocation: word(checks.revocation),
        expectations: word(checks.expectations),
    }
}

fn scope(scope: &Scope) -> ScopeJson {
    let whole = scope.kind == ScopeKind::Whole;
    ScopeJson {
        kind: if whole { "whole" } else { "partial" },
        covers_whole_document: whole,
        covers_soap_body: scope.covers_soap_body,
        references: scope
            .references
            .iter()
            .map(|reference| ReferenceJson {
                uri: reference.uri.clone(),
                node: reference.node.clone(),
            })
            .collect(),
        content: scope.content_sha256.as_ref().map(sha256),
    }
}

fn signer(signer: &SignerReport) -> SignerJson {
    SignerJson {
        certificate: sha256(&signer.certificate.sha256()),
        serial_number: signer.certificate.serial_hex(),
        holder: holder(signer),
    }
}

fn holder(signer: &SignerReport) -> HolderJson {
    let words: Vec<&'static str> = signer.roles.iter().map(|role| role.word()).collect();
    let identification = words
        .iter()
        .find_map(|word| word.strip_prefix("IDENTIFICATION_"));
    let purpose = if signer.purposes.contains(&KeyPurpose::Signing) {
        "SIGN"
    } else if signer.purposes.contains(&KeyPurpose::Authentication) {
        "AUTH"
    } else if signer.roles.iter().any(|role| role.is_system()) {
        "SYSTEM"
    } else {
        "OTHER"
    };
    HolderJson {
        subject: subject(&signer.identity),
        roles: words
            .iter()
            .filter(|word| !word.starts_with("IDENTIFICATION"))
            .copied()
            .collect(),
        purpose,
        identification,
    }
}

fn subject(identity: &Identity) -> SubjectJson {
    let iin = identity.iin.as_ref();
    SubjectJson {
        iin: iin.map(|iin| iin.digits().to_owned()),
        iin_checksum_valid: iin.map(|iin| iin.checksum_valid()),
        birth_date: iin
            .and_then(|iin| iin.birth_date())
            .map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
        gender: iin.and_then(|iin| iin.gender()).map(|gender| match gender {
            Gender::Female => "FEMALE",
            Gender::Male => "MALE",
        }),
        family_name: identity.family_name.clone(),
        given_name: identity.given_name.clone(),
        patronymic: identity.patronymic.clone(),
        full_name: identity.full_name.clone(),
        email: identity.email.clone(),
        bin: identity.bin.clone(),
        organization: identity.organization.clone(),
    }
}

fn certificate_json(certificate: &Certificate) -> CertificateJson {
    let validity = certificate.validity();
    CertificateJson {
        sha256: sha256(&certificate.sha256()),
        subject: certificate.subject().to_wire_text(),
        issuer: certificate.issuer().to_wire_text(),
        serial_number: certificate.serial_hex(),
        not_before: validity.not_before.to_rfc3339(),
        not_after: validity.not_after.to_rfc3339(),
        key_algorithm: certificate.key_scheme().map(|scheme| scheme.name()),
    }
}

fn link(link: &ChainLink) -> LinkJson {
    LinkJson {
        sha256: sha256(&link.sha256),
        subject: link.subject.clone(),
        source: match link.source {
            ChainSource::Anchor => "anchor",
            ChainSource::Embedded => "embedded",
            ChainSource::Evidence => "evidence",
            _ => "other",
        },
    }
}

fn revocation(finding: &RevocationFinding) -> RevocationJson {
    let mut json = RevocationJson {
        cert: match finding.position {
            0 => "leaf".to_owned(),
            _ => sha256(&finding.certificate),
        },
        status: "UNAVAILABLE",
        by: None,
        this_update: None,
        next_update: None,
        revoked_at: None,
        reason: None,
    };
    match finding.state {
        RevocationState::Good {
            this_update,
            next_update,
        } => {
            json.status = "GOOD";
            json.by = Some("CRL");
            json.this_update = this_update.to_rfc3339();
            json.next_update = next_update.to_rfc3339();
        }
        RevocationState::Revoked(entry) => {
            json.status = "REVOKED";
            json.by = Some("CRL");
            json.revoked_at = entry.revoked_at.to_rfc3339();
            json.reason = entry.reason.map(revocation_reason);
        }
        _ => {}
    }
    json
}

/// CRLReason in capitals (RFC 5280 section 5.3.1).
fn revocation_reason(reason: RevocationReason) -> &'static str {
    match reason {
        RevocationReason::Unspecified => "UNSPECIFIED",
        RevocationReason::KeyCompromise => "KEY_COMPROMISE",
        RevocationReason::CaCompromise => "CA_COMPROMISE",
        RevocationReason::AffiliationChanged => "AFFILIATION_CHANGED",
        RevocationReason::Superseded => "SUPERSEDED",
        RevocationReason::CessationOfOperation => "CESSATION_OF_OPERATION",
        RevocationReason::CertificateHold => "CERTIFICATE_HOLD",
        RevocationReason::RemoveFromCrl => "REMOVE_FROM_CRL",
        RevocationReason::PrivilegeWithdrawn => "PRIVILEGE_WITHDRAWN",
        RevocationReason::AaCompromise => "AA_COMPROMISE",
        _ => "OTHER",
    }
}

fn sha256(digest: &[u8; 32]) -> String {
    format!("sha256:{}", hex::encode(digest))
}
