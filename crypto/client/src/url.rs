//! Addresses: `http://host[:port]/path?query`, and nothing more of RFC 3986.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::{Error, Refusal};

/// Longest address, in bytes.
const MAX_LENGTH: usize = 2_048;

/// Longest name of a host (RFC 1035 section 2.3.4).
const MAX_HOST: usize = 253;

/// An address of a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HttpUrl {
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// Path and query, beginning with `/`.
    pub(crate) target: String,
}

/// Host of an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Host {
    Address(IpAddr),
    /// In lower case, without the dot at its end.
    Name(String),
}

impl HttpUrl {
    /// Reads an address, as certificates have them: what follows white space is cut, because one distribution point of
    /// the NCA of 2018 has two addresses with a line feed between them. A fragment is cut too.
    ///
    /// Another scheme than `http` is [`Refusal::Scheme`]; user names are refused.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.split_ascii_whitespace().next().unwrap_or_default();
        Self::parts(text).map_err(|why| match why {
            Problem::Scheme => Error::Refused {
                url: shown(text),
                why: Refusal::Scheme,
            },
            Problem::Text(why) => Error::Url {
                url: shown(text),
                why,
            },
        })
    }

    fn parts(text: &str) -> Result<Self, Problem> {
        if text.len() > MAX_LENGTH {
            return Err(Problem::Text("too long"));
        }
        let (scheme, rest) = text.split_once("://").ok_or(Problem::Text("no scheme"))?;
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(Problem::Scheme);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (host, port) = authority_parts(authority).map_err(Problem::Text)?;
        let visible = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
        if !target.bytes().all(visible) {
            return Err(Problem::Text("a character that must be escaped"));
        }
        let target = match target.starts_with('/') {
            true => target.to_owned(),
            false => format!("/{target}"),
        };
        Ok(Self {
            host,
            port: port.unwrap_or(80),
            target,
        })
    }

    /// Where a `Location` leads from here (RFC 9110 section 10.2.2, RFC 3986 section 5.2.2), without `.` and `..`.
    pub(crate) fn join(&self, location: &str) -> Result<Self, Error> {
        let start = location.split(['/', '?', '#']).next().unwrap_or_default();
        if start.ends_with(':') {
            return Self::parse(location);
        }
        if location.starts_with("//") {
            return Self::parse(&format!("http:{location}"));
        }
        let path = self.target.split('?').next().unwrap_or_default();
        let target = if location.starts_with('/') {
            location.to_owned()
        } else if location.starts_with('?') {
            format!("{path}{location}")
        } else if location.is_empty() || location.starts_with('#') {
            self.target.clone()
        } else {
            let folder = path.rfind('/').map_or("/", |slash| &path[..=slash]);
            format!("{folder}{location}")
        };
        Self::parse(&format!("http://{}{target}", self.authority()))
    }

    /// `host:port`, the port left out if it is 80: the Host header.
    pub(crate) fn authority(&self) -> String {
        match self.port {
            80 => self.host.to_string(),
            port => format!("{}:{port}", self.host),
        }
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}{}", self.authority(), self.target)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

enum Problem {
    Scheme,
    Text(&'static str),
}

/// Host and port of `host[:port]`.
pub(crate) fn authority_parts(text: &str) -> Result<(Host, Option<u16>), &'static str> {
    if text.contains('@') {
        return Err("a user name");
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or("a bracket is open")?;
            let address: Ipv6Addr = address.parse().map_err(|_| "not an IPv6 address")?;
            let port = match rest {
                "" => None,
                rest => Some(rest.strip_prefix(':').ok_or("text after the address")?),
            };
            (Host::Address(address.into()), port)
        }
        None => match text.split_once(':') {
            Some((host, port)) => (name_or_address(host)?, Some(port)),
            None => (name_or_address(text)?, None),
        },
    };
    let port = match port {
        None | Some("") => None,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            let port: u16 = digits.parse().map_err(|_| "not a port")?;
            Some(port)
                .filter(|port| *port != 0)
                .ok_or("not a port")
                .map(Some)?
        }
        Some(_) => return Err("not a port"),
    };
    Ok((host, port))
}

fn name_or_address(text: &str) -> Result<Host, &'static str> {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Address(address.into()));
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let labels = name.split('.').all(|label| !label.is_empty());
    if name.len() > MAX_HOST || !labels || !name.bytes().all(known) {
        return Err("not the name of a host");
    }
    Ok(Host::Name(name.to_ascii_lowercase()))
}

fn shown(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, Error> {
        HttpUrl::parse(text).map(|url| url.to_string())
    }

    #[test]
    fn addresses_have_one_form() {
        for (text, expected) in [
            ("http://ocsp.pki.gov.kz", "http://ocsp.pki.gov.kz/"),
            ("HTTP://OCSP.pki.GOV.kz.:80/", "http://ocsp.pki.gov.kz/"),
            ("http://tsp.pki.gov.kz:", "http://tsp.pki.gov.kz/"),
            ("http://a:8080?x=1#y", "http://a:8080/?x=1"),
            ("http://[::1]:81/a", "http://[::1]:81/a"),
            ("http://127.0.0.1/a%20b", "http://127.0.0.1/a%20b"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_address_is_cut_at_its_line_feed() {
        let text =
            "http://crl.root.gov.kz/gost.crl\n               URL=http://crl1.root.gov.kz/gost.crl";
        assert_eq!(
            parse(text).as_deref(),
            Ok("http://crl.root.gov.kz/gost.crl")
        );
    }

    #[test]
    fn other_schemes_are_refused() {
        for text in ["https://a/", "file:///etc/passwd", "ldap://a/", "ftp://a/"] {
            let expected = Error::Refused {
                url: text.to_owned(),
                why: Refusal::Scheme,
            };
            assert_eq!(parse(text), Err(expected));
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (text, why) in [
            ("", "no scheme"),
            ("/a.crl", "no scheme"),
            ("http://", "not the name of a host"),
            ("http:///a", "not the name of a host"),
            ("http://a..b/", "not the name of a host"),
            ("http://қ.kz/", "not the name of a host"),
            ("http://user:secret@a/", "a user name"),
            ("http://a:0/", "not a port"),
            ("http://a:65536/", "not a port"),
            ("http://a:+80/", "not a port"),
            ("http://[::1/", "a bracket is open"),
            ("http://[a]/", "not an IPv6 address"),
            ("http://a/\"", "a character that must be escaped"),
            ("http://a/қ", "a character that must be escaped"),
        ] {
            match parse(text) {
                Err(Error::Url { why: found, .. }) => assert_eq!(found, why, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let long = format!("http://a/{}", "b".repeat(2_048));
        assert!(matches!(
            parse(&long),
            Err(Error::Url {
                why: "too long",
                ..
            })
        ));
    }

    #[test]
    fn a_location_is_read_from_where_it_stands() {
        let base = HttpUrl::parse("http://a:81/b/c?d=/e").unwrap();
        let join = |location| base.join(location).map(|url| url.to_string());
        for (location, expected) in [
            ("http://x/y", "http://x/y"),
            ("//x/y", "http://x/y"),
            ("/y", "http://a:81/y"),
            ("y?z=http://x/", "http://a:81/b/y?z=http://x/"),
            ("?z=1", "http://a:81/b/c?z=1"),
            ("", "http://a:81/b/c?d=/e"),
            ("#part", "http://a:81/b/c?d=/e"),
        ] {
            assert_eq!(join(location).as_deref(), Ok(expected), "{location}");
        }
        let refused = join("https://a:81/b");
        assert!(matches!(
            refused,
            Err(Error::Refused {
                why: Refusal::Scheme,
                ..
            })
        ));
    }
}
