//! Proxy settings in environment variables.

use super::{
    Proxy, ProxyAddress,
    bypass::{Bypass, Rule},
};
use crate::ProxyError;

pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Proxy, ProxyError> {
    let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let capitals = match variable("REQUEST_METHOD") {
        Some(_) => None,
        None => set("HTTP_PROXY"),
    };
    let address = set("http_proxy")
        .or(capitals)
        .or_else(|| set("all_proxy"))
        .or_else(|| set("ALL_PROXY"));
    let Some(address) = address else {
        return Ok(Proxy::none());
    };
    let exceptions = set("no_proxy").or_else(|| set("NO_PROXY"));
    let exceptions = exceptions.unwrap_or_default();
    let rules = exceptions
        .split([',', ' '])
        .filter_map(|entry| Rule::of_no_proxy(entry.trim()));
    Ok(Proxy {
        address: Some(ProxyAddress::parse(&address)?),
        bypass: Bypass::new(rules),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpUrl;

    /// The proxy for `http://pki.gov.kz/` under these variables.
    fn proxy(variables: &[(&str, &str)]) -> String {
        let proxy = read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let url = HttpUrl::parse("http://pki.gov.kz/").unwrap();
        format!("{:?}", proxy.unwrap().of(&url))
    }

    #[test]
    fn the_first_variable_that_is_set_counts() {
        let (one, two) = ("http://one:1/", "two:2");
        for (variables, expected) in [
            (
                &[("http_proxy", one), ("HTTP_PROXY", two)][..],
                "Some(ProxyAddress(one:1))",
            ),
            (
                &[("http_proxy", " "), ("HTTP_PROXY", two)],
                "Some(ProxyAddress(two:2))",
            ),
            (&[("HTTP_PROXY", two), ("REQUEST_METHOD", "GET")], "None"),
            (&[("ALL_PROXY", two)], "Some(ProxyAddress(two:2))"),
            (&[("https_proxy", one)], "None"),
            (
                &[("http_proxy", one), ("no_proxy", "localhost, .gov.kz")],
                "None",
            ),
            (&[("http_proxy", one), ("NO_PROXY", "*")], "None"),
            (
                &[("http_proxy", one), ("no_proxy", "a b")],
                "Some(ProxyAddress(one:1))",
            ),
            (&[], "None"),
        ] {
            assert_eq!(proxy(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_variable_that_is_no_proxy_is_an_error_and_not_no_proxy() {
        let read = read(|name| (name == "all_proxy").then(|| "socks5://a:1".to_owned()));
        assert!(matches!(read, Err(ProxyError::Address(_))));
    }
}
