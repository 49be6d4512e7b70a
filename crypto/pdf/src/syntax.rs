//! Reading objects from bytes (ISO 32000-1 sections 7.2 and 7.3). Strict: nothing is repaired.

use crate::Error;
use crate::object::{Dictionary, Object, Reference, Value};

/// Largest object number (ISO 32000-1 annex C.2).
const LARGEST_NUMBER: i64 = 8_388_607;

/// A position in bytes, and the words that can be read there.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    depth_left: usize,
    depth: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], position: usize, depth: usize) -> Self {
        Self {
            bytes,
            // A position outside reads as the end.
            position: position.min(bytes.len()),
            depth_left: depth,
            depth,
        }
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if is_space(byte) {
                self.position += 1;
            } else if byte == b'%' {
                while self
                    .peek()
                    .is_some_and(|byte| !matches!(byte, b'\r' | b'\n'))
                {
                    self.position += 1;
                }
            } else {
                break;
            }
        }
    }

    /// Skips white space only: `%%EOF` looks like a comment.
    pub(crate) fn skip_white(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.position += 1;
        }
    }

    /// Takes a word if it stands here as a whole.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let end = self.position.saturating_add(word.len());
        let is_here = self.bytes.get(self.position..end) == Some(word.as_bytes())
            && self.bytes.get(end).copied().is_none_or(is_boundary);
        if is_here {
            self.position = end;
        }
        is_here
    }

    /// Takes bytes if they stand here, whatever follows.
    pub(crate) fn literally(&mut self, text: &[u8]) -> bool {
        let is_here = self
            .bytes
            .get(self.position..)
            .is_some_and(|rest| rest.starts_with(text));
        if is_here {
            self.position += text.len();
        }
        is_here
    }

    pub(crate) fn expect(&mut self, word: &'static str) -> Result<(), Error> {
        self.skip_space();
        if self.word(word) {
            Ok(())
        } else {
            Err(self.malformed(word))
        }
    }

    /// An integer without sign or fraction behind optional space.
    pub(crate) fn unsigned(&mut self) -> Option<usize> {
        let mut ahead = self.clone();
        ahead.skip_space();
        let start = ahead.position;
        while ahead.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            ahead.position += 1;
        }
        if ahead.peek().is_some_and(|byte| !is_boundary(byte)) {
            return None;
        }
        let number = std::str::from_utf8(&self.bytes[start..ahead.position]).ok()?;
        let number = number.parse().ok()?;
        self.position = ahead.position;
        Some(number)
    }

    /// `N G obj`.
    pub(crate) fn object_header(&mut self) -> Option<Reference> {
        let number = self.unsigned()?;
        let generation = self.unsigned()?;
        self.skip_space();
        let reference = reference(number, generation)?;
        self.word("obj").then_some(reference)
    }

    /// One object; references stay references.
    pub(crate) fn object(&mut self) -> Result<Object, Error> {
        self.skip_space();
        let start = self.position;
        let value = match self.peek() {
            Some(b'/') => Value::Name(self.name()?),
            Some(b'(') => Value::Text(self.literal_string()?),
            Some(b'<') if self.bytes.get(start + 1) == Some(&b'<') => {
                self.nested(|cursor| cursor.dictionary().map(Value::Dictionary))?
            }
            Some(b'<') => Value::Text(self.hexadecimal_string()?),
            Some(b'[') => self.nested(|cursor| cursor.array().map(Value::Array))?,
            Some(b'+' | b'-' | b'.' | b'0'..=b'9') => self.number_or_reference()?,
            Some(_) if self.word("true") => Value::Boolean(true),
            Some(_) if self.word("false") => Value::Boolean(false),
            Some(_) if self.word("null") => Value::Null,
            _ => return Err(self.malformed("an object")),
        };
        Ok(Object {
            span: start..self.position,
            value,
        })
    }

    pub(crate) fn malformed(&self, expected: &'static str) -> Error {
        Error::Malformed {
            offset: self.position,
            expected,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth_left == 0 {
            return Err(Error::TooDeep { limit: self.depth });
        }
        self.depth_left -= 1;
        let read = read(self);
        self.depth_left += 1;
        read
    }

    fn dictionary(&mut self) -> Result<Dictionary, Error> {
        let start = self.position;
        self.position += 2;
        let mut entries = Vec::new();
        loop {
            self.skip_space();
            if self.literally(b">>") {
                break;
            }
            if self.peek() != Some(b'/') {
                return Err(self.malformed("a key or >>"));
            }
            let key = self.name()?;
            entries.push((key, self.object()?));
        }
        Dictionary::new(entries).map_err(|key| Error::DuplicateKey {
            key: String::from_utf8_lossy(&key).into_owned(),
            offset: start,
        })
    }

    fn array(&mut self) -> Result<Vec<Object>, Error> {
        self.position += 1;
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.literally(b"]") {
                return Ok(items);
            }
            items.push(self.object()?);
        }
    }

    fn name(&mut self) -> Result<Vec<u8>, Error> {
        self.position += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|byte| !is_boundary(*byte)) {
            self.position += 1;
            if byte != b'#' {
                name.push(byte);
                continue;
            }
            let digits = self.bytes.get(self.position..self.position + 2);
            let byte = digits.and_then(|digits| Some(hex(digits[0])? << 4 | hex(digits[1])?));
            name.push(byte.ok_or_else(|| self.malformed("two digits behind #"))?);
            self.position += 2;
        }
        Ok(name)
    }

    fn literal_string(&mut self) -> Result<Vec<u8>, Error> {
        self.position += 1;
        let mut text = Vec::new();
        let mut open = 1_usize;
        loop {
            let byte = self.next_byte()?;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(text);
                    }
                }
                b'\\' => {
                    self.escape(&mut text)?;
                    continue;
                }
                // Any end of line reads as a line feed.
                b'\r' => {
                    self.literally(b"\n");
                    text.push(b'\n');
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<(), Error> {
        match self.next_byte()? {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\n' => {}
            b'\r' => {
                self.literally(b"\n");
            }
            first @ b'0'..=b'7' => {
                let mut code = u16::from(first - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else {
                        break;
                    };
                    self.position += 1;
                    code = code << 3 | u16::from(digit - b'0');
                }
                // A high-order overflow is ignored (ISO 32000-1 table 3).
                text.push((code & 0xff) as u8);
            }
            other => text.push(other),
        }
        Ok(())
    }

    fn hexadecimal_string(&mut self) -> Result<Vec<u8>, Error> {
        self.position += 1;
        let mut text = Vec::new();
        let mut high = None;
        loop {
            let byte = self.next_byte()?;
            if byte == b'>' {
                // A missing last digit is zero (ISO 32000-1 section 7.3.4.3).
                text.extend(high.map(|high: u8| high << 4));
                return Ok(text);
            }
            if is_space(byte) {
                continue;
            }
            let digit = hex(byte).ok_or_else(|| self.malformed("a hexadecimal digit"))?;
            high = match high {
                None => Some(digit),
                Some(high) => {
                    text.push(high << 4 | digit);
                    None
                }
            };
        }
    }

    fn next_byte(&mut self) -> Result<u8, Error> {
        let byte = self
            .peek()
            .ok_or_else(|| self.malformed("the end of a string"))?;
        self.position += 1;
        Ok(byte)
    }

    fn number_or_reference(&mut self) -> Result<Value, Error> {
        let start = self.position;
        while self.peek().is_some_and(|byte| !is_boundary(byte)) {
            self.position += 1;
        }
        let text = &self.bytes[start..self.position];
        let digits = text.strip_prefix(b"+").or(text.strip_prefix(b"-"));
        let digits = digits.unwrap_or(text);
        let dots = digits.iter().filter(|byte| **byte == b'.').count();
        let is_number = digits
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.')
            && digits.len() > dots
            && dots <= 1;
        if !is_number {
            self.position = start;
            return Err(self.malformed("a number"));
        }
        if dots == 1 {
            return Ok(Value::Real(text.to_vec()));
        }
        let number: i64 = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.malformed("a number of 64 bits"))?;
        let mut ahead = self.clone();
        if digits.len() == text.len()
            && let Some(generation) = ahead.unsigned()
        {
            ahead.skip_space();
            if ahead.word("R") {
                self.position = ahead.position;
                return usize::try_from(number)
                    .ok()
                    .and_then(|number| reference(number, generation))
                    .map(Value::Reference)
                    .ok_or_else(|| self.malformed("a reference"));
            }
        }
        Ok(Value::Integer(number))
    }
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

pub(crate) fn reference(number: usize, generation: usize) -> Option<Reference> {
    Some(Reference {
        number: u32::try_from(number)
            .ok()
            .filter(|number| i64::from(*number) <= LARGEST_NUMBER)?,
        generation: u16::try_from(generation).ok()?,
    })
}

fn is_boundary(byte: u8) -> bool {
    is_space(byte)
        || matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Object, Error> {
        Cursor::new(text.as_bytes(), 0, 8).object()
    }

    #[test]
    fn every_kind_of_object_reads_as_its_value_with_its_span() {
        let check = |text: &str, value: Value| {
            let object = read(text).unwrap();
            assert_eq!(object.value, value, "{text}");
            assert_eq!(object.span.end, text.trim_end().len(), "{text}");
        };
        check("null", Value::Null);
        check(" true", Value::Boolean(true));
        check("-17", Value::Integer(-17));
        check("+.5", Value::Real(b"+.5".to_vec()));
        check("/A#20b", Value::Name(b"A b".to_vec()));
        check(
            "(a\\(b(c)\\101\\\r\nd\r\ne)",
            Value::Text(b"a(b(c)Ad\ne".to_vec()),
        );
        check("<48 6>", Value::Text(b"H`".to_vec()));
        check("%c\n12 0 R", Value::Reference(reference(12, 0).unwrap()));
        let array = read("[1 2 R 3 0 R]").unwrap();
        let values: Vec<_> = array
            .array()
            .unwrap()
            .iter()
            .map(|item| &item.value)
            .collect();
        assert_eq!(values[0], &Value::Reference(reference(1, 2).unwrap()));
        assert_eq!(values[1], &Value::Reference(reference(3, 0).unwrap()));
        let dictionary = read("<</B[1 2]/A<</C null>>>>").unwrap();
        let dictionary = dictionary.dictionary().unwrap();
        assert_eq!(dictionary.entry("B").unwrap().array().unwrap().len(), 2);
        let inner = dictionary.entry("A").unwrap().dictionary().unwrap();
        assert_eq!(inner.entry("C"), None);
    }

    #[test]
    fn what_readers_repair_differently_is_refused() {
        let malformed = |text: &str, offset, expected| {
            assert_eq!(
                read(text),
                Err(Error::Malformed { offset, expected }),
                "{text}"
            );
        };
        malformed("<</A 1", 6, "a key or >>");
        malformed("(a", 2, "the end of a string");
        malformed("<4g>", 3, "a hexadecimal digit");
        malformed("1-2", 0, "a number");
        malformed("99999999999999999999", 20, "a number of 64 bits");
        malformed("8388608 0 R", 11, "a reference");
        malformed("/A#4", 3, "two digits behind #");
        malformed("nul", 0, "an object");
        assert_eq!(
            read("<</A 1/#41 2>>"),
            Err(Error::DuplicateKey {
                key: "A".into(),
                offset: 0
            })
        );
        assert_eq!(read("[[[[[[[[[]]]]]]]]]"), Err(Error::TooDeep { limit: 8 }));
        assert!(read("[[[[[[[[]]]]]]]]").is_ok());
    }
}
