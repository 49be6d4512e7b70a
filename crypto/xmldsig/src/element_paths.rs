//! Where covered elements stand: position and number among siblings of the same name.

use std::collections::HashMap;
use std::sync::Arc;

use crate::c14n::Budget;
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

/// Siblings by the start of their parent; the root has none.
type Watched<'a> = HashMap<Option<usize>, HashMap<Name<'a>, Siblings>>;

/// Names as steps have them, each kept once.
#[derive(Default)]
struct Names<'a> {
    namespaces: HashMap<NamespaceId, Option<Arc<str>>>,
    local: HashMap<&'a str, Arc<str>>,
}

/// Each element with the start of its parent, from the innermost outwards.
fn with_parents<'t, 'a>(
    ancestry: &'t [Ancestor<'a>],
) -> impl Iterator<Item = (Option<usize>, &'t Ancestor<'a>)> + use<'t, 'a> {
    let parents = ancestry.iter().map(|ancestor| Some(ancestor.at));
    let outwards = parents.rev().skip(1).chain([None]);
    ancestry
        .iter()
        .rev()
        .zip(outwards)
        .map(|(element, parent)| (parent, element))
}

impl ElementPaths {
    /// Counts siblings in one pass. Each element on the way to a target is looked at once, however many targets are
    /// below it; the steps of each target, and each name once, are charged.
    pub(crate) fn find_all<'t, 'a: 't>(
        document: &WellFormed<'a>,
        targets: impl IntoIterator<Item = &'t Target<'a>>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let ancestries: HashMap<usize, &[Ancestor<'a>]> = targets
            .into_iter()
            .map(|target| (target.span.start, target.ancestry.as_slice()))
            .collect();
        if ancestries.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let mut watched: Watched<'a> = HashMap::new();
        let mut steps: HashMap<usize, PathStep> = HashMap::new();
        let mut names = Names::default();
        let mut elements = Vec::new();
        for ancestry in ancestries.values() {
            budget.spend(ancestry.len() * size_of::<PathStep>())?;
            for (parent, element) in with_parents(ancestry) {
                if steps.contains_key(&element.at) {
                    break;
                }
                steps.insert(element.at, names.step(document, element, budget)?);
                elements.push((parent, *element));
                let same_name = watched.entry(parent).or_default();
                let siblings = same_name
                    .entry((element.namespace, element.local))
                    .or_default();
                siblings.positions.insert(element.at, 0);
            }
        }
        count(document, &mut watched, budget)?;
        for (parent, element) in elements {
            let siblings = &watched[&parent][&(element.namespace, element.local)];
            if let Some(step) = steps.get_mut(&element.at) {
                step.index = siblings.positions[&element.at];
                step.count = siblings.met;
            }
        }
        let path = |(at, ancestry): (usize, &[Ancestor<'a>])| {
            let steps = ancestry.iter().map(|element| steps[&element.at].clone());
            (at, ElementPath(steps.collect()))
        };
        Ok(Self(ancestries.into_iter().map(path).collect()))
    }

    /// The path of an element asked for.
    pub(crate) fn of(&self, target: &Target<'_>) -> ElementPath {
        let found = self.0.get(&target.span.start);
        found.expect("every target was asked for").clone()
    }
}

/// Numbers the elements watched and counts their siblings.
fn count<'a>(
    document: &WellFormed<'a>,
    watched: &mut Watched<'a>,
    budget: &mut Budget,
) -> Result<(), Error> {
    budget.spend(document.text.len())?;
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
    Ok(())
}

impl<'a> Names<'a> {
    /// The step to an element, its siblings not yet counted.
    fn step(
        &mut self,
        document: &WellFormed<'a>,
        element: &Ancestor<'a>,
        budget: &mut Budget,
    ) -> Result<PathStep, Error> {
        budget.spend(element.local.len())?;
        let namespace = self.namespaces.entry(element.namespace);
        let namespace = namespace.or_insert_with(|| {
            let name = document.namespaces.name(element.namespace);
            (!name.is_empty()).then(|| Arc::from(name))
        });
        let local = self.local.entry(element.local);
        Ok(PathStep {
            namespace: namespace.clone(),
            local_name: local.or_insert_with(|| Arc::from(element.local)).clone(),
            index: 0,
            count: 0,
        })
    }
}
