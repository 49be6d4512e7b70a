//! The rule of allowed hosts, before any connection.

use tamga_client::{Allowed, Client, Environment, Error, Refusal, Row, Settings};

use crate::server::{Server, ok};

fn client(rows: impl IntoIterator<Item = Row>) -> Client {
    Client::new(Settings::new(Allowed::new(rows)))
}

#[test]
fn an_address_that_is_not_listed_is_refused_and_nobody_is_asked() {
    let server = Server::always(ok("a/b", b"0"));
    let url = server.url("/a");
    let national = Allowed::national(Environment::Production);
    for client in [client([]), Client::new(Settings::new(national))] {
        for got in [
            client.crl(&url),
            client.ocsp(&url, b"0"),
            client.ocsp_by_get(&url, b"0"),
            client.time_stamp(&url, b"0"),
        ] {
            assert!(
                matches!(
                    got,
                    Err(Error::Refused {
                        why: Refusal::NotListed,
                        ..
                    })
                ),
                "{got:?}"
            );
        }
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_name_that_leads_to_this_computer_is_refused_unless_its_row_says_local() {
    let server = Server::always(ok("a/b", b"0"));
    let port = server.address.port();
    let row: Row = format!("localhost:{port}").parse().unwrap();
    let url = format!("http://localhost:{port}/");
    match client([row.clone()]).crl(&url) {
        Err(Error::Refused {
            why: Refusal::NotPublic(address),
            ..
        }) => assert!(address.is_loopback()),
        other => panic!("{other:?}"),
    }
    assert!(server.seen().is_empty());
    assert_eq!(client([row.local()]).crl(&url), Ok(b"0".to_vec()));
}

#[test]
fn a_port_that_is_not_listed_is_refused() {
    let server = Server::always(ok("a/b", b"0"));
    let row: Row = "127.0.0.1".parse().unwrap();
    let got = client([row]).crl(&server.url("/"));
    let expected = Error::Refused {
        url: server.url("/"),
        why: Refusal::NotListed,
    };
    assert_eq!(got, Err(expected));
}
