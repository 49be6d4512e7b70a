//! Proxies: what they are asked, and what they are not told.

use tamga_client::{
    Allowed, Client, Environment, Error, Proxy, ProxyAddress, ProxyError, Settings,
};

use crate::server::{Server, bare, ok, send};

/// A client of the national services behind `server` as a proxy.
fn behind(server: &Server, credentials: &str) -> Client {
    let address = format!("http://{credentials}{}", server.address);
    let mut settings = Settings::new(Allowed::national(Environment::Production));
    settings.retry.attempts = 1;
    settings.proxy = Proxy::manual(ProxyAddress::parse(&address).unwrap());
    Client::new(settings)
}

#[test]
fn a_proxy_is_asked_for_the_whole_address_and_never_to_connect() {
    let server = Server::always(ok("a/b", b"0"));
    let client = behind(&server, "");
    // The proxy looks names up; here nobody could.
    client
        .crl("http://crl.pki.gov.kz/nca_gost_2022.crl")
        .unwrap();
    client.ocsp("http://ocsp.pki.gov.kz", b"0question").unwrap();
    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|seen| seen.line()).collect();
    let expected = [
        "GET http://crl.pki.gov.kz/nca_gost_2022.crl HTTP/1.1",
        "POST http://ocsp.pki.gov.kz/ HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    assert_eq!(seen[0].field("Host"), Some("crl.pki.gov.kz"));
    assert_eq!(seen[0].field("Proxy-Authorization"), None);
    assert_eq!(seen[1].body, b"0question");
}

#[test]
fn a_proxy_hears_our_name_and_the_service_does_not() {
    let server = Server::always(ok("a/b", b"0"));
    let client = behind(&server, "Aladdin:open%20sesame@");
    client.crl("http://crl.pki.gov.kz/a").unwrap();
    let expected = Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_eq!(server.seen()[0].field("Proxy-Authorization"), expected);

    let mut settings = server.settings();
    let address = format!("http://u:p@{}", server.address);
    let exceptions = "127.0.0.1";
    settings.proxy = Proxy::from_internet_settings(&address, exceptions).unwrap();
    Client::new(settings).crl(&server.url("/direct")).unwrap();
    let seen = &server.seen()[1];
    assert_eq!(seen.line(), "GET /direct HTTP/1.1");
    assert_eq!(seen.field("Proxy-Authorization"), None);
}

#[test]
fn a_proxy_that_wants_a_password_is_an_error_of_the_proxy() {
    let server = Server::always(bare(407, "Proxy-Authenticate: Basic\r\n"));
    let got = behind(&server, "").crl("http://crl.pki.gov.kz/a");
    let expected = Error::Proxy(ProxyError::Authentication {
        host: server.address.ip().to_string(),
        port: server.address.port(),
    });
    assert_eq!(got, Err(expected));
    // Without a proxy it is only a strange service.
    let got = server.client().crl(&server.url("/"));
    assert_eq!(got, Err(Error::Status(407)));
}

#[test]
fn the_rule_holds_behind_a_proxy_too_and_for_its_redirects() {
    let server = Server::start(|_, _, stream| {
        send(stream, &bare(302, "Location: http://evil.example/\r\n"));
    });
    let client = behind(&server, "");
    let refused = |got: Result<Vec<u8>, Error>| assert!(matches!(got, Err(Error::Refused { .. })));
    refused(client.crl("http://evil.example/"));
    assert!(server.seen().is_empty());
    refused(client.crl("http://crl.pki.gov.kz/"));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn environment_variables_say_who_is_asked_directly() {
    let server = Server::always(ok("a/b", b"0"));
    let proxy = |exceptions: &'static str| {
        let address = server.address.to_string();
        Proxy::from_environment(move |name| match name {
            "http_proxy" => Some(address.clone()),
            "no_proxy" => Some(exceptions.to_owned()),
            _ => None,
        })
        .unwrap()
    };
    let line = |exceptions| {
        let mut settings = server.settings();
        settings.proxy = proxy(exceptions);
        Client::new(settings).crl(&server.url("/a")).unwrap();
        server.seen().last().unwrap().line().to_owned()
    };
    assert_eq!(line("127.0.0.0/8"), "GET /a HTTP/1.1");
    assert_eq!(
        line("gov.kz"),
        format!("GET http://{}/a HTTP/1.1", server.address)
    );
}
