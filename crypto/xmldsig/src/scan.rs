//! One pass over the text before a tree is built: budgets, well-formedness, place of the root's tags.
//!
//! The tree parser (roxmltree) reserves memory by counting characters, compares attributes pairwise and lets a few
//! ill-formed documents through (`xmlns` twice, `p:xmlns`, `xmlns:p=""`, `<?pi+x?>`, `&#xD800;`). All of that
//! is settled here.

mod characters;

use std::ops::Range;

use self::characters::{is_char, is_name_char, is_name_start, is_space};
use crate::{Error, Limits, Problem};

/// What the pass found; all offsets are bytes of the text given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// End of the byte order mark and the XML declaration.
    pub(crate) body: usize,
    /// The root's start tag, or its empty-element tag.
    pub(crate) root_open: Range<usize>,
    /// Start of the root's end tag; `None` for an empty-element tag.
    pub(crate) root_close: Option<usize>,
    /// `encoding` of the declaration.
    pub(crate) encoding: Option<String>,
}

/// Reads `text` once.
pub(crate) fn scan(text: &str, limits: &Limits) -> Result<Layout, Error> {
    if text.len() > limits.size {
        return Err(Error::TooLarge {
            what: "bytes",
            limit: limits.size,
        });
    }
    if text
        .bytes()
        .filter(|byte| matches!(byte, b'<' | b'='))
        .count()
        > limits.markup
    {
        return Err(Error::TooLarge {
            what: "markup",
            limit: limits.markup,
        });
    }
    Scanner {
        text,
        at: 0,
        limits,
        open: Vec::new(),
        comparisons: 0,
    }
    .document()
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
    (
        lines,
        text[start.min(offset)..offset]
            .chars()
            .map(char::len_utf16)
            .sum::<usize>()
            + 1,
    )
}

/// U+FEFF at the start of a text.
pub(crate) const BOM: char = '\u{feff}';

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    limits: &'a Limits,
    /// Names of the open elements, with the number of namespaces in scope inside them (an upper bound).
    open: Vec<(&'a str, usize)>,
    comparisons: usize,
}

impl<'a> Scanner<'a> {
    /// `document ::= prolog element Misc*` (XML 1.0 section 2.1)
    fn document(mut self) -> Result<Layout, Error> {
        self.at = if self.text.starts_with(BOM) {
            BOM.len_utf8()
        } else {
            0
        };
        let encoding = self.declaration()?;
        let body = self.at;
        let mut root: Option<Range<usize>> = None;
        let mut root_close = None;
        loop {
            if self.open.is_empty() {
                self.skip_space();
                if self.rest().is_empty() {
                    break;
                }
                if !self.rest().starts_with('<') {
                    return Err(self.fail(match root {
                        None => Problem::ContentBeforeRoot,
                        Some(_) => Problem::ContentAfterRoot,
                    }));
                }
            } else {
                self.character_data()?;
                if self.rest().is_empty() {
                    return Err(self.fail(Problem::UnexpectedEnd));
                }
            }
            let start = self.at;
            if self.skip("<!--") {
                self.skip_past("-->")?;
            } else if self.skip("<?") {
                self.processing_instruction()?;
            } else if !self.open.is_empty() && self.skip("<![CDATA[") {
                self.skip_past("]]>")?;
            } else if self.rest().starts_with("<!DOCTYPE") && root.is_none() {
                let (line, column) = position(self.text, start);
                return Err(Error::DoctypePresent { line, column });
            } else if self.open.is_empty() && root.is_some() {
                self.at += 1;
                return Err(self.fail(Problem::MarkupAfterRoot));
            } else if !self.open.is_empty() && self.skip("</") {
                self.end_tag()?;
                if self.open.is_empty() {
                    root_close = Some(start);
                }
            } else {
                self.at += 1;
                self.start_tag()?;
                if root.is_none() {
                    root = Some(start..self.at);
                }
            }
        }
        let root_open = root.ok_or_else(|| self.fail(Problem::NoRoot))?;
        Ok(Layout {
            body,
            root_open,
            root_close,
            encoding,
        })
    }

    /// `XMLDecl ::= '<?xml' VersionInfo EncodingDecl? SDDecl? S? '?>'` (section 2.8); gives the encoding.
    fn declaration(&mut self) -> Result<Option<String>, Error> {
        if !self
            .rest()
            .strip_prefix("<?xml")
            .is_some_and(|rest| rest.starts_with(is_space))
        {
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
            let value = self.attribute_value("xml", name)?;
            match name {
                "version" if value != "1.0" => {
                    let value = value.to_owned();
                    return Err(Error::UnsupportedDeclaration {
                        what: "version",
                        value,
                    });
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

    /// `PI ::= '<?' PITarget (S (Char* - (Char* '?>' Char*)))? '?>'` (section 2.6), behind `<?`.
    fn processing_instruction(&mut self) -> Result<(), Error> {
        let target = self.name();
        if target.is_empty() || target.contains(':') {
            return Err(self.fail(Problem::InvalidName {
                name: target.to_owned(),
            }));
        }
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.fail(Problem::ProcessingInstructionTarget));
        }
        if !self.rest().starts_with("?>") && !self.rest().starts_with(is_space) {
            return Err(self.fail(match self.rest().is_empty() {
                true => Problem::UnexpectedEnd,
                false => Problem::ProcessingInstructionSpace,
            }));
        }
        self.skip_past("?>")
    }

    /// `ETag ::= '</' Name S? '>'` (section 3.1), behind `</`.
    fn end_tag(&mut self) -> Result<(), Error> {
        let name_at = self.at;
        let name = self.name();
        let Some(&(expected, _)) = self.open.last() else {
            return Err(self.fail(Problem::MarkupInContent));
        };
        if self.rest().is_empty() && expected.starts_with(name) {
            return Err(self.fail(Problem::UnexpectedEnd));
        }
        let mismatch = || Problem::MismatchedEndTag {
            element: expected.to_owned(),
        };
        if name != expected {
            self.at = name_at;
            return Err(self.fail(mismatch()));
        }
        self.skip_space();
        if !self.skip(">") {
            return Err(self.fail_or_end(mismatch()));
        }
        self.open.pop();
        Ok(())
    }

    /// `STag` and `EmptyElemTag` (section 3.1), behind `<`.
    fn start_tag(&mut self) -> Result<(), Error> {
        let element = self.name();
        if element.is_empty() {
            return Err(self.fail_or_end(match self.open.is_empty() {
                true => Problem::MarkupBeforeRoot,
                false => Problem::MarkupInContent,
            }));
        }
        self.qualified(element)?;
        let mut default_namespaces = 0;
        let mut namespaces = 0;
        let mut attributes = 0_usize;
        let empty = loop {
            let spaced = self.skip_space();
            if self.skip("/>") {
                break true;
            }
            if self.skip(">") {
                break false;
            }
            let attribute = if spaced { self.name() } else { "" };
            if attribute.is_empty() {
                let element = element.to_owned();
                return Err(self.fail_or_end(Problem::TagNotTerminated { element }));
            }
            self.qualified(attribute)?;
            let value = self.attribute_value(element, attribute)?;
            attributes += 1;
            match attribute.split_once(':') {
                None if attribute == "xmlns" => default_namespaces += 1,
                Some(("xmlns", "xmlns")) | Some((_, "xmlns")) => {
                    return Err(self.fail(Problem::XmlnsBound));
                }
                Some(("xmlns", prefix)) if value.is_empty() => {
                    let prefix = prefix.to_owned();
                    return Err(self.fail(Problem::EmptyPrefixBinding { prefix }));
                }
                Some(("xmlns", _)) => namespaces += 1,
                _ => {}
            }
            if default_namespaces > 1 {
                return Err(self.fail(Problem::DuplicateAttribute {
                    element: element.to_owned(),
                    attribute: attribute.to_owned(),
                }));
            }
        };
        let outside = self.open.last().map_or(0, |&(_, in_scope)| in_scope);
        let in_scope = outside + namespaces + default_namespaces;
        self.spend((1 + attributes).saturating_mul(1 + attributes + in_scope))?;
        if namespaces + default_namespaces > 0 {
            // The tree parser compares the whole new set with itself.
            self.spend(in_scope.saturating_mul(in_scope))?;
        }
        if self.open.len() >= self.limits.depth {
            return Err(Error::TooDeep {
                limit: self.limits.depth,
            });
        }
        if !empty {
            self.open.push((element, in_scope));
        }
        Ok(())
    }

    /// `Eq AttValue` (section 3.1), raw; behind the name.
    fn attribute_value(&mut self, element: &str, attribute: &str) -> Result<&'a str, Error> {
        let names = || (element.to_owned(), attribute.to_owned());
        self.skip_space();
        if !self.skip("=") {
            let (element, attribute) = names();
            return Err(self.fail_or_end(Problem::AttributeWithoutEquals { element, attribute }));
        }
        self.skip_space();
        let Some(quote) = self
            .rest()
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
        else {
            let (element, attribute) = names();
            return Err(self.fail_or_end(Problem::AttributeWithoutQuote { element, attribute }));
        };
        self.at += 1;
        let start = self.at;
        loop {
            let Some(ahead) = self.rest().find([quote, '<', '&']) else {
                self.at = self.text.len();
                return Err(self.fail(Problem::UnexpectedEnd));
            };
            self.at += ahead;
            if self.rest().starts_with('&') {
                self.reference()?;
            } else if self.rest().starts_with('<') {
                let (element, attribute) = names();
                return Err(self.fail(Problem::LessThanInAttribute { element, attribute }));
            } else {
                self.at += 1;
                return Ok(&self.text[start..self.at - 1]);
            }
        }
    }

    /// Text up to the next `<` or the end.
    fn character_data(&mut self) -> Result<(), Error> {
        while let Some(ahead) = self.rest().find(['<', '&']) {
            self.at += ahead;
            if self.rest().starts_with('<') {
                return Ok(());
            }
            self.reference()?;
        }
        self.at = self.text.len();
        Ok(())
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
            let reference = self.text[start..self.at].to_owned();
            if !self.skip(";") {
                return Err(self.fail_or_end(Problem::EntityUnterminated { name: reference }));
            }
            let code = u32::from_str_radix(&rest[..digits], radix)
                .ok()
                .and_then(char::from_u32);
            if !code.is_some_and(is_char) {
                return Err(self.fail(Problem::InvalidCharacterReference { reference }));
            }
            return Ok(());
        }
        let name = self.name();
        if name.is_empty() {
            return Err(self.fail_or_end(Problem::EntityName));
        }
        let name = name.to_owned();
        if !self.skip(";") {
            return Err(self.fail_or_end(Problem::EntityUnterminated { name }));
        }
        if !matches!(name.as_str(), "amp" | "apos" | "gt" | "lt" | "quot") {
            return Err(self.fail(Problem::EntityUndeclared { name }));
        }
        Ok(())
    }

    /// `Name ::= NameStartChar (NameChar)*` (section 2.3), or nothing.
    fn name(&mut self) -> &'a str {
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
    fn qualified(&self, name: &str) -> Result<(), Error> {
        let mut parts = name.split(':');
        let ncname = |part: &str| part.chars().next().is_some_and(is_name_start);
        let good = parts.next().is_some_and(ncname)
            && parts.next().is_none_or(ncname)
            && parts.next().is_none();
        if good {
            Ok(())
        } else {
            Err(self.fail(Problem::InvalidName {
                name: name.to_owned(),
            }))
        }
    }

    fn spend(&mut self, comparisons: usize) -> Result<(), Error> {
        self.comparisons = self.comparisons.saturating_add(comparisons);
        if self.comparisons > self.limits.comparisons {
            return Err(Error::TooLarge {
                what: "comparisons",
                limit: self.limits.comparisons,
            });
        }
        Ok(())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let spaces = rest.len() - rest.trim_start_matches(is_space).len();
        self.at += spaces;
        spaces > 0
    }

    fn skip_past(&mut self, token: &str) -> Result<(), Error> {
        match self.rest().find(token) {
            Some(ahead) => {
                self.at += ahead + token.len();
                Ok(())
            }
            None => {
                self.at = self.text.len();
                Err(self.fail(Problem::UnexpectedEnd))
            }
        }
    }

    fn fail_or_end(&self, problem: Problem) -> Error {
        self.fail(if self.rest().is_empty() {
            Problem::UnexpectedEnd
        } else {
            problem
        })
    }

    fn fail(&self, problem: Problem) -> Error {
        let (line, column) = position(self.text, self.at);
        Error::NotWellFormed {
            line,
            column,
            problem,
        }
    }
}

#[cfg(test)]
mod tests;
