//! Namespaces in scope (Namespaces in XML 1.0 section 6), each name and prefix kept once.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::names::{XML, XMLNS};
use crate::{Error, Limits};

/// A namespace name, as position in the [`NamespaceTable`].
pub(crate) type NamespaceId = u32;
/// A prefix, as position in its [`Scope`].
pub(crate) type PrefixId = u32;

/// No namespace: what `xmlns=""` says, and what an unbound prefix has.
pub(crate) const NONE: NamespaceId = 0;
/// The namespace of `xml:`.
pub(crate) const XML_NAMESPACE: NamespaceId = 1;
/// The namespace of `xmlns:`, which nothing may be bound to.
pub(crate) const XMLNS_NAMESPACE: NamespaceId = 2;

/// The default namespace's prefix.
pub(crate) const DEFAULT: PrefixId = 0;
/// `xml`.
pub(crate) const XML_PREFIX: PrefixId = 1;

/// As many prefixes are found faster one after another than by hash.
const FEW: usize = 12;

/// The namespace names of a document.
#[derive(Debug, Clone)]
pub(crate) struct NamespaceTable<'a> {
    names: Vec<Cow<'a, str>>,
    ids: HashMap<Cow<'a, str>, NamespaceId>,
    /// Place of each name in the order of code points.
    ranks: Vec<u32>,
    /// Names that are relative references.
    relative: Vec<bool>,
}

impl<'a> NamespaceTable<'a> {
    pub(crate) fn new() -> Self {
        let mut table = Self {
            names: Vec::new(),
            ids: HashMap::new(),
            ranks: Vec::new(),
            relative: Vec::new(),
        };
        for name in ["", XML, XMLNS] {
            table.add(Cow::Borrowed(name));
        }
        table
    }

    fn add(&mut self, name: Cow<'a, str>) -> NamespaceId {
        let id = self.names.len() as NamespaceId;
        self.relative.push(!name.is_empty() && !has_scheme(&name));
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// The identity of a name, new or met before.
    pub(crate) fn intern(
        &mut self,
        name: Cow<'a, str>,
        limits: &Limits,
    ) -> Result<NamespaceId, Error> {
        if let Some(id) = self.find(&name) {
            return Ok(id);
        }
        if self.names.len() >= limits.namespaces {
            return Err(too_many(limits));
        }
        Ok(self.add(name))
    }

    /// The identity of a name met before.
    pub(crate) fn find(&self, name: &str) -> Option<NamespaceId> {
        self.ids.get(name).copied()
    }

    /// The name.
    pub(crate) fn name(&self, id: NamespaceId) -> &str {
        &self.names[id as usize]
    }

    /// Whether the name is a relative reference.
    pub(crate) fn is_relative(&self, id: NamespaceId) -> bool {
        self.relative[id as usize]
    }

    /// Settles the order of the names, once all are known.
    pub(crate) fn rank(&mut self) {
        let mut order: Vec<NamespaceId> = (0..self.names.len() as NamespaceId).collect();
        order.sort_unstable_by(|&a, &b| self.names[a as usize].cmp(&self.names[b as usize]));
        self.ranks = vec![0; order.len()];
        for (rank, id) in order.into_iter().enumerate() {
            self.ranks[id as usize] = rank as u32;
        }
    }

    /// Place of a name in the order of code points; comparing ranks is comparing names.
    pub(crate) fn rank_of(&self, id: NamespaceId) -> u32 {
        self.ranks[id as usize]
    }
}

/// What each prefix stands for, here.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    prefixes: Vec<Prefix<'a>>,
    /// Prefixes by name, once there are more than [`FEW`].
    ids: HashMap<&'a str, PrefixId>,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
struct Prefix<'a> {
    name: &'a str,
    namespace: NamespaceId,
    /// Serial number of the start tag that bound it last.
    bound_by: usize,
}

/// One declaration, and what it hides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    pub(crate) prefix: PrefixId,
    pub(crate) before: NamespaceId,
}

impl<'a> Scope<'a> {
    pub(crate) fn new() -> Self {
        let mut scope = Self {
            prefixes: Vec::new(),
            ids: HashMap::new(),
            changes: Vec::new(),
        };
        scope.add("", NONE);
        scope.add("xml", XML_NAMESPACE);
        scope
    }

    fn add(&mut self, name: &'a str, namespace: NamespaceId) -> PrefixId {
        let id = self.prefixes.len() as PrefixId;
        self.prefixes.push(Prefix {
            name,
            namespace,
            bound_by: 0,
        });
        if self.prefixes.len() > FEW {
            if self.ids.is_empty() {
                let known = self.prefixes.iter().zip(0..);
                self.ids = known.map(|(prefix, id)| (prefix.name, id)).collect();
            }
            self.ids.insert(name, id);
        }
        id
    }

    /// A prefix met in a declaration before.
    #[inline]
    pub(crate) fn find(&self, name: &str) -> Option<PrefixId> {
        if name.is_empty() {
            return Some(DEFAULT);
        }
        if self.prefixes.len() > FEW {
            return self.ids.get(name).copied();
        }
        let at = self.prefixes.iter().position(|prefix| prefix.name == name);
        at.map(|at| at as PrefixId)
    }

    /// What a prefix stands for; [`NONE`] for one that is not bound.
    #[inline]
    pub(crate) fn resolve(&self, name: &str) -> NamespaceId {
        self.find(name).map_or(NONE, |prefix| self.bound_to(prefix))
    }

    #[inline]
    pub(crate) fn bound_to(&self, prefix: PrefixId) -> NamespaceId {
        self.prefixes[prefix as usize].namespace
    }

    pub(crate) fn name(&self, prefix: PrefixId) -> &'a str {
        self.prefixes[prefix as usize].name
    }

    /// How many prefixes there are, bound or not: every [`PrefixId`] is below.
    pub(crate) fn len(&self) -> usize {
        self.prefixes.len()
    }

    /// Binds a prefix until [`Self::forget`]; false if the same start tag, of this number, has bound it already.
    pub(crate) fn declare(
        &mut self,
        name: &'a str,
        namespace: NamespaceId,
        tag: usize,
        limits: &Limits,
    ) -> Result<bool, Error> {
        let id = match self.find(name) {
            Some(id) => id,
            None if self.prefixes.len() >= limits.namespaces => return Err(too_many(limits)),
            None => self.add(name, NONE),
        };
        let prefix = &mut self.prefixes[id as usize];
        if prefix.bound_by == tag {
            return Ok(false);
        }
        prefix.bound_by = tag;
        self.changes.push(Change {
            prefix: id,
            before: prefix.namespace,
        });
        prefix.namespace = namespace;
        Ok(true)
    }

    /// How many declarations are in force: a mark for [`Self::forget`] and [`Self::since`].
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.changes.len()
    }

    /// Declarations since a mark.
    #[inline]
    pub(crate) fn since(&self, mark: usize) -> &[Change] {
        &self.changes[mark..]
    }

    /// Takes back the declarations since a mark.
    #[inline]
    pub(crate) fn forget(&mut self, mark: usize) {
        while self.changes.len() > mark {
            if let Some(change) = self.changes.pop() {
                self.prefixes[change.prefix as usize].namespace = change.before;
            }
        }
    }

    /// Every prefix bound before a mark, `xml` left out.
    pub(crate) fn bound_before(&self, mark: usize) -> Vec<(&'a str, NamespaceId)> {
        let mut bound: Vec<NamespaceId> = self.prefixes.iter().map(|p| p.namespace).collect();
        for change in self.since(mark).iter().rev() {
            bound[change.prefix as usize] = change.before;
        }
        bound[XML_PREFIX as usize] = NONE;
        let named = self.prefixes.iter().map(|p| p.name).zip(bound);
        named.filter(|&(_, namespace)| namespace != NONE).collect()
    }
}

pub(crate) fn too_many(limits: &Limits) -> Error {
    Error::TooLarge {
        what: "namespaces",
        limit: limits.namespaces,
    }
}

/// Only the scheme decides: characters that RFC 3986 would want escaped are left to whoever chose the name.
///
/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` (RFC 3986 section 3.1)
fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}
