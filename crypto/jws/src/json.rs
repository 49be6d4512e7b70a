//! JSON objects (RFC 8259), stricter than the language: no member twice (RFC 7515 section 4), a bounded depth, a bounded
//! number of values.

use std::cell::{Cell, RefCell};

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Error, Limits};

/// Reads one object and nothing behind it.
pub(crate) fn object(
    text: &[u8],
    part: &'static str,
    limits: &Limits,
) -> Result<Map<String, Value>, Error> {
    let flaw = RefCell::new(None);
    let values = Cell::new(limits.values);
    let seed = Strict {
        depth: limits.depth,
        limit: limits.depth,
        part,
        flaw: &flaw,
        values: &values,
        most_values: limits.values,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::Json { part }),
        Err(_) => Err(flaw.into_inner().unwrap_or(Error::Json { part })),
    }
}

/// One value; what is refused beyond the language of JSON is kept in `flaw`.
#[derive(Clone, Copy)]
struct Strict<'f> {
    /// Levels left.
    depth: usize,
    limit: usize,
    part: &'static str,
    flaw: &'f RefCell<Option<Error>>,
    /// Values left.
    values: &'f Cell<usize>,
    most_values: usize,
}

impl Strict<'_> {
    fn fail<E: serde::de::Error>(&self, flaw: Error) -> E {
        *self.flaw.borrow_mut() = Some(flaw);
        E::custom("refused")
    }

    fn inner<E: serde::de::Error>(&self) -> Result<Self, E> {
        let (part, limit) = (self.part, self.limit);
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..*self }),
            None => Err(self.fail(Error::TooDeep { part, limit })),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let left = self.values.get().checked_sub(1).ok_or_else(|| {
            let limit = self.most_values;
            self.fail(Error::TooLarge {
                what: "values",
                limit,
            })
        })?;
        self.values.set(left);
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner: Self = self.inner()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner: Self = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                let part = self.part;
                return Err(self.fail(Error::DuplicateMember { part, name }));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// A member that must be text if it is there.
pub(crate) fn text<'m>(
    members: &'m Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'m str>, Error> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::Member {
            name,
            expected: "text",
        }),
    }
}

/// A member that must be there.
pub(crate) fn required<'m>(
    members: &'m Map<String, Value>,
    name: &'static str,
) -> Result<&'m str, Error> {
    text(members, name)?.ok_or(Error::MissingMember { name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Map<String, Value>, Error> {
        let limits = Limits {
            depth: 3,
            ..Limits::default()
        };
        object(text.as_bytes(), "payload", &limits)
    }

    #[test]
    fn values_come_through_unchanged() {
        let text = r#"{"a":[1,-2,1.5,true,null,"\u0436"],"b":{"c":{}}}"#;
        assert_eq!(
            Value::Object(read(text).expect("JSON")),
            serde_json::from_str::<Value>(text).expect("JSON")
        );
    }

    #[test]
    fn members_given_twice_are_refused_at_every_level_and_in_every_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"b":{"a":1,"c":2,"\u0061":1}}"#,
            r#"{"b":[{"a":1,"a":2}]}"#,
        ] {
            assert_eq!(
                read(text),
                Err(Error::DuplicateMember {
                    part: "payload",
                    name: "a".to_owned()
                }),
                "{text}"
            );
        }
    }

    #[test]
    fn nesting_ends_at_the_limit_exactly() {
        assert!(read(r#"{"a":[[]]}"#).is_ok());
        let deep = Error::TooDeep {
            part: "payload",
            limit: 3,
        };
        assert_eq!(read(r#"{"a":[[[]]]}"#), Err(deep.clone()));
        assert_eq!(read(&format!("{{\"a\":{}", "[".repeat(100_000))), Err(deep));
    }

    #[test]
    fn values_are_counted_at_every_level() {
        let limits = Limits {
            values: 5,
            ..Limits::default()
        };
        let read = |text: &str| object(text.as_bytes(), "payload", &limits).err();
        assert_eq!(read(r#"{"a":[1,2],"b":{}}"#), None);
        let over = Some(Error::TooLarge {
            what: "values",
            limit: 5,
        });
        assert_eq!(read(r#"{"a":[1,2],"b":{"c":0}}"#), over);
        assert_eq!(read(r#"{"a":[1,2,3],"b":{}}"#), over);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in [
            "",
            "[]",
            "1",
            "{",
            "{}x",
            "{} {}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":\"\\ud800\"}",
            "\u{feff}{}",
            "{\"a\":1,}",
        ] {
            assert_eq!(read(text), Err(Error::Json { part: "payload" }), "{text}");
        }
        let broken = object(b"{\"a\":\"\xff\"}", "header", &Limits::default());
        assert_eq!(broken, Err(Error::Json { part: "header" }));
        assert_eq!(read(" {\"a\" : 1 }\n").map(|o| o.len()), Ok(1));
    }
}
