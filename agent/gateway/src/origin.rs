//! The `Origin` header: who asks, or why nobody can be named.

use http::{HeaderMap, header};
use tamga_agent_core::Origin;
use url::Url;

/// Longest origin in bytes: a host name has at most 253.
const MAX_ORIGIN: usize = 320;

/// The header is not what a browser writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadOrigin;

/// Reads the header (RFC 6454 section 7).
///
/// A site is taken exactly as browsers serialise it (lower case, no default port, no path); anything that would only
/// look like another site is refused, so that comparing texts is comparing origins.
pub(crate) fn read(headers: &HeaderMap) -> Result<Origin, BadOrigin> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    let text = match (values.next(), values.next()) {
        (None, _) => return Ok(Origin::LocalProgram),
        (Some(value), None) => value.to_str().map_err(|_| BadOrigin)?,
        (Some(_), Some(_)) => return Err(BadOrigin),
    };
    if text.len() > MAX_ORIGIN {
        return Err(BadOrigin);
    }
    // Chromium writes `file://` where others write `null`; neither names anybody.
    if text == "null" || text == "file://" {
        return Ok(Origin::Opaque);
    }
    let url = Url::parse(text).map_err(|_| BadOrigin)?;
    if serialised(&url).as_deref() == Some(text) {
        return Ok(Origin::Site(text.to_owned()));
    }
    Err(BadOrigin)
}

/// `scheme://host[:port]`; also for the schemes of browser extensions, whose origins the URL standard calls opaque.
fn serialised(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let scheme = url.scheme();
    Some(match url.port() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read_all(values: &[&str]) -> Result<Origin, BadOrigin> {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
            headers.append(header::ORIGIN, value);
        }
        read(&headers)
    }

    #[test]
    fn an_origin_is_read_exactly_or_refused() {
        let site = |text: &str| Ok(Origin::Site(text.to_owned()));
        let long = format!("https://{}.kz", "a".repeat(4096));
        let cases: &[(&str, Result<Origin, BadOrigin>)] = &[
            ("https://egov.kz", site("https://egov.kz")),
            ("https://egov.kz:8443", site("https://egov.kz:8443")),
            ("http://egov.kz", site("http://egov.kz")),
            ("http://192.168.0.7:8080", site("http://192.168.0.7:8080")),
            ("https://[::1]:3000", site("https://[::1]:3000")),
            ("https://egov.kz.", site("https://egov.kz.")),
            ("https://xn--80aswg.kz", site("https://xn--80aswg.kz")),
            (
                "chrome-extension://mdbkfahmcalnoijmhlimmnhhjpbndkjc",
                site("chrome-extension://mdbkfahmcalnoijmhlimmnhhjpbndkjc"),
            ),
            (
                "moz-extension://b8a0b6a5-8b5a-4b7c-9a3d-1f2e3d4c5b6a",
                site("moz-extension://b8a0b6a5-8b5a-4b7c-9a3d-1f2e3d4c5b6a"),
            ),
            ("null", Ok(Origin::Opaque)),
            ("file://", Ok(Origin::Opaque)),
            ("HTTPS://EGOV.KZ", Err(BadOrigin)),
            ("https://egov.kz/", Err(BadOrigin)),
            ("https://egov.kz/login", Err(BadOrigin)),
            ("https://egov.kz:443", Err(BadOrigin)),
            ("https://egov.kz@evil.kz", Err(BadOrigin)),
            ("https://egov.kz\t", Err(BadOrigin)),
            ("https://egov.kz?x", Err(BadOrigin)),
            ("https://сайт.kz", Err(BadOrigin)),
            ("https://0x7f.1", Err(BadOrigin)),
            ("https://", Err(BadOrigin)),
            ("egov.kz", Err(BadOrigin)),
            ("data:text/html,x", Err(BadOrigin)),
            ("file:///etc/passwd", Err(BadOrigin)),
            ("", Err(BadOrigin)),
            (&long, Err(BadOrigin)),
        ];
        for (text, expected) in cases {
            assert_eq!(read_all(&[text]), *expected, "{text}");
        }
    }

    #[test]
    fn no_header_is_a_local_program_and_two_are_nobody() {
        assert_eq!(read_all(&[]), Ok(Origin::LocalProgram));
        assert_eq!(read_all(&["https://a.kz", "https://a.kz"]), Err(BadOrigin));
    }
}
