//! Where exchanges may go.

use std::{net::IpAddr, str::FromStr};

use crate::{
    Environment, Error, HttpUrl, Refusal, SERVICES,
    url::{Host, authority_parts},
};

/// Rows of hosts and ports. What no row allows is refused, wherever the address came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowed {
    rows: Vec<Row>,
}

/// One host, or all below a name, at one port.
///
/// Written `ocsp.pki.gov.kz:80`, `*.pki.gov.kz:80`, `127.0.0.1:8080` or `[::1]:8080`; without a port it is 80.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    host: Pattern,
    port: u16,
    local: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// A name with a dot before it; the name itself is not meant.
    Below(String),
    Exactly(Host),
}

/// Not a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not host:port: {why}")]
pub struct RowError {
    /// What was read.
    pub text: String,
    /// What is wrong.
    pub why: &'static str,
}

/// Which addresses a name may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everywhere.
    Anywhere,
    /// Not to this computer nor to local networks.
    Public,
}

impl Allowed {
    /// These rows.
    pub fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self {
            rows: rows.into_iter().collect(),
        }
    }

    /// The hosts of the national services ([`SERVICES`]).
    pub fn national(environment: Environment) -> Self {
        let services = SERVICES
            .iter()
            .filter(|service| service.environment == environment);
        let mut allowed = Self::default();
        for service in services {
            let url = HttpUrl::parse(service.url).expect("the table's addresses are tested");
            let row = Row {
                host: Pattern::Exactly(url.host),
                port: url.port,
                local: false,
            };
            if !allowed.rows.contains(&row) {
                allowed.rows.push(row);
            }
        }
        allowed
    }

    /// One row more.
    pub fn with(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    /// Which addresses the host of `url` may lead to; an error if no row allows it.
    ///
    /// An IP address is allowed by a row that has it, never by a pattern.
    pub(crate) fn check(&self, url: &HttpUrl) -> Result<Reach, Error> {
        let mut reach = None;
        for row in self.rows.iter().filter(|row| row.fits(url)) {
            let listed = matches!(row.host, Pattern::Exactly(Host::Address(_)));
            if row.local || listed {
                return Ok(Reach::Anywhere);
            }
            reach = Some(Reach::Public);
        }
        reach.ok_or_else(|| Error::Refused {
            url: url.to_string(),
            why: Refusal::NotListed,
        })
    }
}

impl Row {
    /// The same row, whose names may also lead to this computer and to local networks: a responder inside a company.
    pub fn local(mut self) -> Self {
        self.local = true;
        self
    }

    fn fits(&self, url: &HttpUrl) -> bool {
        self.port == url.port
            && match (&self.host, &url.host) {
                (Pattern::Exactly(known), host) => known == host,
                (Pattern::Below(suffix), Host::Name(name)) => {
                    name.len() > suffix.len() && name.ends_with(suffix.as_str())
                }
                (Pattern::Below(_), Host::Address(_)) => false,
            }
    }
}

impl FromStr for Row {
    type Err = RowError;

    fn from_str(text: &str) -> Result<Self, RowError> {
        let error = |why| RowError {
            text: text.to_owned(),
            why,
        };
        let below = text.strip_prefix("*.");
        let (host, port) = authority_parts(below.unwrap_or(text)).map_err(error)?;
        let host = match (below, host) {
            (None, host) => Pattern::Exactly(host),
            (Some(_), Host::Name(name)) if name.contains('.') => Pattern::Below(format!(".{name}")),
            (Some(_), Host::Name(_)) => return Err(error("a pattern over a whole country")),
            (Some(_), Host::Address(_)) => return Err(error("a pattern over an address")),
        };
        Ok(Self {
            host,
            port: port.unwrap_or(80),
            local: false,
        })
    }
}

/// True for addresses that belong to somebody in the public network.
///
/// The registries of special addresses (RFC 6890 and the IANA tables), as far as a name could lead there: this
/// computer, private and shared networks, links, documentation, multicast; IPv4 addresses inside IPv6 ones count as
/// themselves.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_documentation()
                || a == 0
                || a >= 224
                || (a == 100 && b & 0xc0 == 64)
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && b & 0xfe == 18))
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(v4.into());
            }
            let inner = |high: u16, low: u16| {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                is_public(IpAddr::from([a, b, c, d]))
            };
            match v6.segments() {
                // NAT64, RFC 6052
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
                // 6to4, RFC 3056
                [0x2002, high, low, ..] => inner(high, low),
                // Documentation: RFC 3849, RFC 9637.
                [0x2001, 0xdb8, ..] => false,
                [0x3fff, second, ..] if second & 0xf000 == 0 => false,
                // Teredo, RFC 4380: an IPv4 address behind a server of somebody's choice.
                [0x2001, 0, ..] => false,
                // Only 2000::/3 is given out (RFC 4291 section 2.4).
                [first, ..] => first & 0xe000 == 0x2000,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[&str], url: &str) -> Result<Reach, Refusal> {
        let rows = rows.iter().map(|row| row.parse::<Row>().unwrap());
        match Allowed::new(rows).check(&HttpUrl::parse(url).unwrap()) {
            Ok(reach) => Ok(reach),
            Err(Error::Refused { why, .. }) => Err(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn exact_rows_allow_one_host_at_one_port() {
        let rows = ["ocsp.pki.gov.kz"];
        assert_eq!(check(&rows, "http://OCSP.pki.gov.kz/x"), Ok(Reach::Public));
        for url in [
            "http://ocsp.pki.gov.kz:8080/",
            "http://a.ocsp.pki.gov.kz/",
            "http://pki.gov.kz/",
            "http://ocsp.pki.gov.kz.evil.example/",
        ] {
            assert_eq!(check(&rows, url), Err(Refusal::NotListed), "{url}");
        }
        assert_eq!(check(&[], "http://a/"), Err(Refusal::NotListed));
    }

    #[test]
    fn patterns_allow_what_is_below_a_name_and_not_the_name() {
        let rows = ["*.pki.gov.kz:80"];
        assert_eq!(check(&rows, "http://crl.pki.gov.kz/"), Ok(Reach::Public));
        for url in ["http://pki.gov.kz/", "http://evilpki.gov.kz/"] {
            assert_eq!(check(&rows, url), Err(Refusal::NotListed), "{url}");
        }
    }

    #[test]
    fn addresses_are_allowed_only_by_a_row_that_has_them() {
        assert_eq!(
            check(&["127.0.0.1:81"], "http://127.0.0.1:81/"),
            Ok(Reach::Anywhere)
        );
        assert_eq!(check(&["[::1]"], "http://[::1]/"), Ok(Reach::Anywhere));
        assert_eq!(
            check(&["127.0.0.1:81"], "http://127.0.0.2:81/"),
            Err(Refusal::NotListed)
        );
    }

    #[test]
    fn a_row_may_say_that_its_names_are_local() {
        let row = "ocsp.office.example".parse::<Row>().unwrap().local();
        let url = HttpUrl::parse("http://ocsp.office.example/").unwrap();
        assert_eq!(Allowed::new([row]).check(&url), Ok(Reach::Anywhere));
    }

    #[test]
    fn rows_that_say_too_much_are_refused() {
        for (text, why) in [
            ("*.kz", "a pattern over a whole country"),
            ("*.127.0.0.1", "a pattern over an address"),
            ("*", "not the name of a host"),
            ("http://a", "not a port"),
            ("a/b", "not the name of a host"),
        ] {
            let text = text.to_owned();
            assert_eq!(text.parse::<Row>(), Err(RowError { text, why }));
        }
    }

    #[test]
    fn the_national_rows_are_the_hosts_of_the_table() {
        let allowed = Allowed::national(Environment::Test);
        let check = |url| allowed.check(&HttpUrl::parse(url).unwrap()).is_ok();
        assert!(check("http://test.pki.gov.kz/anything"));
        assert!(!check("http://ocsp.pki.gov.kz/"));
    }

    #[test]
    fn special_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001:0:7f00:1::1",
            "3fff:fff::1",
            "::7f00:1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "195.12.113.28",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2a00:1450::1",
            "64:ff9b::c30c:711c",
            "::ffff:195.12.113.28",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }
}
