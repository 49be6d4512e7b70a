//! What is taken out of a document before it is signed, by cutting its text.

use std::borrow::Cow;
use std::ops::Range;

use super::{BlankText, ExistingSignatures, Outline};
use crate::Error;
use crate::source::Source;

/// The text without what the options take out; nothing else is touched.
pub(crate) fn clean<'a>(
    source: &Source<'a>,
    existing: ExistingSignatures,
    blank_text: BlankText,
) -> Result<Cow<'a, str>, Error> {
    let text = source.text;
    let signatures = signatures(source);
    let kept = match existing {
        ExistingSignatures::Keep => signatures.len(),
        ExistingSignatures::Remove => 0,
    };
    let mut cut: Vec<Range<usize>> = Vec::new();
    if blank_text == BlankText::Remove {
        cut.extend(Outline::read(source).blanks());
        if kept > 0 && !cut.is_empty() {
            return Err(Error::WhiteSpaceSigned { signatures: kept });
        }
    }
    if existing == ExistingSignatures::Remove {
        cut.extend(signatures);
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
fn signatures(source: &Source<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for signature in &source.document.signatures {
        if found
            .last()
            .is_none_or(|last| last.end <= signature.span.start)
        {
            found.push(signature.span.clone());
        }
    }
    found
}
