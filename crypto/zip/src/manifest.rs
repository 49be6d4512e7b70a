//! The manifest: which files belong to the container, their digests, and where the signature is.
//!
//! ```text
//! NCAManifest = SigReference+ DataObjectReference*
//! SigReference = @URI      DataObjectReference = @URI DigestMethod/@Algorithm DigestValue
//! ```

use std::collections::HashSet;

use base64ct::{Base64, Encoding};
use roxmltree::{Document, Node, ParsingOptions};
use tamga_scheme::DigestAlgorithm;

use crate::Error;

/// Nodes of a manifest within its budget of bytes.
const NODES: u32 = 1 << 20;

/// Attributes of one element; the parser compares each with each.
const ATTRIBUTES: usize = 8;

/// What the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) signatures: Vec<String>,
    pub(crate) objects: Vec<Reference>,
}

/// A file and its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) uri: String,
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) digest: Vec<u8>,
}

impl Manifest {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|error| problem(&error.to_string()))?;
        // Neither names nor values contain `<`, and no text of a manifest contains more than two equals signs.
        if text
            .split('<')
            .any(|part| part.bytes().filter(|byte| *byte == b'=').count() > ATTRIBUTES)
        {
            return Err(problem("too many attributes"));
        }
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: NODES,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options)
            .map_err(|error| problem(&error.to_string()))?;
        let root = document.root_element();
        expect(root, "NCAManifest", &[])?;
        let (mut signatures, mut objects) = (Vec::new(), Vec::new());
        let mut named = HashSet::new();
        for child in elements(root)? {
            let uri = child
                .attribute("URI")
                .ok_or_else(|| problem("a reference without URI"))?
                .to_owned();
            if !named.insert(uri.clone()) {
                return Err(Error::DuplicateReference { uri });
            }
            if child.has_tag_name("SigReference") {
                expect(child, "SigReference", &["URI"])?;
                elements(child)?
                    .is_empty()
                    .then_some(())
                    .ok_or_else(|| problem("an element in SigReference"))?;
                signatures.push(uri);
            } else {
                objects.push(read_object(child, uri)?);
            }
        }
        if signatures.is_empty() {
            return Err(problem("no SigReference"));
        }
        Ok(Self {
            signatures,
            objects,
        })
    }
}

fn read_object(node: Node<'_, '_>, uri: String) -> Result<Reference, Error> {
    expect(node, "DataObjectReference", &["URI"])?;
    let children = elements(node)?;
    let [method, value] = children.as_slice() else {
        return Err(problem(
            "DataObjectReference needs DigestMethod and DigestValue",
        ));
    };
    expect(*method, "DigestMethod", &["Algorithm"])?;
    expect(*value, "DigestValue", &[])?;
    let name = method.attribute("Algorithm").unwrap_or_default();
    let algorithm = DigestAlgorithm::from_xml_uri(name)
        // Two files with one SHA-1 digest can be made.
        .filter(|algorithm| *algorithm != DigestAlgorithm::Sha1)
        .ok_or_else(|| Error::Unsupported {
            what: format!("digest method {name:?}"),
        })?;
    let text: String = value
        .children()
        .filter_map(|child| child.text())
        .flat_map(str::chars)
        .filter(|one| !matches!(one, ' ' | '\t' | '\r' | '\n'))
        .collect();
    let digest = Base64::decode_vec(&text).map_err(|_| problem("DigestValue is not base64"))?;
    if digest.len() != algorithm.output_len() {
        return Err(problem("DigestValue has another length than its method"));
    }
    Ok(Reference {
        uri,
        algorithm,
        digest,
    })
}

/// An element without namespace, of this name, with no other attributes than these.
fn expect(node: Node<'_, '_>, name: &str, attributes: &[&str]) -> Result<(), Error> {
    if node.tag_name().namespace().is_some() || node.tag_name().name() != name {
        return Err(problem(&format!(
            "{:?} where {name} is expected",
            node.tag_name().name()
        )));
    }
    let known = |attribute: roxmltree::Attribute<'_, '_>| {
        attribute.namespace().is_none() && attributes.contains(&attribute.name())
    };
    if node.attributes().all(known) {
        Ok(())
    } else {
        Err(problem(&format!("an unknown attribute of {name}")))
    }
}

/// Child elements; text between them must be white space.
fn elements<'a, 'input>(node: Node<'a, 'input>) -> Result<Vec<Node<'a, 'input>>, Error> {
    let mut found = Vec::new();
    for child in node.children() {
        if child.is_element() {
            found.push(child);
        } else if child.is_text() && !child.text().unwrap_or_default().trim().is_empty() {
            return Err(problem("text between elements"));
        }
    }
    Ok(found)
}

fn problem(problem: &str) -> Error {
    Error::Manifest {
        problem: problem.to_owned(),
    }
}
