//! Through which proxy an exchange goes: none, one given by hand, or the system's.

mod bypass;
mod environment;
mod internet_settings;
#[cfg(unix)]
#[path = "proxy/unix.rs"]
mod system;
#[cfg(windows)]
#[path = "proxy/windows.rs"]
mod system;

use std::fmt;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use self::bypass::Bypass;
use crate::{
    HttpUrl, ProxyError,
    url::{Host, authority_parts},
};

/// A proxy and the hosts that are reached without it.
///
/// Behind a proxy the rule of allowed hosts holds as before, but names are looked up by the proxy: that a name leads to a
/// public address is then the proxy's business.
#[derive(Debug, Default)]
pub struct Proxy {
    address: Option<ProxyAddress>,
    bypass: Bypass,
}

impl Proxy {
    /// No proxy.
    pub fn none() -> Self {
        Self::default()
    }

    /// This proxy for everything.
    pub fn manual(address: ProxyAddress) -> Self {
        Self {
            address: Some(address),
            bypass: Bypass::default(),
        }
    }

    /// What this computer is set to: environment variables on Unix, the Internet settings of the user on Windows. Read
    /// once, here.
    pub fn system() -> Result<Self, ProxyError> {
        system::read()
    }

    /// `http_proxy` (else `HTTP_PROXY`, else `all_proxy`, `ALL_PROXY`) and `no_proxy` (else `NO_PROXY`), as curl reads
    /// them; `variable` returns the value of one.
    ///
    /// `HTTP_PROXY` in capitals is not looked at where `REQUEST_METHOD` is set: there it is a header of somebody's
    /// request.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ProxyError> {
        environment::read(variable)
    }

    /// The registry values `ProxyServer` and `ProxyOverride` of Windows; call it where `ProxyEnable` is not 0.
    ///
    /// `AutoConfigURL`, a script, is not run.
    pub fn from_internet_settings(server: &str, exceptions: &str) -> Result<Self, ProxyError> {
        internet_settings::read(server, exceptions)
    }

    /// The proxy for this address, if it has one.
    pub(crate) fn of(&self, url: &HttpUrl) -> Option<&ProxyAddress> {
        self.address.as_ref().filter(|_| !self.bypass.covers(url))
    }
}

/// Where a proxy is, and who we are there. The password is shown nowhere and wiped when dropped.
pub struct ProxyAddress {
    host: Host,
    port: u16,
    /// `user:password`
    credentials: Option<Zeroizing<Vec<u8>>>,
}

impl ProxyAddress {
    /// Reads `[http://][user[:password]@]host[:port][/]`; user and password may be percent-encoded, the port is 80 if
    /// it is left out.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let text = text.trim();
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some(_) => return Err(ProxyError::Address("only proxies over http are spoken to")),
            None => text,
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (credentials, authority) = match rest.rsplit_once('@') {
            Some((credentials, authority)) => (Some(percent_decoded(credentials)?), authority),
            None => (None, rest),
        };
        let (host, port) = authority_parts(authority).map_err(ProxyError::Address)?;
        Ok(Self {
            host,
            port: port.unwrap_or(80),
            credentials,
        })
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The line `Proxy-Authorization`, with its line end (RFC 7617).
    pub(crate) fn authorization(&self) -> Option<Zeroizing<Vec<u8>>> {
        let credentials = self.credentials.as_ref()?;
        // RFC 7617 section 2: a colon always stands between the two, also when there is no password.
        let colon = match credentials.contains(&b':') {
            true => &b""[..],
            false => b":",
        };
        let mut whole = Zeroizing::new(Vec::with_capacity(credentials.len() + 1));
        whole.extend_from_slice(credentials);
        whole.extend_from_slice(colon);
        let encoded = Zeroizing::new(Base64::encode_string(&whole));
        let parts = ["Proxy-Authorization: Basic ", encoded.as_str(), "\r\n"];
        let length = parts.iter().map(|part| part.len()).sum();
        let mut line = Zeroizing::new(Vec::with_capacity(length));
        for part in parts {
            line.extend_from_slice(part.as_bytes());
        }
        Some(line)
    }
}

/// Shows where it is, never who we are.
impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyAddress({}:{})", self.host, self.port)
    }
}

fn percent_decoded(text: &str) -> Result<Zeroizing<Vec<u8>>, ProxyError> {
    const WHAT: ProxyError = ProxyError::Address("a percent sign without two hex digits");
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(WHAT);
        };
        out.push((high * 16 + low) as u8);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<String> {
        let line = ProxyAddress::parse(text).unwrap().authorization()?;
        Some(String::from_utf8(line.to_vec()).unwrap())
    }

    #[test]
    fn a_proxy_has_a_place_and_perhaps_a_name_and_a_password() {
        for (text, place) in [
            (
                "proxy.office.example:3128",
                "ProxyAddress(proxy.office.example:3128)",
            ),
            ("http://PROXY/", "ProxyAddress(proxy:80)"),
            ("http://u:p@[::1]:8080", "ProxyAddress([::1]:8080)"),
        ] {
            assert_eq!(format!("{:?}", ProxyAddress::parse(text).unwrap()), place);
        }
        assert_eq!(line("http://proxy:3128"), None);
        let expected = "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n";
        assert_eq!(
            line("http://Aladdin:open%20sesame@proxy").as_deref(),
            Some(expected)
        );
        let user_alone = "Proxy-Authorization: Basic dTo=\r\n";
        assert_eq!(line("u@proxy").as_deref(), Some(user_alone));
    }

    #[test]
    fn other_proxies_are_refused_without_repeating_the_text() {
        for (text, why) in [
            (
                "socks5://u:secret@a",
                "only proxies over http are spoken to",
            ),
            ("https://u:secret@a", "only proxies over http are spoken to"),
            (
                "http://u:secret%2@a",
                "a percent sign without two hex digits",
            ),
            ("http://u:secret@a:b", "not a port"),
            ("u:secret@", "not the name of a host"),
        ] {
            let error = ProxyAddress::parse(text).unwrap_err();
            assert_eq!(error, ProxyError::Address(why), "{text}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let proxy = Proxy::manual(ProxyAddress::parse("http://u:secret@a").unwrap());
        assert!(!format!("{proxy:?}").contains("secret"));
    }
}
