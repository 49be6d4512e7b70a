//! Why a document is refused, or a signature does not hold.

use tamga_scheme::{KeyKind, SignatureScheme, VerifyError};

use crate::EnvelopeProblem;

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
        /// Name of the budget: "attributes", "bytes", "canonical bytes", "certificates", "namespaces", "prefixes",
        /// "references", "signature parts", "signatures".
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
    /// A location path outside the accepted form.
    #[error(
        "location path {path:?}, byte {offset}: only absolute paths of names such as /root/p:a[2] are accepted"
    )]
    UnsupportedPath {
        /// The path as it came, at most its first 256 characters.
        path: String,
        /// Where the part begins that is not accepted, in bytes.
        offset: usize,
    },
    /// A location path leads to no element.
    #[error("location path {path} leads nowhere")]
    PathToNothing {
        /// The path.
        path: String,
    },
    /// A location path leads to several elements.
    #[error("location path {path} leads to {count} elements")]
    PathToSeveral {
        /// The path.
        path: String,
        /// How many.
        count: usize,
    },
    /// The element to be signed has no identifier to refer to it by.
    #[error("the element at {path} has no attribute Id")]
    NoIdentifier {
        /// Path of the element.
        path: String,
    },
    /// An identifier that cannot stand in `Reference URI="#…"`.
    #[error("identifier {id:?} cannot be referred to")]
    UnusableIdentifier {
        /// The identifier.
        id: String,
    },
    /// The signature would stand inside what it signs, without the enveloped transform: it would never hold.
    #[error("the signature's place {parent} lies inside the signed element {signed}")]
    PlaceInsideSigned {
        /// Path of the signed element.
        signed: String,
        /// Path of the element the signature was to be put into.
        parent: String,
    },
    /// The root is a `ds:Signature`: without it nothing is left, and one more inside would break it.
    #[error("the document is nothing but a signature")]
    RootIsSignature,
    /// A signature of the document holds now, and would not any more with the new one where it was to go.
    #[error("signature {signature} would not hold any more")]
    BreaksSignature {
        /// Which one, in document order, from 0.
        signature: usize,
    },
    /// White space was to be taken out of a document whose signatures stay: they would not hold any more.
    #[error("white space cannot be taken out of a document with {signatures} signatures that stay")]
    WhiteSpaceSigned {
        /// How many signatures there are.
        signatures: usize,
    },
    /// The document is no SOAP envelope that could be signed.
    #[error(transparent)]
    Envelope(#[from] EnvelopeProblem),
    /// A time that XML Schema's `dateTime` cannot name: only the years 1970 to 9999 are accepted.
    #[error("second {time} since 1970 is not a usable time")]
    UnusableTime {
        /// Seconds since 1970.
        time: i64,
    },
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
    /// An attribute that is not in the accepted set, or has another value.
    Attribute,
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
            Self::Attribute => "attribute",
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
    /// `]]>` in character data.
    #[error(
        "The character sequence \"]]>\" must not appear in content unless used to mark the end of a CDATA section."
    )]
    CDataEndInText,
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
    /// `<a p:b='1' q:b='2'/>`, both prefixes bound to one namespace.
    #[error(
        "Attribute \"{attribute}\" bound to namespace \"{namespace}\" was already specified for element \"{element}\"."
    )]
    DuplicateExpandedAttribute {
        /// Element name.
        element: String,
        /// Local name of the attribute.
        attribute: String,
        /// Its namespace.
        namespace: String,
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
    /// `<!-- -- -->`
    #[error("The string \"--\" is not permitted within comments.")]
    HyphensInComment,
    /// A character XML does not allow.
    #[error("An invalid XML character (Unicode: 0x{:x}) was found in the element content of the document.", u32::from(*.character))]
    InvalidCharacter {
        /// The character.
        character: char,
    },
    /// A character XML does not allow, in an attribute value.
    #[error("An invalid XML character (Unicode: 0x{:x}) was found in the value of attribute \"{attribute}\" and element is \"{element}\".", u32::from(*.character))]
    InvalidCharacterInAttribute {
        /// Element name.
        element: String,
        /// Attribute name.
        attribute: String,
        /// The character.
        character: char,
    },
    /// A character XML does not allow, in a CDATA section.
    #[error("An invalid XML character (Unicode: 0x{:x}) was found in the CDATA section.", u32::from(*.character))]
    InvalidCharacterInCData {
        /// The character.
        character: char,
    },
    /// A character XML does not allow, in a comment.
    #[error("An invalid XML character (Unicode: 0x{:x}) was found in the comment.", u32::from(*.character))]
    InvalidCharacterInComment {
        /// The character.
        character: char,
    },
    /// A character XML does not allow, in a processing instruction.
    #[error("An invalid XML character (Unicode: 0x{:x}) was found in the processing instruction.", u32::from(*.character))]
    InvalidCharacterInInstruction {
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
    /// A broken XML declaration.
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
    /// An attribute's prefix without namespace.
    #[error(
        "The prefix \"{prefix}\" for attribute \"{attribute}\" associated with an element type \"{element}\" is not bound."
    )]
    UnboundAttributePrefix {
        /// The prefix.
        prefix: String,
        /// Attribute name.
        attribute: String,
        /// Element name.
        element: String,
    },
    /// An element's prefix without namespace.
    #[error("The prefix \"{prefix}\" for element \"{element}\" is not bound.")]
    UnboundPrefix {
        /// The prefix.
        prefix: String,
        /// Element name.
        element: String,
    },
    /// The document ends inside an element or a tag.
    #[error("XML document structures must start and end within the same entity.")]
    UnexpectedEnd,
    /// `xmlns:xml` with another namespace, or its namespace with another prefix.
    #[error(
        "The prefix \"xml\" cannot be bound to any namespace other than its usual namespace; neither can the namespace for \"xml\" be bound to any prefix other than \"xml\"."
    )]
    XmlBound,
    /// `xmlns:xmlns`, `p:xmlns`
    #[error(
        "The prefix \"xmlns\" cannot be bound to any namespace explicitly; neither can the namespace for \"xmlns\" be bound to any prefix explicitly."
    )]
    XmlnsBound,
    /// `<xmlns:a/>`
    #[error("Element \"{element}\" cannot have \"xmlns\" as its prefix.")]
    XmlnsElement {
        /// Element name.
        element: String,
    },
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
