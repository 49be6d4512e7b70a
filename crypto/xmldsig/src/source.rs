//! A document to sign: its text, its parts, and digests of them.

use tamga_scheme::DigestAlgorithm;

use crate::c14n::{self, Apex, Budget, Canonicalization};
use crate::document::{Layout, WellFormed};
use crate::{Error, Limits};

/// A well-formed document.
pub(crate) struct Source<'a> {
    /// The text as it came.
    pub(crate) text: &'a str,
    /// Where its parts are.
    pub(crate) layout: Layout,
    pub(crate) document: WellFormed<'a>,
}

impl<'a> Source<'a> {
    /// Takes text whose encoding is settled, whatever its declaration says.
    pub(crate) fn from_text(text: &'a str, limits: &Limits) -> Result<Self, Error> {
        let document = WellFormed::from_text(text, limits)?;
        Ok(Self {
            text,
            layout: document.layout.clone(),
            document,
        })
    }

    /// Digest of the canonical form of the document, or of the element that starts at an offset.
    pub(crate) fn digest(
        &self,
        element: Option<usize>,
        method: &Canonicalization,
        algorithm: DigestAlgorithm,
        budget: &mut Budget,
    ) -> Result<Vec<u8>, Error> {
        let mut hasher = algorithm.hasher();
        match element {
            None => {
                let apex = Apex::Document;
                c14n::write(&self.document, apex, method, &[], budget, &mut hasher)?;
            }
            Some(at) => {
                let place = self.document.place_at(at)?;
                let place = place.expect("offsets of elements come from the same text");
                let apex = Apex::Element { from: &place, at };
                c14n::write(&self.document, apex, method, &[], budget, &mut hasher)?;
            }
        }
        Ok(hasher.finalize())
    }
}
