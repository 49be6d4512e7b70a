//! What the portal thinks of a signature.

use std::time::SystemTime;

use base64ct::{Base64, Encoding as _};
use serde::Serialize;
use tamga_verifier_core::{Format as MessageFormat, Input, Policy, Verdict as Indication, verify};

use crate::{
    Portal,
    page::{Format, Signed},
};

/// The answer to the page.
#[derive(Serialize)]
pub(crate) struct Found {
    verdict: &'static str,
    reason: Option<String>,
    signer: Option<String>,
    iin: Option<String>,
}

/// Verifies now. The signed content must be the text the page showed: a portal compares, it does not believe.
pub(crate) fn of(portal: &Portal, signed: &Signed) -> Result<Found, &'static str> {
    let bytes;
    let input = match signed.format {
        Format::Cms => {
            bytes = Base64::decode_vec(&signed.signature).map_err(|_| "the CMS is not base64")?;
            Input::new(&bytes)
                .format(MessageFormat::Cms)
                .content(signed.text.as_bytes())
        }
        Format::Xml => Input::new(signed.signature.as_bytes()).format(MessageFormat::Xml),
    };
    let report = verify(
        &input,
        &portal.anchors,
        &portal.evidence,
        SystemTime::now().into(),
        &Policy::document(),
    );
    if let Format::Xml = signed.format
        && report.conclusion.verdict() == Indication::TotalPassed
        && !carries(&signed.signature, &signed.text)
    {
        return Err("the signed XML does not hold the text of the page");
    }
    let signer = report
        .signatures
        .first()
        .and_then(|signature| signature.signer.as_ref());
    let subject = signer.map(|signer| signer.certificate.subject());
    Ok(Found {
        verdict: report.conclusion.verdict().code(),
        reason: report
            .conclusion
            .reason()
            .map(|reason| match reason.detail {
                Some(detail) => format!("{} / {}", reason.sub_indication.code(), detail.code()),
                None => reason.sub_indication.code().to_owned(),
            }),
        signer: subject
            .and_then(|name| name.common_name())
            .map(str::to_owned),
        iin: subject.and_then(|name| name.iin()).map(str::to_owned),
    })
}

/// A passed verdict covers the whole document but its comments and its signature, so the document must be exactly
/// the declaration, the element with the text, and one signature.
fn carries(document: &str, text: &str) -> bool {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let after_text = document
        .strip_prefix(DECLARATION)
        .and_then(|rest| rest.strip_prefix(&format!("<application>{escaped}<ds:Signature ")));
    after_text.is_some_and(|rest| {
        rest.ends_with("</ds:Signature></application>") && !rest.contains("<ds:Signature ")
    })
}

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#;
