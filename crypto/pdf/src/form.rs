//! The interactive form and its fields (ISO 32000-1 section 12.7).

use std::collections::HashSet;
use std::rc::Rc;

use crate::document::{Document, Indirect};
use crate::object::{Object, Reference};
use crate::{Error, text};

/// A field that takes a value, with its widgets.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    /// Fully qualified: the partial names of its ancestors and its own, joined by full stops.
    pub(crate) name: String,
    pub(crate) object: Rc<Indirect>,
    /// Objects that show it; its own among them if it is a widget itself.
    pub(crate) widgets: Vec<Rc<Indirect>>,
    pub(crate) is_signature: bool,
    /// Value of `V`, its own or inherited.
    pub(crate) value: Option<Object>,
}

/// A node of the tree that waits to be read.
struct Waiting {
    named: Reference,
    prefix: String,
    kind: Option<Vec<u8>>,
    value: Option<Object>,
}

/// Value of the catalog's `AcroForm`.
pub(crate) fn form(document: &Document<'_>, revision: usize) -> Result<Option<Rc<Object>>, Error> {
    let catalog = document.catalog(revision)?;
    let Some(entry) = catalog
        .dictionary()
        .and_then(|catalog| catalog.entry("AcroForm"))
    else {
        return Ok(None);
    };
    let form = match entry.reference() {
        Some(named) => Rc::new(document.require(named, revision)?.object.clone()),
        None => Rc::new(entry.clone()),
    };
    match form.dictionary() {
        Some(_) => Ok(Some(form)),
        None => Err(Error::MissingEntry {
            number: catalog.number,
            key: "AcroForm",
        }),
    }
}

/// Every field, in the order of the tree.
pub(crate) fn fields(document: &Document<'_>, revision: usize) -> Result<Vec<Field>, Error> {
    let Some(form) = form(document, revision)? else {
        return Ok(Vec::new());
    };
    let Some(roots) = form
        .dictionary()
        .map(|form| document.entry(form, "Fields", revision))
        .transpose()?
        .flatten()
    else {
        return Ok(Vec::new());
    };
    let missing = |number| Error::MissingEntry {
        number,
        key: "Fields",
    };
    let mut waiting = Vec::new();
    for root in roots.array().ok_or_else(|| missing(0))?.iter().rev() {
        waiting.push(Waiting {
            named: root.reference().ok_or_else(|| missing(0))?,
            prefix: String::new(),
            kind: None,
            value: None,
        });
    }
    let mut fields = Vec::new();
    let mut seen = HashSet::new();
    while let Some(node) = waiting.pop() {
        let object = document.require(node.named, revision)?;
        if !seen.insert(object.number) {
            return Err(Error::Cycle {
                number: object.number,
            });
        }
        read_node(document, revision, node, object, &mut waiting, &mut fields)?;
    }
    Ok(fields)
}

fn read_node(
    document: &Document<'_>,
    revision: usize,
    node: Waiting,
    object: Rc<Indirect>,
    waiting: &mut Vec<Waiting>,
    fields: &mut Vec<Field>,
) -> Result<(), Error> {
    let number = object.number;
    let dictionary = object
        .dictionary()
        .ok_or(Error::MissingEntry { number, key: "T" })?;
    let mut name = node.prefix;
    if let Some(partial) = document.entry(dictionary, "T", revision)? {
        let partial = partial
            .text()
            .ok_or(Error::MissingEntry { number, key: "T" })?;
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&text::read(partial));
    }
    document
        .source
        .charge(name.len() + object.object.span.len())?;
    let kind = match document.entry(dictionary, "FT", revision)? {
        Some(kind) => kind.name().map(<[u8]>::to_vec),
        None => node.kind,
    };
    let value = dictionary.entry("V").cloned().or(node.value);

    let mut widgets = Vec::new();
    let mut children = Vec::new();
    if let Some(kids) = document.entry(dictionary, "Kids", revision)? {
        let key = "Kids";
        let missing = || Error::MissingEntry { number, key };
        for kid in kids.array().ok_or_else(missing)? {
            let named = kid.reference().ok_or_else(missing)?;
            let kid = document.require(named, revision)?;
            document.source.charge(kid.object.span.len())?;
            let is_field = kid.dictionary().ok_or_else(missing)?.entry("T").is_some();
            if is_field {
                children.push(named);
            } else {
                widgets.push(kid);
            }
        }
    } else {
        widgets.push(object.clone());
    }
    // A node with fields below takes no value itself.
    if children.is_empty() {
        fields.push(Field {
            name,
            object,
            widgets,
            is_signature: kind.as_deref() == Some(b"Sig"),
            value,
        });
        return Ok(());
    }
    waiting.extend(children.into_iter().rev().map(|named| Waiting {
        named,
        prefix: name.clone(),
        kind: kind.clone(),
        value: value.clone(),
    }));
    Ok(())
}
