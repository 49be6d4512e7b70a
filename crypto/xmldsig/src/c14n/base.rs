//! `xml:base` of an element lifted out of its ancestors (Canonical XML 1.1 section 2.4).

/// The base of an element whose ancestors are not written: their `xml:base` values joined with its own, the
/// outermost first. `None` when nothing is left.
///
/// Each join goes through all that was joined before; `charge` is told how many bytes, before they are.
pub(super) fn joined<'v, E>(
    values: impl IntoIterator<Item = &'v str>,
    mut charge: impl FnMut(usize) -> Result<(), E>,
) -> Result<Option<String>, E> {
    let mut values = values.into_iter();
    let Some(first) = values.next() else {
        return Ok(None);
    };
    let mut joined = first.to_owned();
    for reference in values {
        charge(joined.len() + reference.len())?;
        joined = join(&joined, reference);
    }
    Ok(Some(joined).filter(|joined| !joined.is_empty()))
}

/// A URI reference in its parts (RFC 3986 section 3); the path is always there.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// The expression of RFC 3986 appendix B.
    fn of(text: &'a str) -> Self {
        let (rest, fragment) = split(text, '#');
        let (rest, query) = split(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, rest)) if !scheme.is_empty() && !scheme.contains('/') => {
                (Some(scheme), rest)
            }
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Self {
            scheme,
            authority,
            path,
            query,
            fragment,
        }
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

/// "join-URI-References": RFC 3986 section 5.2 with a base that may be relative.
fn join(base: &str, reference: &str) -> String {
    let base = Parts::of(base);
    let reference = Parts::of(reference);
    let inherits = reference.scheme.is_none();
    let same_authority = inherits && reference.authority.is_none();
    let merged;
    let (path, query) = if !same_authority || reference.path.starts_with('/') {
        (reference.path, reference.query)
    } else if reference.path.is_empty() {
        (base.path, reference.query.or(base.query))
    } else {
        merged = merge(&base, reference.path);
        (merged.as_str(), reference.query)
    };
    let mut out = String::new();
    if let Some(scheme) = if inherits {
        base.scheme
    } else {
        reference.scheme
    } {
        out.push_str(scheme);
        out.push(':');
    }
    let authority = if same_authority {
        base.authority
    } else {
        reference.authority
    };
    if let Some(authority) = authority {
        out.push_str("//");
        out.push_str(authority);
    }
    out.push_str(&without_dots(path));
    if let Some(query) = query {
        out.push('?');
        out.push_str(query);
    }
    if let Some(fragment) = reference.fragment {
        out.push('#');
        out.push_str(fragment);
    }
    out
}

/// RFC 3986 section 5.2.3; a base that ends in `..` is a folder.
fn merge(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    if base.path == ".." || base.path.ends_with("/..") {
        return format!("{}/{path}", base.path);
    }
    let folder = base
        .path
        .rfind('/')
        .map_or("", |slash| &base.path[..=slash]);
    format!("{folder}{path}")
}

/// RFC 3986 section 5.2.4 as changed by Canonical XML 1.1: leading `..` of a relative path stay, several slashes are
/// one, a `..` at the end gets its slash.
fn without_dots(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut folder = false;
    for segment in path.split('/') {
        folder = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => match kept.last() {
                Some(&last) if last != ".." => {
                    kept.pop();
                }
                _ if absolute => {}
                _ => kept.push(".."),
            },
            segment => kept.push(segment),
        }
    }
    let mut out = kept.join("/");
    if folder && !kept.is_empty() {
        out.push('/');
    }
    if absolute {
        out.insert(0, '/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: Option<&str>) {
        let joined = joined(values.iter().copied(), |_| Ok::<(), ()>(())).expect("free of charge");
        assert_eq!(joined.as_deref(), expected, "{values:?}");
    }

    /// The recommendation's own cases: section 2.4 and appendix A of Canonical XML 1.1.
    #[test]
    fn values_are_joined_from_the_outermost_inwards() {
        check(
            &["http://www.example.com/something/else"],
            Some("http://www.example.com/something/else"),
        );
        check(
            &["http://www.example.com/something/else", "bar/foo"],
            Some("http://www.example.com/something/bar/foo"),
        );
        check(&["foo/bar", ".."], None);
        check(&["..", ".."], Some("../../"));
        check(&["../..", ".."], Some("../../../"));
        check(&["../x", ".."], Some("../../"));
        check(&["../x/", ".."], Some("../"));
        check(&["../../x", "../.."], Some("../../../../"));
        check(&["a", "b/"], Some("b/"));
        check(&["a//b/c", "d"], Some("a/b/d"));
        check(&["http://a/b/c/d;p?q", "../../../g"], Some("http://a/g"));
        check(&["http://a/b/c/d;p?q", "?y"], Some("http://a/b/c/d;p?y"));
        check(&["http://a", "g"], Some("http://a/g"));
        check(&["http://a/b", "//c/d"], Some("http://c/d"));
        check(&["http://a/b", "urn:c"], Some("urn:c"));
        check(&[""], None);
        check(&[], None);
    }
}
