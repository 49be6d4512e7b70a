//! Enveloped signatures over whole documents: what is signed, and the document around the value.

use tamga_scheme::{Prepared, SignatureScheme, SignatureValue};
use tamga_x509::Certificate;

use crate::c14n::{self, Budget, Canonicalization};
use crate::source::Source;
use crate::{Error, Form, Limits, signature_text};

/// What every signed document starts with, in place of the caller's declaration and byte order mark.
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

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

/// Prepares an enveloped signature over the whole of `document` (XMLDSig section 6.6.4), as last child of the root.
///
/// `Reference URI=""`, transforms `enveloped-signature` and Canonical XML 1.0 `#WithComments` (which same-document
/// references make lose the comments all the same), SignedInfo in Canonical XML 1.0, the certificate alone in
/// `KeyInfo/X509Data`. A document that carries signatures already gets a sibling that covers them.
///
/// The declaration becomes `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, an empty-element root gets an end
/// tag, and every other byte of the caller stays. The original program sends the document through Java's serialiser
/// (sorted attributes, `<a></a>` to `<a/>`, no white space around the root); canonical forms and so signatures are the
/// same, therefore we do not imitate it.
///
/// The encoding a declaration names is not looked at: `document` is text already.
///
/// # Errors
/// Whatever makes the document unusable, within [`Limits::default`]; [`Error::SignerKey`] or
/// [`Error::SchemeMismatch`] when the certificate does not belong to the scheme.
pub fn prepare(
    document: &str,
    form: Form,
    scheme: SignatureScheme,
    certificate: &Certificate,
) -> Result<PreparedXml, Error> {
    let key = certificate.public_key().map_err(Error::SignerKey)?.kind();
    if key != scheme.key_kind() {
        return Err(Error::SchemeMismatch { scheme, key });
    }
    let limits = Limits::default();
    let source = Source::from_text(document, &limits)?;
    let tree = source.tree()?;
    let method = Canonicalization::Inclusive { comments: false };
    // The enveloped transform takes the signature out again, so what is hashed is the document as it is now.
    let canonical = c14n::node(tree.root(), &method, &[], &mut Budget::new(&limits))?;
    let digest = scheme.digest().digest(canonical.as_bytes());

    let up_to_value = signature_text::up_to_value(form, scheme, &digest);
    let behind_value = signature_text::behind_value(form, certificate.der());
    let (root_open, root_close) = root_tags(&source);
    let signed_info = signed_info(
        &root_open,
        &up_to_value,
        &behind_value,
        &root_close,
        &limits,
    )?;

    let layout = &source.layout;
    let text = source.text;
    let (content, tail) = match layout.root_close {
        Some(close) => text[layout.root_open.end..].split_at(close - layout.root_open.end),
        None => ("", &text[layout.root_open.end..]),
    };
    let prolog = &text[layout.body..layout.root_open.start];
    let end_tag = if layout.root_close.is_some() {
        ""
    } else {
        &root_close
    };
    Ok(PreparedXml {
        form,
        signed_info,
        before: [DECLARATION, prolog, &root_open, content, &up_to_value].concat(),
        behind: [&behind_value, end_tag, tail].concat(),
    })
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

/// The root's start tag as written (an empty-element tag opened), and an end tag for it.
fn root_tags(source: &Source<'_>) -> (String, String) {
    let tag = &source.text[source.layout.root_open.clone()];
    let open = match source.layout.root_close {
        Some(_) => tag.to_owned(),
        None => format!("{}>", tag.strip_suffix("/>").unwrap_or(tag).trim_end()),
    };
    let name_ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
    let name = tag[1..].split(name_ends).next().unwrap_or_default();
    let close = format!("</{name}>");
    (open, close)
}

/// Canonical form of SignedInfo where it will stand.
///
/// Inclusive canonicalisation writes the namespaces and `xml:` attributes of the ancestors (Canonical XML section
/// 2.4); the only one is the root, so the root with nothing but the signature in it gives the same bytes.
fn signed_info(
    root_open: &str,
    up_to_value: &str,
    behind_value: &str,
    root_close: &str,
    limits: &Limits,
) -> Result<String, Error> {
    let text = [root_open, up_to_value, behind_value, root_close].concat();
    let source = Source::from_text(&text, limits)?;
    let tree = source.tree()?;
    // Not simply the first SignedInfo of the text: the caller's root may be called so.
    let signature = tree.root_element().last_element_child();
    let signed_info = signature.and_then(|signature| signature.first_element_child());
    let signed_info = signed_info.expect("the text written above ends with a signature");
    let method = Canonicalization::Inclusive { comments: false };
    c14n::node(signed_info, &method, &[], &mut Budget::new(limits))
}
