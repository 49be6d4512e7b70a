//! A document proved well-formed by the first pass over it.

use std::ops::Range;

use crate::markup::{BOM, Checking, NamespaceTable, Place, Token, Tokens, Trusting};
use crate::names::DS;
use crate::{Error, Limits};

/// A well-formed document, and what later passes need to know of it.
#[derive(Debug, Clone)]
pub(crate) struct WellFormed<'a> {
    /// The text as it came.
    pub(crate) text: &'a str,
    /// Where its parts are.
    pub(crate) layout: Layout,
    /// Names of namespaces.
    pub(crate) namespaces: NamespaceTable<'a>,
    /// Every `ds:Signature`, in document order.
    pub(crate) signatures: Vec<SignatureElement<'a>>,
    /// Whether there are comments.
    pub(crate) has_comments: bool,
    /// Whether processing instructions stand outside the root.
    pub(crate) has_outer_instructions: bool,
    limits: Limits,
}

/// Where the parts of a document are; all offsets are bytes of the text.
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

/// A `ds:Signature`, not yet read.
#[derive(Debug, Clone)]
pub(crate) struct SignatureElement<'a> {
    /// From its start tag to behind its end tag.
    pub(crate) span: Range<usize>,
    /// Start of its parent; `None` for the root.
    pub(crate) parent: Option<usize>,
    /// Its context.
    pub(crate) place: Place<'a>,
}

impl<'a> WellFormed<'a> {
    /// Takes text whose encoding is settled, whatever its declaration says.
    pub(crate) fn from_text(text: &'a str, limits: &Limits) -> Result<Self, Error> {
        if text.len() > limits.size {
            return Err(too_large(limits));
        }
        let start = if text.starts_with(BOM) {
            BOM.len_utf8()
        } else {
            0
        };
        let mut tokens = Tokens::new(text, start, limits, Checking(NamespaceTable::new()));
        let encoding = tokens.xml_declaration()?;
        let body = tokens.offset();
        let mut signatures: Vec<SignatureElement<'a>> = Vec::new();
        // Those still open, the innermost last.
        let mut unfinished: Vec<usize> = Vec::new();
        let mut has_comments = false;
        let mut has_outer_instructions = false;
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { at, name } => {
                    if name.local() != "Signature" {
                        continue;
                    }
                    let namespace = tokens.scope.resolve(name.prefix());
                    if tokens.mode.0.name(namespace) != DS {
                        continue;
                    }
                    if signatures.len() == limits.signatures {
                        return Err(Error::TooLarge {
                            what: "signatures",
                            limit: limits.signatures,
                        });
                    }
                    let Some(place) = tokens.place() else {
                        continue;
                    };
                    let parent = match tokens.open() {
                        [.., parent, _] => Some(parent.at),
                        _ => None,
                    };
                    unfinished.push(signatures.len());
                    signatures.push(SignatureElement {
                        span: at..at,
                        parent,
                        place,
                    });
                }
                Token::End { at, end, .. } => {
                    if let Some(&index) = unfinished.last()
                        && signatures[index].span.start == at
                    {
                        signatures[index].span.end = end;
                        unfinished.pop();
                    }
                }
                Token::Comment(_) => has_comments = true,
                Token::Instruction { .. } => has_outer_instructions |= tokens.open().is_empty(),
                Token::Text(_) | Token::CData(_) => {}
            }
        }
        let layout = Layout {
            body,
            root_open: tokens.root_open.take().unwrap_or_default(),
            root_close: tokens.root_close,
            encoding,
        };
        let mut namespaces = tokens.mode.0;
        namespaces.rank();
        Ok(Self {
            text,
            layout,
            namespaces,
            signatures,
            has_comments,
            has_outer_instructions,
            limits: *limits,
        })
    }

    /// Takes bytes, which must be UTF-8 and not say otherwise (XML 1.0 section 4.3.3).
    pub(crate) fn from_bytes(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        if bytes.len() > limits.size {
            return Err(too_large(limits));
        }
        let utf_16 = |value: &str| Error::UnsupportedDeclaration {
            what: "encoding",
            value: value.to_owned(),
        };
        match bytes {
            [0xfe, 0xff, ..] | [0, b'<', ..] => return Err(utf_16("UTF-16BE")),
            [0xff, 0xfe, ..] | [b'<', 0, ..] => return Err(utf_16("UTF-16LE")),
            _ => {}
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            declared_encoding(bytes).unwrap_or(Error::NotUtf8 {
                valid_up_to: error.valid_up_to(),
            })
        })?;
        let document = Self::from_text(text, limits)?;
        match &document.layout.encoding {
            Some(name) if !name.eq_ignore_ascii_case("UTF-8") => {
                Err(Error::UnsupportedDeclaration {
                    what: "encoding",
                    value: name.clone(),
                })
            }
            _ => Ok(document),
        }
    }

    /// Another pass over the whole document.
    pub(crate) fn tokens(&self) -> Tokens<'a, Trusting<'_, 'a>> {
        Tokens::new(
            self.text,
            self.layout.body,
            &self.limits,
            Trusting(&self.namespaces),
        )
    }

    /// The element whose start tag stands at an offset, if one does.
    pub(crate) fn place_at(&self, offset: usize) -> Result<Option<Place<'a>>, Error> {
        let mut tokens = self.tokens();
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { at, .. } if at == offset => return Ok(tokens.place()),
                Token::Start { at, .. } if at > offset => return Ok(None),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Another pass that starts at an element.
    pub(crate) fn tokens_from(
        &self,
        place: &Place<'a>,
    ) -> Result<Tokens<'a, Trusting<'_, 'a>>, Error> {
        Tokens::resume(self.text, place, &self.limits, Trusting(&self.namespaces))
    }
}

fn too_large(limits: &Limits) -> Error {
    Error::TooLarge {
        what: "bytes",
        limit: limits.size,
    }
}

/// Bytes that are not UTF-8 usually say what they are; that is the better evidence.
fn declared_encoding(bytes: &[u8]) -> Option<Error> {
    let ascii: String = bytes
        .iter()
        .take(256)
        .take_while(|byte| byte.is_ascii())
        .map(|&b| char::from(b))
        .collect();
    let declaration = ascii.split_once("?>")?.0;
    let rest = declaration.strip_prefix("<?xml")?.split_once("encoding")?.1;
    let quoted = rest.trim_start_matches(|c: char| c == '=' || c.is_ascii_whitespace());
    let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = quoted[1..].split_once(quote)?.0;
    let unsupported = !value.eq_ignore_ascii_case("UTF-8");
    let value = value.trim_start_matches(BOM).to_owned();
    unsupported.then_some(Error::UnsupportedDeclaration {
        what: "encoding",
        value,
    })
}
