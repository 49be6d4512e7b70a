//! Replies, written byte for byte like org.json writes them.
//!
//! No white space; `/` escaped only after `<`; U+0080–U+009F and U+2000–U+20FF as `\uXXXX`; absent fields left out.
//! The order of keys is that of a Java hash map, so each family lists its fields in that order.

/// The text of one reply frame, and how the call ended, for the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    text: String,
    outcome: Outcome,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The person refused.
    Cancelled,
    /// The page got what it asked for.
    Done,
    /// The page got an error.
    Failed,
}

impl Outcome {
    /// A word for log lines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Reply {
    pub(crate) fn new(outcome: Outcome, value: &Value) -> Self {
        let mut text = String::new();
        value.write(&mut text);
        Self { text, outcome }
    }

    /// Exact text of the frame.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Gives the text away.
    pub fn into_text(self) -> String {
        self.text
    }

    /// How the call ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

/// A value of a reply. There is no null: absent fields are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`
    Bool(bool),
    /// An array.
    List(Vec<Value>),
    /// An object, its fields in the order they are written.
    Object(Vec<(&'static str, Value)>),
    /// A string.
    Text(String),
}

impl Value {
    /// A string.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An array of strings.
    pub fn texts(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// An object of the fields that are there.
    pub(crate) fn fields<const N: usize>(fields: [(&'static str, Option<Value>); N]) -> Self {
        Self::Object(
            fields
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        )
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quote(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
            Self::Text(text) => quote(text, out),
        }
    }
}

/// `JSONObject.quote`.
fn quote(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut previous = '\0';
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '/' if previous == '<' => out.push_str("\\/"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{80}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
        previous = character;
    }
    out.push('"');
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quoted(text: &str) -> String {
        let mut out = String::new();
        quote(text, &mut out);
        out
    }

    #[test]
    fn strings_are_escaped_like_org_json_does() {
        let cases = [
            ("</ds:Signature> a/b </", r#""<\/ds:Signature> a/b <\/""#),
            ("\"\\\u{8}\t\n\u{c}\r", r#""\"\\\b\t\n\f\r""#),
            ("\0\u{1f}\u{7f}", "\"\\u0000\\u001f\u{7f}\""),
            ("\u{80}\u{9f}\u{a0}", "\"\\u0080\\u009f\u{a0}\""),
            (
                "\u{1fff}\u{2000}\u{2014}\u{20b8}\u{20ff}\u{2100}",
                "\"\u{1fff}\\u2000\\u2014\\u20b8\\u20ff\u{2100}\"",
            ),
            ("ҰЛТТЫҚ 😀", "\"ҰЛТТЫҚ 😀\""),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn absent_fields_are_left_out_and_nothing_is_padded() {
        let value = Value::fields([
            (
                "a",
                Some(Value::List(vec![Value::Bool(true), Value::Object(vec![])])),
            ),
            ("b", None),
            ("c", Some(Value::texts(["x", "y"]))),
        ]);
        assert_eq!(
            Reply::new(Outcome::Done, &value).text(),
            r#"{"a":[true,{}],"c":["x","y"]}"#
        );
    }

    proptest! {
        #[test]
        fn every_string_comes_back_through_a_strict_parser(text in any::<String>()) {
            let back: String = serde_json::from_str(&quoted(&text)).unwrap();
            prop_assert_eq!(back, text);
        }
    }
}
