//! Redirects: each is checked, and not all are followed.

use tamga_client::{Error, RedirectError, Refusal};

use crate::server::{Server, bare, ok, send};

fn location(status: u16, location: &str) -> Vec<u8> {
    bare(status, &format!("Location: {location}\r\n"))
}

fn get(answer: Vec<u8>) -> Result<Vec<u8>, Error> {
    let server = Server::always(answer);
    server.client().crl(&server.url("/start"))
}

#[test]
fn three_redirects_are_followed_and_a_fourth_is_not() {
    for (redirects, expected) in [
        (3, Ok(b"0".to_vec())),
        (4, Err(Error::Redirect(RedirectError::TooMany(3)))),
    ] {
        let server = Server::start(move |number, _, stream| {
            let answer = match number < redirects {
                true => location(302, &format!("/{number}")),
                false => ok("a/b", b"0"),
            };
            send(stream, &answer);
        });
        assert_eq!(server.client().crl(&server.url("/start")), expected);
        assert_eq!(server.seen().len(), 4);
    }
}

#[test]
fn a_redirect_to_itself_ends() {
    let got = get(location(301, "/start"));
    assert_eq!(got, Err(Error::Redirect(RedirectError::TooMany(3))));
}

#[test]
fn a_redirect_to_a_host_that_is_not_allowed_is_refused_and_nobody_is_asked() {
    let other = Server::always(ok("a/b", b"0"));
    let url = other.url("/secret");
    let got = get(location(302, &url));
    let expected = Error::Refused {
        url,
        why: Refusal::NotListed,
    };
    assert_eq!(got, Err(expected));
    assert!(other.seen().is_empty());
}

#[test]
fn redirects_to_other_schemes_are_refused() {
    for url in ["https://127.0.0.1/", "file:///etc/passwd"] {
        let expected = Error::Refused {
            url: url.to_owned(),
            why: Refusal::Scheme,
        };
        assert_eq!(get(location(302, url)), Err(expected));
    }
}

#[test]
fn a_redirect_without_one_readable_address_is_not_followed() {
    for fields in [
        "",
        "Location: \r\nLocation: /a\r\n",
        "Location: http://\r\n",
        "Location: http://user@a/\r\n",
    ] {
        let expected = Error::Redirect(RedirectError::Location);
        assert_eq!(get(bare(302, fields)), Err(expected), "{fields}");
    }
}

#[test]
fn a_posted_question_stays_posted_or_is_not_redirected() {
    for status in [301, 302, 307, 308] {
        let server = Server::start(move |number, _, stream| {
            let answer = match number {
                0 => location(status, "/there"),
                _ => ok("a/b", b"0answer"),
            };
            send(stream, &answer);
        });
        let got = server.client().ocsp(&server.url("/here"), b"0question");
        assert_eq!(got, Ok(b"0answer".to_vec()));
        let seen = &server.seen()[1];
        assert_eq!(seen.line(), "POST /there HTTP/1.1");
        assert_eq!(seen.body, b"0question");
    }
    // What the national responder says to a client without a name.
    let server = Server::always(location(303, "/page"));
    let got = server.client().ocsp(&server.url("/"), b"0");
    assert_eq!(got, Err(Error::Redirect(RedirectError::ChangesMethod)));
    assert_eq!(server.seen().len(), 1);
}
