//! The head of an HTTP request: read within limits, then judged.

use http::{HeaderMap, Method, Request, header};
use tamga_agent_core::Origin;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_tungstenite::tungstenite::handshake::server::{Response, create_response};

use crate::{limits::MAX_HEAD, origin, pages::Page};

/// A request head and what came behind it.
pub(crate) struct Head {
    pub(crate) request: Request<()>,
    pub(crate) rest: Vec<u8>,
}

/// Why there is no head.
#[derive(Debug)]
pub(crate) enum HeadError {
    /// The connection ended or failed first.
    Closed,
    /// It is there, and gets this answer.
    Refused(Page),
}

/// What becomes of a request.
pub(crate) enum Decision {
    /// One answer, then the connection closes.
    Answer(Page),
    /// A WebSocket session of this origin, after this response.
    Upgrade(Origin, Box<Response>),
}

/// Reads up to the empty line; at most [`MAX_HEAD`] bytes.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Head, HeadError> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return Err(HeadError::Closed),
            Ok(_) => {}
        }
        if let Some((length, request)) = parse(&bytes).map_err(HeadError::Refused)? {
            return Ok(Head {
                request,
                rest: bytes.split_off(length),
            });
        }
        if bytes.len() > MAX_HEAD {
            return Err(HeadError::Refused(Page::HeadTooLarge));
        }
    }
}

/// Decides in this order: our host (T-REB-1), our methods and paths, a named origin, a proper upgrade.
pub(crate) fn decide(request: &Request<()>, port: u16) -> Decision {
    if request.uri().authority().is_some() || !host_is_ours(request.headers(), port) {
        return Decision::Answer(Page::Misdirected);
    }
    if request.method() != Method::GET {
        return Decision::Answer(Page::MethodNotAllowed);
    }
    match (
        request.uri().path(),
        request.headers().contains_key(header::UPGRADE),
    ) {
        ("/", true) => {}
        ("/", false) => return Decision::Answer(Page::Welcome),
        ("/health", false) => return Decision::Answer(Page::Health),
        _ => return Decision::Answer(Page::NotFound),
    }
    let Ok(origin) = origin::read(request.headers()) else {
        return Decision::Answer(Page::BadRequest);
    };
    // Neither an extension nor a sub-protocol is ever answered (T-SIZ-2).
    match create_response(request) {
        Ok(response) => Decision::Upgrade(origin, Box::new(response)),
        Err(_) => Decision::Answer(Page::BadRequest),
    }
}

/// One `Host` header that names this computer and our port.
fn host_is_ours(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let ours = format!("{name}:{port}");
        host.as_bytes().eq_ignore_ascii_case(ours.as_bytes())
    })
}

/// `None`: the empty line has not come yet.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Request<()>)>, Page> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Request::new(&mut headers);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Page::HeadTooLarge),
        Err(_) => return Err(Page::BadRequest),
    };
    if length > MAX_HEAD {
        return Err(Page::HeadTooLarge);
    }
    let version = match head.version {
        Some(1) => http::Version::HTTP_11,
        _ => http::Version::HTTP_10,
    };
    let mut request = Request::builder()
        .method(head.method.unwrap_or_default())
        .uri(head.path.unwrap_or_default())
        .version(version);
    for header in head.headers.iter() {
        request = request.header(header.name, header.value);
    }
    request
        .body(())
        .map(|request| Some((length, request)))
        .map_err(|_| Page::BadRequest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPGRADE: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    /// `101` or the status of the answer.
    fn status(head: &str) -> u16 {
        match parse(head.as_bytes()) {
            Ok(Some((length, request))) => {
                assert_eq!(length, head.len());
                match decide(&request, 13579) {
                    Decision::Answer(page) => page.status(),
                    Decision::Upgrade(_, response) => response.status().as_u16(),
                }
            }
            Ok(None) => panic!("{head:?} is not complete"),
            Err(page) => page.status(),
        }
    }

    #[test]
    fn only_our_own_names_with_our_port_are_served() {
        let cases = [
            ("Host: 127.0.0.1:13579\r\n", 101),
            ("Host: localhost:13579\r\n", 101),
            ("host: LOCALHOST:13579\r\n", 101),
            ("Host: [::1]:13579\r\n", 101),
            ("Host: 127.0.0.1.:13579\r\n", 421),
            ("Host: localhost.:13579\r\n", 421),
            ("Host: 127.0.0.1\r\n", 421),
            ("Host: 127.0.0.1:13580\r\n", 421),
            ("Host: 127.0.0.1:013579\r\n", 421),
            ("Host: 0:13579\r\n", 421),
            ("Host: 0.0.0.0:13579\r\n", 421),
            ("Host: 0x7f.1:13579\r\n", 421),
            ("Host: 127.1:13579\r\n", 421),
            ("Host: 2130706433:13579\r\n", 421),
            ("Host: evil.kz:13579\r\n", 421),
            ("Host: 127.0.0.1.evil.kz:13579\r\n", 421),
            ("Host: a@127.0.0.1:13579\r\n", 421),
            ("Host: \r\n", 421),
            ("", 421),
            ("Host: 127.0.0.1:13579\r\nHost: 127.0.0.1:13579\r\n", 421),
            ("Host: 127.0.0.1:13579\r\nHost: evil.kz\r\n", 421),
        ];
        for (host, expected) in cases {
            let head = format!("GET / HTTP/1.1\r\n{host}Origin: https://a.kz\r\n{UPGRADE}\r\n");
            assert_eq!(status(&head), expected, "{host:?}");
        }
        let absolute = "GET http://evil.kz/ HTTP/1.1\r\nHost: 127.0.0.1:13579\r\n\r\n";
        assert_eq!(status(absolute), 421);
    }

    #[test]
    fn paths_methods_and_upgrades_get_their_status() {
        let host = "Host: 127.0.0.1:13579\r\n";
        let cases = [
            (format!("GET / HTTP/1.1\r\n{host}\r\n"), 200),
            (format!("GET /?x=1 HTTP/1.1\r\n{host}\r\n"), 200),
            (format!("GET /health HTTP/1.1\r\n{host}\r\n"), 200),
            (
                format!("GET /basics/index.html HTTP/1.1\r\n{host}\r\n"),
                404,
            ),
            (format!("GET /x HTTP/1.1\r\n{host}{UPGRADE}\r\n"), 404),
            (format!("GET /health HTTP/1.1\r\n{host}{UPGRADE}\r\n"), 404),
            (format!("POST / HTTP/1.1\r\n{host}\r\n"), 405),
            (format!("HEAD / HTTP/1.1\r\n{host}\r\n"), 405),
            (format!("OPTIONS / HTTP/1.1\r\n{host}\r\n"), 405),
            (format!("GET / HTTP/1.1\r\n{host}Upgrade: h2c\r\n\r\n"), 400),
            (
                format!("GET / HTTP/1.1\r\n{host}Origin: https://A.kz\r\n{UPGRADE}\r\n"),
                400,
            ),
            (format!("GET / HTTP/1.0\r\n{host}{UPGRADE}\r\n"), 400),
            (format!("GET / HTTP/1.1\r\n{host}{UPGRADE}\r\n"), 101),
            ("GET / HTTP/1.1\r\nHost : x\r\n\r\n".to_owned(), 400),
            ("\u{16}\u{3}\u{1} not http\r\n\r\n".to_owned(), 400),
        ];
        for (head, expected) in cases {
            assert_eq!(status(&head), expected, "{head:?}");
        }
    }

    #[test]
    fn neither_compression_nor_a_sub_protocol_is_negotiated() {
        let head = format!(
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:13579\r\n{UPGRADE}\
             Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: x\r\n\r\n"
        );
        let Ok(Some((_, request))) = parse(head.as_bytes()) else {
            panic!("a head")
        };
        let Decision::Upgrade(origin, response) = decide(&request, 13579) else {
            panic!("an upgrade")
        };
        assert_eq!(origin, Origin::LocalProgram);
        let mut names: Vec<_> = response
            .headers()
            .keys()
            .map(|name| name.as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["connection", "sec-websocket-accept", "upgrade"]);
    }

    #[tokio::test]
    async fn a_head_of_more_than_16_kib_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(MAX_HEAD));
        match read(&mut long.as_bytes()).await {
            Err(HeadError::Refused(page)) => assert_eq!(page.status(), 431),
            _ => panic!("must be refused"),
        }
    }
}
