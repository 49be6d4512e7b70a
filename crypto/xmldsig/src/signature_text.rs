//! The text of an enveloped `ds:Signature`, byte for byte as the national signers write it.

use base64ct::{Base64, Encoding};
use tamga_scheme::SignatureScheme;

use crate::names::{DS, ENVELOPED, INCLUSIVE, INCLUSIVE_WITH_COMMENTS};

/// How white space stands inside the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// None at all: the basics module.
    Compact,
    /// A line end behind each tag, base64 in lines of 76 columns: commonUtils, the layout of Apache Santuario.
    Lines(LineEnd),
}

/// Line ends of [`Form::Lines`]: those of the computer the original program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// CR LF, on Windows; raw characters, not `&#13;`.
    CrLf,
    /// LF, elsewhere.
    Lf,
}

impl Form {
    fn line_end(self) -> &'static str {
        match self {
            Self::Compact => "",
            Self::Lines(LineEnd::CrLf) => "\r\n",
            Self::Lines(LineEnd::Lf) => "\n",
        }
    }
}

/// From `<ds:Signature` to before the text of SignatureValue.
pub(crate) fn up_to_value(form: Form, scheme: SignatureScheme, digest: &[u8]) -> String {
    let line = form.line_end();
    let (method, digest_method) = (scheme.xml_uri(), scheme.digest().xml_uri());
    let digest = folded(digest, form);
    [
        &format!("<ds:Signature xmlns:ds=\"{DS}\">"),
        "<ds:SignedInfo>",
        &format!("<ds:CanonicalizationMethod Algorithm=\"{INCLUSIVE}\"/>"),
        &format!("<ds:SignatureMethod Algorithm=\"{method}\"/>"),
        "<ds:Reference URI=\"\">",
        "<ds:Transforms>",
        &format!("<ds:Transform Algorithm=\"{ENVELOPED}\"/>"),
        &format!("<ds:Transform Algorithm=\"{INCLUSIVE_WITH_COMMENTS}\"/>"),
        "</ds:Transforms>",
        &format!("<ds:DigestMethod Algorithm=\"{digest_method}\"/>"),
        // No line ends around the digest, but inside when it is longer than a line (512 bits).
        &format!("<ds:DigestValue>{digest}</ds:DigestValue>"),
        "</ds:Reference>",
        "</ds:SignedInfo>",
        "<ds:SignatureValue>",
    ]
    .join(line)
}

/// The text of SignatureValue, of the schemes' lengths (64 bytes and more: always longer than a line).
pub(crate) fn value(value: &[u8], form: Form) -> String {
    let line = form.line_end();
    format!("{line}{}{line}", folded(value, form))
}

/// From behind the text of SignatureValue to `</ds:Signature>`.
pub(crate) fn behind_value(form: Form, certificate: &[u8]) -> String {
    let line = form.line_end();
    [
        "</ds:SignatureValue>",
        "<ds:KeyInfo>",
        "<ds:X509Data>",
        "<ds:X509Certificate>",
        &folded(certificate, form),
        "</ds:X509Certificate>",
        "</ds:X509Data>",
        "</ds:KeyInfo>",
        "</ds:Signature>",
    ]
    .join(line)
}

/// Base64, in lines of 76 columns without a last line end, or in one (RFC 2045 section 6.8).
fn folded(bytes: &[u8], form: Form) -> String {
    const COLUMNS: usize = 76;
    let text = Base64::encode_string(bytes);
    if form == Form::Compact {
        return text;
    }
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(COLUMNS)
        .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
        .collect();
    lines.join(form.line_end())
}
