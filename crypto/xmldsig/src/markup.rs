//! Markup, token by token: proves documents well-formed, and gives their tokens again.
//!
//! Signing has a second, smaller reader of the same text for the places of tags ([`crate::prepare::Outline`]); it reads
//! only what was proved here.
//!
//! The first pass over a document ([`Checking`]) proves it well-formed; later passes ([`Trusting`]) read what was
//! proved and check nothing. Nothing is copied: tokens are slices of the text.

mod characters;
mod raw;
mod scope;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use memchr::memchr;
use memchr::memmem;

pub(crate) use self::characters::{CLASSES, ESCAPED_TEXT, ESCAPED_VALUE, find};
use self::characters::{
    NAME, NAME_END, SPACE, SUSPECT, TEXT, VALUE, is_char, is_name_char, is_name_start,
};
pub(crate) use self::raw::{Raw, reference, text_value, verbatim_value};
pub(crate) use self::scope::{
    Change, DEFAULT, NamespaceId, NamespaceTable, PrefixId, Scope, XML_PREFIX,
};
pub(crate) use self::scope::{NONE as NO_NAMESPACE, XML_NAMESPACE as XML_NAMESPACE_ID};
use self::scope::{NONE, XML_NAMESPACE, XMLNS_NAMESPACE, too_many};
use crate::{Error, Limits, Problem};

/// U+FEFF at the start of a text.
pub(crate) const BOM: char = '\u{feff}';

/// As many attributes are compared pairwise faster than by hash.
const FEW: usize = 12;

/// One piece of markup; offsets are bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag or an empty-element tag, whose end comes as a token of its own.
    Start { at: usize, name: Name<'a> },
    /// The end of the element that started `at`; `end` is behind its last tag.
    End {
        at: usize,
        end: usize,
        name: &'a str,
    },
    /// Character data as written.
    Text(&'a str),
    /// Content of a CDATA section as written.
    CData(&'a str),
    /// Content of a comment as written.
    Comment(&'a str),
    /// A processing instruction; the data without the white space before it.
    Instruction { target: &'a str, data: &'a str },
}

/// A qualified name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    /// Where the colon is; 0 without one.
    colon: usize,
}

/// An attribute that is no namespace declaration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) raw: Raw<'a>,
}

/// An attribute `xml:…` of an open element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct XmlAttribute<'a> {
    pub(crate) local: &'a str,
    pub(crate) raw: Raw<'a>,
}

/// An element that is open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open<'a> {
    /// Offset of its start tag.
    pub(crate) at: usize,
    name: &'a str,
    /// Declarations in force outside.
    scope: usize,
    /// Attributes `xml:…` in force outside.
    xml: usize,
}

/// An element from where reading can start: what it takes over from its ancestors.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// Offset of its start tag.
    pub(crate) at: usize,
    /// Namespaces in scope outside.
    pub(crate) bindings: Vec<(&'a str, NamespaceId)>,
    /// Attributes `xml:…` of its ancestors, the root's first.
    pub(crate) xml: Vec<XmlAttribute<'a>>,
    /// How many elements are around it.
    pub(crate) depth: usize,
}

/// How much a pass believes.
pub(crate) trait Mode<'a> {
    const CHECKS: bool;
    fn intern(&mut self, name: Cow<'a, str>, limits: &Limits) -> Result<NamespaceId, Error>;
    fn table(&self) -> &NamespaceTable<'a>;
}

/// The first pass: nothing is believed, names of namespaces are collected.
pub(crate) struct Checking<'a>(pub(crate) NamespaceTable<'a>);

/// A later pass over the same text.
pub(crate) struct Trusting<'d, 'a>(pub(crate) &'d NamespaceTable<'a>);

impl<'a> Mode<'a> for Checking<'a> {
    const CHECKS: bool = true;

    fn intern(&mut self, name: Cow<'a, str>, limits: &Limits) -> Result<NamespaceId, Error> {
        self.0.intern(name, limits)
    }

    fn table(&self) -> &NamespaceTable<'a> {
        &self.0
    }
}

impl<'a> Mode<'a> for Trusting<'_, 'a> {
    const CHECKS: bool = false;

    fn intern(&mut self, name: Cow<'a, str>, _: &Limits) -> Result<NamespaceId, Error> {
        Ok(self.0.find(&name).expect("the first pass met every name"))
    }

    fn table(&self) -> &NamespaceTable<'a> {
        self.0
    }
}

/// Reads a document from one token to the next.
pub(crate) struct Tokens<'a, M> {
    text: &'a str,
    at: usize,
    limits: Limits,
    pub(crate) mode: M,
    pub(crate) scope: Scope<'a>,
    /// Attributes of the last start tag.
    pub(crate) attributes: Vec<Attribute<'a>>,
    /// Attributes `xml:…` of the open elements.
    pub(crate) xml: Vec<XmlAttribute<'a>>,
    open: Vec<Open<'a>>,
    /// Elements around the place where reading started.
    around: usize,
    /// Whether the last start tag was an empty-element tag.
    empty: bool,
    /// Start tags so far.
    tags: usize,
    /// The root's start tag.
    pub(crate) root_open: Option<Range<usize>>,
    /// The root's end tag.
    pub(crate) root_close: Option<usize>,
}

impl<'a> Name<'a> {
    fn new(text: &'a str) -> Self {
        let colon = memchr(b':', text.as_bytes()).unwrap_or_default();
        Self { text, colon }
    }

    /// Empty without one.
    #[inline]
    pub(crate) fn prefix(self) -> &'a str {
        &self.text[..self.colon]
    }

    #[inline]
    pub(crate) fn local(self) -> &'a str {
        match self.colon {
            0 => self.text,
            colon => &self.text[colon + 1..],
        }
    }

    #[inline]
    pub(crate) fn has_prefix(self) -> bool {
        self.colon != 0
    }
}

/// Line and column, both from 1, of a byte offset; the column in UTF-16 units.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset];
    let ends = before.iter().enumerate().filter(|&(at, &byte)| {
        byte == b'\n' || (byte == b'\r' && text.as_bytes().get(at + 1) != Some(&b'\n'))
    });
    let (lines, start) = ends.fold((1, 0), |(lines, _), (at, _)| (lines + 1, at + 1));
    let start = if start == 0 && text.starts_with(BOM) {
        BOM.len_utf8()
    } else {
        start
    };
    let units = text[start.min(offset)..offset].chars().map(char::len_utf16);
    (lines, units.sum::<usize>() + 1)
}

impl<'a, M: Mode<'a>> Tokens<'a, M> {
    /// Starts at `at`, where nothing but white space may stand before markup.
    pub(crate) fn new(text: &'a str, at: usize, limits: &Limits, mode: M) -> Self {
        Self {
            text,
            at,
            limits: *limits,
            mode,
            scope: Scope::new(),
            attributes: Vec::new(),
            xml: Vec::new(),
            open: Vec::new(),
            around: 0,
            empty: false,
            tags: 0,
            root_open: None,
            root_close: None,
        }
    }

    /// Where the next token starts, unless the end of an empty element is due.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Passes over an element that starts here.
    pub(crate) fn jump(&mut self, end: usize) {
        self.at = end;
    }

    /// Whether the end of an empty element is due.
    #[inline]
    pub(crate) fn ends_at_once(&self) -> bool {
        self.empty
    }

    /// The open elements below the place where reading started; behind a start tag the last is its element.
    #[inline]
    pub(crate) fn open(&self) -> &[Open<'a>] {
        &self.open
    }

    /// How many elements are open.
    #[inline]
    pub(crate) fn depth(&self) -> usize {
        self.around + self.open.len()
    }

    /// Declarations of the element just started.
    #[inline]
    pub(crate) fn declared(&self) -> &[Change] {
        match self.open.last() {
            Some(open) => self.scope.since(open.scope),
            None => &[],
        }
    }

    /// Attributes `xml:…` of the ancestors of the element just started.
    pub(crate) fn inherited_xml(&self) -> &[XmlAttribute<'a>] {
        match self.open.last() {
            Some(open) => &self.xml[..open.xml],
            None => &[],
        }
    }

    /// Remembers the element just started.
    pub(crate) fn place(&self) -> Option<Place<'a>> {
        let open = self.open.last()?;
        Some(Place {
            at: open.at,
            bindings: self.scope.bound_before(open.scope),
            xml: self.xml[..open.xml].to_vec(),
            depth: self.depth() - 1,
        })
    }

    /// The next token; `None` at the end of the document.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Token<'a>>, Error> {
        if self.empty {
            self.empty = false;
            return Ok(self.close());
        }
        if self.open.is_empty() {
            return self.outside();
        }
        if self.peek() == Some(b'<') {
            return self.markup().map(Some);
        }
        self.character_data().map(Some)
    }

    /// `Misc ::= Comment | PI | S`, or the root (section 2.8).
    fn outside(&mut self) -> Result<Option<Token<'a>>, Error> {
        self.skip_space();
        if self.rest().is_empty() {
            return match self.root_open {
                Some(_) => Ok(None),
                None => Err(self.fail(Problem::NoRoot)),
            };
        }
        if self.peek() != Some(b'<') {
            return Err(self.fail(match self.root_open {
                None => Problem::ContentBeforeRoot,
                Some(_) => Problem::ContentAfterRoot,
            }));
        }
        self.markup().map(Some)
    }

    /// At `<`.
    #[inline]
    fn markup(&mut self) -> Result<Token<'a>, Error> {
        let start = self.at;
        match self.text.as_bytes().get(start + 1) {
            Some(b'/') if !self.open.is_empty() => {
                self.at += 2;
                self.end_tag(start)
            }
            Some(b'!') if self.skip("<!--") => self.comment(),
            Some(b'!') if !self.open.is_empty() && self.skip("<![CDATA[") => self.cdata(),
            Some(b'!') if self.rest().starts_with("<!DOCTYPE") && self.root_open.is_none() => {
                let (line, column) = position(self.text, start);
                Err(Error::DoctypePresent { line, column })
            }
            Some(b'?') => {
                self.at += 2;
                self.instruction()
            }
            _ => {
                self.at += 1;
                if self.open.is_empty() && self.root_open.is_some() {
                    return Err(self.fail(Problem::MarkupAfterRoot));
                }
                self.start_tag(start)
            }
        }
    }

    /// `Comment ::= '<!--' ((Char - '-') | ('-' (Char - '-')))* '-->'` (section 2.5), behind `<!--`.
    fn comment(&mut self) -> Result<Token<'a>, Error> {
        let start = self.at;
        if M::CHECKS {
            let end = memmem::find(self.rest().as_bytes(), b"--").map(|ahead| start + ahead);
            self.check_characters(start, end, |character| Problem::InvalidCharacterInComment {
                character,
            })?;
            let Some(end) = end else {
                return Err(self.fail_at_end());
            };
            self.at = end + 2;
            if !self.skip(">") {
                return Err(self.fail_or_end(Problem::HyphensInComment));
            }
            return Ok(Token::Comment(&self.text[start..end]));
        }
        Ok(Token::Comment(self.up_to("-->")?))
    }

    /// `CDSect` (section 2.7), behind its start.
    fn cdata(&mut self) -> Result<Token<'a>, Error> {
        let start = self.at;
        if M::CHECKS {
            let end = memmem::find(self.rest().as_bytes(), b"]]>").map(|ahead| start + ahead);
            self.check_characters(start, end, |character| Problem::InvalidCharacterInCData {
                character,
            })?;
        }
        Ok(Token::CData(self.up_to("]]>")?))
    }

    /// `PI ::= '<?' PITarget (S (Char* - (Char* '?>' Char*)))? '?>'` (section 2.6), behind `<?`.
    fn instruction(&mut self) -> Result<Token<'a>, Error> {
        let target = self.target();
        if M::CHECKS {
            if target.is_empty() || target.contains(':') {
                let name = target.to_owned();
                return Err(self.fail(Problem::InvalidName { name }));
            }
            if target.eq_ignore_ascii_case("xml") {
                return Err(self.fail(Problem::ProcessingInstructionTarget));
            }
            if !self.rest().starts_with("?>") && !self.at_space() {
                return Err(self.fail(match self.rest().is_empty() {
                    true => Problem::UnexpectedEnd,
                    false => Problem::ProcessingInstructionSpace,
                }));
            }
        }
        self.skip_space();
        if M::CHECKS {
            let start = self.at;
            let end = memmem::find(self.rest().as_bytes(), b"?>").map(|ahead| start + ahead);
            self.check_characters(start, end, |character| {
                Problem::InvalidCharacterInInstruction { character }
            })?;
        }
        let data = self.up_to("?>")?;
        Ok(Token::Instruction { target, data })
    }

    /// A target may be followed by `?>` directly, which no other name is.
    fn target(&mut self) -> &'a str {
        if M::CHECKS {
            return self.name();
        }
        let rest = self.rest();
        let end = rest.find(|c: char| c == '?' || c.is_ascii_whitespace());
        let target = &rest[..end.unwrap_or(rest.len())];
        self.at += target.len();
        target
    }

    /// `ETag ::= '</' Name S? '>'` (section 3.1), behind `</`.
    #[inline]
    fn end_tag(&mut self, start: usize) -> Result<Token<'a>, Error> {
        let expected = self.open.last().map_or("", |open| open.name);
        if !self.rest().as_bytes().starts_with(expected.as_bytes()) {
            return Err(self.wrong_end_tag(expected));
        }
        let name_at = self.at;
        self.at += expected.len();
        if self.peek() != Some(b'>') {
            let same = self.at_space();
            self.skip_space();
            if self.peek() != Some(b'>') || !same {
                self.at = name_at;
                return Err(self.wrong_end_tag(expected));
            }
        }
        self.at += 1;
        if self.open.len() == 1 && self.around == 0 {
            self.root_close = Some(start);
        }
        self.close()
            .ok_or_else(|| self.fail(Problem::UnexpectedEnd))
    }

    /// Why what stands here, behind `</`, is not the end tag expected.
    #[cold]
    fn wrong_end_tag(&mut self, expected: &str) -> Error {
        let name_at = self.at;
        let name = self.name();
        if self.rest().is_empty() && expected.starts_with(name) {
            return self.fail(Problem::UnexpectedEnd);
        }
        let mismatch = Problem::MismatchedEndTag {
            element: expected.to_owned(),
        };
        if name != expected {
            self.at = name_at;
            return self.fail(mismatch);
        }
        self.skip_space();
        self.fail_or_end(mismatch)
    }

    /// Leaves the innermost element.
    #[inline]
    fn close(&mut self) -> Option<Token<'a>> {
        let open = self.open.pop()?;
        self.scope.forget(open.scope);
        self.xml.truncate(open.xml);
        Some(Token::End {
            at: open.at,
            end: self.at,
            name: open.name,
        })
    }

    /// `STag` and `EmptyElemTag` (section 3.1), behind `<`.
    #[inline]
    fn start_tag(&mut self, start: usize) -> Result<Token<'a>, Error> {
        let element = self.name();
        if M::CHECKS && element.is_empty() {
            return Err(self.fail_or_end(match self.open.is_empty() {
                true => Problem::MarkupBeforeRoot,
                false => Problem::MarkupInContent,
            }));
        }
        let name = self.qualified(element)?;
        let open = Open {
            at: start,
            name: element,
            scope: self.scope.mark(),
            xml: self.xml.len(),
        };
        self.tags += 1;
        self.attributes.clear();
        let empty = loop {
            if self.peek() == Some(b'>') {
                self.at += 1;
                break false;
            }
            let spaced = self.skip_space();
            match self.peek() {
                Some(b'>') => {
                    self.at += 1;
                    break false;
                }
                Some(b'/') if self.skip("/>") => break true,
                _ => {}
            }
            let attribute = if spaced { self.name() } else { "" };
            if attribute.is_empty() {
                let element = element.to_owned();
                return Err(self.fail_or_end(Problem::TagNotTerminated { element }));
            }
            self.attribute(element, attribute)?;
        };
        if M::CHECKS {
            self.check_names(name)?;
            if self.depth() >= self.limits.depth {
                return Err(Error::TooDeep {
                    limit: self.limits.depth,
                });
            }
        }
        self.open.push(open);
        self.empty = empty;
        if self.root_open.is_none() {
            self.root_open = Some(start..self.at);
        }
        Ok(Token::Start { at: start, name })
    }

    /// `Attribute ::= Name Eq AttValue` (section 3.1), behind the name.
    #[inline]
    fn attribute(&mut self, element: &str, text: &'a str) -> Result<(), Error> {
        let name = self.qualified(text)?;
        let raw = self.attribute_value(element, text)?;
        let prefix = match text.strip_prefix("xmlns") {
            Some("") => Some(""),
            Some(rest) => rest.strip_prefix(':'),
            None => None,
        };
        if let Some(prefix) = prefix {
            return self.declaration(element, text, prefix, raw);
        }
        if M::CHECKS && name.local() == "xmlns" {
            return Err(self.fail(Problem::XmlnsBound));
        }
        if M::CHECKS && self.attributes.len() >= self.limits.attributes {
            return Err(Error::TooLarge {
                what: "attributes",
                limit: self.limits.attributes,
            });
        }
        if name.colon == 3 && name.prefix() == "xml" {
            if M::CHECKS && self.xml.len() >= self.limits.namespaces {
                return Err(too_many(&self.limits));
            }
            self.xml.push(XmlAttribute {
                local: name.local(),
                raw,
            });
        }
        self.attributes.push(Attribute { name, raw });
        Ok(())
    }

    /// `xmlns` and `xmlns:prefix` (Namespaces in XML 1.0 section 3), behind the value.
    fn declaration(
        &mut self,
        element: &str,
        attribute: &str,
        prefix: &'a str,
        raw: Raw<'a>,
    ) -> Result<(), Error> {
        if M::CHECKS && prefix == "xmlns" {
            return Err(self.fail(Problem::XmlnsBound));
        }
        if M::CHECKS && attribute != "xmlns" && raw.text.is_empty() {
            let prefix = prefix.to_owned();
            return Err(self.fail(Problem::EmptyPrefixBinding { prefix }));
        }
        let namespace = self.mode.intern(raw.value(), &self.limits)?;
        if M::CHECKS && namespace == XMLNS_NAMESPACE {
            return Err(self.fail(Problem::XmlnsBound));
        }
        if M::CHECKS && (prefix == "xml") != (namespace == XML_NAMESPACE) {
            return Err(self.fail(Problem::XmlBound));
        }
        let new = self
            .scope
            .declare(prefix, namespace, self.tags, &self.limits)?;
        if M::CHECKS && !new {
            return Err(self.fail(Problem::DuplicateAttribute {
                element: element.to_owned(),
                attribute: attribute.to_owned(),
            }));
        }
        Ok(())
    }

    /// Prefixes must be bound and attributes differ (Namespaces in XML 1.0 sections 5 and 6.3), behind the tag.
    #[inline]
    fn check_names(&self, element: Name<'a>) -> Result<(), Error> {
        if element.has_prefix() && self.scope.resolve(element.prefix()) == NONE {
            let (prefix, element) = (element.prefix().to_owned(), element.text.to_owned());
            return Err(self.fail(match prefix.as_str() {
                "xmlns" => Problem::XmlnsElement { element },
                _ => Problem::UnboundPrefix { prefix, element },
            }));
        }
        let attributes = self.attributes.as_slice();
        let mut prefixed = 0;
        for attribute in attributes.iter().filter(|one| one.name.has_prefix()) {
            prefixed += 1;
            if self.scope.resolve(attribute.name.prefix()) == NONE {
                return Err(self.fail(Problem::UnboundAttributePrefix {
                    prefix: attribute.name.prefix().to_owned(),
                    attribute: attribute.name.text.to_owned(),
                    element: element.text.to_owned(),
                }));
            }
        }
        let expanded = |one: &Attribute<'a>| match one.name.has_prefix() {
            true => (self.scope.resolve(one.name.prefix()), one.name.local()),
            false => (NONE, one.name.text),
        };
        if attributes.len() > FEW {
            let mut met = HashSet::with_capacity(attributes.len());
            let twice = attributes.iter().find(|one| !met.insert(expanded(one)));
            return match twice {
                Some(twice) => Err(self.duplicate(element, twice, expanded(twice))),
                None => Ok(()),
            };
        }
        for (index, one) in attributes.iter().enumerate().skip(1) {
            let same = |other: &Attribute<'a>| match prefixed < 2 {
                true => one.name.text == other.name.text,
                false => expanded(one) == expanded(other),
            };
            if attributes[..index].iter().any(same) {
                return Err(self.duplicate(element, one, expanded(one)));
            }
        }
        Ok(())
    }

    #[cold]
    fn duplicate(
        &self,
        element: Name<'a>,
        attribute: &Attribute<'a>,
        (namespace, local): (NamespaceId, &str),
    ) -> Error {
        let same_text = |other: &&Attribute<'a>| other.name.text == attribute.name.text;
        let element = element.text.to_owned();
        self.fail(
            match self.attributes.iter().filter(same_text).count() >= 2 {
                true => Problem::DuplicateAttribute {
                    element,
                    attribute: attribute.name.text.to_owned(),
                },
                false => Problem::DuplicateExpandedAttribute {
                    element,
                    attribute: local.to_owned(),
                    namespace: self.mode.table().name(namespace).to_owned(),
                },
            },
        )
    }

    /// `Eq AttValue` (section 3.1), raw; behind the name.
    #[inline]
    fn attribute_value(&mut self, element: &str, attribute: &str) -> Result<Raw<'a>, Error> {
        let names = || (element.to_owned(), attribute.to_owned());
        if self.peek() != Some(b'=') {
            self.skip_space();
        }
        if self.peek() != Some(b'=') {
            let (element, attribute) = names();
            return Err(self.fail_or_end(Problem::AttributeWithoutEquals { element, attribute }));
        }
        self.at += 1;
        if !matches!(self.peek(), Some(b'"' | b'\'')) {
            self.skip_space();
        }
        let Some(quote) = self.peek().filter(|byte| matches!(byte, b'"' | b'\'')) else {
            let (element, attribute) = names();
            return Err(self.fail_or_end(Problem::AttributeWithoutQuote { element, attribute }));
        };
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut plain = true;
        loop {
            self.at = find(bytes, self.at, VALUE);
            let Some(&byte) = bytes.get(self.at) else {
                return Err(self.fail(Problem::UnexpectedEnd));
            };
            if byte == quote {
                self.at += 1;
                let text = &self.text[start..self.at - 1];
                return Ok(Raw { text, plain });
            }
            match byte {
                b'\'' => {}
                b'"' | b'\t' | b'\n' | b'\r' => plain = false,
                b'&' => {
                    plain = false;
                    if M::CHECKS {
                        self.reference()?;
                        continue;
                    }
                }
                b'<' => {
                    let (element, attribute) = names();
                    return Err(self.fail(Problem::LessThanInAttribute { element, attribute }));
                }
                _ if M::CHECKS => {
                    if let Some(character) = self.invalid_character() {
                        let (element, attribute) = names();
                        return Err(self.fail(Problem::InvalidCharacterInAttribute {
                            element,
                            attribute,
                            character,
                        }));
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Text up to the next `<`, inside an element.
    #[inline]
    fn character_data(&mut self) -> Result<Token<'a>, Error> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        if M::CHECKS {
            loop {
                self.at = find(bytes, self.at, TEXT);
                match bytes.get(self.at) {
                    Some(b'<') => break,
                    Some(b'&') => {
                        self.reference()?;
                        continue;
                    }
                    Some(b']') => {
                        if self.rest().starts_with("]]>") {
                            self.at += 3;
                            return Err(self.fail(Problem::CDataEndInText));
                        }
                    }
                    Some(_) => {
                        if let Some(character) = self.invalid_character() {
                            return Err(self.fail(Problem::InvalidCharacter { character }));
                        }
                    }
                    None => return Err(self.fail(Problem::UnexpectedEnd)),
                }
                self.at += 1;
            }
        } else {
            match memchr(b'<', &bytes[start..]) {
                Some(ahead) => self.at += ahead,
                None => return Err(self.fail_at_end()),
            }
        }
        Ok(Token::Text(&self.text[start..self.at]))
    }

    /// `Reference ::= EntityRef | CharRef` (section 4.1), at `&`. Only the five entities of section 4.6 exist.
    fn reference(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        if self.skip("#") {
            let radix = if self.skip("x") { 16 } else { 10 };
            let rest = self.rest();
            let digits = rest
                .find(|c: char| !c.is_digit(radix))
                .unwrap_or(rest.len());
            self.at += digits;
            let reference = &self.text[start..self.at];
            if !self.skip(";") {
                let name = reference.to_owned();
                return Err(self.fail_or_end(Problem::EntityUnterminated { name }));
            }
            let code = u32::from_str_radix(&rest[..digits], radix)
                .ok()
                .and_then(char::from_u32);
            if !code.is_some_and(is_char) {
                let reference = reference.to_owned();
                return Err(self.fail(Problem::InvalidCharacterReference { reference }));
            }
            return Ok(());
        }
        let name = self.name();
        if name.is_empty() {
            return Err(self.fail_or_end(Problem::EntityName));
        }
        if !self.skip(";") {
            let name = name.to_owned();
            return Err(self.fail_or_end(Problem::EntityUnterminated { name }));
        }
        if !matches!(name, "amp" | "apos" | "gt" | "lt" | "quot") {
            let name = name.to_owned();
            return Err(self.fail(Problem::EntityUndeclared { name }));
        }
        Ok(())
    }

    /// `Name ::= NameStartChar (NameChar)*` (section 2.3), or nothing.
    #[inline]
    fn name(&mut self) -> &'a str {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if !M::CHECKS {
            self.at = find(bytes, start, NAME_END);
            return &self.text[start..self.at];
        }
        let ahead = bytes[start..]
            .iter()
            .position(|&byte| CLASSES[usize::from(byte)] & NAME == 0);
        let end = ahead.map_or(bytes.len(), |ahead| start + ahead);
        let ascii_start = matches!(
            bytes.get(start),
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':')
        );
        if ascii_start && bytes.get(end).is_none_or(u8::is_ascii) {
            self.at = end;
            return &self.text[start..end];
        }
        self.unusual_name()
    }

    #[cold]
    fn unusual_name(&mut self) -> &'a str {
        let rest = self.rest();
        let end = match rest.chars().next() {
            Some(first) if is_name_start(first) => {
                rest.find(|c| !is_name_char(c)).unwrap_or(rest.len())
            }
            _ => 0,
        };
        self.at += end;
        &rest[..end]
    }

    /// `QName ::= PrefixedName | UnprefixedName` (Namespaces in XML 1.0 section 4).
    #[inline]
    fn qualified(&self, text: &'a str) -> Result<Name<'a>, Error> {
        let name = Name::new(text);
        if !M::CHECKS {
            return Ok(name);
        }
        // A name starts with a letter, `_` or `:`; what stands behind a colon may start otherwise.
        let good = match name.has_prefix() {
            false => !text.starts_with(':'),
            true => {
                let mut local = name.local().chars();
                let start = |c: char| c != ':' && is_name_start(c);
                local.next().is_some_and(start) && !local.as_str().contains(':')
            }
        };
        if good {
            return Ok(name);
        }
        Err(self.fail(Problem::InvalidName {
            name: text.to_owned(),
        }))
    }

    /// The character here, if XML has none such.
    fn invalid_character(&self) -> Option<char> {
        self.rest().chars().next().filter(|&c| !is_char(c))
    }

    /// Every character from `start` to `end`, or to the end of the text, must be one of XML.
    fn check_characters(
        &mut self,
        start: usize,
        end: Option<usize>,
        problem: impl Fn(char) -> Problem,
    ) -> Result<(), Error> {
        let bytes = &self.text.as_bytes()[..end.unwrap_or(self.text.len())];
        self.at = start;
        loop {
            self.at = find(bytes, self.at, SUSPECT);
            if self.at >= bytes.len() {
                self.at = start;
                return Ok(());
            }
            if let Some(character) = self.invalid_character() {
                return Err(self.fail(problem(character)));
            }
            self.at += 1;
        }
    }

    #[inline]
    fn rest(&self) -> &'a str {
        // Between two steps `at` may stand inside a character, never here.
        &self.text[self.at..]
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn at_space(&self) -> bool {
        self.peek()
            .is_some_and(|byte| CLASSES[usize::from(byte)] & SPACE != 0)
    }

    #[inline]
    fn skip(&mut self, token: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(token.as_bytes());
        if found {
            self.at += token.len();
        }
        found
    }

    #[inline]
    fn skip_space(&mut self) -> bool {
        let start = self.at;
        while self.at_space() {
            self.at += 1;
        }
        self.at > start
    }

    /// Text up to a terminator, which is passed over.
    fn up_to(&mut self, terminator: &str) -> Result<&'a str, Error> {
        let rest = self.rest();
        match memmem::find(rest.as_bytes(), terminator.as_bytes()) {
            Some(ahead) => {
                self.at += ahead + terminator.len();
                Ok(&rest[..ahead])
            }
            None => Err(self.fail_at_end()),
        }
    }

    fn fail_at_end(&mut self) -> Error {
        self.at = self.text.len();
        self.fail(Problem::UnexpectedEnd)
    }

    #[cold]
    fn fail_or_end(&self, problem: Problem) -> Error {
        self.fail(if self.rest().is_empty() {
            Problem::UnexpectedEnd
        } else {
            problem
        })
    }

    #[cold]
    fn fail(&self, problem: Problem) -> Error {
        let (line, column) = position(self.text, self.at);
        Error::NotWellFormed {
            line,
            column,
            problem,
        }
    }
}

impl<'a> Tokens<'a, Checking<'a>> {
    /// `XMLDecl ::= '<?xml' VersionInfo EncodingDecl? SDDecl? S? '?>'` (section 2.8), at the start; gives the encoding.
    pub(crate) fn xml_declaration(&mut self) -> Result<Option<String>, Error> {
        let behind = self.rest().strip_prefix("<?xml");
        if !behind.is_some_and(|rest| rest.starts_with([' ', '\t', '\n', '\r'])) {
            return Ok(None);
        }
        self.at += "<?xml".len();
        let mut encoding = None;
        // Each of the three may stand only behind the ones before it; the first is required.
        let mut expected: &[&str] = &["version", "encoding", "standalone"];
        loop {
            let spaced = self.skip_space();
            if self.skip("?>") {
                break;
            }
            let name = self.name();
            let known = match expected.first() {
                Some(&"version") if name != "version" => None,
                _ => expected.iter().position(|&one| one == name),
            };
            let (true, Some(known)) = (spaced, known) else {
                return Err(self.fail(Problem::Other {
                    detail: "The XML declaration is not well-formed.".to_owned(),
                }));
            };
            let value = self.attribute_value("xml", name)?.text;
            match name {
                "version" if value != "1.0" => {
                    let value = value.to_owned();
                    return Err(Error::UnsupportedDeclaration {
                        what: "version",
                        value,
                    });
                }
                "standalone" if !matches!(value, "yes" | "no") => {
                    return Err(self.fail(Problem::Other {
                        detail: format!(
                            "The standalone document declaration value must be \"yes\" or \"no\", not \"{value}\"."
                        ),
                    }));
                }
                "encoding" => encoding = Some(value.to_owned()),
                _ => {}
            }
            expected = &expected[known + 1..];
        }
        if expected.first() == Some(&"version") {
            return Err(self.fail(Problem::Other {
                detail: "The version is required in the XML declaration.".to_owned(),
            }));
        }
        Ok(encoding)
    }
}

impl<'d, 'a> Tokens<'a, Trusting<'d, 'a>> {
    /// Starts at an element, with what it takes over from its ancestors.
    pub(crate) fn resume(
        text: &'a str,
        place: &Place<'a>,
        limits: &Limits,
        mode: Trusting<'d, 'a>,
    ) -> Result<Self, Error> {
        let mut tokens = Self::new(text, place.at, limits, mode);
        for &(prefix, namespace) in &place.bindings {
            // No start tag of this pass has this number.
            tokens
                .scope
                .declare(prefix, namespace, usize::MAX, limits)?;
        }
        tokens.xml.clone_from(&place.xml);
        tokens.around = place.depth;
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests;
