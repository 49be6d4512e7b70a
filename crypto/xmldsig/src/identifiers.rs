//! The one resolver of `#identifier`, used for digests and for what is reported as covered.

use std::collections::HashMap;

use roxmltree::{Attribute, Document, Node};

use crate::Error;
use crate::names::{WSU, XML};

/// Elements by identifier.
pub(crate) struct Identifiers<'a, 'input>(HashMap<&'a str, Vec<Node<'a, 'input>>>);

impl<'a, 'input> Identifiers<'a, 'input> {
    /// Collects the identifiers of a whole document.
    pub(crate) fn collect(tree: &'a Document<'input>) -> Self {
        let mut found: HashMap<&'a str, Vec<Node<'a, 'input>>> = HashMap::new();
        for element in tree.descendants().filter(Node::is_element) {
            for attribute in element.attributes().filter(is_identifier) {
                let elements = found.entry(attribute.value()).or_default();
                // `Id` and `id` with the same value on one element are no ambiguity; two elements suffice to know one.
                if elements.len() < 2 && !elements.contains(&element) {
                    elements.push(element);
                }
            }
        }
        Self(found)
    }

    /// The element with this identifier, if any.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] when there are several: which one is meant would be a matter of taste. Duplicates that no
    /// signature refers to are harmless and common (`id` of database rows).
    pub(crate) fn find(&self, id: &str) -> Result<Option<Node<'a, 'input>>, Error> {
        match self.0.get(id).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([element]) => Ok(Some(*element)),
            Some(_) => Err(Error::DuplicateId { id: id.to_owned() }),
        }
    }
}

/// `Id`, `ID`, `id` without namespace (no schema says which are identifiers, so all three are), `wsu:Id`, `xml:id`.
fn is_identifier(attribute: &Attribute<'_, '_>) -> bool {
    match attribute.namespace() {
        None => matches!(attribute.name(), "Id" | "ID" | "id"),
        Some(WSU) => attribute.name() == "Id",
        Some(XML) => attribute.name() == "id",
        Some(_) => false,
    }
}
