//! From bytes or text to a tree: encoding, declaration, line ends, then the tree parser.

use std::borrow::Cow;

use roxmltree::{Document, ParsingOptions};

use crate::line_ends::to_line_feeds;
use crate::scan::{self, BOM, Layout, position};
use crate::{Error, Limits, Problem};

/// A document that passed the scanner.
pub(crate) struct Source<'a> {
    /// The text as it came.
    pub(crate) text: &'a str,
    /// Where its parts are.
    pub(crate) layout: Layout,
    /// The text without byte order mark and declaration, line ends normalised: what the tree is built from.
    body: Cow<'a, str>,
}

impl<'a> Source<'a> {
    /// Takes text whose encoding is settled, whatever its declaration says.
    pub(crate) fn from_text(text: &'a str, limits: &Limits) -> Result<Self, Error> {
        let layout = scan::scan(text, limits)?;
        let body = to_line_feeds(&text[layout.body..]);
        Ok(Self { text, layout, body })
    }

    /// Takes bytes, which must be UTF-8 and not say otherwise (XML 1.0 section 4.3.3).
    pub(crate) fn from_bytes(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        if bytes.len() > limits.size {
            return Err(Error::TooLarge {
                what: "bytes",
                limit: limits.size,
            });
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
        let source = Self::from_text(text, limits)?;
        match &source.layout.encoding {
            Some(name) if !name.eq_ignore_ascii_case("UTF-8") => {
                Err(Error::UnsupportedDeclaration {
                    what: "encoding",
                    value: name.clone(),
                })
            }
            _ => Ok(source),
        }
    }

    /// Builds the tree.
    pub(crate) fn tree(&self) -> Result<Document<'_>, Error> {
        let options = ParsingOptions {
            allow_dtd: false,
            ..ParsingOptions::default()
        };
        Document::parse_with_options(&self.body, options).map_err(|error| self.translate(&error))
    }

    /// The scanner has met most faults already; positions of the rest are the tree parser's.
    fn translate(&self, error: &roxmltree::Error) -> Error {
        use roxmltree::Error as Tree;
        let (first_line, first_column) = position(self.text, self.layout.body);
        let place = error.pos();
        let (row, col) = (place.row as usize, place.col as usize);
        let line = first_line + row - 1;
        let column = if row == 1 {
            first_column + col - 1
        } else {
            col
        };
        let problem = match error {
            Tree::NonXmlChar(character, _) => Problem::InvalidCharacter {
                character: *character,
            },
            Tree::UnknownNamespace(prefix, _) => Problem::UnboundPrefix {
                prefix: prefix.clone(),
            },
            Tree::NamespacesLimitReached => {
                return Error::TooLarge {
                    what: "namespaces",
                    limit: usize::from(u16::MAX),
                };
            }
            other => Problem::Other {
                detail: other.to_string(),
            },
        };
        Error::NotWellFormed {
            line,
            column,
            problem,
        }
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
