//! What a signature covers, in terms a verifier can demand something of.

use std::sync::Arc;

use crate::names::{SOAP_11, SOAP_12};

/// Proof that every reference of a signature holds, and what they cover; only
/// [`crate::XmlSignature::check_references`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    references: Vec<CoveredReference>,
}

/// One reference that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoveredReference {
    /// `URI` as written: empty, or `#` and an identifier.
    pub uri: String,
    /// What the URI led to.
    pub node: CoveredNode,
    /// Whether comments were left out before hashing. True for every URI accepted here (XMLDSig section 4.3.3.3):
    /// comments can be added to or removed from a signed document.
    pub comments_dropped: bool,
    /// Whether the signature itself was taken out before hashing.
    pub enveloped: bool,
    /// How many signatures standing after this one, with the same parent, had to be taken out for the digest to
    /// match. They were added later and are not covered.
    pub later_signatures_removed: usize,
}

/// The node a reference covers, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoveredNode {
    /// The whole document, processing instructions around the root included.
    Document,
    /// One element.
    Element {
        /// Where it stands.
        path: ElementPath,
        /// Identifier it was found by.
        id: String,
    },
}

/// Steps from the root to an element, the root first; all references to one element share them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementPath(pub(crate) Arc<[PathStep]>);

/// One step of an [`ElementPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// Namespace of the element; each name is kept once for a document.
    pub namespace: Option<Arc<str>>,
    /// Local name of the element; each name is kept once for a document.
    pub local_name: Arc<str>,
    /// Position among the siblings with the same namespace and name, from 0.
    pub index: usize,
    /// How many siblings, this one included, have the same namespace and name.
    pub count: usize,
}

impl Covered {
    pub(crate) fn new(references: Vec<CoveredReference>) -> Self {
        Self { references }
    }

    /// The references, in the order of SignedInfo; never empty.
    pub fn references(&self) -> &[CoveredReference] {
        &self.references
    }

    /// True when one of the references covers the whole document or its root element.
    pub fn covers_root(&self) -> bool {
        self.references
            .iter()
            .any(|reference| match &reference.node {
                CoveredNode::Document => true,
                CoveredNode::Element { path, .. } => path.is_root(),
            })
    }

    /// True when one of the references covers *the* Body of this SOAP envelope, or the whole document. A Body moved
    /// elsewhere (signature wrapping) does not count. For documents that are no envelopes, [`Self::covers_root`].
    pub fn covers_soap_body(&self) -> bool {
        self.references
            .iter()
            .any(|reference| match &reference.node {
                CoveredNode::Document => true,
                CoveredNode::Element { path, .. } => path.is_root() || path.is_soap_body(),
            })
    }
}

impl ElementPath {
    /// The steps; never empty.
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// True for the root element.
    pub fn is_root(&self) -> bool {
        self.0.len() == 1
    }

    /// True for the only Body child of a root Envelope, both of the same SOAP version (SOAP 1.1 section 4, SOAP 1.2
    /// part 1 section 5). SOAP forbids a second Body; readers differ in which one they take.
    pub fn is_soap_body(&self) -> bool {
        let [envelope, body] = self.steps() else {
            return false;
        };
        matches!(envelope.namespace.as_deref(), Some(SOAP_11 | SOAP_12))
            && envelope.namespace == body.namespace
            && &*envelope.local_name == "Envelope"
            && &*body.local_name == "Body"
            && body.count == 1
    }
}

/// `/{urn:example}list[0 of 1]/item[2 of 5]`: namespace if there is one, name, position among siblings of this name and
/// how many there are. Documents that differ in what is covered differ here.
impl std::fmt::Display for ElementPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|step| {
            match &step.namespace {
                Some(namespace) => write!(f, "/{{{namespace}}}")?,
                None => f.write_str("/")?,
            }
            write!(f, "{}[{} of {}]", step.local_name, step.index, step.count)
        })
    }
}
