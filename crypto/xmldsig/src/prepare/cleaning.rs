//! What is taken out of a document before it is signed, by cutting its text.

use std::borrow::Cow;
use std::ops::Range;

use super::{BlankText, ExistingSignatures, Outline};
use crate::Error;
use crate::names::DS;

/// The text without what the options take out; nothing else is touched.
pub(crate) fn clean<'a>(
    text: &'a str,
    outline: &Outline<'_>,
    existing: ExistingSignatures,
    blank_text: BlankText,
) -> Result<Cow<'a, str>, Error> {
    let signatures = signatures(outline);
    let mut cut: Vec<Range<usize>> = Vec::new();
    if existing == ExistingSignatures::Remove {
        if signatures.first() == Some(&0) {
            return Err(Error::RootIsSignature);
        }
        cut.extend(signatures.iter().map(|&signature| outline.span(signature)));
    }
    if blank_text == BlankText::Remove && !outline.blanks().is_empty() {
        if existing == ExistingSignatures::Keep && !signatures.is_empty() {
            return Err(Error::WhiteSpaceSigned {
                signatures: signatures.len(),
            });
        }
        cut.extend_from_slice(outline.blanks());
    }
    if cut.is_empty() {
        return Ok(Cow::Borrowed(text));
    }
    // Longer cuts first where two begin together; blanks inside a signature go with it.
    cut.sort_unstable_by_key(|range| (range.start, usize::MAX - range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in cut {
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            at = range.end;
        }
    }
    out.push_str(&text[at..]);
    Ok(Cow::Owned(out))
}

/// `ds:Signature` elements that stand in no other, in document order.
fn signatures(outline: &Outline<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut element = 0;
    while element < outline.len() {
        let is_called_so = super::outline::split(outline.name(element)).1 == "Signature";
        if is_called_so && outline.expanded_name(element).0 == DS {
            found.push(element);
            element = outline.next(element);
        } else {
            element += 1;
        }
    }
    found
}
