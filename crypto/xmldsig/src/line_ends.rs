//! Line ends, as XML 1.0 section 2.11 wants them before parsing.

use std::borrow::Cow;

/// Turns CR LF and lone CR into LF. Characters written as references (`&#13;`) are not touched.
///
/// The tree parser does this only in part (not in comments, and not before a reference), so it never gets a CR.
pub(crate) fn to_line_feeds(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\r') {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = rest[at + 1..].strip_prefix('\n').unwrap_or(&rest[at + 1..]);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_becomes_one_line_feed() {
        assert_eq!(to_line_feeds("a\r\nb\rc\nd\r\r\n\r"), "a\nb\nc\nd\n\n\n");
        assert!(matches!(to_line_feeds("a\nb"), Cow::Borrowed("a\nb")));
    }
}
