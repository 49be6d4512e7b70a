//! The canonical form, written while reading.

use std::borrow::Cow;
use std::collections::HashSet;

use super::output::{Budget, Output, Sink, VISIT};
use super::{Canonicalization, base};
use crate::Error;
use crate::document::WellFormed;
use crate::markup::{
    Attribute, DEFAULT, NO_NAMESPACE, Name, NamespaceId, Place, PrefixId, Token, Tokens, Trusting,
    XML_NAMESPACE_ID, XML_PREFIX, XmlAttribute,
};

/// What is written, with everything below it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Apex<'p, 'a> {
    /// The whole document.
    Document,
    /// An element.
    Element {
        /// Where reading starts: the element itself or an ancestor.
        from: &'p Place<'a>,
        /// Offset of its start tag.
        at: usize,
    },
}

/// Writes a canonical form without the elements of `excluded`, spans in the order of the document.
///
/// Time is linear in what is read and written; memory in the depth and in the attributes of one element.
pub(crate) fn write<'a, S: Sink>(
    document: &WellFormed<'a>,
    apex: Apex<'_, 'a>,
    method: &Canonicalization,
    excluded: &[std::ops::Range<usize>],
    budget: &mut Budget,
    sink: &mut S,
) -> Result<(), Error> {
    let tokens = match apex {
        Apex::Document => document.tokens(),
        Apex::Element { from, .. } => document.tokens_from(from)?,
    };
    if let Apex::Element { from, .. } = apex {
        // What is taken over from the ancestors is gone through again, names included.
        let bindings = from.bindings.iter().map(|(prefix, _)| prefix.len());
        let attributes = from.xml.iter().map(|one| one.local.len());
        let count = from.bindings.len() + from.xml.len();
        budget.spend(bindings.chain(attributes).sum::<usize>() + VISIT * count)?;
    }
    let start = tokens.offset();
    let mut writer = Writer {
        document,
        tokens,
        inclusive: !matches!(method, Canonicalization::Exclusive { .. }),
        method,
        listed: listed(method),
        written: Vec::new(),
        undo: Vec::new(),
        marks: Vec::new(),
        namespaces: Vec::new(),
        attributes: Vec::new(),
        out: Output::new(start, budget, sink),
    };
    match apex {
        Apex::Document => writer.document(excluded)?,
        Apex::Element { at, .. } => writer.element(at, excluded)?,
    }
    writer.out.finish()
}

/// `PrefixList`, in order.
fn listed(method: &Canonicalization) -> Vec<&str> {
    let Canonicalization::Exclusive { prefixes, .. } = method else {
        return Vec::new();
    };
    let mut listed: Vec<&str> = prefixes.iter().map(String::as_str).collect();
    listed.sort_unstable();
    listed.dedup();
    listed
}

struct Writer<'w, 'd, 'a, S> {
    document: &'d WellFormed<'a>,
    tokens: Tokens<'a, Trusting<'d, 'a>>,
    inclusive: bool,
    method: &'w Canonicalization,
    listed: Vec<&'w str>,
    /// What the open elements wrote last for each prefix; exclusive method only.
    written: Vec<NamespaceId>,
    /// What each declaration written hides.
    undo: Vec<(PrefixId, NamespaceId)>,
    /// Length of `undo` outside each open element.
    marks: Vec<usize>,
    /// Namespaces to write at the element at hand.
    namespaces: Vec<PrefixId>,
    /// Order of its attributes: rank of the namespace, local name, position.
    attributes: Vec<(u32, &'a str, usize)>,
    out: Output<'w, S>,
}

impl<'a, S: Sink> Writer<'_, '_, 'a, S> {
    /// The document node: section 2.3 puts line feeds between the root and what stands outside.
    fn document(&mut self, excluded: &[std::ops::Range<usize>]) -> Result<(), Error> {
        let mut excluded = excluded.iter().peekable();
        let mut behind_root = false;
        loop {
            if let Some(span) = excluded.next_if(|span| self.due(span)) {
                self.skip(span)?;
                behind_root |= self.tokens.open().is_empty();
                continue;
            }
            let outside = self.tokens.open().is_empty();
            let Some(token) = self.next()? else {
                return Ok(());
            };
            let separated = match token {
                Token::Comment(_) => outside && self.method.keeps_comments(),
                Token::Instruction { .. } => outside,
                _ => false,
            };
            if separated && behind_root {
                self.out.push("\n");
            }
            self.token(token, outside)?;
            behind_root |= matches!(token, Token::Start { .. });
            if separated && !behind_root {
                self.out.push("\n");
            }
        }
    }

    /// An element that starts at `apex`.
    fn element(&mut self, apex: usize, excluded: &[std::ops::Range<usize>]) -> Result<(), Error> {
        loop {
            match self.next()? {
                Some(Token::Start { at, name }) if at == apex => {
                    self.start(name, true)?;
                    break;
                }
                Some(_) => {}
                None => return Ok(()),
            }
        }
        let mut excluded = excluded.iter().peekable();
        loop {
            if let Some(span) = excluded.next_if(|span| self.due(span)) {
                self.skip(span)?;
                continue;
            }
            let Some(token) = self.next()? else {
                return Ok(());
            };
            self.token(token, false)?;
            if matches!(token, Token::End { at, .. } if at == apex) {
                return Ok(());
            }
        }
    }

    /// The next token; what it took to get there is charged, at the end of the document too.
    #[inline]
    fn next(&mut self) -> Result<Option<Token<'a>>, Error> {
        let token = self.tokens.next()?;
        self.out.visit(self.tokens.offset())?;
        Ok(token)
    }

    #[inline]
    fn due(&self, span: &std::ops::Range<usize>) -> bool {
        span.start == self.tokens.offset() && !self.tokens.ends_at_once()
    }

    fn skip(&mut self, span: &std::ops::Range<usize>) -> Result<(), Error> {
        self.tokens.jump(span.end);
        self.out.jump(span.end)
    }

    #[inline]
    fn token(&mut self, token: Token<'a>, apex: bool) -> Result<(), Error> {
        match token {
            Token::Start { name, .. } => self.start(name, apex)?,
            Token::End { name, .. } => self.end(name),
            Token::Text(raw) => self.out.text(raw),
            Token::CData(raw) => self.out.cdata(raw),
            Token::Comment(raw) => {
                if self.method.keeps_comments() {
                    self.out.push("<!--");
                    self.out.verbatim(raw);
                    self.out.push("-->");
                }
            }
            Token::Instruction { target, data } => {
                self.out.push("<?");
                self.out.push(target);
                if !data.is_empty() {
                    self.out.push(" ");
                    self.out.verbatim(data);
                }
                self.out.push("?>");
            }
        }
        Ok(())
    }

    #[inline]
    fn end(&mut self, name: &str) {
        self.out.push("</");
        self.out.push(name);
        self.out.push(">");
        if !self.inclusive {
            let mark = self.marks.pop().unwrap_or_default();
            while self.undo.len() > mark {
                if let Some((prefix, before)) = self.undo.pop() {
                    self.written[prefix as usize] = before;
                }
            }
        }
    }

    fn start(&mut self, name: Name<'a>, apex: bool) -> Result<(), Error> {
        self.out.push("<");
        self.out.push(name.text);
        self.namespaces.clear();
        if self.inclusive {
            self.inclusive_namespaces(apex)?;
        } else {
            self.exclusive_namespaces(name, apex)?;
        }
        if !self.namespaces.is_empty() {
            self.write_namespaces();
        }
        let inherits = apex && self.inclusive && !self.tokens.inherited_xml().is_empty();
        if inherits {
            self.write_attributes_of_apex()?;
        } else if !self.tokens.attributes.is_empty() {
            self.write_attributes();
        }
        self.out.push(">");
        Ok(())
    }

    /// All in scope at the apex, below it only what changes (Canonical XML section 2.3).
    #[inline]
    fn inclusive_namespaces(&mut self, apex: bool) -> Result<(), Error> {
        if apex {
            self.check_all_in_scope()?;
            let scope = &self.tokens.scope;
            let bound = (0..scope.len() as PrefixId)
                .filter(|&prefix| prefix != XML_PREFIX && scope.bound_to(prefix) != NO_NAMESPACE);
            self.namespaces.extend(bound);
            return Ok(());
        }
        for change in self.tokens.declared() {
            let now = self.tokens.scope.bound_to(change.prefix);
            self.check_namespace(now)?;
            if now != change.before && change.prefix != XML_PREFIX {
                self.namespaces.push(change.prefix);
            }
        }
        Ok(())
    }

    /// What is visibly utilised or listed, and not written with this meaning by the nearest element (Exclusive XML
    /// Canonicalization section 3).
    fn exclusive_namespaces(&mut self, name: Name<'a>, apex: bool) -> Result<(), Error> {
        self.marks.push(self.undo.len());
        if self.written.len() < self.tokens.scope.len() {
            self.written.resize(self.tokens.scope.len(), NO_NAMESPACE);
        }
        if apex {
            self.check_all_in_scope()?;
            self.out.visits(self.listed.len())?;
            for index in 0..self.listed.len() {
                if let Some(prefix) = self.tokens.scope.find(self.listed[index]) {
                    self.utilise(prefix);
                }
            }
        } else {
            for index in 0..self.tokens.declared().len() {
                let prefix = self.tokens.declared()[index].prefix;
                self.check_namespace(self.tokens.scope.bound_to(prefix))?;
                // What is listed and not declared here was written by an ancestor.
                if !self.listed.is_empty()
                    && self
                        .listed
                        .binary_search(&self.tokens.scope.name(prefix))
                        .is_ok()
                {
                    self.utilise(prefix);
                }
            }
        }
        if let Some(prefix) = self.tokens.scope.find(name.prefix()) {
            self.utilise(prefix);
        }
        for index in 0..self.tokens.attributes.len() {
            // An attribute without prefix has no namespace and does not utilise the default one.
            let name = self.tokens.attributes[index].name;
            if name.has_prefix()
                && let Some(prefix) = self.tokens.scope.find(name.prefix())
            {
                self.utilise(prefix);
            }
        }
        Ok(())
    }

    #[inline]
    fn utilise(&mut self, prefix: PrefixId) {
        let now = self.tokens.scope.bound_to(prefix);
        let before = self.written[prefix as usize];
        if now == before || prefix == XML_PREFIX {
            return;
        }
        self.written[prefix as usize] = now;
        self.undo.push((prefix, before));
        self.namespaces.push(prefix);
    }

    fn check_all_in_scope(&mut self) -> Result<(), Error> {
        self.out.visits(self.tokens.scope.len())?;
        for prefix in 0..self.tokens.scope.len() as PrefixId {
            self.check_namespace(self.tokens.scope.bound_to(prefix))?;
        }
        Ok(())
    }

    /// Canonical XML section 1.3: relative names of namespaces are an error.
    fn check_namespace(&self, namespace: NamespaceId) -> Result<(), Error> {
        let namespaces = &self.document.namespaces;
        if !namespaces.is_relative(namespace) {
            return Ok(());
        }
        Err(Error::RelativeNamespace {
            uri: namespaces.name(namespace).to_owned(),
        })
    }

    /// By prefix, the default first.
    fn write_namespaces(&mut self) {
        let scope = &self.tokens.scope;
        if self.namespaces.len() > 1 {
            self.namespaces
                .sort_unstable_by_key(|&prefix| scope.name(prefix));
        }
        for &prefix in &self.namespaces {
            if prefix == DEFAULT {
                self.out.push(" xmlns=\"");
            } else {
                self.out.push(" xmlns:");
                self.out.push(scope.name(prefix));
                self.out.push("=\"");
            }
            let namespace = scope.bound_to(prefix);
            self.out.value(self.document.namespaces.name(namespace));
            self.out.push("\"");
        }
    }

    /// By namespace name, then local name; those without namespace first (section 2.2).
    fn write_attributes(&mut self) {
        let attributes = &self.tokens.attributes;
        if attributes.len() > 1 {
            let namespaces = &self.document.namespaces;
            let scope = &self.tokens.scope;
            self.attributes.clear();
            let keys = attributes.iter().enumerate().map(|(index, attribute)| {
                let name = attribute.name;
                let rank = match name.has_prefix() {
                    false => 0,
                    true => namespaces.rank_of(scope.resolve(name.prefix())),
                };
                (rank, name.local(), index)
            });
            self.attributes.extend(keys);
            if !self.attributes.is_sorted() {
                self.attributes.sort_unstable();
            }
            for &(_, _, index) in &self.attributes {
                write_attribute(&mut self.out, &attributes[index]);
            }
        } else if let Some(attribute) = attributes.first() {
            write_attribute(&mut self.out, attribute);
        }
    }

    /// Section 2.4: an element whose ancestors are not written takes over some of their `xml:` attributes.
    #[cold]
    fn write_attributes_of_apex(&mut self) -> Result<(), Error> {
        let inherited = self.tokens.inherited_xml();
        self.out.visits(inherited.len())?;
        let own = |local: &str| {
            let same =
                |one: &&Attribute<'a>| one.name.prefix() == "xml" && one.name.local() == local;
            self.tokens.attributes.iter().find(same)
        };
        let newer = matches!(self.method, Canonicalization::Inclusive11 { .. });
        let mut all: Vec<(u32, &'a str, &'a str, Cow<'a, str>)> = Vec::new();
        let xml_rank = self.document.namespaces.rank_of(XML_NAMESPACE_ID);
        for attribute in &self.tokens.attributes {
            let name = attribute.name;
            let rank = match name.has_prefix() {
                false => 0,
                true => {
                    let namespace = self.tokens.scope.resolve(name.prefix());
                    self.document.namespaces.rank_of(namespace)
                }
            };
            all.push((rank, name.local(), name.prefix(), attribute.raw.value()));
        }
        let known: HashSet<&str> = all
            .iter()
            .filter(|&&(rank, ..)| rank == xml_rank)
            .map(|&(_, local, ..)| local)
            .collect();
        let mut taken = HashSet::new();
        for attribute in inherited.iter().rev() {
            let simple = !newer || matches!(attribute.local, "lang" | "space");
            if simple && !known.contains(attribute.local) && taken.insert(attribute.local) {
                all.push((xml_rank, attribute.local, "xml", attribute.raw.value()));
            }
        }
        let is_base = |one: &&XmlAttribute<'a>| one.local == "base";
        if newer && inherited.iter().any(|one| is_base(&one)) {
            let bases = inherited.iter().filter(is_base);
            let length = bases.map(|one| one.raw.text.len()).sum();
            self.out.reread(length)?;
            let values: Vec<Cow<'a, str>> = inherited
                .iter()
                .filter(is_base)
                .map(|one| one.raw.value())
                .chain(own("base").map(|one| one.raw.value()))
                .collect();
            all.retain(|&(rank, local, ..)| (rank, local) != (xml_rank, "base"));
            let values = values.iter().map(AsRef::as_ref);
            if let Some(joined) = base::joined(values, |bytes| self.out.reread(bytes))? {
                all.push((xml_rank, "base", "xml", Cow::Owned(joined)));
            }
        }
        all.sort_unstable_by_key(|&(rank, local, ..)| (rank, local));
        for (_, local, prefix, value) in all {
            self.out.push(" ");
            if !prefix.is_empty() {
                self.out.push(prefix);
                self.out.push(":");
            }
            self.out.push(local);
            self.out.push("=\"");
            self.out.value(&value);
            self.out.push("\"");
        }
        Ok(())
    }
}

#[inline]
fn write_attribute<S: Sink>(out: &mut Output<'_, S>, attribute: &Attribute<'_>) {
    out.push(" ");
    out.push(attribute.name.text);
    out.push("=\"");
    out.raw_value(attribute.raw);
    out.push("\"");
}
