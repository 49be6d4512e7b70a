//! Attribute values and character data as written, and what they mean.

use std::borrow::Cow;

use super::characters::{CLASSES, ESCAPED_TEXT, ESCAPED_VALUE};

/// An attribute value as written, without its quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a> {
    pub(crate) text: &'a str,
    /// Whether canonicalisation would write the same bytes.
    pub(crate) plain: bool,
}

impl<'a> Raw<'a> {
    /// The value after normalisation (XML 1.0 section 3.3.3, CDATA attributes).
    pub(crate) fn value(self) -> Cow<'a, str> {
        if self.plain {
            return Cow::Borrowed(self.text);
        }
        decode(self.text, ESCAPED_VALUE, ' ')
    }
}

/// Character data with its line ends normalised and its references replaced (sections 2.11 and 4.4).
pub(crate) fn text_value(raw: &str) -> Cow<'_, str> {
    decode(raw, ESCAPED_TEXT, '\n')
}

/// A CDATA section, comment or instruction with its line ends normalised.
pub(crate) fn verbatim_value(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
}

/// `space` is what a line end becomes, and in values every white space.
fn decode(raw: &str, class: u8, space: char) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let changes = |&byte: &u8| CLASSES[usize::from(byte)] & class != 0;
    if !bytes.iter().any(changes) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut done = 0;
    while let Some(ahead) = bytes[done..].iter().position(changes) {
        let at = done + ahead;
        out.push_str(&raw[done..at]);
        done = at + 1;
        match bytes[at] {
            b'&' => {
                let (character, length) = reference(&raw[at..]);
                out.push(character);
                done = at + length;
            }
            b'\r' => {
                out.push(space);
                done += usize::from(bytes.get(done) == Some(&b'\n'));
            }
            b'\t' | b'\n' => out.push(space),
            other => out.push(char::from(other)),
        }
    }
    out.push_str(&raw[done..]);
    Cow::Owned(out)
}

/// The character a reference at the start of `text` means, and the length of the reference.
pub(crate) fn reference(text: &str) -> (char, usize) {
    let end = text.find(';').expect("the first pass saw the semicolon");
    let name = &text[1..end];
    let character = match name {
        "amp" => '&',
        "apos" => '\'',
        "gt" => '>',
        "lt" => '<',
        "quot" => '"',
        number => {
            let digits = &number[1..];
            let code = match digits.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            let character = code.ok().and_then(char::from_u32);
            character.expect("the first pass accepted the number")
        }
    };
    (character, end + 1)
}
