//! Hosts that are reached without the proxy.

use std::net::IpAddr;

use crate::{
    HttpUrl,
    url::{Host, authority_parts},
};

/// Exceptions read from one setting; more are not looked at.
const MAX_RULES: usize = 1_024;

/// The exceptions of one proxy.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bypass {
    rules: Vec<Rule>,
}

/// One exception.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Every host.
    All,
    /// A name and all below it, at one port or at all.
    Below(String, Option<u16>),
    /// An address and those that begin with the same bits.
    Network(IpAddr, u32),
    /// Text with `*` for anything, compared with the host as it is written.
    Pattern(String),
    /// Names without a dot.
    Plain,
}

impl Bypass {
    pub(super) fn new(rules: impl Iterator<Item = Rule>) -> Self {
        Self {
            rules: rules.take(MAX_RULES).collect(),
        }
    }

    pub(super) fn covers(&self, url: &HttpUrl) -> bool {
        self.rules.iter().any(|rule| rule.covers(url))
    }
}

impl Rule {
    /// One entry of `no_proxy`: `*`, a name (with or without a dot before it), an address, a network in CIDR form.
    /// Anything else covers nothing.
    pub(super) fn of_no_proxy(entry: &str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::All);
        }
        if let Some((address, bits)) = entry.split_once('/') {
            let address: IpAddr = address.parse().ok()?;
            let bits = bits.parse().ok()?;
            return (bits <= width(address)).then_some(Self::Network(address, bits));
        }
        if let Ok(address) = entry.parse() {
            return Some(Self::Network(address, width(address)));
        }
        let (host, port) = authority_parts(entry.strip_prefix('.').unwrap_or(entry)).ok()?;
        Some(match host {
            Host::Name(name) => Self::Below(name, port),
            Host::Address(address) => Self::Network(address, width(address)),
        })
    }

    fn covers(&self, url: &HttpUrl) -> bool {
        match (self, &url.host) {
            (Self::All, _) => true,
            (Self::Below(suffix, port), Host::Name(name)) => {
                port.is_none_or(|port| port == url.port)
                    && name
                        .strip_suffix(suffix.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Network(network, bits), Host::Address(address)) => {
                same_network(*network, *address, *bits)
            }
            (Self::Pattern(pattern), host) => {
                let host = host.to_string();
                fits(pattern.as_bytes(), host.as_bytes())
            }
            (Self::Plain, Host::Name(name)) => !name.contains('.'),
            _ => false,
        }
    }
}

fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn same_network(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    let left = |address: IpAddr| match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => v6.to_bits(),
    };
    // A shift by all bits leaves nothing to compare.
    let differing = (left(one) ^ left(other))
        .checked_shr(128 - bits)
        .unwrap_or(0);
    width(one) == width(other) && differing == 0
}

/// True if `text` is `pattern` with something for every `*`. Each star is tried from left to right, once.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, seen));
            at += 1;
        } else if pattern.get(at) == Some(&text[seen]) {
            at += 1;
            seen += 1;
        } else if let Some((after, from)) = star {
            star = Some((after, from + 1));
            (at, seen) = (after + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(entry: &str, url: &str) -> bool {
        let rule = Rule::of_no_proxy(entry).unwrap();
        rule.covers(&HttpUrl::parse(url).unwrap())
    }

    #[test]
    fn entries_cover_names_below_addresses_and_networks() {
        for (entry, url, expected) in [
            ("*", "http://a/", true),
            ("gov.kz", "http://gov.kz/", true),
            ("gov.kz", "http://pki.gov.kz/", true),
            (".gov.kz", "http://pki.gov.kz/", true),
            ("GOV.kz", "http://pki.gov.kz/", true),
            ("gov.kz", "http://evilgov.kz/", false),
            ("gov.kz:81", "http://gov.kz/", false),
            ("gov.kz:81", "http://gov.kz:81/", true),
            ("127.0.0.1", "http://127.0.0.1:99/", true),
            ("127.0.0.1", "http://127.0.0.2/", false),
            ("10.0.0.0/8", "http://10.9.8.7/", true),
            ("10.0.0.0/8", "http://11.9.8.7/", false),
            ("10.0.0.0/7", "http://11.9.8.7/", true),
            ("0.0.0.0/0", "http://11.9.8.7/", true),
            ("::/0", "http://11.9.8.7/", false),
            ("::1", "http://[::1]/", true),
            ("fd00::/8", "http://[fd12::1]/", true),
        ] {
            assert_eq!(covers(entry, url), expected, "{entry} {url}");
        }
        for entry in ["10.0.0.0/33", "a b", "10.0.0.0/x", ""] {
            assert_eq!(Rule::of_no_proxy(entry), None, "{entry}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("*.gov.kz", "pki.gov.kz", true),
            ("*.gov.kz", "gov.kz", false),
            ("10.*", "10.1.2.3", true),
            ("1*.2*.3*", "10.20.30", true),
            ("*a*b", "aab", true),
            ("*a*b", "aba", false),
            ("", "", true),
            ("**", "a", true),
        ] {
            assert_eq!(
                fits(pattern.as_bytes(), text.as_bytes()),
                expected,
                "{pattern} {text}"
            );
        }
    }
}
