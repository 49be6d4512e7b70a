//! The text of a `ds:Signature`, byte for byte as the national signers write it.

use base64ct::{Base64, Encoding};
use tamga_scheme::SignatureScheme;

use crate::names::{BASE64_BINARY, DS, WSSE, X509_V3};

/// How white space stands inside the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// None at all: the basics module.
    Compact,
    /// A line end behind each tag, base64 in lines of 76 columns: commonUtils, the layout of Apache Santuario.
    Lines(LineEnd),
    /// LF behind each tag, `&#13;` and LF between the lines of base64: NCANode and other servers, the layout of
    /// Apache Santuario 2.1 and later, whose base64 ends its lines with CR LF.
    ///
    /// A GOST-2015 digest is longer than one line, so the references are part of what is signed: a program that
    /// reads and writes the document without them breaks the signature.
    LinesWithReferences,
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
    /// What stands behind each tag.
    fn behind_tag(self) -> &'static str {
        match self {
            Self::Compact => "",
            Self::Lines(LineEnd::CrLf) => "\r\n",
            Self::Lines(LineEnd::Lf) | Self::LinesWithReferences => "\n",
        }
    }

    /// What stands between two lines of base64.
    fn between_lines(self) -> &'static str {
        match self {
            Self::LinesWithReferences => "&#13;\n",
            Self::Compact | Self::Lines(_) => self.behind_tag(),
        }
    }
}

/// A signature of which everything but the value is known.
#[derive(Debug, Clone)]
pub(crate) struct SignatureText<'a> {
    pub(crate) form: Form,
    pub(crate) scheme: SignatureScheme,
    /// Algorithm that makes SignedInfo canonical.
    pub(crate) canonicalization: &'static str,
    pub(crate) references: Vec<ReferenceText>,
    pub(crate) key_info: KeyInfo<'a>,
}

/// A `ds:Reference`.
#[derive(Debug, Clone)]
pub(crate) struct ReferenceText {
    /// `URI`, with nothing in it that would need escaping.
    pub(crate) uri: String,
    /// Algorithms, in order.
    pub(crate) transforms: &'static [&'static str],
    pub(crate) digest: Vec<u8>,
}

/// Where the verifier finds the certificate.
#[derive(Debug, Clone)]
pub(crate) enum KeyInfo<'a> {
    /// The certificate alone in `X509Data`.
    Certificate(&'a [u8]),
    /// In `wsse:SecurityTokenReference`: the certificate itself, or the identifier of the token that is it.
    Token {
        /// Whether the prefix `wsse` has to be declared.
        declare: bool,
        token: TokenText<'a>,
    },
}

/// Content of `wsse:SecurityTokenReference`.
#[derive(Debug, Clone)]
pub(crate) enum TokenText<'a> {
    /// `wsse:KeyIdentifier` with the certificate.
    KeyIdentifier(&'a [u8]),
    /// `wsse:Reference` to a BinarySecurityToken.
    Reference {
        /// Its identifier.
        id: &'a str,
    },
}

impl SignatureText<'_> {
    /// From `<ds:Signature` to before the text of SignatureValue.
    pub(crate) fn up_to_value(&self) -> String {
        let canonicalization = self.canonicalization;
        let (method, digest_method) = (self.scheme.xml_uri(), self.scheme.digest().xml_uri());
        let mut lines = vec![
            format!("<ds:Signature xmlns:ds=\"{DS}\">"),
            "<ds:SignedInfo>".to_owned(),
            format!("<ds:CanonicalizationMethod Algorithm=\"{canonicalization}\"/>"),
            format!("<ds:SignatureMethod Algorithm=\"{method}\"/>"),
        ];
        for ReferenceText {
            uri,
            transforms,
            digest,
        } in &self.references
        {
            lines.push(format!("<ds:Reference URI=\"{uri}\">"));
            lines.push("<ds:Transforms>".to_owned());
            for transform in *transforms {
                lines.push(format!("<ds:Transform Algorithm=\"{transform}\"/>"));
            }
            lines.push("</ds:Transforms>".to_owned());
            lines.push(format!("<ds:DigestMethod Algorithm=\"{digest_method}\"/>"));
            // No line ends around the digest, but inside when it is longer than a line (512 bits).
            let digest = folded(digest, self.form);
            lines.push(format!("<ds:DigestValue>{digest}</ds:DigestValue>"));
            lines.push("</ds:Reference>".to_owned());
        }
        lines.push("</ds:SignedInfo>".to_owned());
        lines.push("<ds:SignatureValue>".to_owned());
        lines.join(self.form.behind_tag())
    }

    /// From behind the text of SignatureValue to `</ds:Signature>`.
    pub(crate) fn behind_value(&self) -> String {
        let mut lines = vec!["</ds:SignatureValue>".to_owned(), "<ds:KeyInfo>".to_owned()];
        match &self.key_info {
            KeyInfo::Certificate(der) => lines.extend([
                "<ds:X509Data>".to_owned(),
                "<ds:X509Certificate>".to_owned(),
                folded(der, self.form),
                "</ds:X509Certificate>".to_owned(),
                "</ds:X509Data>".to_owned(),
            ]),
            // Written by another library than the rest: one line, whatever the form.
            KeyInfo::Token { declare, token } => {
                let namespace = match declare {
                    true => format!(" xmlns:wsse=\"{WSSE}\""),
                    false => String::new(),
                };
                let token = token.text();
                lines.push(format!(
                    "<wsse:SecurityTokenReference{namespace}>{token}</wsse:SecurityTokenReference>"
                ));
            }
        }
        lines.push("</ds:KeyInfo>".to_owned());
        lines.push("</ds:Signature>".to_owned());
        lines.join(self.form.behind_tag())
    }
}

impl TokenText<'_> {
    fn text(&self) -> String {
        match self {
            Self::KeyIdentifier(der) => format!(
                "<wsse:KeyIdentifier EncodingType=\"{BASE64_BINARY}\" ValueType=\"{X509_V3}\">{}</wsse:KeyIdentifier>",
                Base64::encode_string(der)
            ),
            Self::Reference { id } => {
                format!("<wsse:Reference URI=\"#{id}\" ValueType=\"{X509_V3}\"/>")
            }
        }
    }
}

/// The text of SignatureValue, of the schemes' lengths (64 bytes and more: always longer than a line).
pub(crate) fn value(value: &[u8], form: Form) -> String {
    let line = form.behind_tag();
    format!("{line}{}{line}", folded(value, form))
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
    lines.join(form.between_lines())
}
