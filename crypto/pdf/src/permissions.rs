//! What a signature forbids later revisions (ISO 32000-1 sections 12.8.2.2 and 12.8.2.4).

use crate::Error;
use crate::difference::Effect;
use crate::document::Document;
use crate::object::{Dictionary, Object};
use crate::text;

/// What a certified document allows (`P` of DocMDP).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DocMdp {
    /// 1: nothing; archive time stamps and validation data (ISO 32000-2 section 12.8.2.2.2) excepted.
    NoChanges,
    /// 2: filling in fields and signing.
    FormFilling,
    /// 3: that, and annotations.
    Annotations,
}

impl DocMdp {
    /// Whether a change of this effect is allowed.
    pub fn allows(self, effect: Effect) -> bool {
        effect
            <= match self {
                Self::NoChanges => Effect::ValidationData,
                Self::FormFilling => Effect::FormFilling,
                Self::Annotations => Effect::Annotations,
            }
    }
}

/// Fields that must not change any more (`FieldMDP`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldMdp {
    /// Every field.
    All,
    /// Every field but these.
    Exclude(Vec<String>),
    /// These fields.
    Include(Vec<String>),
}

impl FieldMdp {
    /// Whether a field, by its full name, is locked; naming a field names those below it.
    pub fn locks(&self, field: &str) -> bool {
        let is_named = |names: &[String]| {
            names.iter().any(|name| {
                field
                    .strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Exclude(names) => !is_named(names),
            Self::Include(names) => is_named(names),
        }
    }
}

/// What the `Reference` array of a signature dictionary says.
pub(crate) fn read(
    document: &Document<'_>,
    signature: &Dictionary,
    number: u32,
    revision: usize,
) -> Result<(Option<DocMdp>, Option<FieldMdp>), Error> {
    let (mut doc_mdp, mut field_mdp) = (None, None);
    let Some(references) = document.entry(signature, "Reference", revision)? else {
        return Ok((None, None));
    };
    let missing = |key| Error::MissingEntry { number, key };
    for item in references.array().ok_or_else(|| missing("Reference"))? {
        let item = document.resolve(item, revision)?;
        let item = item.as_deref().and_then(Object::dictionary);
        let item = item.ok_or_else(|| missing("Reference"))?;
        let method = document.entry(item, "TransformMethod", revision)?;
        let parameters = document.entry(item, "TransformParams", revision)?;
        let parameters = parameters.as_deref().and_then(Object::dictionary);
        match method.as_deref().and_then(Object::name) {
            Some(b"DocMDP") => {
                let level = match parameters {
                    Some(parameters) => document.entry(parameters, "P", revision)?,
                    None => None,
                };
                // 2 where nothing is said (ISO 32000-1 table 254).
                doc_mdp = Some(match level.as_deref().map(Object::integer) {
                    Some(Some(1)) => DocMdp::NoChanges,
                    None | Some(Some(2)) => DocMdp::FormFilling,
                    Some(Some(3)) => DocMdp::Annotations,
                    Some(_) => return Err(missing("P")),
                });
            }
            Some(b"FieldMDP") => {
                let parameters = parameters.ok_or_else(|| missing("TransformParams"))?;
                field_mdp = Some(read_field_mdp(document, parameters, number, revision)?);
            }
            _ => {}
        }
    }
    Ok((doc_mdp, field_mdp))
}

fn read_field_mdp(
    document: &Document<'_>,
    parameters: &Dictionary,
    number: u32,
    revision: usize,
) -> Result<FieldMdp, Error> {
    let names = || -> Result<Vec<String>, Error> {
        let key = "Fields";
        let missing = || Error::MissingEntry { number, key };
        let fields = document.entry(parameters, key, revision)?;
        let fields = fields.as_deref().and_then(Object::array);
        let mut names = Vec::new();
        for field in fields.ok_or_else(missing)? {
            names.push(text::read(field.text().ok_or_else(missing)?));
        }
        Ok(names)
    };
    let action = document.entry(parameters, "Action", revision)?;
    match action.as_deref().and_then(Object::name) {
        Some(b"All") => Ok(FieldMdp::All),
        Some(b"Exclude") => names().map(FieldMdp::Exclude),
        Some(b"Include") => names().map(FieldMdp::Include),
        _ => Err(Error::MissingEntry {
            number,
            key: "Action",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_allows_what_its_number_says() {
        let allowed = |level: DocMdp| {
            Effect::ALL
                .into_iter()
                .filter(|effect| level.allows(*effect))
                .collect::<Vec<_>>()
        };
        assert_eq!(allowed(DocMdp::NoChanges), Effect::ALL[..1]);
        assert_eq!(allowed(DocMdp::FormFilling), Effect::ALL[..3]);
        assert_eq!(allowed(DocMdp::Annotations), Effect::ALL[..4]);
    }

    #[test]
    fn a_field_is_locked_with_everything_below_it() {
        let include = FieldMdp::Include(vec!["a.b".into()]);
        let exclude = FieldMdp::Exclude(vec!["a.b".into()]);
        for (field, named) in [
            ("a.b", true),
            ("a.b.c", true),
            ("a.bc", false),
            ("a", false),
        ] {
            assert_eq!(include.locks(field), named, "{field}");
            assert_eq!(exclude.locks(field), !named, "{field}");
            assert!(FieldMdp::All.locks(field));
        }
    }
}
