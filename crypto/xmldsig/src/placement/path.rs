//! Location paths, the small part of XPath that pages use.

use crate::Error;
use crate::prepare::Outline;

/// Longest path accepted, in bytes.
const LENGTH: usize = 4096;

/// An absolute location path of names: `/root/p:a[2]`.
///
/// ```text
/// path ::= ('/' name ('[' position ']')?)+
/// ```
///
/// Names are compared as they are written in the document, prefix included: a step `a` is the element `<a>` whatever
/// its namespace, a step `p:a` is `<p:a>`. A path comes without namespace bindings, and the page that wrote it has seen
/// the document's text. A position counts from 1 among the siblings of that name. Everything else of XPath (`//`,
/// axes, functions, other predicates, `*`) is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationPath {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    name: String,
    /// From 1.
    position: Option<usize>,
}

impl LocationPath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`Error::UnsupportedPath`] with the place where the accepted form ends.
    pub fn parse(path: &str) -> Result<Self, Error> {
        let refused = |offset: usize| Error::UnsupportedPath {
            path: path.chars().take(256).collect(),
            offset,
        };
        if path.len() > LENGTH {
            return Err(refused(LENGTH));
        }
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() || steps.is_empty() {
            let at = |rest: &str| path.len() - rest.len();
            rest = rest.strip_prefix('/').ok_or_else(|| refused(at(rest)))?;
            let end = rest.find(['/', '[']).unwrap_or(rest.len());
            let name = &rest[..end];
            if !is_name(name) {
                return Err(refused(at(rest)));
            }
            rest = &rest[end..];
            let mut position = None;
            if let Some(behind) = rest.strip_prefix('[') {
                let (number, behind_bracket) =
                    behind.split_once(']').ok_or_else(|| refused(at(rest)))?;
                let digits = number.bytes().all(|byte| byte.is_ascii_digit());
                let number = number.parse().ok().filter(|&number| digits && number > 0);
                position = Some(number.ok_or_else(|| refused(at(behind)))?);
                rest = behind_bracket;
            }
            steps.push(Step {
                name: name.to_owned(),
                position,
            });
        }
        Ok(Self {
            text: path.to_owned(),
            steps,
        })
    }

    /// The one element the path leads to.
    pub(crate) fn find(&self, outline: &Outline<'_>) -> Result<usize, Error> {
        let mut found: Vec<usize> = Vec::new();
        for (depth, step) in self.steps.iter().enumerate() {
            found = match depth {
                0 => step.choose(outline, std::iter::once(0)).collect(),
                _ => found
                    .iter()
                    .flat_map(|&parent| step.choose(outline, outline.children(parent)))
                    .collect(),
            };
        }
        match found.as_slice() {
            [element] => Ok(*element),
            [] => Err(Error::PathToNothing {
                path: self.text.clone(),
            }),
            several => Err(Error::PathToSeveral {
                path: self.text.clone(),
                count: several.len(),
            }),
        }
    }
}

impl Step {
    /// Those of several siblings that this step means.
    fn choose<'s>(
        &'s self,
        outline: &'s Outline<'_>,
        siblings: impl Iterator<Item = usize> + 's,
    ) -> impl Iterator<Item = usize> + 's {
        siblings
            .filter(|&element| outline.name(element) == self.name)
            .enumerate()
            .filter(|(index, _)| self.position.is_none_or(|position| position == index + 1))
            .map(|(_, element)| element)
    }
}

/// The path as it came.
impl std::fmt::Display for LocationPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for LocationPath {
    type Err = Error;

    fn from_str(path: &str) -> Result<Self, Error> {
        Self::parse(path)
    }
}

/// A qualified name, as far as telling it from the rest of XPath needs: no `.`, `@a`, `a::b`, `f()`, `*`.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '\u{b7}'))
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::source::Source;

    const DOCUMENT: &str = "<p:r xmlns:p='urn:p'><a/><p:a/><a><b/><b/></a><\u{456}><b-1.x/></\u{456}><c><d/></c><c><d/></c></p:r>";

    fn found(path: &str) -> Result<String, Error> {
        let limits = Limits::default();
        let source = Source::from_text(DOCUMENT, &limits)?;
        let outline = Outline::read(&source);
        let element = LocationPath::parse(path)?.find(&outline)?;
        Ok(format!("{element} {}", outline.name(element)))
    }

    #[test]
    fn names_as_written_and_positions_lead_to_one_element() {
        for (path, element) in [
            ("/p:r", "0 p:r"),
            ("/p:r[1]", "0 p:r"),
            ("/p:r/a[1]", "1 a"),
            ("/p:r/p:a", "2 p:a"),
            ("/p:r/a[2]/b[2]", "5 b"),
            ("/p:r/\u{456}/b-1.x", "7 b-1.x"),
            ("/p:r/c[2]/d", "11 d"),
        ] {
            assert_eq!(found(path).as_deref(), Ok(element), "{path}");
        }
    }

    #[test]
    fn paths_to_nothing_and_to_several_elements_are_told_apart() {
        for path in [
            "/r",
            "/p:r/a[3]",
            "/p:r/b",
            "/p:r[2]",
            "/q:r",
            "/p:r/a[1]/b",
        ] {
            let path = path.to_owned();
            assert_eq!(found(&path), Err(Error::PathToNothing { path }));
        }
        for (path, count) in [("/p:r/a", 2), ("/p:r/c/d", 2)] {
            let path = path.to_owned();
            assert_eq!(found(&path), Err(Error::PathToSeveral { path, count }));
        }
    }

    #[test]
    fn everything_else_of_xpath_is_refused_with_its_place() {
        for (path, offset) in [
            ("", 0),
            ("/", 1),
            ("//a", 1),
            ("/r//a", 3),
            ("r/a", 0),
            ("/r/", 3),
            ("/r/.", 3),
            ("/r/..", 3),
            ("/r/*", 3),
            ("/r/@Id", 3),
            ("/r/child::a", 3),
            ("/r/a:", 3),
            ("/r/a:b:c", 3),
            ("/r/text()", 3),
            ("/r/1a", 3),
            ("/r/a[0]", 5),
            ("/r/a[+1]", 5),
            ("/r/a[]", 5),
            ("/r/a[last()]", 5),
            ("/r/a[@Id='x']", 5),
            ("/r/a[99999999999999999999]", 5),
            ("/r/a[1", 4),
            ("/r/a[1]b", 7),
            ("/r/a[1][1]", 7),
            ("/r | /s", 1),
            ("/r ", 1),
            ("id('a')", 0),
        ] {
            let error = Error::UnsupportedPath {
                path: path.to_owned(),
                offset,
            };
            assert_eq!(LocationPath::parse(path), Err(error), "{path}");
        }
        let long = "/a".repeat(2049);
        assert!(matches!(
            LocationPath::parse(&long),
            Err(Error::UnsupportedPath { path, offset: 4096 }) if path.len() == 256
        ));
    }
}
