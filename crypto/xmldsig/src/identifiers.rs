//! The one resolver of `#identifier`, used for digests and for what is reported as covered.

use std::collections::HashMap;
use std::ops::Range;

use crate::c14n::Budget;
use crate::document::WellFormed;
use crate::markup::{Attribute, NamespaceId, Place, Scope, Token};
use crate::names::{WSU, XML};
use crate::{Error, Limits};

/// Elements by identifier, of those that were looked for.
pub(crate) struct Identifiers<'a>(HashMap<String, Found<'a>>);

enum Found<'a> {
    Nowhere,
    Once(Target<'a>),
    /// Two suffice to know.
    Twice,
}

/// The element an identifier leads to.
#[derive(Debug, Clone)]
pub(crate) struct Target<'a> {
    /// From its start tag to behind its end tag.
    pub(crate) span: Range<usize>,
    pub(crate) place: Place<'a>,
    /// Its ancestors, the root first, and itself.
    pub(crate) ancestry: Vec<Ancestor<'a>>,
}

/// An element around a target, or the target.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ancestor<'a> {
    /// Offset of its start tag.
    pub(crate) at: usize,
    pub(crate) namespace: NamespaceId,
    pub(crate) local: &'a str,
}

impl<'a> Identifiers<'a> {
    /// Looks for all of `sought` in one pass; the pass, and what is remembered of ancestors, are charged.
    pub(crate) fn find_all(
        document: &WellFormed<'a>,
        sought: impl IntoIterator<Item = String>,
        limits: &Limits,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut found: HashMap<String, Found<'a>> =
            sought.into_iter().map(|id| (id, Found::Nowhere)).collect();
        if found.is_empty() {
            return Ok(Self(found));
        }
        budget.spend(document.text.len())?;
        // What the places of all elements found may remember together.
        let mut memory = limits.namespaces.saturating_mul(16);
        // Elements found that are still open, by their start, with the identifier that led there.
        let mut unfinished: Vec<(usize, String)> = Vec::new();
        let mut open: Vec<Ancestor<'a>> = Vec::new();
        let mut tokens = document.tokens();
        while let Some(token) = tokens.next()? {
            match token {
                Token::Start { at, name } => {
                    open.push(Ancestor {
                        at,
                        namespace: tokens.scope.resolve(name.prefix()),
                        local: name.local(),
                    });
                    for attribute in &tokens.attributes {
                        if !is_identifier(document, &tokens.scope, attribute) {
                            continue;
                        }
                        let id = attribute.raw.value();
                        let Some(state) = found.get_mut(id.as_ref()) else {
                            continue;
                        };
                        match state {
                            Found::Nowhere => {
                                let Some(place) = tokens.place() else {
                                    continue;
                                };
                                let size = 1 + place.bindings.len() + place.xml.len();
                                memory = memory.checked_sub(size).ok_or(Error::TooLarge {
                                    what: "namespaces",
                                    limit: limits.namespaces,
                                })?;
                                budget.spend(size_of_val(open.as_slice()))?;
                                *state = Found::Once(Target {
                                    span: at..at,
                                    place,
                                    ancestry: open.clone(),
                                });
                                unfinished.push((at, id.into_owned()));
                            }
                            // `Id` and `id` with the same value on one element are no ambiguity.
                            Found::Once(target) if target.span.start == at => {}
                            Found::Once(_) => *state = Found::Twice,
                            Found::Twice => {}
                        }
                    }
                }
                Token::End { at, end, .. } => {
                    open.pop();
                    while let Some((_, id)) = unfinished.pop_if(|(start, _)| *start == at) {
                        if let Some(Found::Once(target)) = found.get_mut(&id) {
                            target.span.end = end;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(Self(found))
    }

    /// The element with this identifier, if any.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] when there are several: which one is meant would be a matter of taste. Duplicates that no
    /// signature refers to are harmless and common (`id` of database rows).
    pub(crate) fn find(&self, id: &str) -> Result<Option<&Target<'a>>, Error> {
        match self.0.get(id) {
            None | Some(Found::Nowhere) => Ok(None),
            Some(Found::Once(target)) => Ok(Some(target)),
            Some(Found::Twice) => Err(Error::DuplicateId { id: id.to_owned() }),
        }
    }
}

/// `Id`, `ID`, `id` without namespace (no schema says which are identifiers, so all three are), `wsu:Id`, `xml:id`.
#[inline]
fn is_identifier<'a>(
    document: &WellFormed<'a>,
    scope: &Scope<'a>,
    attribute: &Attribute<'a>,
) -> bool {
    let name = attribute.name;
    if !matches!(name.local(), "Id" | "ID" | "id") {
        return false;
    }
    if !name.has_prefix() {
        return true;
    }
    match document.namespaces.name(scope.resolve(name.prefix())) {
        WSU => name.local() == "Id",
        XML => name.local() == "id",
        _ => false,
    }
}
