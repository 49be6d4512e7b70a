//! Repetitions: counted, within the deadline, and never of what must not happen twice.

use std::time::{Duration, Instant};

use tamga_client::{Client, Error, Settings, Stage};

use crate::server::{Server, bare, ok, send};

/// A server that fails `failures` times with these bytes, then answers.
fn failing(failures: usize, failure: impl Into<Vec<u8>>) -> Server {
    let failure = failure.into();
    Server::start(move |number, _, stream| match number < failures {
        true => send(stream, &failure),
        false => send(stream, &ok("a/b", b"0")),
    })
}

fn settings(server: &Server, attempts: u32) -> Settings {
    let mut settings = server.settings();
    settings.retry.attempts = attempts;
    settings.retry.pause = Duration::from_millis(1);
    settings
}

#[test]
fn a_failing_service_is_asked_again_and_only_so_often() {
    for (failure, error) in [
        (bare(500, ""), Error::Status(500)),
        (bare(503, ""), Error::Status(503)),
        (
            Vec::new(),
            Error::Closed {
                stage: Stage::Head,
                received: 0,
            },
        ),
    ] {
        for (attempts, asked, expected) in [
            (3, 3, Ok(b"0".to_vec())),
            (2, 2, Err(error.clone())),
            (0, 1, Err(error.clone())),
        ] {
            let server = failing(2, failure.clone());
            let client = Client::new(settings(&server, attempts));
            assert_eq!(client.ocsp(&server.url("/"), b"0"), expected);
            assert_eq!(server.seen().len(), asked, "{error}");
        }
    }
}

#[test]
fn errors_that_stay_are_not_repeated() {
    for failure in [
        bare(404, ""),
        ok("text/html", b"<p>"),
        b"no HTTP".to_vec(),
        bare(302, "Location: http://b/\r\n"),
    ] {
        let server = failing(1, failure);
        let client = Client::new(settings(&server, 5));
        client.crl(&server.url("/")).unwrap_err();
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn a_time_stamp_that_was_asked_for_is_not_asked_for_again() {
    let server = failing(1, bare(500, ""));
    let client = Client::new(settings(&server, 5));
    let got = client.time_stamp(&server.url("/"), b"0");
    assert_eq!(got, Err(Error::Status(500)));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_pause_that_does_not_fit_into_the_deadline_is_not_begun() {
    let server = failing(9, bare(500, ""));
    let mut settings = settings(&server, 9);
    settings.retry.pause = Duration::from_secs(60);
    let started = Instant::now();
    let got = Client::new(settings).ocsp(&server.url("/"), b"0");
    assert_eq!(got, Err(Error::Status(500)));
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn pauses_grow() {
    let server = failing(3, bare(500, ""));
    let mut settings = settings(&server, 4);
    settings.retry.pause = Duration::from_millis(20);
    let started = Instant::now();
    let got = Client::new(settings).ocsp(&server.url("/"), b"0");
    assert_eq!(got, Ok(b"0".to_vec()));
    // 20, 40 and 80.
    assert!(started.elapsed() >= Duration::from_millis(140));
}
