//! Canonical XML 1.0 and 1.1 and Exclusive XML Canonicalization 1.0 of a document or of one element.
//!
//! <https://www.w3.org/TR/2001/REC-xml-c14n-20010315>, <https://www.w3.org/TR/2008/REC-xml-c14n11-20080502/>,
//! <https://www.w3.org/TR/2002/REC-xml-exc-c14n-20020718/>

mod base;
mod output;
mod writer;

pub(crate) use self::output::Budget;
pub(crate) use self::writer::{Apex, write};
use crate::document::WellFormed;
use crate::names::{
    EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS, INCLUSIVE, INCLUSIVE_11, INCLUSIVE_11_WITH_COMMENTS,
    INCLUSIVE_WITH_COMMENTS,
};
use crate::{Error, Limits};

/// A canonicalisation method with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Canonicalization {
    /// Exclusive XML Canonicalization 1.0: only namespaces visibly utilised are written.
    Exclusive {
        /// Whether comments are kept.
        comments: bool,
        /// `InclusiveNamespaces/@PrefixList`: prefixes treated inclusively; the empty string stands for `#default`.
        prefixes: Vec<String>,
    },
    /// Canonical XML 1.0.
    Inclusive {
        /// Whether comments are kept.
        comments: bool,
    },
    /// Canonical XML 1.1: `xml:id` is not taken over from ancestors, `xml:base` is joined with theirs.
    Inclusive11 {
        /// Whether comments are kept.
        comments: bool,
    },
}

impl Canonicalization {
    /// The method an `Algorithm` attribute names, with an empty prefix list.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let exclusive = |comments| Self::Exclusive {
            comments,
            prefixes: Vec::new(),
        };
        match uri {
            EXCLUSIVE => Some(exclusive(false)),
            EXCLUSIVE_WITH_COMMENTS => Some(exclusive(true)),
            INCLUSIVE => Some(Self::Inclusive { comments: false }),
            INCLUSIVE_WITH_COMMENTS => Some(Self::Inclusive { comments: true }),
            INCLUSIVE_11 => Some(Self::Inclusive11 { comments: false }),
            INCLUSIVE_11_WITH_COMMENTS => Some(Self::Inclusive11 { comments: true }),
            _ => None,
        }
    }

    /// The `Algorithm` attribute that names this method.
    pub fn uri(&self) -> &'static str {
        match self {
            Self::Exclusive {
                comments: false, ..
            } => EXCLUSIVE,
            Self::Exclusive { comments: true, .. } => EXCLUSIVE_WITH_COMMENTS,
            Self::Inclusive { comments: false } => INCLUSIVE,
            Self::Inclusive { comments: true } => INCLUSIVE_WITH_COMMENTS,
            Self::Inclusive11 { comments: false } => INCLUSIVE_11,
            Self::Inclusive11 { comments: true } => INCLUSIVE_11_WITH_COMMENTS,
        }
    }

    /// The same method over a node set from which comments are already gone (XMLDSig section 4.3.3.3).
    pub(crate) fn without_comments(&self) -> Self {
        match self {
            Self::Exclusive { prefixes, .. } => Self::Exclusive {
                comments: false,
                prefixes: prefixes.clone(),
            },
            Self::Inclusive { .. } => Self::Inclusive { comments: false },
            Self::Inclusive11 { .. } => Self::Inclusive11 { comments: false },
        }
    }

    fn keeps_comments(&self) -> bool {
        match self {
            Self::Exclusive { comments, .. }
            | Self::Inclusive { comments }
            | Self::Inclusive11 { comments } => *comments,
        }
    }
}

/// The canonical form of a whole document.
///
/// # Errors
/// Whatever makes the document unusable, a relative namespace URI included (Canonical XML section 1.3).
pub fn canonicalize(
    document: &str,
    method: &Canonicalization,
    limits: &Limits,
) -> Result<String, Error> {
    let document = WellFormed::from_text(document, limits)?;
    let mut budget = Budget::new(limits);
    let mut out = Vec::new();
    write(
        &document,
        Apex::Document,
        method,
        &[],
        &mut budget,
        &mut out,
    )?;
    Ok(into_text(out))
}

/// The canonical form of one element with everything below it, or `None` if no start tag stands at this byte offset.
///
/// # Errors
/// As for [`canonicalize`].
pub fn canonicalize_element(
    document: &str,
    offset: usize,
    method: &Canonicalization,
    limits: &Limits,
) -> Result<Option<String>, Error> {
    let document = WellFormed::from_text(document, limits)?;
    let Some(place) = document.place_at(offset)? else {
        return Ok(None);
    };
    let apex = Apex::Element {
        from: &place,
        at: offset,
    };
    let mut budget = Budget::new(limits);
    let mut out = Vec::new();
    write(&document, apex, method, &[], &mut budget, &mut out)?;
    Ok(Some(into_text(out)))
}

/// Canonical forms are UTF-8 (Canonical XML section 1.1).
pub(crate) fn into_text(canonical: Vec<u8>) -> String {
    String::from_utf8(canonical).expect("slices of a text and ASCII are text")
}

#[cfg(test)]
mod tests;
