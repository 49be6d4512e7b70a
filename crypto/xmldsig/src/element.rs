//! One element with everything below it, as a small tree: signatures and security tokens.

use std::borrow::Cow;

use crate::Error;
use crate::document::WellFormed;
use crate::markup::{
    Attribute, Name, NamespaceId, Place, Scope, Token, text_value, verbatim_value,
};

/// More elements, texts, comments and attributes than any signature has.
const PARTS: usize = 16 << 10;

/// An element.
#[derive(Debug, Clone)]
pub(crate) struct Element<'d> {
    /// Empty for none.
    pub(crate) namespace: &'d str,
    pub(crate) local: &'d str,
    /// Offset of its start tag.
    pub(crate) at: usize,
    pub(crate) children: Vec<Node<'d>>,
    /// Namespace (empty for none), local name and value of each attribute.
    attributes: Vec<(&'d str, &'d str, Cow<'d, str>)>,
}

/// What stands in an element.
#[derive(Debug, Clone)]
pub(crate) enum Node<'d> {
    Element(Element<'d>),
    /// A comment or an instruction.
    Other,
    /// Text as long as nothing else interrupts it.
    Text(Cow<'d, str>),
}

impl<'d> Element<'d> {
    /// Reads the element at a place.
    pub(crate) fn read<'a: 'd>(
        document: &'d WellFormed<'a>,
        place: &Place<'a>,
    ) -> Result<Self, Error> {
        let mut tokens = document.tokens_from(place)?;
        let mut open: Vec<Self> = Vec::new();
        let mut parts = 0;
        while let Some(token) = tokens.next()? {
            parts +=
                1 + tokens.attributes.len() * usize::from(matches!(token, Token::Start { .. }));
            if parts > PARTS {
                return Err(Error::TooLarge {
                    what: "signature parts",
                    limit: PARTS,
                });
            }
            match token {
                Token::Start { at, name } => {
                    let attribute = |one: &Attribute<'a>| {
                        // The default namespace is none of the attributes'.
                        let namespace = match one.name.has_prefix() {
                            true => namespace(document, &tokens.scope, one.name),
                            false => "",
                        };
                        (namespace, one.name.local(), one.raw.value())
                    };
                    open.push(Self {
                        namespace: namespace(document, &tokens.scope, name),
                        local: name.local(),
                        at,
                        children: Vec::new(),
                        attributes: tokens.attributes.iter().map(attribute).collect(),
                    });
                }
                Token::End { .. } => {
                    let Some(element) = open.pop() else { break };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(Node::Element(element)),
                        None => return Ok(element),
                    }
                }
                Token::Text(raw) => add_text(&mut open, text_value(raw)),
                Token::CData(raw) => add_text(&mut open, verbatim_value(raw)),
                Token::Comment(_) | Token::Instruction { .. } => {
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(Node::Other);
                    }
                }
            }
        }
        unreachable!("a place is an element, and the first pass saw its end")
    }

    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }

    /// Value of an attribute without namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let mut attributes = self.attributes();
        let found = attributes.find(|&(namespace, local, _)| namespace.is_empty() && local == name);
        found.map(|(_, _, value)| value)
    }

    /// Namespace (empty for none), local name and value of each attribute, in the order written.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let attributes = self.attributes.iter();
        attributes.map(|(namespace, local, value)| (*namespace, *local, value.as_ref()))
    }

    /// Child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Other | Node::Text(_) => None,
        })
    }
}

fn namespace<'d, 'a>(document: &'d WellFormed<'a>, scope: &Scope<'a>, name: Name<'a>) -> &'d str {
    let id: NamespaceId = scope.resolve(name.prefix());
    document.namespaces.name(id)
}

fn add_text<'d>(open: &mut [Element<'d>], text: Cow<'d, str>) {
    let Some(parent) = open.last_mut() else {
        return;
    };
    match parent.children.last_mut() {
        Some(Node::Text(before)) => before.to_mut().push_str(&text),
        _ => parent.children.push(Node::Text(text)),
    }
}
