//! Canonical XML 1.0 and Exclusive XML Canonicalization 1.0 of a document or of one element.
//!
//! <https://www.w3.org/TR/2001/REC-xml-c14n-20010315>, <https://www.w3.org/TR/2002/REC-xml-exc-c14n-20020718/>

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId, NodeType};

use crate::names::{EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS, INCLUSIVE, INCLUSIVE_WITH_COMMENTS, XML};
use crate::source::Source;
use crate::{Error, Limits};

/// A canonicalisation method with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Canonicalization {
    /// Exclusive XML Canonicalization 1.0: only namespaces visibly utilised are written.
    Exclusive {
        /// Whether comments are kept.
        comments: bool,
        /// `InclusiveNamespaces/@PrefixList`: prefixes treated inclusively; the empty string stands for `#default`.
        prefixes: Vec<String>,
    },
    /// Canonical XML 1.0.
    Inclusive {
        /// Whether comments are kept.
        comments: bool,
    },
}

impl Canonicalization {
    /// The method an `Algorithm` attribute names, with an empty prefix list.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let exclusive = |comments| Self::Exclusive {
            comments,
            prefixes: Vec::new(),
        };
        match uri {
            EXCLUSIVE => Some(exclusive(false)),
            EXCLUSIVE_WITH_COMMENTS => Some(exclusive(true)),
            INCLUSIVE => Some(Self::Inclusive { comments: false }),
            INCLUSIVE_WITH_COMMENTS => Some(Self::Inclusive { comments: true }),
            _ => None,
        }
    }

    /// The `Algorithm` attribute that names this method.
    pub fn uri(&self) -> &'static str {
        match self {
            Self::Exclusive {
                comments: false, ..
            } => EXCLUSIVE,
            Self::Exclusive { comments: true, .. } => EXCLUSIVE_WITH_COMMENTS,
            Self::Inclusive { comments: false } => INCLUSIVE,
            Self::Inclusive { comments: true } => INCLUSIVE_WITH_COMMENTS,
        }
    }

    /// The same method over a node set from which comments are already gone (XMLDSig section 4.3.3.3).
    pub(crate) fn without_comments(&self) -> Self {
        match self {
            Self::Exclusive { prefixes, .. } => Self::Exclusive {
                comments: false,
                prefixes: prefixes.clone(),
            },
            Self::Inclusive { .. } => Self::Inclusive { comments: false },
        }
    }

    fn keeps_comments(&self) -> bool {
        matches!(
            self,
            Self::Exclusive { comments: true, .. } | Self::Inclusive { comments: true }
        )
    }
}

/// The canonical form of a whole document.
///
/// # Errors
/// Whatever makes the document unusable, a relative namespace URI included (section 1.3).
pub fn canonicalize(
    document: &str,
    method: &Canonicalization,
    limits: &Limits,
) -> Result<String, Error> {
    let source = Source::from_text(document, limits)?;
    let tree = source.tree()?;
    node(tree.root(), method, &[], &mut Budget::new(limits))
}

/// What visiting a node or a namespace costs, in bytes written.
const VISIT: usize = 8;

/// What canonicalisations may still cost.
pub(crate) struct Budget {
    left: usize,
    limit: usize,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            left: limits.canonical,
            limit: limits.canonical,
        }
    }

    pub(crate) fn spend(&mut self, cost: usize) -> Result<(), Error> {
        let exhausted = Error::TooLarge {
            what: "canonical bytes",
            limit: self.limit,
        };
        self.left = self.left.checked_sub(cost).ok_or(exhausted)?;
        Ok(())
    }
}

/// The canonical form of `apex` (the document node or an element) with everything below it, without the subtrees of
/// `excluded`.
///
/// Iterative: depth costs heap, not stack.
pub(crate) fn node(
    apex: Node<'_, '_>,
    method: &Canonicalization,
    excluded: &[NodeId],
    budget: &mut Budget,
) -> Result<String, Error> {
    let mut writer = Writer {
        method,
        excluded,
        out: String::new(),
        charged: 0,
        rendered: Rendered::default(),
        behind_root: false,
        pending: vec![Step::Enter(apex)],
        budget,
    };
    while let Some(step) = writer.pending.pop() {
        match step {
            Step::Enter(node) => writer.enter(node, node == apex)?,
            Step::Leave { name, rendered } => {
                writer.out.push_str("</");
                writer.out.push_str(name);
                writer.out.push('>');
                writer.rendered.truncate(rendered);
            }
        }
    }
    writer.charge()?;
    Ok(writer.out)
}

enum Step<'a, 'input> {
    Enter(Node<'a, 'input>),
    Leave { name: &'input str, rendered: usize },
}

struct Writer<'w, 'a, 'input> {
    method: &'w Canonicalization,
    excluded: &'w [NodeId],
    out: String,
    /// Bytes of `out` already taken from the budget.
    charged: usize,
    rendered: Rendered<'a>,
    /// Whether the root element has been entered; between its tags nothing stands outside.
    behind_root: bool,
    pending: Vec<Step<'a, 'input>>,
    budget: &'w mut Budget,
}

impl<'a, 'input> Writer<'_, 'a, 'input> {
    fn enter(&mut self, node: Node<'a, 'input>, apex: bool) -> Result<(), Error> {
        if !apex {
            // A node is visited once, from its previous sibling or its parent: at most one waits per level.
            if let Some(next) = node.next_sibling() {
                self.pending.push(Step::Enter(next));
            }
        }
        self.charge()?;
        if self.excluded.contains(&node.id()) {
            return Ok(());
        }
        match node.node_type() {
            NodeType::Root => self.descend(node),
            NodeType::Element => self.element(node, apex)?,
            NodeType::Text => escape_text(node.text().unwrap_or_default(), &mut self.out),
            NodeType::Comment if !self.method.keeps_comments() => {}
            NodeType::Comment | NodeType::PI => {
                // Section 2.3: a line feed separates what stands outside the root element from it.
                let outside = node.parent().is_some_and(|parent| parent.is_root());
                if outside && self.behind_root {
                    self.out.push('\n');
                }
                self.comment_or_instruction(node);
                if outside && !self.behind_root {
                    self.out.push('\n');
                }
            }
        }
        Ok(())
    }

    fn descend(&mut self, node: Node<'a, 'input>) {
        if let Some(child) = node.first_child() {
            self.pending.push(Step::Enter(child));
        }
    }

    fn element(&mut self, element: Node<'a, 'input>, apex: bool) -> Result<(), Error> {
        self.behind_root = true;
        let name = element_name(element);
        let outer = self.rendered.order.len();
        let attributes: Vec<Attribute<'a>> = element
            .attributes()
            .map(|a| Attribute {
                namespace: a.namespace().unwrap_or_default(),
                local: a.name(),
                name: attribute_name(element.document(), a.range().start),
                value: a.value(),
            })
            .collect();
        let inclusive = matches!(self.method, Canonicalization::Inclusive { .. });
        // Below the apex the inclusive method has already written all that is in scope, unless more is declared.
        let namespaces = match inclusive && !apex && !may_declare(element) {
            true => Vec::new(),
            false => self.namespaces_to_write(element, name, &attributes)?,
        };
        let mut attributes = attributes;
        if apex && inclusive {
            inherit_xml_attributes(element, &mut attributes);
        }
        // Section 2.2: attributes by namespace URI, then local name; those without namespace first.
        attributes.sort_unstable_by_key(|attribute| (attribute.namespace, attribute.local));

        self.out.push('<');
        self.out.push_str(name);
        for (prefix, uri) in namespaces {
            self.out.push_str(" xmlns");
            if !prefix.is_empty() {
                self.out.push(':');
                self.out.push_str(prefix);
            }
            self.out.push_str("=\"");
            escape_attribute(uri, &mut self.out);
            self.out.push('"');
            self.rendered.push(prefix, uri);
        }
        for attribute in attributes {
            self.out.push(' ');
            self.out.push_str(attribute.name);
            self.out.push_str("=\"");
            escape_attribute(attribute.value, &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        self.pending.push(Step::Leave {
            name,
            rendered: outer,
        });
        self.descend(element);
        Ok(())
    }

    /// Namespace nodes that differ from what the nearest written ancestors wrote, by prefix, the default first
    /// (Canonical XML section 2.3; Exclusive section 3).
    fn namespaces_to_write(
        &mut self,
        element: Node<'a, 'input>,
        name: &'a str,
        attributes: &[Attribute<'a>],
    ) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let in_scope = element.namespaces();
        let comparisons = match self.method {
            Canonicalization::Exclusive { prefixes, .. } => attributes.len() + prefixes.len(),
            Canonicalization::Inclusive { .. } => 0,
        };
        self.budget
            .spend(in_scope.len().saturating_mul(VISIT + comparisons))?;
        let mut write: Vec<(&'a str, &'a str)> = Vec::new();
        let mut default = "";
        for namespace in in_scope {
            let (prefix, uri) = (namespace.name().unwrap_or_default(), namespace.uri());
            // An empty default means "none", and `xml` is never written.
            if uri.is_empty() || uri == XML {
                continue;
            }
            if !has_scheme(uri) {
                return Err(Error::RelativeNamespace {
                    uri: uri.to_owned(),
                });
            }
            if prefix.is_empty() {
                default = uri;
            } else if self.is_wanted(prefix, name, attributes) && self.rendered.get(prefix) != uri {
                write.push((prefix, uri));
            }
        }
        if self.is_wanted("", name, attributes) && self.rendered.get("") != default {
            write.push(("", default));
        }
        write.sort_unstable();
        Ok(write)
    }

    fn listed(&self) -> &[String] {
        match self.method {
            Canonicalization::Exclusive { prefixes, .. } => prefixes,
            Canonicalization::Inclusive { .. } => &[],
        }
    }

    /// Whether the method looks at this prefix here: always, or if visibly utilised, or listed.
    fn is_wanted(&self, prefix: &str, name: &str, attributes: &[Attribute<'_>]) -> bool {
        matches!(self.method, Canonicalization::Inclusive { .. })
            || prefix_of(name) == prefix
            // An attribute without prefix has no namespace and does not utilise the default one.
            || (!prefix.is_empty() && attributes.iter().any(|a| prefix_of(a.name) == prefix))
            || self.listed().iter().any(|listed| listed == prefix)
    }

    fn comment_or_instruction(&mut self, node: Node<'_, '_>) {
        if let Some(instruction) = node.pi() {
            self.out.push_str("<?");
            self.out.push_str(instruction.target);
            if let Some(value) = instruction.value.filter(|value| !value.is_empty()) {
                self.out.push(' ');
                self.out.push_str(value);
            }
            self.out.push_str("?>");
        } else {
            self.out.push_str("<!--");
            self.out.push_str(node.text().unwrap_or_default());
            self.out.push_str("-->");
        }
    }

    fn charge(&mut self) -> Result<(), Error> {
        let written = self.out.len() - self.charged;
        self.charged = self.out.len();
        self.budget.spend(written + VISIT + self.excluded.len() / 8)
    }
}

/// Namespaces written by the open elements.
#[derive(Default)]
struct Rendered<'a> {
    /// URIs by prefix (empty for the default namespace), the innermost last.
    by_prefix: HashMap<&'a str, Vec<&'a str>>,
    /// Prefixes in the order written.
    order: Vec<&'a str>,
}

impl<'a> Rendered<'a> {
    /// What the nearest written declaration of a prefix says; empty if there is none.
    fn get(&self, prefix: &str) -> &'a str {
        self.by_prefix
            .get(prefix)
            .and_then(|uris| uris.last())
            .copied()
            .unwrap_or_default()
    }

    fn push(&mut self, prefix: &'a str, uri: &'a str) {
        self.by_prefix.entry(prefix).or_default().push(uri);
        self.order.push(prefix);
    }

    /// Forgets what was written since `order` had this length.
    fn truncate(&mut self, length: usize) {
        for prefix in self.order.drain(length..) {
            if let Some(uris) = self.by_prefix.get_mut(prefix) {
                uris.pop();
            }
        }
    }
}

struct Attribute<'a> {
    namespace: &'a str,
    local: &'a str,
    name: &'a str,
    value: &'a str,
}

/// Section 2.4: an element whose ancestors are not written takes over their `xml:` attributes, the nearest first.
fn inherit_xml_attributes<'a>(apex: Node<'a, '_>, attributes: &mut Vec<Attribute<'a>>) {
    for ancestor in apex.ancestors().skip(1) {
        for inherited in ancestor.attributes().filter(|a| a.namespace() == Some(XML)) {
            let known = attributes
                .iter()
                .any(|a| a.namespace == XML && a.local == inherited.name());
            if !known {
                attributes.push(Attribute {
                    namespace: XML,
                    local: inherited.name(),
                    name: attribute_name(apex.document(), inherited.range().start),
                    value: inherited.value(),
                });
            }
        }
    }
}

/// The tree keeps no prefixes: the qualified name is read from the text, where it ends before white space, `=`, `/`
/// or `>`.
fn name_at<'input>(tree: &Document<'input>, start: usize) -> &'input str {
    let rest = &tree.input_text()[start..];
    let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/' | '>'));
    &rest[..end.unwrap_or(rest.len())]
}

/// Whether the start tag can hold a namespace declaration; reading it is cheaper than comparing what is in scope.
fn may_declare(element: Node<'_, '_>) -> bool {
    let tag = element.range();
    let end = element
        .first_child()
        .map_or(tag.end, |child| child.range().start);
    element.document().input_text()[tag.start..end].contains("xmlns")
}

fn element_name<'input>(element: Node<'_, 'input>) -> &'input str {
    name_at(element.document(), element.range().start + "<".len())
}

fn attribute_name<'input>(tree: &Document<'input>, start: usize) -> &'input str {
    name_at(tree, start)
}

fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

/// Only the scheme decides: characters that RFC 3986 would want escaped are left to whoever chose the name.
///
/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` (RFC 3986 section 3.1)
fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Section 2.3, text nodes.
fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Section 2.3, attribute nodes.
fn escape_attribute(value: &str, out: &mut String) {
    escape(value, out, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut String, replace: impl Fn(char) -> Option<&'static str>) {
    let mut done = 0;
    // All escaped characters are one byte long.
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii()) {
        if let Some(replacement) = replace(char::from(byte)) {
            out.push_str(&text[done..at]);
            out.push_str(replacement);
            done = at + 1;
        }
    }
    out.push_str(&text[done..]);
}

#[cfg(test)]
mod tests;
