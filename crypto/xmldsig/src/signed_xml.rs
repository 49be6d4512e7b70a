//! A document with its signatures.

use roxmltree::Node;

use crate::c14n::Budget;
use crate::identifiers::Identifiers;
use crate::names::DS;
use crate::signature_reader::SignatureReader;
use crate::source::Source;
use crate::{Error, Limits, XmlSignature};

/// A parsed document: every `ds:Signature` in it, wherever it stands and whatever its prefix.
#[derive(Debug, Clone)]
pub struct SignedXml {
    signatures: Vec<XmlSignature>,
    has_comments: bool,
}

impl SignedXml {
    /// Reads UTF-8 XML (a byte order mark is allowed) and all its signatures, and follows their references.
    ///
    /// Nothing is judged here: a signature whose digest or value does not fit is read like any other.
    ///
    /// # Errors
    /// Anything outside the accepted set, in any of the signatures, refuses the document.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let source = Source::from_bytes(bytes, limits)?;
        let tree = source.tree()?;
        let elements: Vec<Node<'_, '_>> = tree
            .descendants()
            .filter(|node| node.has_tag_name((DS, "Signature")))
            .take(limits.signatures.saturating_add(1))
            .collect();
        if elements.len() > limits.signatures {
            return Err(Error::TooLarge {
                what: "signatures",
                limit: limits.signatures,
            });
        }
        let identifiers = Identifiers::collect(&tree);
        let mut budget = Budget::new(limits);
        let signatures = elements.iter().enumerate().map(|(index, &element)| {
            SignatureReader {
                index,
                element,
                identifiers: &identifiers,
                limits,
            }
            .read(&mut budget)
        });
        Ok(Self {
            signatures: signatures.collect::<Result<_, _>>()?,
            has_comments: tree.descendants().any(|node| node.is_comment()),
        })
    }

    /// The signatures, in document order; empty for an unsigned document.
    pub fn signatures(&self) -> &[XmlSignature] {
        &self.signatures
    }

    /// True if the document has comments. No signature covers them (XMLDSig section 4.3.3.3), and a comment put into a
    /// text splits it for readers that take the first piece for the whole.
    pub fn has_comments(&self) -> bool {
        self.has_comments
    }
}
