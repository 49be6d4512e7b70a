//! The objects of a PDF file (ISO 32000-1 section 7.3), with the place where each stands.

use std::ops::Range;

/// Number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Reference {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

/// A value and the bytes it was read from. Two are equal when their values are, wherever they stand.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Array(Vec<Object>),
    Boolean(bool),
    Dictionary(Dictionary),
    Integer(i64),
    /// Without the slash, `#xx` resolved.
    Name(Vec<u8>),
    Null,
    /// As written: nothing here computes with it.
    Real(Vec<u8>),
    Reference(Reference),
    /// Content of a literal or hexadecimal string.
    Text(Vec<u8>),
}

/// Entries sorted by key; no key occurs twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dictionary(Vec<(Vec<u8>, Object)>);

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Object {
    pub(crate) fn dictionary(&self) -> Option<&Dictionary> {
        match &self.value {
            Value::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        match self.value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// An integer that counts or places something.
    pub(crate) fn offset(&self) -> Option<usize> {
        usize::try_from(self.integer()?).ok()
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        match &self.value {
            Value::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&[u8]> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn reference(&self) -> Option<Reference> {
        match self.value {
            Value::Reference(reference) => Some(reference),
            _ => None,
        }
    }

    /// Every reference inside, in the order of the text.
    pub(crate) fn references(&self, found: &mut impl FnMut(Reference)) {
        match &self.value {
            Value::Array(items) => items.iter().for_each(|item| item.references(found)),
            Value::Dictionary(dictionary) => {
                for (_, value) in dictionary.iter() {
                    value.references(found);
                }
            }
            Value::Reference(reference) => found(*reference),
            _ => {}
        }
    }
}

impl Dictionary {
    /// Takes entries in the order of the file; the key that occurs twice comes back as the error.
    pub(crate) fn new(mut entries: Vec<(Vec<u8>, Object)>) -> Result<Self, Vec<u8>> {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(pair[0].0.clone()),
            None => Ok(Self(entries)),
        }
    }

    /// The entry; one that says null counts as absent (ISO 32000-1 section 7.3.7).
    pub(crate) fn entry(&self, key: &str) -> Option<&Object> {
        let index = self
            .0
            .binary_search_by(|(one, _)| one.as_slice().cmp(key.as_bytes()))
            .ok()?;
        let object = &self.0[index].1;
        (object.value != Value::Null).then_some(object)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &Object)> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value))
    }

    /// Keys whose values differ between the two, in order.
    pub(crate) fn differing_keys(&self, other: &Self) -> Vec<Vec<u8>> {
        let mut keys = Vec::new();
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => return keys,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((one, _)), Some((another, _))) => one.cmp(another),
            };
            let here = (order != std::cmp::Ordering::Greater)
                .then(|| left.next())
                .flatten();
            let there = (order != std::cmp::Ordering::Less)
                .then(|| right.next())
                .flatten();
            match (here, there) {
                (Some((_, one)), Some((_, another))) if one == another => {}
                (Some((key, _)), _) | (None, Some((key, _))) => keys.push(key.clone()),
                (None, None) => return keys,
            }
        }
    }
}
