//! Follows the references of a signature (XMLDSig section 4.3.3.2).

use std::ops::Range;

use tamga_scheme::DigestAlgorithm;

use crate::c14n::{self, Apex, Budget, Canonicalization};
use crate::document::{SignatureElement, WellFormed};
use crate::element_paths::ElementPaths;
use crate::identifiers::{Identifiers, Target};
use crate::names::ENVELOPED;
use crate::{CheckError, CoveredNode, CoveredReference, Error, Part, Reference};

/// A reference as written.
#[derive(Debug, Clone)]
pub(crate) struct WrittenReference {
    pub(crate) uri: Uri,
    pub(crate) transforms: Transforms,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) value: Vec<u8>,
}

/// What a reference may name: something in the same document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Uri {
    /// The document.
    Empty,
    /// The element with an identifier.
    Identifier(String),
}

/// The transforms of a reference: `enveloped-signature`?, then one canonicalisation.
#[derive(Debug, Clone)]
pub(crate) struct Transforms {
    pub(crate) enveloped: bool,
    pub(crate) canonicalization: Canonicalization,
}

/// A document with all that following references takes.
pub(crate) struct Follower<'f, 'a> {
    pub(crate) document: &'f WellFormed<'a>,
    pub(crate) identifiers: &'f Identifiers<'a>,
}

/// A reference whose digest was compared. Where its target stands is looked up afterwards, for those that hold.
pub(crate) struct Followed<'f, 'a> {
    uri: String,
    digest: DigestAlgorithm,
    outcome: Result<Holding<'f, 'a>, CheckError>,
}

/// What a reference that holds covers.
struct Holding<'f, 'a> {
    /// The element and its identifier; `None` for the document.
    target: Option<(&'f Target<'a>, String)>,
    enveloped: bool,
    later_signatures_removed: usize,
}

impl Uri {
    /// As it was written.
    fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Identifier(id) => format!("#{id}"),
        }
    }
}

impl<'f, 'a> Followed<'f, 'a> {
    /// The element covered, if the reference holds and leads to one.
    pub(crate) fn target(&self) -> Option<&'f Target<'a>> {
        let holding = self.outcome.as_ref().ok()?;
        holding.target.as_ref().map(|(target, _)| *target)
    }

    /// With the path of its target.
    pub(crate) fn complete(self, paths: &ElementPaths) -> Reference {
        let outcome = self.outcome.map(|holding| CoveredReference {
            uri: self.uri.clone(),
            node: match holding.target {
                None => CoveredNode::Document,
                Some((target, id)) => CoveredNode::Element {
                    path: paths.of(target),
                    id,
                },
            },
            comments_dropped: true,
            enveloped: holding.enveloped,
            later_signatures_removed: holding.later_signatures_removed,
        });
        Reference {
            uri: self.uri,
            digest: self.digest,
            outcome,
        }
    }
}

impl<'f, 'a> Follower<'f, 'a> {
    /// Follows one reference of the signature with this number.
    pub(crate) fn follow(
        &self,
        index: usize,
        reference: &WrittenReference,
        budget: &mut Budget,
    ) -> Result<Followed<'f, 'a>, Error> {
        Ok(Followed {
            uri: reference.uri.text(),
            digest: reference.digest,
            outcome: self.outcome(index, reference, budget)?,
        })
    }

    fn outcome(
        &self,
        index: usize,
        reference: &WrittenReference,
        budget: &mut Budget,
    ) -> Result<Result<Holding<'f, 'a>, CheckError>, Error> {
        let signature = &self.document.signatures[index];
        let uri = reference.uri.text();
        let target = match &reference.uri {
            Uri::Empty => None,
            Uri::Identifier(id) => match self.identifiers.find(id)? {
                Some(target) => Some(target),
                None => return Ok(Err(CheckError::NoSuchElement { uri })),
            },
        };
        let enveloped = reference.transforms.enveloped;
        // Section 6.6.4: the signature stands inside what it signs. Were it the whole of it, nothing would be hashed.
        let inside = match target {
            None => signature.parent.is_some(),
            Some(target) => {
                target.span.start < signature.span.start && signature.span.end <= target.span.end
            }
        };
        if enveloped && !inside {
            return Err(Error::Unsupported {
                signature: index,
                part: Part::Transform,
                value: ENVELOPED.to_owned(),
            });
        }
        let later_signatures_removed = match self.removed(index, reference, target, budget)? {
            Some(removed) => removed,
            None => return Ok(Err(CheckError::DigestMismatch { uri })),
        };
        let target = match (target, &reference.uri) {
            (Some(target), Uri::Identifier(id)) => Some((target, id.clone())),
            _ => None,
        };
        Ok(Ok(Holding {
            target,
            enveloped,
            later_signatures_removed,
        }))
    }

    /// How many later signatures must be left out for the digest to match; `None` if it never does.
    fn removed(
        &self,
        index: usize,
        reference: &WrittenReference,
        target: Option<&Target<'a>>,
        budget: &mut Budget,
    ) -> Result<Option<usize>, Error> {
        if !reference.transforms.enveloped {
            let matches = self.matches(reference, target, &[], budget)?;
            return Ok(matches.then_some(0));
        }
        let own = &self.document.signatures[index];
        if self.matches(reference, target, std::slice::from_ref(&own.span), budget)? {
            return Ok(Some(0));
        }
        let later = self.later_siblings(index);
        if later.is_empty() {
            return Ok(None);
        }
        let count = later.len();
        let excluded: Vec<Range<usize>> = std::iter::once(own.span.clone()).chain(later).collect();
        let matches = self.matches(reference, target, &excluded, budget)?;
        Ok(matches.then_some(count))
    }

    /// Compares the digest of a target without some elements.
    fn matches(
        &self,
        reference: &WrittenReference,
        target: Option<&Target<'a>>,
        excluded: &[Range<usize>],
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let apex = match target {
            None => Apex::Document,
            Some(target) => Apex::Element {
                from: &target.place,
                at: target.span.start,
            },
        };
        // Section 4.3.3.3: a same-document reference yields a node set without comments, whatever follows.
        let method = reference.transforms.canonicalization.without_comments();
        let mut hasher = reference.digest.hasher();
        c14n::write(self.document, apex, &method, excluded, budget, &mut hasher)?;
        Ok(hasher.finalize() == reference.value)
    }

    /// Signatures standing behind this one, with the same parent.
    fn later_siblings(&self, index: usize) -> Vec<Range<usize>> {
        let signatures: &[SignatureElement<'a>] = &self.document.signatures;
        let parent = signatures[index].parent;
        let later = signatures[index + 1..].iter();
        let siblings = later.filter(|other| other.parent == parent);
        siblings.map(|other| other.span.clone()).collect()
    }
}
