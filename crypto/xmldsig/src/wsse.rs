//! Signing the Body of a SOAP envelope (WS-Security 1.0, X.509 Token Profile 1.0), as SHEP and Smart Bridge want it.

mod envelope;

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use base64ct::{Base64, Encoding};
use tamga_scheme::SignatureScheme;
use tamga_x509::{Certificate, UnixTime};

pub use self::envelope::EnvelopeProblem;
use self::envelope::{Envelope, WsuPrefix};
use crate::c14n::{Budget, Canonicalization};
use crate::names::{BASE64_BINARY, EXCLUSIVE, WSSE, WSU, X509_V3};
use crate::placement::{unique, usable};
use crate::prepare::{self, Opening, Outline, PreparedXml};
use crate::signature_text::{KeyInfo, ReferenceText, SignatureText, TokenText};
use crate::source::Source;
use crate::{BlankText, Error, ExistingSignatures, Form, Limits};

/// How an envelope is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WsseOptions {
    /// White space inside the signature; [`Form::LinesWithReferences`] is what NCANode writes.
    pub form: Form,
    /// How the certificate travels.
    pub token: Token,
    /// A Timestamp to be put into the header and signed too; none is usual.
    pub timestamp: Option<Timestamp>,
    /// A fresh UUID, from which the identifiers `id-…` (Body), `X509-…` (token) and `TS-…` (Timestamp) are made.
    pub uuid: String,
    /// What happens to white space between tags.
    pub blank_text: BlankText,
}

/// How the certificate travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// As `wsse:BinarySecurityToken` in the header, which the signature refers to.
    BinarySecurityToken,
    /// As `wsse:KeyIdentifier` in the signature: the form of SHEP and NCANode.
    KeyIdentifier,
}

/// A `wsu:Timestamp` (WS-Security 1.0 section 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp {
    /// `wsu:Created`
    pub created: UnixTime,
    /// From there to `wsu:Expires`; whole seconds count.
    pub lifetime: Duration,
}

/// Prepares a signature over the Body of the SOAP 1.1 or 1.2 envelope `document`.
///
/// The Body gets `wsu:Id="id-…"` if it has no `wsu:Id`. The signature goes into the `wsse:Security` header without
/// actor (SOAP 1.2: role), behind what stands there; if there is none, one with `mustUnderstand="1"` is put at the end
/// of the Header, and a Header before everything else of the Envelope. The reference has the one transform Exclusive
/// Canonicalization, which makes SignedInfo canonical too.
///
/// The declaration becomes `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, empty-element tags that get a child
/// are opened, and every other byte stays. An envelope signed before can be signed again: earlier signatures over the
/// Body hold as before, and [`Error::BreaksSignature`] refuses where another would not.
///
/// # Errors
/// [`Error::Envelope`] when it is not clear what to sign; [`Error::UnusableIdentifier`] and [`Error::DuplicateId`] for
/// identifiers that verifiers would not agree on; otherwise those of [`crate::prepare_with`].
pub fn prepare_wsse(
    document: &str,
    options: &WsseOptions,
    scheme: SignatureScheme,
    certificate: &Certificate,
) -> Result<PreparedXml, Error> {
    prepare::check_key(scheme, certificate)?;
    let limits = Limits::default();
    let source = Source::from_text(document, &limits)?;
    let document = prepare::clean(&source, ExistingSignatures::Keep, options.blank_text)?;
    let cleaned = match &document {
        Cow::Borrowed(_) => source,
        Cow::Owned(document) => Source::from_text(document, &limits)?,
    };
    let outline = Outline::read(&cleaned);
    let envelope = Envelope::find(&outline)?;
    let completed = complete(&document, &outline, &envelope, options, certificate)?;

    let source = Source::from_text(&completed, &limits)?;
    let outline = Outline::read(&source);
    let envelope = Envelope::find(&outline)?;
    let security = envelope.security.expect("put in above");
    let method = Canonicalization::Exclusive {
        comments: false,
        prefixes: Vec::new(),
    };
    let mut budget = Budget::new(&limits);
    let mut reference = |element: usize| -> Result<ReferenceText, Error> {
        let id = envelope::wsu_id(&outline, element).expect("put in above");
        usable(&id)?;
        unique(&outline, element, &id)?;
        let start = Some(outline.open(element).start);
        Ok(ReferenceText {
            uri: format!("#{id}"),
            transforms: &[EXCLUSIVE],
            digest: source.digest(start, &method, scheme.digest(), &mut budget)?,
        })
    };
    let mut references = vec![reference(envelope.body)?];
    if options.timestamp.is_some() {
        references.push(reference(envelope.timestamp.expect("put in above"))?);
    }
    let token_id = format!("X509-{}", options.uuid);
    let signature = SignatureText {
        form: options.form,
        scheme,
        canonicalization: EXCLUSIVE,
        references,
        key_info: KeyInfo::Token {
            declare: outline.namespace(security, "wsse").as_deref() != Some(WSSE),
            token: match options.token {
                Token::BinarySecurityToken => {
                    let id = token_id.as_str();
                    let owner = outline
                        .children(security)
                        .find(|&child| envelope::wsu_id(&outline, child).as_deref() == Some(id));
                    unique(&outline, owner.expect("put in above"), id)?;
                    TokenText::Reference { id }
                }
                Token::KeyIdentifier => TokenText::KeyIdentifier(certificate.der()),
            },
        },
    };
    let place = Opening::at(source.text, &outline, security);
    let prepared = PreparedXml::build(&source, &place, &signature, &limits)?;
    prepared.check_earlier(&cleaned.document, place.signatures_before(&source), &limits)?;
    Ok(prepared)
}

/// The envelope with everything but the signature: header, token, Timestamp, identifier of the Body.
fn complete(
    document: &str,
    outline: &Outline<'_>,
    envelope: &Envelope,
    options: &WsseOptions,
    certificate: &Certificate,
) -> Result<String, Error> {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    if envelope::wsu_id(outline, envelope.body).is_none() {
        let id = format!("id-{}", options.uuid);
        usable(&id)?;
        let attribute = match WsuPrefix::at(outline, envelope.body) {
            WsuPrefix::Bound(prefix) => format!(" {prefix}:Id=\"{id}\""),
            WsuPrefix::Free(prefix) => format!(" xmlns:{prefix}=\"{WSU}\" {prefix}:Id=\"{id}\""),
        };
        let open = outline.open(envelope.body);
        let tag = &document[open.clone()];
        let end = open.start + prepare::unclosed(tag).len();
        edits.push((end..end, attribute));
    }
    let added = [
        timestamp(options, outline, envelope)?,
        token(options, outline, envelope, certificate)?,
    ]
    .concat();
    match (envelope.security, envelope.header) {
        (Some(security), _) => edits.push(append(document, outline, security, &added)),
        (None, Some(header)) => {
            let security = envelope.security_text(outline, header, &added);
            edits.push(append(document, outline, header, &security));
        }
        (None, None) => {
            let name = envelope::sibling_name(outline, "Header");
            let security = envelope.security_text(outline, 0, &added);
            let end = outline.open(0).end;
            edits.push((end..end, format!("<{name}>{security}</{name}>")));
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(document.len() + 4096);
    let mut at = 0;
    for (range, text) in edits {
        out.push_str(&document[at..range.start]);
        out.push_str(&text);
        at = range.end;
    }
    out.push_str(&document[at..]);
    Ok(out)
}

/// The edit that puts `text` into an element, behind what stands there.
fn append(
    document: &str,
    outline: &Outline<'_>,
    element: usize,
    text: &str,
) -> (Range<usize>, String) {
    match outline.close(element) {
        Some(close) => (close..close, text.to_owned()),
        None => {
            let open = outline.open(element);
            let tag = prepare::opened(&document[open.clone()]);
            let name = outline.name(element);
            (open, format!("{tag}{text}</{name}>"))
        }
    }
}

fn timestamp(
    options: &WsseOptions,
    outline: &Outline<'_>,
    envelope: &Envelope,
) -> Result<String, Error> {
    let Some(Timestamp { created, lifetime }) = options.timestamp else {
        return Ok(String::new());
    };
    if envelope.timestamp.is_some() {
        return Err(EnvelopeProblem::TimestampPresent.into());
    }
    let id = format!("TS-{}", options.uuid);
    usable(&id)?;
    let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    let expires = UnixTime(created.0.saturating_add(seconds));
    let text = |time: UnixTime| {
        time.to_rfc3339()
            .ok_or(Error::UnusableTime { time: time.0 })
    };
    let (created, expires) = (text(created)?, text(expires)?);
    let wsu = envelope.declaration(outline, "wsu", WSU);
    Ok(format!(
        "<wsu:Timestamp{wsu} wsu:Id=\"{id}\"><wsu:Created>{created}</wsu:Created><wsu:Expires>{expires}</wsu:Expires></wsu:Timestamp>"
    ))
}

fn token(
    options: &WsseOptions,
    outline: &Outline<'_>,
    envelope: &Envelope,
    certificate: &Certificate,
) -> Result<String, Error> {
    if options.token == Token::KeyIdentifier {
        return Ok(String::new());
    }
    let id = format!("X509-{}", options.uuid);
    usable(&id)?;
    let wsse = envelope.declaration(outline, "wsse", WSSE);
    let wsu = envelope.declaration(outline, "wsu", WSU);
    let der = Base64::encode_string(certificate.der());
    Ok(format!(
        "<wsse:BinarySecurityToken{wsse}{wsu} EncodingType=\"{BASE64_BINARY}\" ValueType=\"{X509_V3}\" wsu:Id=\"{id}\">{der}</wsse:BinarySecurityToken>"
    ))
}
