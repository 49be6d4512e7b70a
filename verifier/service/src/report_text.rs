//! Reports as lines for a terminal: code words first, so that scripts and people read the same.

use std::io::{self, Write};

use tamga_verifier_core::{
    CertificateReport, ChainLink, Reason, Report, RevocationFinding, RevocationState,
    SignatureReport, SignerReport, Warning,
};
use tamga_x509::UnixTime;

/// One file.
pub(crate) fn report(out: &mut impl Write, file: &str, report: &Report) -> io::Result<()> {
    let verdict = report.conclusion.verdict().code();
    writeln!(
        out,
        "{}: {verdict}{}",
        printable(file),
        words(report.conclusion.reason())
    )?;
    writeln!(
        out,
        "  policy {}, anchors {}, at {}",
        report.policy.name(),
        printable(&report.anchor_set),
        time(report.validated_at)
    )?;
    warnings(out, "  ", &report.warnings)?;
    for (at, signature) in (1..).zip(&report.signatures) {
        write!(
            out,
            "  signature {at}: {}",
            signature.conclusion.verdict().code()
        )?;
        writeln!(out, "{}", words(signature.conclusion.reason()))?;
        signature_lines(out, signature)?;
    }
    Ok(())
}

/// One certificate.
pub(crate) fn certificate(
    out: &mut impl Write,
    file: &str,
    report: &CertificateReport,
) -> io::Result<()> {
    writeln!(
        out,
        "{}: {}{}",
        printable(file),
        report.verdict().code(),
        words(report.status.err())
    )?;
    signer(out, "  ", &report.signer)?;
    let certificate = &report.signer.certificate;
    let validity = certificate.validity();
    writeln!(
        out,
        "  issuer: {}",
        printable(&certificate.issuer().to_wire_text())
    )?;
    writeln!(out, "  serial number: {}", certificate.serial_hex())?;
    writeln!(
        out,
        "  valid: {} to {}",
        time(validity.not_before),
        time(validity.not_after)
    )?;
    chain(out, "  ", &report.chain)?;
    revocation(out, "  ", &report.revocation)?;
    warnings(out, "  ", &report.warnings)
}

fn signature_lines(out: &mut impl Write, report: &SignatureReport) -> io::Result<()> {
    const INDENT: &str = "    ";
    if let Some(scheme) = report.scheme {
        writeln!(out, "{INDENT}algorithm: {}", scheme.name())?;
    }
    if let Some(found) = &report.signer {
        signer(out, INDENT, found)?;
    }
    if let Some(claimed) = report.claimed_time {
        writeln!(out, "{INDENT}claimed time: {}", time(claimed))?;
    }
    for reference in report.scope.iter().flat_map(|scope| &scope.references) {
        writeln!(
            out,
            "{INDENT}covers: {} ({:?})",
            printable(&reference.node),
            reference.uri
        )?;
    }
    chain(out, INDENT, &report.chain)?;
    revocation(out, INDENT, &report.revocation)?;
    warnings(out, INDENT, &report.warnings)
}

fn signer(out: &mut impl Write, indent: &str, signer: &SignerReport) -> io::Result<()> {
    let identity = &signer.identity;
    let iin = identity.iin.as_ref().map(|iin| iin.digits().to_owned());
    for (name, value) in [
        ("name", &identity.full_name),
        ("patronymic", &identity.patronymic),
        ("IIN", &iin),
        ("organisation", &identity.organization),
        ("BIN", &identity.bin),
    ] {
        if let Some(value) = value {
            writeln!(out, "{indent}{name}: {}", printable(value))?;
        }
    }
    let roles: Vec<_> = signer.roles.iter().map(|role| role.word()).collect();
    if !roles.is_empty() {
        writeln!(out, "{indent}roles: {}", roles.join(", "))?;
    }
    Ok(())
}

fn chain(out: &mut impl Write, indent: &str, chain: &[ChainLink]) -> io::Result<()> {
    for link in chain {
        writeln!(out, "{indent}path: {}", printable(&link.subject))?;
    }
    Ok(())
}

fn revocation(
    out: &mut impl Write,
    indent: &str,
    findings: &[RevocationFinding],
) -> io::Result<()> {
    for finding in findings {
        let state = match finding.state {
            RevocationState::Good {
                this_update,
                next_update,
            } => {
                format!(
                    "GOOD, list of {}, until {}",
                    time(this_update),
                    time(next_update)
                )
            }
            RevocationState::Revoked(entry) => format!("REVOKED at {}", time(entry.revoked_at)),
            _ => "UNAVAILABLE".to_owned(),
        };
        writeln!(
            out,
            "{indent}revocation of certificate {}: {state}",
            finding.position + 1
        )?;
    }
    Ok(())
}

fn warnings(out: &mut impl Write, indent: &str, warnings: &[Warning]) -> io::Result<()> {
    warnings
        .iter()
        .try_for_each(|warning| writeln!(out, "{indent}warning: {}", warning.code()))
}

fn words(reason: Option<Reason>) -> String {
    match reason {
        None => String::new(),
        Some(Reason {
            sub_indication,
            detail: None,
        }) => format!(" {}", sub_indication.code()),
        Some(Reason {
            sub_indication,
            detail: Some(detail),
        }) => {
            format!(" {} {}", sub_indication.code(), detail.code())
        }
    }
}

fn time(time: UnixTime) -> String {
    time.to_rfc3339().unwrap_or_else(|| time.0.to_string())
}

/// Names come from certificates: control and direction characters must not reach the terminal.
fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_made_visible() {
        assert_eq!(printable("а\u{1b}[2Jб\u{202e}в"), "а\u{fffd}[2Jб\u{fffd}в");
        assert_eq!(printable("ҮЛГІ ҚАЙРАТ"), "ҮЛГІ ҚАЙРАТ");
    }
}
