//! Why a document is refused, or a signature does not hold.

use tamga_scheme::{KeyKind, SignatureScheme, VerifyError};

/// Why a document cannot be signed, or its signatures cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not well-formed XML 1.0 with namespaces.
    #[error("line {line}, column {column}: {problem}")]
    NotWellFormed {
        /// Line, from 1; CR LF, CR and LF each end one.
        line: usize,
        /// Column, from 1, in UTF-16 units, just behind what was read: as Java's SAX parsers count.
        column: usize,
        /// What is wrong.
        problem: Problem,
    },
    /// A document type declaration; entities and default attributes are never processed.
    #[error("line {line}, column {column}: a document type declaration is not accepted")]
    DoctypePresent {
        /// Line, from 1.
        line: usize,
        /// Column of `<!DOCTYPE`, from 1.
        column: usize,
    },
    /// Another character encoding than UTF-8, or another XML version than 1.0.
    #[error("{what} {value} is not supported")]
    UnsupportedDeclaration {
        /// "encoding" or "version".
        what: &'static str,
        /// What the declaration or the byte order mark says.
        value: String,
    },
    /// The bytes are not UTF-8.
    #[error("the bytes from offset {valid_up_to} on are not UTF-8")]
    NotUtf8 {
        /// How many bytes are.
        valid_up_to: usize,
    },
    /// A budget of [`crate::Limits`] is exhausted.
    #[error("{what}: at most {limit} accepted")]
    TooLarge {
        /// Name of the budget: "bytes", "markup", "comparisons", "signatures", "references", "canonical bytes",
        /// "certificates".
        what: &'static str,
        /// Its size.
        limit: usize,
    },
    /// Elements are nested too deep.
    #[error("elements are nested deeper than {limit}")]
    TooDeep {
        /// Budget.
        limit: usize,
    },
    /// A namespace URI without scheme: Canonical XML 1.0 section 1.3 demands failure.
    #[error("namespace URI {uri:?} is relative")]
    RelativeNamespace {
        /// The URI.
        uri: String,
    },
    /// Two elements carry an identifier that a signature refers to.
    #[error("identifier {id:?} is carried by more than one element")]
    DuplicateId {
        /// The identifier.
        id: String,
    },
    /// An algorithm, URI or element outside the accepted set.
    #[error("signature {signature}: {part} {value:?} is not supported")]
    Unsupported {
        /// Which signature, in document order, from 0.
        signature: usize,
        /// What kind of thing.
        part: Part,
        /// The identifier or name met.
        value: String,
    },
    /// A signature's structure is broken.
    #[error("signature {signature}, element {element}: {problem}")]
    Malformed {
        /// Which signature, in document order, from 0.
        signature: usize,
        /// Local name of the element.
        element: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// A certificate in KeyInfo cannot be read.
    #[error("signature {signature}: the certificate cannot be read")]
    Certificate {
        /// Which signature, in document order, from 0.
        signature: usize,
        /// What the certificate parser met.
        source: tamga_x509::Error,
    },
    /// The signer's certificate has no usable key.
    #[error("the signer's certificate has no usable key")]
    SignerKey(#[source] tamga_x509::Error),
    /// The signer's certificate has a key for another scheme.
    #[error("scheme {} needs another key than {key:?}", .scheme.name())]
    SchemeMismatch {
        /// Scheme asked for.
        scheme: SignatureScheme,
        /// Key of the certificate.
        key: KeyKind,
    },
}

/// What kind of thing in a signature is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// `ds:CanonicalizationMethod`.
    CanonicalizationMethod,
    /// `ds:DigestMethod`.
    DigestMethod,
    /// A child element that is not in the accepted set.
    Element,
    /// `EncodingType` of a WS-Security token.
    EncodingType,
    /// `URI` of a reference: only the empty one and `#identifier` are accepted.
    ReferenceUri,
    /// `ds:SignatureMethod`.
    SignatureMethod,
    /// `ds:Transform`, or an order of transforms.
    Transform,
    /// `ValueType` of a WS-Security token.
    ValueType,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::CanonicalizationMethod => "canonicalization method",
            Self::DigestMethod => "digest method",
            Self::Element => "element",
            Self::EncodingType => "encoding type",
            Self::ReferenceUri => "reference URI",
            Self::SignatureMethod => "signature method",
            Self::Transform => "transform",
            Self::ValueType => "value type",
        })
    }
}

/// Why a document is not well-formed.
///
/// The sentences are those of the parser in Java's library (measured with OpenJDK), because portals show them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// `<a b/>`
    #[error(
        "Attribute name \"{attribute}\" associated with an element type \"{element}\" must be followed by the ' = ' character."
    )]
    AttributeWithoutEquals {
        /// Element name.
        element: String,
        /// Attribute name.
        attribute: String,
    },
    /// `<a b=1/>`
    #[error(
        "Open quote is expected for attribute \"{attribute}\" associated with an  element type  \"{element}\"."
    )]
    AttributeWithoutQuote {
        /// Element name.
        element: String,
        /// Attribute name.
        attribute: String,
    },
    /// Text behind the root element.
    #[error("Content is not allowed in trailing section.")]
    ContentAfterRoot,
    /// Text before the root element.
    #[error("Content is not allowed in prolog.")]
    ContentBeforeRoot,
    /// `<a b='1' b='2'/>`
    #[error("Attribute \"{attribute}\" was already specified for element \"{element}\".")]
    DuplicateAttribute {
        /// Element name.
        element: String,
        /// Attribute name.
        attribute: String,
    },
    /// `xmlns:p=""`
    #[error(
        "The value of the attribute \"prefix=\"xmlns\",localpart=\"{prefix}\",rawname=\"xmlns:{prefix}\"\" is invalid. Prefixed namespace bindings may not be empty."
    )]
    EmptyPrefixBinding {
        /// The prefix bound.
        prefix: String,
    },
    /// `& `
    #[error("The entity name must immediately follow the '&' in the entity reference.")]
    EntityName,
    /// `&foo;`
    #[error("The entity \"{name}\" was referenced, but not declared.")]
    EntityUndeclared {
        /// Its name.
        name: String,
    },
    /// `&amp `
    #[error("The reference to entity \"{name}\" must end with the ';' delimiter.")]
    EntityUnterminated {
        /// Its name.
        name: String,
    },
    /// A character XML does not allow.
    #[error("An invalid XML character (Unicode: 0x{:x}) was found in the element content of the document.", u32::from(*.character))]
    InvalidCharacter {
        /// The character.
        character: char,
    },
    /// `&#0;`
    #[error("Character reference \"{reference}\" is an invalid XML character.")]
    InvalidCharacterReference {
        /// The reference without its semicolon.
        reference: String,
    },
    /// A name that is none, or not a qualified one.
    #[error(
        "Element or attribute \"{name}\" do not match QName production: QName::=(NCName:)?NCName."
    )]
    InvalidName {
        /// What stands there.
        name: String,
    },
    /// `<a b='<'/>`
    #[error(
        "The value of attribute \"{attribute}\" associated with an element type \"{element}\" must not contain the '<' character."
    )]
    LessThanInAttribute {
        /// Element name.
        element: String,
        /// Attribute name.
        attribute: String,
    },
    /// A second root element or another tag behind the root.
    #[error("The markup in the document following the root element must be well-formed.")]
    MarkupAfterRoot,
    /// A broken tag before the root.
    #[error("The markup in the document preceding the root element must be well-formed.")]
    MarkupBeforeRoot,
    /// A broken tag in content.
    #[error("The content of elements must consist of well-formed character data or markup.")]
    MarkupInContent,
    /// `<a></b>`
    #[error(
        "The element type \"{element}\" must be terminated by the matching end-tag \"</{element}>\"."
    )]
    MismatchedEndTag {
        /// Name of the open element.
        element: String,
    },
    /// No root element at all.
    #[error("Premature end of file.")]
    NoRoot,
    /// What the tree parser says of rarer faults.
    #[error("{detail}")]
    Other {
        /// Its sentence.
        detail: String,
    },
    /// `<?pi+x?>`
    #[error("White space is required between the processing instruction target and data.")]
    ProcessingInstructionSpace,
    /// `<?xml` elsewhere than at the start.
    #[error("The processing instruction target matching \"[xX][mM][lL]\" is not allowed.")]
    ProcessingInstructionTarget,
    /// `<a b='1'c='2'/>`
    #[error(
        "Element type \"{element}\" must be followed by either attribute specifications, \">\" or \"/>\"."
    )]
    TagNotTerminated {
        /// Element name.
        element: String,
    },
    /// A prefix without namespace.
    #[error("The prefix \"{prefix}\" is not bound.")]
    UnboundPrefix {
        /// The prefix.
        prefix: String,
    },
    /// The document ends inside an element or a tag.
    #[error("XML document structures must start and end within the same entity.")]
    UnexpectedEnd,
    /// `xmlns:xmlns`, `p:xmlns`
    #[error(
        "The prefix \"xmlns\" cannot be bound to any namespace explicitly; neither can the namespace for \"xmlns\" be bound to any prefix explicitly."
    )]
    XmlnsBound,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The digest of a reference is another one.
    #[error("the digest of reference {uri:?} does not match")]
    DigestMismatch {
        /// `URI` of the reference.
        uri: String,
    },
    /// No element carries the identifier.
    #[error("reference {uri:?} leads nowhere")]
    NoSuchElement {
        /// `URI` of the reference.
        uri: String,
    },
    /// SignatureValue does not fit SignedInfo and key.
    #[error(transparent)]
    Signature(#[from] VerifyError),
}
