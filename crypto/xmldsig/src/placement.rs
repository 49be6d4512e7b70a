//! What an XML signature covers and where it stands.

mod path;

pub use self::path::LocationPath;
use crate::Error;
use crate::prepare::Outline;

/// What is signed, and where the signature goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Placement {
    /// One element, referred to by its identifier: the two path arguments of commonUtils.
    ById {
        /// The element that is signed; it must carry `Id` (or `ID`, `id`, `wsu:Id`, `xml:id`).
        signed: LocationPath,
        /// The element that gets the signature as last child; outside the signed one.
        parent: LocationPath,
    },
    /// The whole document, the signature as last child of the root.
    #[default]
    Enveloped,
}

/// [`Placement::ById`] found in a document; elements by their numbers in the outline.
pub(crate) struct Place {
    /// The element signed.
    pub(crate) signed: usize,
    /// Its identifier.
    pub(crate) id: String,
    /// The element that gets the signature.
    pub(crate) parent: usize,
}

impl Place {
    pub(crate) fn find(
        outline: &Outline<'_>,
        signed: &LocationPath,
        parent: &LocationPath,
    ) -> Result<Self, Error> {
        let (element, place) = (signed.find(outline)?, parent.find(outline)?);
        // The first as written; a document that has two on one element means the same element by both.
        let id = outline.identifiers(element).next();
        let (_, id) = id.ok_or_else(|| Error::NoIdentifier {
            path: signed.to_string(),
        })?;
        let id = id.into_owned();
        usable(&id)?;
        unique(outline, element, &id)?;
        if outline.contains(element, place) {
            return Err(Error::PlaceInsideSigned {
                signed: signed.to_string(),
                parent: parent.to_string(),
            });
        }
        Ok(Self {
            signed: element,
            id,
            parent: place,
        })
    }
}

/// Identifiers stand in a URI as they are, so only letters, digits, `-`, `_`, `.` and `:` may be in them; percent
/// signs, parentheses (XPointer) and white space would be read differently by different verifiers.
pub(crate) fn usable(id: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if id.is_empty() || !id.chars().all(plain) {
        return Err(Error::UnusableIdentifier { id: id.to_owned() });
    }
    Ok(())
}

/// No other element may carry the identifier: which one is signed would be a matter of taste.
pub(crate) fn unique(outline: &Outline<'_>, owner: usize, id: &str) -> Result<(), Error> {
    // Few elements have such a value anywhere; prefixes are looked up only there.
    let carried = |element: usize| {
        outline.attributes(element).any(|one| one.value() == id)
            && outline.identifiers(element).any(|(_, value)| value == id)
    };
    if (0..outline.len()).any(|element| element != owner && carried(element)) {
        return Err(Error::DuplicateId { id: id.to_owned() });
    }
    Ok(())
}
