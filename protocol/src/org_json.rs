//! The tolerant reader: what the org.json parser of the original takes beyond strict JSON.
//!
//! Real pages send keys without quotes. org.json's `JSONTokener` also takes single quotes, `;` for `,`, one trailing
//! comma, an empty array element as null, bare words as strings, and `=` or `=>` for `:`. It takes no comments and
//! no duplicate keys. Unlike old versions of it, we refuse text after the value, and half a surrogate pair: it has no
//! UTF-8 form, and what is signed must be what was sent.

use crate::json::{Json, Malformed, Meter, Object};

/// Reads one value; nothing but white space may follow it.
pub(crate) fn parse(text: &str) -> Result<Json, Malformed> {
    let mut reader = Reader {
        text,
        at: 0,
        meter: Meter::default(),
    };
    let value = reader.value(1)?;
    match reader.next_clean() {
        None => Ok(value),
        Some(_) => Err(reader.before("the end")),
    }
}

struct Reader<'t> {
    text: &'t str,
    /// Offset of the next byte; always on a character boundary where a value may begin.
    at: usize,
    meter: Meter,
}

impl Reader<'_> {
    /// `JSONTokener.nextValue`.
    fn value(&mut self, depth: usize) -> Result<Json, Malformed> {
        match self.peek_clean() {
            Some(quote @ (b'"' | b'\'')) => {
                self.at += 1;
                self.quoted(quote).map(Json::Text)
            }
            Some(b'{') => self.object(depth).map(Json::Object),
            Some(b'[') => self.list(depth).map(Json::List),
            _ => self.bare_word().map(word_value),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Object, Malformed> {
        Meter::enter(depth)?;
        self.at += 1;
        let mut object = Object::new();
        loop {
            if self.peek_clean() == Some(b'}') {
                self.at += 1;
                return Ok(object);
            }
            let key = self.key()?;
            self.meter.item()?;
            match self.next_clean() {
                Some(b':') => {}
                Some(b'=') => {
                    if self.peek() == Some(b'>') {
                        self.at += 1;
                    }
                }
                _ => return Err(self.before("':' after a key")),
            }
            if object.contains_key(&key) {
                return Err(Malformed::DuplicateKey);
            }
            let value = self.value(depth + 1)?;
            object.insert(key, value);
            match self.next_clean() {
                Some(b',' | b';') => {}
                Some(b'}') => return Ok(object),
                _ => return Err(self.before("',' or '}'")),
            }
        }
    }

    fn key(&mut self) -> Result<String, Malformed> {
        match self.peek_clean() {
            Some(quote @ (b'"' | b'\'')) => {
                self.at += 1;
                self.quoted(quote)
            }
            _ => self.bare_word().map(str::to_owned),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Json>, Malformed> {
        Meter::enter(depth)?;
        self.at += 1;
        let mut list = Vec::new();
        loop {
            match self.peek_clean() {
                Some(b']') => {
                    self.at += 1;
                    return Ok(list);
                }
                Some(b',') => {
                    self.meter.item()?;
                    list.push(Json::Null);
                }
                _ => {
                    self.meter.item()?;
                    list.push(self.value(depth + 1)?);
                }
            }
            match self.next_clean() {
                Some(b',' | b';') => {}
                Some(b']') => return Ok(list),
                _ => return Err(self.before("',' or ']'")),
            }
        }
    }

    /// `JSONTokener.nextString`, after the opening quote.
    fn quoted(&mut self, quote: u8) -> Result<String, Malformed> {
        let mut out = String::new();
        let mut start = self.at;
        loop {
            match self.peek() {
                None | Some(0 | b'\n' | b'\r') => return Err(self.here("the closing quote")),
                Some(byte) if byte == quote => {
                    out.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    out.push_str(&self.text[start..self.at]);
                    self.at += 1;
                    out.push(self.escaped()?);
                    start = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Malformed> {
        let escaped = match self.peek() {
            Some(b'b') => '\u{8}',
            Some(b't') => '\t',
            Some(b'n') => '\n',
            Some(b'f') => '\u{c}',
            Some(b'r') => '\r',
            Some(byte @ (b'"' | b'\'' | b'\\' | b'/')) => char::from(byte),
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.here("an escape")),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn unicode(&mut self) -> Result<char, Malformed> {
        let unit = self.hex4()?;
        let code = match unit {
            0xD800..=0xDBFF => {
                if !self.text[self.at..].starts_with("\\u") {
                    return Err(self.here("the second half of a surrogate pair"));
                }
                self.at += 2;
                let low = self.hex4()?;
                if !(0xDC00..=0xDFFF).contains(&low) {
                    return Err(self.here("the second half of a surrogate pair"));
                }
                0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
            }
            _ => unit,
        };
        char::from_u32(code).ok_or_else(|| self.here("the first half of a surrogate pair"))
    }

    fn hex4(&mut self) -> Result<u32, Malformed> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.here("four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    /// Everything up to a control character or one of `,:]}/\"[{;=#`, trimmed.
    fn bare_word(&mut self) -> Result<&str, Malformed> {
        self.peek_clean();
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .position(|byte| byte < b' ' || b",:]}/\\\"[{;=#".contains(&byte))
            .unwrap_or(rest.len());
        let word = rest[..length].trim_matches(|c| c <= ' ');
        if word.is_empty() {
            return Err(self.here("a value"));
        }
        self.at += length;
        Ok(word)
    }

    /// `JSONTokener.nextClean`: skips everything up to and including the blank.
    fn next_clean(&mut self) -> Option<u8> {
        let byte = self.peek_clean()?;
        self.at += 1;
        Some(byte)
    }

    fn peek_clean(&mut self) -> Option<u8> {
        while self.peek().is_some_and(|byte| byte <= b' ') {
            self.at += 1;
        }
        self.peek()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn here(&self, expected: &'static str) -> Malformed {
        Malformed::Syntax {
            at: self.at,
            expected,
        }
    }

    /// For a byte already taken.
    fn before(&self, expected: &'static str) -> Malformed {
        Malformed::Syntax {
            at: self.at.saturating_sub(1),
            expected,
        }
    }
}

/// `JSONObject.stringToValue`.
fn word_value(word: &str) -> Json {
    if word.eq_ignore_ascii_case("true") {
        return Json::Bool(true);
    }
    if word.eq_ignore_ascii_case("false") {
        return Json::Bool(false);
    }
    if word.eq_ignore_ascii_case("null") {
        return Json::Null;
    }
    number(word).map_or_else(|| Json::Text(word.to_owned()), Json::Number)
}

/// A number in the spelling of JSON; `007` and `-inf` are words.
fn number(word: &str) -> Option<String> {
    let digits = word.strip_prefix('-').unwrap_or(word).as_bytes();
    match digits {
        [b'0', second, ..] if second.is_ascii_digit() => return None,
        [first, ..] if first.is_ascii_digit() => {}
        _ => return None,
    }
    if let Ok(integer) = word.parse::<i64>() {
        return Some(integer.to_string());
    }
    if let Ok(integer) = word.parse::<u64>() {
        return Some(integer.to_string());
    }
    word.parse::<f64>()
        .ok()
        .filter(|real| real.is_finite())
        .map(|real| real.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, strict_twin: &str) {
        assert_eq!(parse(text), Json::parse(strict_twin), "{text}");
        assert!(parse(text).is_ok(), "{text}");
    }

    #[test]
    fn what_org_json_takes_means_the_same_as_its_strict_twin() {
        check(
            r#"{ module: "kz.uchet.signUtil.commonUtils", lang: "en", method: "getVersion", args: [""] }"#,
            r#"{"module":"kz.uchet.signUtil.commonUtils","lang":"en","method":"getVersion","args":[""]}"#,
        );
        check("{'a':'it\\'s \"x\"'}", r#"{"a":"it's \"x\""}"#);
        check("{a:1;b:2}", r#"{"a":1,"b":2}"#);
        check("{a:1,}", r#"{"a":1}"#);
        check("[1,2,]", "[1,2]");
        check("[,1]", "[null,1]");
        check(
            "{a = 1, b => two words , c:TRUE}",
            r#"{"a":1,"b":"two words","c":true}"#,
        );
        check(
            "{a:-1.50,b:007,c:0x1F,d:1e3,e:-inf}",
            r#"{"a":-1.5,"b":"007","c":"0x1F","d":1000,"e":"-inf"}"#,
        );
        check("{true:Null}", r#"{"true":null}"#);
        check("{a:'\\uD83D\\uDE00\\u0041\\/'}", "{\"a\":\"\u{1F600}A/\"}");
        check("{ә:'қ'}", "{\"ә\":\"қ\"}");
        check("\u{1}{\u{2}a:1\n}", r#"{"a":1}"#);
    }

    #[test]
    fn what_org_json_refuses_is_refused() {
        let cases = [
            ("", 0, "a value"),
            ("{", 1, "a value"),
            ("{a}", 2, "':' after a key"),
            ("{a:}", 3, "a value"),
            ("{a:1", 3, "',' or '}'"),
            ("{a:1 // comment\n}", 5, "',' or '}'"),
            ("/* x */ {}", 0, "a value"),
            ("{a:1} x", 6, "the end"),
            ("{a:'x\ny'}", 5, "the closing quote"),
            ("{a:'\\q'}", 5, "an escape"),
            ("{a:'\\u12'}", 6, "four hexadecimal digits"),
            ("{a:'\\uD800'}", 10, "the second half of a surrogate pair"),
            ("{a:'\\uDC00'}", 10, "the first half of a surrogate pair"),
            ("{[1]:2}", 1, "a value"),
            ("[1 2", 3, "',' or ']'"),
        ];
        for (text, at, expected) in cases {
            assert_eq!(
                parse(text),
                Err(Malformed::Syntax { at, expected }),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_either_reader_panic(text in "\\PC*") {
            let _ = Json::parse(&text);
            let _ = parse(&text);
        }

        #[test]
        fn no_text_of_the_grammars_own_characters_makes_it_panic(
            text in "[\\[\\]{}:;,='\"\\\\/#u0-9a-fx \\n\\u0000-\\u001fқ😀-]{0,80}"
        ) {
            let _ = parse(&text);
        }

        #[test]
        fn strict_json_reads_the_same_in_both_readers(value in json_text()) {
            prop_assert_eq!(parse(&value), Json::parse(&value));
        }
    }

    fn json_text() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|b| b.to_string()),
            any::<i32>().prop_map(|n| n.to_string()),
            "[ -~қ😀]*".prop_map(|s| serde_json::to_string(&s).expect("a string is JSON")),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6)
                    .prop_map(|v| format!("[{}]", v.join(","))),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..6).prop_map(|m| {
                    let members: Vec<_> = m.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                    format!("{{{}}}", members.join(", "))
                }),
            ]
        })
    }
}
