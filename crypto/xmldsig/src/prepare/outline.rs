//! Where the tags, names and attributes of a well-formed document are, in bytes of the caller's own text.
//!
//! Signatures are spliced into that text, so places are needed in it, not in a tree of its normalised copy. Only text
//! that passed the scanner is read here; elements are numbered in document order, as trees number them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::names::{WSU, XML};
use crate::source::Source;

/// The elements of a document, in document order; the root is number 0.
pub(crate) struct Outline<'a> {
    text: &'a str,
    elements: Vec<Element>,
    /// Namespace declarations by element and prefix.
    declarations: HashMap<(usize, &'a str), Attribute<'a>>,
    /// Character data between markup that is nothing but literal white space.
    blanks: Vec<Range<Offset>>,
}

/// Bytes of the text, or numbers of elements: fewer than `Limits::size` has bytes.
type Offset = u32;

/// No element.
const NONE: Offset = Offset::MAX;

/// Kept small: an element may take four bytes of the text.
struct Element {
    /// [`NONE`] for the root.
    parent: Offset,
    /// This element or the nearest ancestor that declares a namespace; [`NONE`] without one.
    scope: Offset,
    /// The start tag or empty-element tag.
    open: Range<Offset>,
    /// The end tag; empty and at the end of `open` for an empty-element tag.
    close: Range<Offset>,
    /// Number of the first element behind this one and everything in it.
    next: Offset,
}

fn short(range: Range<usize>) -> Range<Offset> {
    range.start as Offset..range.end as Offset
}

fn long(range: &Range<Offset>) -> Range<usize> {
    range.start as usize..range.end as usize
}

fn found(element: Offset) -> Option<usize> {
    (element != NONE).then_some(element as usize)
}

/// An attribute as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute<'a> {
    /// Qualified name.
    pub(crate) name: &'a str,
    /// Between the quotes.
    raw: &'a str,
}

impl<'a> Attribute<'a> {
    /// The value with its references replaced (XML 1.0 section 3.3.3).
    pub(crate) fn value(&self) -> Cow<'a, str> {
        if !self.raw.contains(['&', '\t', '\n', '\r']) {
            return Cow::Borrowed(self.raw);
        }
        let text = self
            .raw
            .replace("\r\n", " ")
            .replace(['\t', '\n', '\r'], " ");
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once('&') {
            out.push_str(before);
            let (reference, behind) = behind.split_once(';').unwrap_or((behind, ""));
            out.extend(referred(reference));
            rest = behind;
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// The character a reference stands for (XML 1.0 sections 4.1 and 4.6).
fn referred(reference: &str) -> Option<char> {
    match reference {
        "amp" => Some('&'),
        "apos" => Some('\''),
        "gt" => Some('>'),
        "lt" => Some('<'),
        "quot" => Some('"'),
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

impl<'a> Outline<'a> {
    /// Reads the places of a document in one pass.
    pub(crate) fn read(source: &Source<'a>) -> Self {
        let text = source.text;
        let mut outline = Self {
            text,
            elements: Vec::new(),
            declarations: HashMap::new(),
            blanks: Vec::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        let mut at = source.layout.root_open.start;
        // Start of the character data before `at`, and whether all of it so far is literal white space.
        let (mut data, mut blank) = (at, true);
        while let Some(length) = text[at..].find('<') {
            blank &= text[at..at + length].bytes().all(is_white_space);
            at += length;
            let rest = &text[at..];
            if let Some(behind) = rest.strip_prefix("<![CDATA[") {
                blank = false;
                at = text.len()
                    - behind
                        .split_once("]]>")
                        .map_or(0, |(_, behind)| behind.len());
                continue;
            }
            if blank && data < at && !open.is_empty() {
                outline.blanks.push(short(data..at));
            }
            let end = markup_end(text, at);
            if rest.starts_with("<!") || rest.starts_with("<?") {
                // No element; outside the root only such things stand.
            } else if rest.starts_with("</") {
                if let Some(number) = open.pop() {
                    let next = outline.elements.len();
                    let element = &mut outline.elements[number];
                    (element.close, element.next) = (short(at..end), next as Offset);
                }
            } else {
                let number = outline.elements.len();
                let parent = open.last().copied();
                outline.elements.push(Element {
                    parent: parent.map_or(NONE, |parent| parent as Offset),
                    scope: parent.map_or(NONE, |parent| outline.elements[parent].scope),
                    open: short(at..end),
                    close: short(end..end),
                    next: number as Offset + 1,
                });
                outline.declare(number);
                if !text[..end].ends_with("/>") {
                    open.push(number);
                }
            }
            at = end;
            (data, blank) = (end, true);
        }
        outline
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    /// Runs of literal white space between two pieces of markup, in order; not those outside the root.
    pub(crate) fn blanks(&self) -> impl Iterator<Item = Range<usize>> {
        self.blanks.iter().map(long)
    }

    /// The start tag or empty-element tag.
    pub(crate) fn open(&self, element: usize) -> Range<usize> {
        long(&self.elements[element].open)
    }

    /// Start of the end tag; `None` for an empty-element tag.
    pub(crate) fn close(&self, element: usize) -> Option<usize> {
        let close = &self.elements[element].close;
        (!close.is_empty()).then_some(close.start as usize)
    }

    pub(crate) fn parent(&self, element: usize) -> Option<usize> {
        found(self.elements[element].parent)
    }

    /// Child elements, in order.
    pub(crate) fn children(&self, element: usize) -> impl Iterator<Item = usize> + use<'_, 'a> {
        let end = self.next(element);
        let first = Some(element + 1).filter(|&child| child < end);
        std::iter::successors(first, move |&child| {
            Some(self.next(child)).filter(|&next| next < end)
        })
    }

    /// Whether `inner` is `outer` or stands inside it.
    pub(crate) fn contains(&self, outer: usize, inner: usize) -> bool {
        (outer..self.next(outer)).contains(&inner)
    }

    /// Number of the first element behind this one and everything in it.
    pub(crate) fn next(&self, element: usize) -> usize {
        self.elements[element].next as usize
    }

    /// The qualified name as written.
    pub(crate) fn name(&self, element: usize) -> &'a str {
        tag_name(&self.text[self.open(element)])
    }

    /// Namespace and local name.
    pub(crate) fn expanded_name(&self, element: usize) -> (Cow<'a, str>, &'a str) {
        let (prefix, local) = split(self.name(element));
        (self.namespace(element, prefix).unwrap_or_default(), local)
    }

    /// What a prefix (empty for the default namespace) is bound to here, by this element or the nearest ancestor.
    pub(crate) fn namespace(&self, element: usize, prefix: &str) -> Option<Cow<'a, str>> {
        if prefix == "xml" {
            return Some(Cow::Borrowed(XML));
        }
        let scope = |element: usize| found(self.elements[element].scope);
        let outer = |&element: &usize| self.parent(element).and_then(scope);
        std::iter::successors(scope(element), outer)
            .find_map(|element| self.declarations.get(&(element, prefix)))
            .map(Attribute::value)
    }

    /// Notes what the newest element declares.
    fn declare(&mut self, element: usize) {
        if !self.text[self.open(element)].contains("xmlns") {
            return;
        }
        for attribute in self.attributes(element) {
            if let Some(prefix) = declared_prefix(attribute.name) {
                self.declarations.insert((element, prefix), attribute);
                self.elements[element].scope = element as Offset;
            }
        }
    }

    /// Attributes and namespace declarations, in the order written.
    pub(crate) fn attributes(
        &self,
        element: usize,
    ) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let tag = &self.text[self.open(element)];
        let mut rest = &tag["<".len() + name_end(&tag["<".len()..])..];
        std::iter::from_fn(move || {
            let (name, behind) = rest.split_once('=')?;
            let behind = behind.trim_start_matches(is_space);
            let quote = behind.chars().next()?;
            let (raw, behind) = behind[quote.len_utf8()..].split_once(quote)?;
            rest = behind;
            Some(Attribute {
                name: name.trim_matches(is_space),
                raw,
            })
        })
    }

    /// The attributes that identify an element to signatures, with their values: `Id`, `ID`, `id`, `wsu:Id`,
    /// `xml:id`, the rule of the verifying side.
    pub(crate) fn identifiers(
        &self,
        element: usize,
    ) -> impl Iterator<Item = (Identifier, Cow<'a, str>)> + use<'_, 'a> {
        self.attributes(element).filter_map(move |attribute| {
            let identifier = match split(attribute.name) {
                ("", "Id" | "ID" | "id") => Identifier::Plain,
                ("xml", "id") => Identifier::Xml,
                (prefix, "Id") if !prefix.is_empty() => {
                    let namespace = self.namespace(element, prefix);
                    if namespace.as_deref() != Some(WSU) {
                        return None;
                    }
                    Identifier::WsSecurity
                }
                _ => return None,
            };
            Some((identifier, attribute.value()))
        })
    }
}

/// Kinds of identifying attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// `Id`, `ID`, `id`.
    Plain,
    /// `wsu:Id`
    WsSecurity,
    /// `xml:id`
    Xml,
}

/// Prefix (empty if there is none) and local part of a qualified name.
pub(crate) fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// The prefix an attribute of this name binds: empty for the default namespace.
fn declared_prefix(name: &str) -> Option<&str> {
    match name.strip_prefix("xmlns") {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix(':'),
        None => None,
    }
}

/// End of the tag, comment or instruction that starts here.
fn markup_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let behind = |from: usize, end: &str| {
        let length = rest.get(from..).and_then(|rest| rest.find(end));
        length.map_or(text.len(), |length| start + from + length + end.len())
    };
    if rest.starts_with("<!--") {
        return behind("<!--".len(), "-->");
    }
    if rest.starts_with("<?") {
        return behind("<?".len(), "?>");
    }
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return start + at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The qualified name in a start tag or empty-element tag.
pub(crate) fn tag_name(tag: &str) -> &str {
    let behind = &tag["<".len()..];
    &behind[..name_end(behind)]
}

fn name_end(tag: &str) -> usize {
    tag.find(|c: char| is_space(c) || matches!(c, '/' | '>'))
        .unwrap_or(tag.len())
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_white_space(byte: u8) -> bool {
    is_space(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    const DOCUMENT: &str = "\u{feff}<?xml version='1.0'?>\r\n<!--<no>--><a:r xmlns:a='urn:a&amp;b' q = '>' ><![CDATA[<no>]]>\r\n <b\tid='1'/><?p <no>?>\n<c><d/></c ></a:r><!-- <no/> -->";

    fn outline<T>(text: &str, check: impl FnOnce(&Outline<'_>) -> T) -> T {
        let limits = Limits::default();
        let source = Source::from_text(text, &limits).expect("well-formed");
        check(&Outline::read(&source))
    }

    /// `<a/>` takes four bytes of the text.
    #[test]
    fn an_element_takes_seven_bytes_for_each_of_the_shortest_tag() {
        assert_eq!(size_of::<Element>(), 28);
    }

    #[test]
    fn elements_stand_where_the_tree_has_them_and_spans_are_of_the_callers_text() {
        let text = DOCUMENT;
        outline(text, |outline| {
            let names: Vec<&str> = (0..outline.len()).map(|e| outline.name(e)).collect();
            assert_eq!(names, ["a:r", "b", "c", "d"]);
            let spans: Vec<&str> = (0..4)
                .map(|e| {
                    &text[outline.elements[e].open.start as usize
                        ..outline.elements[e].close.end as usize]
                })
                .collect();
            assert!(spans[0].starts_with("<a:r xmlns") && spans[0].ends_with("</a:r>"));
            assert_eq!(spans[1..], ["<b\tid='1'/>", "<c><d/></c >", "<d/>"]);
            assert_eq!(outline.children(0).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(outline.children(1).count(), 0);
            assert_eq!(outline.children(2).collect::<Vec<_>>(), [3]);
            assert_eq!(
                [
                    outline.contains(0, 3),
                    outline.contains(2, 3),
                    outline.contains(1, 2)
                ],
                [true, true, false]
            );
            assert_eq!(outline.close(1), None);
            assert_eq!(&text[outline.close(2).expect("an end tag")..][..4], "</c ");
        });
    }

    #[test]
    fn names_and_values_are_expanded_as_the_namespaces_recommendation_wants() {
        let text = DOCUMENT;
        outline(text, |outline| {
            assert_eq!(outline.expanded_name(0), ("urn:a&b".into(), "r"));
            assert_eq!(outline.expanded_name(3), ("".into(), "d"));
            let attributes: Vec<(&str, Cow<'_, str>)> =
                outline.attributes(0).map(|a| (a.name, a.value())).collect();
            assert_eq!(
                attributes,
                [("xmlns:a", "urn:a&b".into()), ("q", ">".into())]
            );
            assert_eq!(
                outline.identifiers(1).collect::<Vec<_>>(),
                [(Identifier::Plain, "1".into())]
            );
        });
        let value = |raw| Attribute { name: "a", raw }.value();
        assert_eq!(
            value("a\r\nb\tc&#9;&#x41;&lt;&apos;&quot;&gt;"),
            "a b c\tA<'\">"
        );
    }

    /// `data` runs that mix white space with CDATA or references hold something; a comment ends a run.
    #[test]
    fn only_runs_of_literal_white_space_are_blank() {
        let text = " <a> <b>\r\n</b>&#32;<c> <![CDATA[ ]]> </c>\t<!-- --> x<?p?> </a> ";
        let blanks = outline(text, |outline| outline.blanks().collect::<Vec<_>>());
        let found: Vec<(usize, &str)> =
            blanks.iter().map(|r| (r.start, &text[r.clone()])).collect();
        let expected = [
            (4, " "),
            (8, "\r\n"),
            (text.find('\t').expect("there"), "\t"),
        ];
        assert_eq!(found[..3], expected);
        assert_eq!(found[3..], [(text.len() - 6, " ")]);
    }

    #[test]
    fn the_prefix_of_an_identifier_is_looked_up_where_it_stands() {
        let text = format!(
            "<a xmlns:u='{WSU}' u:Id='1'><b xmlns:u='urn:x' u:Id='2' xml:id='3' xmlns:v='{WSU}' v:Id='4' idx='5'/></a>"
        );
        outline(&text, |outline| {
            assert_eq!(
                outline.identifiers(0).collect::<Vec<_>>(),
                [(Identifier::WsSecurity, "1".into())]
            );
            assert_eq!(
                outline.identifiers(1).collect::<Vec<_>>(),
                [
                    (Identifier::Xml, "3".into()),
                    (Identifier::WsSecurity, "4".into())
                ]
            );
        });
    }
}
