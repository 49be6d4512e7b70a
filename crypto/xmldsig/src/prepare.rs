//! Signatures over XML documents: what is signed, and the document around the value.

mod cleaning;
mod outline;

use std::borrow::Cow;
use std::ops::Range;

use tamga_scheme::{Prepared, SignatureScheme, SignatureValue};
use tamga_x509::Certificate;

pub(crate) use self::cleaning::clean;
pub(crate) use self::outline::{Identifier, Outline};
use crate::c14n::{self, Budget, Canonicalization};
use crate::document::WellFormed;
use crate::names::{ENVELOPED, EXCLUSIVE, INCLUSIVE, INCLUSIVE_WITH_COMMENTS};
use crate::placement::Place;
use crate::signature_text::{self, KeyInfo, ReferenceText, SignatureText};
use crate::source::Source;
use crate::{Error, Form, Limits, Placement, SignedXml};

/// What every signed document starts with, in place of the caller's declaration and byte order mark.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

/// How a document is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// White space inside the signature.
    pub form: Form,
    /// What is signed, and where the signature goes.
    pub placement: Placement,
    /// What happens to signatures the document has: `clearSignatures` of NCANode.
    pub existing: ExistingSignatures,
    /// What happens to white space between tags: `trimXml` of NCANode.
    pub blank_text: BlankText,
}

impl Options {
    /// An enveloped signature over a document that stays as it is.
    pub fn enveloped(form: Form) -> Self {
        Self {
            form,
            placement: Placement::Enveloped,
            existing: ExistingSignatures::Keep,
            blank_text: BlankText::Keep,
        }
    }
}

/// What happens to the signatures a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingSignatures {
    /// They stay, and an enveloped signature covers them. Those that hold go on to hold once later ones with the same
    /// parent are taken out; where that would not be so ([`Error::BreaksSignature`]), nothing is signed. Nothing is
    /// promised for a document with a signature that [`SignedXml`] cannot read.
    Keep,
    /// Every `ds:Signature`, wherever it stands, is taken out before signing.
    Remove,
}

/// What happens to text that is nothing but white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlankText {
    /// It stays.
    Keep,
    /// Literal white space that fills the room between two pieces of markup is taken out, also where `xml:space`
    /// says otherwise. White space written as references or CDATA, and outside the root, stays.
    Remove,
}

/// A document waiting for its signature value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedXml {
    form: Form,
    /// Canonical form of SignedInfo.
    signed_info: String,
    /// The document up to the text of SignatureValue.
    before: String,
    /// The document behind it.
    behind: String,
}

/// Prepares an enveloped signature over the whole of `document` (XMLDSig section 6.6.4), as last child of the root:
/// [`prepare_with`] for [`Options::enveloped`].
///
/// # Errors
/// Those of [`prepare_with`].
pub fn prepare(
    document: &str,
    form: Form,
    scheme: SignatureScheme,
    certificate: &Certificate,
) -> Result<PreparedXml, Error> {
    prepare_with(document, &Options::enveloped(form), scheme, certificate)
}

/// Prepares a signature over `document`.
///
/// [`Placement::Enveloped`]: `Reference URI=""`, transforms `enveloped-signature` and Canonical XML 1.0
/// `#WithComments` (which same-document references make lose the comments all the same), SignedInfo in Canonical XML
/// 1.0, the certificate alone in `KeyInfo/X509Data`. A document that carries signatures already gets a sibling that
/// covers them.
///
/// [`Placement::ById`]: `Reference URI="#…"`, the one transform Canonical XML 1.0 `#WithComments`, SignedInfo in
/// Exclusive Canonicalization.
///
/// The declaration becomes `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, an empty-element tag that gets the
/// signature is opened, what the options take out goes, and every other byte of the caller stays. The original program
/// sends the document through Java's serialiser (sorted attributes, `<a></a>` to `<a/>`, no white space around the
/// root); canonical forms and so signatures are the same, therefore we do not imitate it.
///
/// The encoding a declaration names is not looked at: `document` is text already.
///
/// # Errors
/// Whatever makes the document unusable, within [`Limits::default`]; a placement that is not in the document or would
/// never verify; [`Error::SignerKey`] or [`Error::SchemeMismatch`] when the certificate does not belong to the scheme.
pub fn prepare_with(
    document: &str,
    options: &Options,
    scheme: SignatureScheme,
    certificate: &Certificate,
) -> Result<PreparedXml, Error> {
    check_key(scheme, certificate)?;
    let limits = Limits::default();
    let source = Source::from_text(document, &limits)?;
    if source
        .document
        .signatures
        .first()
        .is_some_and(|first| first.parent.is_none())
    {
        return Err(Error::RootIsSignature);
    }
    match clean(&source, options.existing, options.blank_text)? {
        Cow::Borrowed(_) => sign(&source, options, scheme, certificate, &limits),
        Cow::Owned(cleaned) => {
            let source = Source::from_text(&cleaned, &limits)?;
            sign(&source, options, scheme, certificate, &limits)
        }
    }
}

fn sign(
    source: &Source<'_>,
    options: &Options,
    scheme: SignatureScheme,
    certificate: &Certificate,
    limits: &Limits,
) -> Result<PreparedXml, Error> {
    let (signed, opening) = match &options.placement {
        Placement::Enveloped => (None, Opening::of_root(source)),
        Placement::ById { signed, parent } => {
            let outline = Outline::read(source);
            let place = Place::find(&outline, signed, parent)?;
            let signed = (outline.open(place.signed).start, place.id);
            let opening = Opening::at(source.text, &outline, place.parent);
            (Some(signed), opening)
        }
    };
    let mut budget = Budget::new(limits);
    let method = Canonicalization::Inclusive { comments: false };
    let mut digest = |element| source.digest(element, &method, scheme.digest(), &mut budget);
    let (reference, canonicalization) = match signed {
        // The enveloped transform takes the signature out again, so what is hashed is the document as it is now.
        None => {
            let reference = ReferenceText {
                uri: String::new(),
                transforms: &[ENVELOPED, INCLUSIVE_WITH_COMMENTS],
                digest: digest(None)?,
            };
            (reference, INCLUSIVE)
        }
        Some((start, id)) => {
            let reference = ReferenceText {
                uri: format!("#{id}"),
                transforms: &[INCLUSIVE_WITH_COMMENTS],
                digest: digest(Some(start))?,
            };
            (reference, EXCLUSIVE)
        }
    };
    let signature = SignatureText {
        form: options.form,
        scheme,
        canonicalization,
        references: vec![reference],
        key_info: KeyInfo::Certificate(certificate.der()),
    };
    let prepared = PreparedXml::build(source, &opening, &signature, limits)?;
    prepared.check_earlier(&source.document, opening.signatures_before(source), limits)?;
    Ok(prepared)
}

/// The key must be of the scheme's kind.
pub(crate) fn check_key(scheme: SignatureScheme, certificate: &Certificate) -> Result<(), Error> {
    let key = certificate.public_key().map_err(Error::SignerKey)?.kind();
    if key != scheme.key_kind() {
        return Err(Error::SchemeMismatch { scheme, key });
    }
    Ok(())
}

impl PreparedXml {
    /// Puts a signature into a document as last child of an element.
    pub(crate) fn build(
        source: &Source<'_>,
        place: &Opening<'_>,
        signature: &SignatureText<'_>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let up_to_value = signature.up_to_value();
        let signed_info = match signature.canonicalization {
            // Inclusive canonicalisation writes the namespaces and `xml:` attributes of the ancestors (Canonical XML
            // section 2.4); the only one is the root, so the root with nothing but the signature in it gives the same
            // bytes.
            INCLUSIVE => canonical_signed_info(
                [&place.tag, &up_to_value, &place.end_tag],
                &Canonicalization::Inclusive { comments: false },
                limits,
            )?,
            // Exclusive canonicalisation writes what SignedInfo itself uses: `ds`, declared on the signature.
            _ => {
                let method = Canonicalization::Exclusive {
                    comments: false,
                    prefixes: Vec::new(),
                };
                canonical_signed_info(["<a>", &up_to_value, "</a>"], &method, limits)?
            }
        };
        let (before, behind) = place.split(source.layout.body);
        Ok(Self {
            form: signature.form,
            signed_info,
            before: [DECLARATION, &before, &up_to_value].concat(),
            behind: [signature.behind_value(), behind].concat(),
        })
    }

    /// Whatever signature held in the document `before` must hold in this one, where the new one has the number `new`.
    ///
    /// Only documents with signatures pay for it: both are read as a verifier reads them.
    pub(crate) fn check_earlier(
        &self,
        before: &WellFormed<'_>,
        new: usize,
        limits: &Limits,
    ) -> Result<(), Error> {
        if before.signatures.is_empty() {
            return Ok(());
        }
        let before = match SignedXml::read(before, limits) {
            Ok(before) => before,
            Err(error @ Error::TooLarge { .. }) => return Err(error),
            // What cannot be read was not known to hold.
            Err(_) => return Ok(()),
        };
        let text = [self.before.as_str(), &self.behind].concat();
        let after = SignedXml::read(&WellFormed::from_text(&text, limits)?, limits)?;
        let after = after.signatures().iter().enumerate();
        let after = after.filter(|&(index, _)| index != new).map(|(_, one)| one);
        for (signature, (before, after)) in before.signatures().iter().zip(after).enumerate() {
            let mut references = before.references().iter().zip(after.references());
            if references
                .any(|(before, after)| before.covered().is_ok() && after.covered().is_err())
            {
                return Err(Error::BreaksSignature { signature });
            }
        }
        Ok(())
    }
}

impl Prepared for PreparedXml {
    type Signed = String;

    fn to_sign(&self) -> &[u8] {
        self.signed_info.as_bytes()
    }

    fn assemble(self, value: SignatureValue) -> String {
        let value = signature_text::value(value.as_bytes(), self.form);
        [self.before, value, self.behind].concat()
    }
}

/// An element that gets one more child behind all others.
pub(crate) struct Opening<'a> {
    /// Its start tag; an empty-element tag opened.
    tag: String,
    /// An end tag for it.
    end_tag: String,
    open: Range<usize>,
    close: Option<usize>,
    text: &'a str,
}

impl<'a> Opening<'a> {
    pub(crate) fn at(text: &'a str, outline: &Outline<'_>, element: usize) -> Self {
        Self::new(text, outline.open(element), outline.close(element))
    }

    fn of_root(source: &Source<'a>) -> Self {
        let layout = &source.layout;
        Self::new(source.text, layout.root_open.clone(), layout.root_close)
    }

    /// Start tag, and start of the end tag unless it is an empty-element tag.
    fn new(text: &'a str, open: Range<usize>, close: Option<usize>) -> Self {
        let tag = &text[open.clone()];
        Self {
            tag: match close {
                Some(_) => tag.to_owned(),
                None => opened(tag),
            },
            end_tag: format!("</{}>", outline::tag_name(tag)),
            open,
            close,
            text,
        }
    }

    /// How many signatures start before the new child.
    pub(crate) fn signatures_before(&self, source: &Source<'_>) -> usize {
        let at = self.close.unwrap_or(self.open.end);
        let signatures = source.document.signatures.iter();
        signatures.filter(|one| one.span.start < at).count()
    }

    /// The text from `start` on, before and behind the new child.
    fn split(&self, start: usize) -> (String, String) {
        match self.close {
            Some(close) => (
                self.text[start..close].to_owned(),
                self.text[close..].to_owned(),
            ),
            None => (
                [&self.text[start..self.open.start], self.tag.as_str()].concat(),
                [self.end_tag.as_str(), &self.text[self.open.end..]].concat(),
            ),
        }
    }
}

/// An empty-element tag as start tag.
pub(crate) fn opened(tag: &str) -> String {
    format!("{}>", unclosed(tag))
}

/// A tag without what closes it and the white space of XML before that; other white space may belong to a name.
pub(crate) fn unclosed(tag: &str) -> &str {
    let tag = tag.strip_suffix('>').unwrap_or(tag);
    let tag = tag.strip_suffix('/').unwrap_or(tag);
    tag.trim_end_matches([' ', '\t', '\n', '\r'])
}

/// Canonical form of SignedInfo between the tags of the element it stands in; what is behind it changes nothing.
fn canonical_signed_info(
    [open, up_to_value, close]: [&str; 3],
    method: &Canonicalization,
    limits: &Limits,
) -> Result<String, Error> {
    let end = "</ds:SignatureValue></ds:Signature>";
    let text = [open, up_to_value, end, close].concat();
    // Not simply the first SignedInfo of the text: the caller's root may be called so.
    let signed_info = open.len() + up_to_value.find("<ds:SignedInfo>").expect("written above");
    let canonical = c14n::canonicalize_element(&text, signed_info, method, limits)?;
    Ok(canonical.expect("a start tag stands there"))
}
