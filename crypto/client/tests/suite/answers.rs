//! What is sent, and what is taken for an answer.

use std::{net::TcpListener, time::Duration};

use tamga_client::{Allowed, Client, Error, Settings, Stage};

use crate::server::{Server, bare, ok, send, send_forever};

/// The body of a GET of a list whose answer is these bytes.
fn get(answer: impl Into<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let server = Server::always(answer);
    server.client().crl(&server.url("/a.crl"))
}

#[test]
fn a_time_stamp_is_posted_with_its_type_and_a_name() {
    let server = Server::always(ok("application/timestamp-reply", b"0reply"));
    let reply = server.client().time_stamp(&server.url("/tsp/"), b"0query");
    assert_eq!(reply, Ok(b"0reply".to_vec()));
    let [seen] = &server.seen()[..] else {
        panic!("one request expected");
    };
    assert_eq!(seen.line(), "POST /tsp/ HTTP/1.1");
    assert_eq!(seen.body, b"0query");
    let agent = concat!("tamga/", env!("CARGO_PKG_VERSION"));
    for (name, value) in [
        ("Host", server.address.to_string().as_str()),
        ("User-Agent", agent),
        ("Content-Type", "application/timestamp-query"),
        ("Content-Length", "6"),
        ("Accept", "application/timestamp-reply, */*;q=0.1"),
        ("Accept-Encoding", "identity"),
        ("Connection", "close"),
    ] {
        assert_eq!(seen.field(name), Some(value), "{name}");
    }
}

#[test]
fn a_status_is_posted_or_gotten() {
    let server = Server::always(ok("application/ocsp-response", b"0answer"));
    let (client, url) = (server.client(), server.url("/ocsp"));
    let answer = Ok(b"0answer".to_vec());
    assert_eq!(client.ocsp(&url, &[0xfb; 3]), answer);
    // Base64 "+/v7+w==" with every character that has a meaning in addresses.
    assert_eq!(client.ocsp_by_get(&url, &[0xfb, 0xfb, 0xfb, 0xfb]), answer);
    assert_eq!(client.ocsp_by_get(&url, &[0xff; 300]), answer);
    let seen = server.seen();
    let lines: Vec<_> = seen.iter().map(|seen| seen.line()).collect();
    let get = "GET /ocsp/%2B%2Fv7%2Bw%3D%3D HTTP/1.1";
    assert_eq!(lines, ["POST /ocsp HTTP/1.1", get, "POST /ocsp HTTP/1.1"]);
    assert_eq!(
        seen[0].field("Content-Type"),
        Some("application/ocsp-request")
    );
    assert_eq!(seen[1].field("Content-Type"), None);
    assert_eq!(seen[2].body, [0xff; 300]);
}

#[test]
fn a_body_ends_by_length_by_chunks_or_by_closing() {
    let body = Ok(b"0body".to_vec());
    assert_eq!(get(ok("application/pkix-crl", b"0body")), body);
    assert_eq!(get("HTTP/1.1 200 OK\r\n\r\n0body"), body);
    assert_eq!(get("HTTP/1.0 200 OK\r\n\r\n0body"), body);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3;a=b\r\n0bo\r\n02\r\ndy\r\n0\r\nTrailer: x\r\n\r\n";
    assert_eq!(get(chunked), body);
    // What follows the announced length is not looked at.
    let longer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n0body and more";
    assert_eq!(get(longer), body);
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n0body";
    assert_eq!(get(interim), body);
}

#[test]
fn an_answer_that_comes_byte_by_byte_is_the_same_answer() {
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0body\r\n0\r\n\r\n";
    let server = Server::start(move |_, _, stream| {
        stream.set_nodelay(true).unwrap();
        for byte in chunked {
            send(stream, &[*byte]);
        }
    });
    let body = server.client().crl(&server.url("/a"));
    assert_eq!(body, Ok(b"0body".to_vec()));
}

#[test]
fn an_announced_length_over_the_limit_is_refused_before_the_body() {
    let server = Server::start(|_, _, stream| {
        send(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n");
        // The client must not wait for the body.
        std::thread::sleep(Duration::from_secs(5));
    });
    let mut settings = server.settings();
    settings.limits.crl = 1_000;
    let refused = Client::new(settings).crl(&server.url("/a"));
    let expected = Error::TooLarge {
        limit: 1_000,
        announced: Some(1_001),
    };
    assert_eq!(refused, Err(expected));
}

#[test]
fn an_endless_body_is_cut_at_the_limit() {
    for (head, piece) in [
        ("HTTP/1.1 200 OK\r\n\r\n", &[b'0'; 512][..]),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"4\r\n0000\r\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"ffffffffffffffff\r\n0000",
        ),
    ] {
        let server = Server::start(move |_, _, stream| {
            send(stream, head.as_bytes());
            send_forever(stream, piece, Duration::ZERO);
        });
        let mut settings = server.settings();
        settings.limits.crl = 100_000;
        let expected = Error::TooLarge {
            limit: 100_000,
            announced: None,
        };
        let got = Client::new(settings).crl(&server.url("/a"));
        assert_eq!(got, Err(expected), "{head}");
    }
}

#[test]
fn a_body_of_exactly_the_limit_is_taken() {
    let body = vec![b'0'; 1_000];
    for answer in [
        ok("a/b", &body),
        [b"HTTP/1.1 200 OK\r\n\r\n", &body[..]].concat(),
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
            &body[..],
            b"\r\n0\r\n\r\n",
        ]
        .concat(),
    ] {
        let server = Server::always(answer);
        let mut settings = server.settings();
        settings.limits.crl = 1_000;
        assert_eq!(
            Client::new(settings).crl(&server.url("/a")),
            Ok(body.clone())
        );
    }
}

#[test]
fn an_answer_that_ends_early_is_no_answer() {
    for (answer, stage, received) in [
        ("", Stage::Head, 0),
        ("HTTP/1.1 200 OK\r\nA: b\r\n", Stage::Head, 23),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n0body",
            Stage::Body,
            5,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0bo",
            Stage::Body,
            3,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0body\r\n",
            Stage::Body,
            5,
        ),
    ] {
        assert_eq!(
            get(answer),
            Err(Error::Closed { stage, received }),
            "{answer}"
        );
    }
}

#[test]
fn what_is_not_http_or_has_two_meanings_is_refused() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (answer, why) in [
        ("SSH-2.0-OpenSSH\r\n".to_owned(), "no status line"),
        ("HTTP/9 what\r\n\r\n".to_owned(), "an unreadable head"),
        (
            format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(97)),
            "too many header fields",
        ),
        (
            format!("HTTP/1.1 200 OK\r\nA: {}", "b".repeat(40_000)),
            "a head too long",
        ),
        (
            "HTTP/1.1 101 Switching\r\n\r\n".to_owned(),
            "an interim answer too many",
        ),
        (
            "HTTP/1.1 103 Hints\r\n\r\n".repeat(5),
            "an interim answer too many",
        ),
        (format!("{chunked}x\r\n"), "a chunk without a size"),
        (
            format!("{chunked}1\r\n00\r\n"),
            "a chunk longer than its size",
        ),
        (format!("{chunked}1\n0\r\n"), "a line feed alone"),
        (
            format!("{chunked}1;{}", "a".repeat(2_000)),
            "a line too long",
        ),
        (
            format!("{chunked}0\r\n{}\r\n", "A: b\r\n".repeat(40)),
            "too many trailers",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n0".to_owned(),
            "a compressed body nobody asked for",
        ),
    ] {
        assert_eq!(get(answer), Err(Error::NotHttp(why)), "{why}");
    }
}

#[test]
fn only_status_200_is_an_answer() {
    for status in [201, 204, 206, 304, 400, 403, 404, 500, 503] {
        assert_eq!(get(bare(status, "")), Err(Error::Status(status)));
    }
}

#[test]
fn a_page_for_people_is_not_the_service() {
    let page = b"<!DOCTYPE html>\r\n<title>\xd0\x9a\xd1\x96\xd1\x80\xd1\x83</title>";
    let beginning = "<!DOCTYPE html>  <title>Кіру</title>".to_owned();
    for content_type in [
        Some("text/html; charset=utf-8"),
        Some("Application/XHTML+XML"),
        Some("application/pkix-crl"),
    ] {
        let expected = Error::NotTheService {
            content_type: content_type.map(str::to_owned),
            beginning: beginning.clone(),
        };
        let answer = ok(content_type.unwrap(), page);
        assert_eq!(get(answer), Err(expected), "{content_type:?}");
    }
    let without_type = [b"HTTP/1.1 200 OK\r\n\r\n \n", &page[..]].concat();
    match get(without_type) {
        Err(Error::NotTheService { content_type, .. }) => assert_eq!(content_type, None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn unusual_content_types_are_tolerated() {
    for content_type in ["application/octet-stream", "text/plain", "x"] {
        assert_eq!(get(ok(content_type, b"0")), Ok(b"0".to_vec()));
    }
}

#[test]
fn a_port_where_nobody_listens_is_no_connection() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let row = format!("127.0.0.1:{port}").parse().unwrap();
    let mut settings = Settings::new(Allowed::new([row]));
    settings.retry.attempts = 1;
    let got = Client::new(settings).crl(&format!("http://127.0.0.1:{port}/"));
    let expected = Error::Connect {
        host: "127.0.0.1".to_owned(),
        port,
        kind: std::io::ErrorKind::ConnectionRefused,
    };
    assert_eq!(got, Err(expected));
}
