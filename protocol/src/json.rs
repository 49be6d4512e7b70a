//! A JSON value as it came from a page, read within a budget.

use std::{cell::RefCell, collections::BTreeMap, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::org_json;

/// Most containers inside each other.
pub const MAX_DEPTH: usize = 64;

/// Most array elements and object members in one message, all levels together.
pub const MAX_ITEMS: usize = 10_000;

/// Members of an object; duplicates were refused.
pub type Object = BTreeMap<String, Json>;

/// A value of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as text, without exponent: no request calculates with one. What fits neither 64 bits nor a double
    /// exactly is the nearest double.
    Number(String),
    /// A string, escapes resolved.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Object),
}

/// Why a frame is not a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// Neither JSON nor what the parser of the original would take; the byte where reading stopped.
    #[error("not JSON at byte {at}: {expected}")]
    Syntax {
        /// Offset in bytes.
        at: usize,
        /// What should have stood there.
        expected: &'static str,
    },
    /// The same key twice in one object.
    #[error("duplicate key")]
    DuplicateKey,
    /// More than [`MAX_DEPTH`] containers inside each other.
    #[error("more than {MAX_DEPTH} levels")]
    TooDeep,
    /// More than [`MAX_ITEMS`] elements and members.
    #[error("more than {MAX_ITEMS} items")]
    TooManyItems,
}

impl Json {
    /// Reads a frame: strict JSON (RFC 8259) first, then the syntax pages are used to (`org_json`).
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        match strict(text) {
            Ok(value) => Ok(value),
            Err(Some(malformed)) => Err(malformed),
            Err(None) => org_json::parse(text),
        }
    }

    /// The text of a string; `None` for every other kind.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `optBoolean` of org.json: a boolean, or the words `true` and `false` in any letter case.
    pub fn opt_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// `optString` of org.json for plain values: a number or boolean becomes its text.
    pub fn opt_text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }
}

/// Counts what is read; shared by both readers.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    items: usize,
}

impl Meter {
    /// One more element or member.
    pub(crate) fn item(&mut self) -> Result<(), Malformed> {
        self.items += 1;
        if self.items > MAX_ITEMS {
            Err(Malformed::TooManyItems)
        } else {
            Ok(())
        }
    }

    /// Enters a container whose own depth is `depth` (the outermost is 1).
    pub(crate) fn enter(depth: usize) -> Result<(), Malformed> {
        if depth > MAX_DEPTH {
            Err(Malformed::TooDeep)
        } else {
            Ok(())
        }
    }
}

/// `Err(None)`: not strict JSON, the tolerant reader may try. `Err(Some(..))`: refused for good.
fn strict(text: &str) -> Result<Json, Option<Malformed>> {
    let state = RefCell::new(State::default());
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed {
        state: &state,
        depth: 1,
    }
    .deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        // serde_json errors cannot carry our reason; it was left beside the reader.
        Err(_) => Err(state.into_inner().refused),
    }
}

#[derive(Default)]
struct State {
    meter: Meter,
    refused: Option<Malformed>,
}

struct Seed<'s> {
    state: &'s RefCell<State>,
    depth: usize,
}

impl Seed<'_> {
    fn refuse<E: serde::de::Error>(&self, malformed: Malformed) -> E {
        let error = E::custom(&malformed);
        self.state.borrow_mut().refused = Some(malformed);
        error
    }

    fn item<E: serde::de::Error>(&self) -> Result<(), E> {
        let counted = self.state.borrow_mut().meter.item();
        counted.map_err(|malformed| self.refuse(malformed))
    }

    fn inner(&self) -> Self {
        Self {
            state: self.state,
            depth: self.depth + 1,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Json, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json, A::Error> {
        Meter::enter(self.depth).map_err(|malformed| self.refuse(malformed))?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(self.inner())? {
            self.item()?;
            list.push(element);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        Meter::enter(self.depth).map_err(|malformed| self.refuse(malformed))?;
        let mut object = Object::new();
        while let Some(key) = members.next_key::<String>()? {
            self.item()?;
            if object.contains_key(&key) {
                return Err(self.refuse(Malformed::DuplicateKey));
            }
            object.insert(key, members.next_value_seed(self.inner())?);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn object(members: &[(&str, Json)]) -> Json {
        Json::Object(
            members
                .iter()
                .map(|(k, v)| ((*k).to_owned(), v.clone()))
                .collect(),
        )
    }

    #[test]
    fn strict_json_is_read_as_it_stands() {
        let read = Json::parse(r#" {"a":[1,-2.5,true,null],"b":"<\/x>\u0041"} "#).unwrap();
        let list = Json::List(vec![
            Json::Number("1".into()),
            Json::Number("-2.5".into()),
            Json::Bool(true),
            Json::Null,
        ]);
        assert_eq!(
            read,
            object(&[("a", list), ("b", Json::Text("</x>A".into()))])
        );
    }

    #[test]
    fn a_duplicate_key_is_refused_by_both_readers() {
        assert_eq!(
            Json::parse(r#"{"a":1,"a":2}"#),
            Err(Malformed::DuplicateKey)
        );
        assert_eq!(Json::parse("{a:1,a:2}"), Err(Malformed::DuplicateKey));
        assert_eq!(
            Json::parse(r#"{"\u0061":1,"a":2}"#),
            Err(Malformed::DuplicateKey)
        );
    }

    #[test]
    fn depth_has_a_budget_in_both_readers() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(Json::parse(&nested(MAX_DEPTH + 1)), Err(Malformed::TooDeep));
        let tolerant = |depth: usize| format!("{}'x'{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Json::parse(&tolerant(MAX_DEPTH)).is_ok());
        assert_eq!(
            Json::parse(&tolerant(MAX_DEPTH + 1)),
            Err(Malformed::TooDeep)
        );
    }

    #[test]
    fn items_have_a_budget_in_both_readers() {
        let strict = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert!(Json::parse(&strict(MAX_ITEMS)).is_ok());
        assert_eq!(
            Json::parse(&strict(MAX_ITEMS + 1)),
            Err(Malformed::TooManyItems)
        );
        let tolerant = |count: usize| format!("[{}]", vec!["x"; count].join(";"));
        assert!(Json::parse(&tolerant(MAX_ITEMS)).is_ok());
        assert_eq!(
            Json::parse(&tolerant(MAX_ITEMS + 1)),
            Err(Malformed::TooManyItems)
        );
    }

    #[test]
    fn booleans_follow_opt_boolean() {
        let cases = [
            (Json::Bool(false), Some(false)),
            (Json::Text("TRUE".into()), Some(true)),
            (Json::Text("False".into()), Some(false)),
            (Json::Text("yes".into()), None),
            (Json::Number("1".into()), None),
            (Json::Null, None),
        ];
        for (value, expected) in cases {
            assert_eq!(value.opt_bool(), expected, "{value:?}");
        }
    }
}
