//! Where covered elements stand: position and number among siblings of the same name.

use std::collections::HashMap;

use crate::document::WellFormed;
use crate::identifiers::{Ancestor, Target};
use crate::markup::{NamespaceId, Token};
use crate::{ElementPath, Error, PathStep};

/// Paths of some elements, by the start of each.
pub(crate) struct ElementPaths(HashMap<usize, ElementPath>);

/// Elements of one name with one parent.
#[derive(Default)]
struct Siblings {
    /// How many were met.
    met: usize,
    /// Those whose position is asked for, with it.
    positions: HashMap<usize, usize>,
}

/// Namespace and local name.
type Name<'a> = (NamespaceId, &'a str);

/// Each element with the start of its parent.
fn with_parents<'t, 'a>(
    ancestry: &'t [Ancestor<'a>],
) -> impl Iterator<Item = (Option<usize>, &'t Ancestor<'a>)> + use<'t, 'a> {
    let parents = ancestry.iter().map(|ancestor| Some(ancestor.at));
    std::iter::once(None).chain(parents).zip(ancestry)
}

impl ElementPaths {
    /// Counts siblings in one pass.
    pub(crate) fn find_all<'t, 'a: 't>(
        document: &WellFormed<'a>,
        targets: impl IntoIterator<Item = &'t Target<'a>>,
    ) -> Result<Self, Error> {
        let ancestries: Vec<&[Ancestor<'a>]> = targets
            .into_iter()
            .map(|target| target.ancestry.as_slice())
            .collect();
        if ancestries.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        // By the start of the parent; the root has none.
        let mut watched: HashMap<Option<usize>, HashMap<Name<'a>, Siblings>> = HashMap::new();
        for (parent, child) in ancestries.iter().copied().flat_map(with_parents) {
            let same_name = watched.entry(parent).or_default();
            let siblings = same_name.entry((child.namespace, child.local)).or_default();
            siblings.positions.insert(child.at, 0);
        }
        let mut tokens = document.tokens();
        while let Some(token) = tokens.next()? {
            let Token::Start { at, name } = token else {
                continue;
            };
            let parent = match tokens.open() {
                [.., parent, _] => Some(parent.at),
                _ => None,
            };
            let Some(same_name) = watched.get_mut(&parent) else {
                continue;
            };
            let expanded = (tokens.scope.resolve(name.prefix()), name.local());
            if let Some(siblings) = same_name.get_mut(&expanded) {
                if let Some(position) = siblings.positions.get_mut(&at) {
                    *position = siblings.met;
                }
                siblings.met += 1;
            }
        }
        let step = |(parent, child): (Option<usize>, &Ancestor<'a>)| {
            let siblings = &watched[&parent][&(child.namespace, child.local)];
            let namespace = document.namespaces.name(child.namespace);
            PathStep {
                namespace: Some(namespace)
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned),
                local_name: child.local.to_owned(),
                index: siblings.positions[&child.at],
                count: siblings.met,
            }
        };
        let path = |ancestry: &[Ancestor<'a>]| {
            let last = ancestry.last()?;
            let steps = with_parents(ancestry).map(step).collect();
            Some((last.at, ElementPath(steps)))
        };
        Ok(Self(ancestries.into_iter().filter_map(path).collect()))
    }

    /// The path of an element asked for.
    pub(crate) fn of(&self, target: &Target<'_>) -> ElementPath {
        let found = self.0.get(&target.span.start);
        found.expect("every target was asked for").clone()
    }
}
