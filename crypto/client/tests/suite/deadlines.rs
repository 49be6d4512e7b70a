//! However slowly the other side goes on, the exchange is over at its deadline.

use std::{
    thread,
    time::{Duration, Instant},
};

use tamga_client::{Client, Error, Stage};

use crate::server::{Server, send, send_forever};

const LIMIT: Duration = Duration::from_millis(300);

/// Asks a server that goes on as `begin` and one byte every 20 ms; the error comes at the deadline.
fn check(begin: &'static str, drip: Option<&'static [u8]>, stage: Stage) {
    let server = Server::start(move |_, _, stream| {
        send(stream, begin.as_bytes());
        match drip {
            Some(piece) => send_forever(stream, piece, Duration::from_millis(20)),
            None => thread::sleep(4 * LIMIT),
        }
    });
    let mut settings = server.settings();
    settings.deadlines.whole_crl = LIMIT;
    let started = Instant::now();
    let got = Client::new(settings).crl(&server.url("/a"));
    let took = started.elapsed();
    let limit = LIMIT;
    assert_eq!(got, Err(Error::Timeout { stage, limit }), "{begin}");
    assert!(took >= LIMIT && took < 10 * LIMIT, "{took:?}");
}

#[test]
fn a_silent_server_is_left() {
    check("", None, Stage::Head);
}

#[test]
fn a_head_that_drips_is_left() {
    check("HTTP/1.1 200 OK\r\nA: ", Some(b"b"), Stage::Head);
}

#[test]
fn a_body_that_drips_is_left() {
    check("HTTP/1.1 200 OK\r\n\r\n", Some(b"0"), Stage::Body);
    check(
        "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        Some(b"0"),
        Stage::Body,
    );
    check(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        Some(b"1\r\n0\r\n"),
        Stage::Body,
    );
}

#[test]
fn the_deadline_spans_redirects() {
    let server = Server::start(|_, _, stream| {
        thread::sleep(Duration::from_millis(120));
        send(
            stream,
            b"HTTP/1.1 302 x\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
        );
    });
    let mut settings = server.settings();
    settings.deadlines.whole_crl = LIMIT;
    let got = Client::new(settings).crl(&server.url("/a"));
    let expected = Error::Timeout {
        stage: Stage::Head,
        limit: LIMIT,
    };
    assert_eq!(got, Err(expected));
    assert_eq!(server.seen().len(), 3);
}
