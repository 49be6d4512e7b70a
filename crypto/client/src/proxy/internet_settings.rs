//! Proxy settings as Windows keeps them: `ProxyServer` and `ProxyOverride`.

use std::net::IpAddr;

use super::{
    Proxy, ProxyAddress,
    bypass::{Bypass, Rule},
};
use crate::ProxyError;

/// `server` is `host:port` for every scheme, or `http=host:port;https=host:port;…`; `exceptions` has patterns between
/// semicolons, and `<local>` for names without a dot. This computer is always an exception.
pub(super) fn read(server: &str, exceptions: &str) -> Result<Proxy, ProxyError> {
    let address = match server.contains('=') {
        false => Some(server.trim()),
        true => server.split([';', ' ']).find_map(|row| {
            let (scheme, address) = row.trim().split_once('=')?;
            scheme.eq_ignore_ascii_case("http").then_some(address)
        }),
    };
    let Some(address) = address.filter(|address| !address.is_empty()) else {
        return Ok(Proxy::none());
    };
    let this_computer = [
        Rule::Below("localhost".to_owned(), None),
        Rule::Network(IpAddr::from([127, 0, 0, 0]), 8),
        Rule::Network(IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), 128),
    ];
    let rules = exceptions.split(';').filter_map(|entry| {
        let entry = entry.trim().to_ascii_lowercase();
        let entry = entry.strip_prefix("http://").unwrap_or(&entry);
        match entry {
            "" => None,
            "<local>" => Some(Rule::Plain),
            pattern => Some(Rule::Pattern(pattern.to_owned())),
        }
    });
    Ok(Proxy {
        address: Some(ProxyAddress::parse(address)?),
        bypass: Bypass::new(this_computer.into_iter().chain(rules)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpUrl;

    fn proxy(server: &str, exceptions: &str, url: &str) -> String {
        let proxy = read(server, exceptions).unwrap();
        format!("{:?}", proxy.of(&HttpUrl::parse(url).unwrap()))
    }

    #[test]
    fn the_row_of_http_counts() {
        let url = "http://pki.gov.kz/";
        for (server, expected) in [
            ("proxy:8080", "Some(ProxyAddress(proxy:8080))"),
            ("https=a:1;http=b:2;socks=c:3", "Some(ProxyAddress(b:2))"),
            ("https=a:1", "None"),
            ("", "None"),
        ] {
            assert_eq!(proxy(server, "", url), expected, "{server}");
        }
    }

    #[test]
    fn exceptions_are_patterns_plain_names_and_this_computer() {
        let exceptions = "*.gov.kz; 10.*;<local>;http://one.example";
        for (url, direct) in [
            ("http://pki.gov.kz/", true),
            ("http://10.1.2.3/", true),
            ("http://intranet/", true),
            ("http://one.example/", true),
            ("http://localhost/", true),
            ("http://127.0.0.9/", true),
            ("http://[::1]/", true),
            ("http://gov.kz.example/", false),
            ("http://11.1.2.3/", false),
        ] {
            assert_eq!(proxy("p:1", exceptions, url) == "None", direct, "{url}");
        }
    }
}
