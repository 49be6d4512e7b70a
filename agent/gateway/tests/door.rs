//! The door itself: addresses, hosts, plain HTTP, limits.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../core/tests/support/mod.rs"]
mod person;
mod support;

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use person::{Files, Person, desk};
use support::{Door, GREETING, Page, SITE, open_door};
use tamga_gateway::{Listener, MAX_MESSAGE, MAX_SESSIONS_PER_ORIGIN, NotLoopback};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::frame::{
        Frame,
        coding::{CloseCode, Data, OpCode},
    },
};

const ACTIVE_TOKENS: &str =
    r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getActiveTokens"}"#;
const NO_TOKENS: &str = r#"{"responseObject":[],"code":"200"}"#;
const MALFORMED: &str = r#"{"success":false,"errorCode":"COMMON_JSON_WRAPPING_EXCEPTION"}"#;

async fn door() -> Door {
    open_door(desk(&Person::default(), Files::default())).await
}

async fn still_alive(page: &mut Page) {
    assert_eq!(page.ask(ACTIVE_TOKENS).await, NO_TOKENS);
}

#[tokio::test]
async fn only_the_loopback_address_can_be_listened_on() {
    let listener = Listener::bind(0).await.unwrap();
    let (port, elsewhere) = (listener.port(), "127.0.0.2");
    let refused = tokio::net::TcpStream::connect((elsewhere, port)).await;
    assert_eq!(
        refused.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionRefused
    );

    let everywhere = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let error = Listener::from_std(everywhere).unwrap_err();
    assert!(error.get_ref().unwrap().is::<NotLoopback>(), "{error:?}");
    let ours = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(Listener::from_std(ours).is_ok());
}

#[tokio::test]
async fn plain_http_gets_a_page_in_three_languages_and_health() {
    let door = door().await;
    let welcome = door
        .http("GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n")
        .await;
    assert!(welcome.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"));
    for sentence in [
        "Байланыс жұмыс істейді.",
        "Соединение работает.",
        "The connection works.",
    ] {
        assert!(welcome.contains(sentence), "{welcome}");
    }
    let health = door
        .http("GET /health HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n")
        .await;
    assert!(
        health.contains("\r\nAccess-Control-Allow-Origin: *\r\n"),
        "{health}"
    );
    assert!(
        health.ends_with("{\"name\":\"tamga\",\"version\":\"0.1.0\",\"ready\":true}"),
        "{health}"
    );
    for (request, status) in [
        (
            "GET /x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n",
            "404 Not Found",
        ),
        (
            "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n",
            "405 Method Not Allowed",
        ),
        (
            "GET / HTTP/1.1\r\nHost: evil.kz:PORT\r\n\r\n",
            "421 Misdirected Request",
        ),
        (
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
            "421 Misdirected Request",
        ),
        ("nonsense\r\n\r\n", "400 Bad Request"),
    ] {
        let response = door.http(request).await;
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{request:?}: {response}"
        );
        assert!(!response.contains("Access-Control"), "{response}");
    }
}

#[tokio::test]
async fn a_foreign_name_in_the_tls_handshake_is_misdirected() {
    let door = door().await;
    // The client's own check of the certificate fails first for such a name, so it is made to trust anything.
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", door.port))
        .await
        .unwrap();
    let config = rustls::ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(std::sync::Arc::new(TrustAnything))
        .with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from("evil.kz").unwrap();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let mut stream = connector.connect(name, stream).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", door.port);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 421 "), "{response}");
}

#[derive(Debug)]
struct TrustAnything;

impl rustls::client::danger::ServerCertVerifier for TrustAnything {
    fn verify_server_cert(
        &self,
        _end_entity: &rustls::pki_types::CertificateDer<'_>,
        _intermediates: &[rustls::pki_types::CertificateDer<'_>],
        _name: &rustls::pki_types::ServerName<'_>,
        _ocsp: &[u8],
        _now: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &rustls::pki_types::CertificateDer<'_>,
        _dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &rustls::pki_types::CertificateDer<'_>,
        _dss: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[tokio::test]
async fn origins_are_taken_or_refused_before_a_session() {
    let door = door().await;
    let taken = [
        None,
        Some("null"),
        Some(SITE),
        Some("http://10.0.0.1:8080"),
        Some("chrome-extension://abc"),
    ];
    for origin in taken {
        still_alive(&mut door.page(origin).await).await;
    }
    for origin in [
        "HTTPS://portal.kz",
        "https://portal.kz/",
        "https://a@portal.kz",
        "portal",
    ] {
        match door.try_page(Some(origin)).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 400, "{origin}"),
            _ => panic!("{origin} was taken"),
        }
    }
}

#[tokio::test]
async fn the_greeting_comes_once_and_heartbeats_come_back() {
    let door = door().await;
    let mut page = door.try_page(Some(SITE)).await.unwrap();
    assert_eq!(page.hear().await, GREETING);
    page.silence().await;
    assert_eq!(page.ask("--heartbeat--").await, "--heartbeat--");
    page.say("{}").await;
    page.say(" {} ").await;
    page.silence().await;
    still_alive(&mut page).await;
}

#[tokio::test]
async fn a_bad_message_gets_an_answer_and_keeps_the_socket() {
    let door = door().await;
    let mut page = door.page(Some(SITE)).await;
    let deep = "[".repeat(100_000);
    for bad in [
        "hello",
        "[]",
        "{a:",
        "{\"a\":1,\"a\":2}",
        deep.as_str(),
        "--heartbeat",
    ] {
        assert_eq!(page.ask(bad).await, MALFORMED);
    }
    page.0.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(page.hear().await, MALFORMED);
    page.0.send(Message::Ping("x".into())).await.unwrap();
    assert!(matches!(page.0.next().await, Some(Ok(Message::Pong(data))) if data == "x"));
    still_alive(&mut page).await;
}

#[tokio::test]
async fn a_message_of_64_mib_is_read_and_one_byte_more_closes_with_1009() {
    let door = door().await;
    let mut page = door.page(Some(SITE)).await;
    let mut largest = "x".repeat(MAX_MESSAGE);
    assert_eq!(page.ask(&largest).await, MALFORMED);
    still_alive(&mut page).await;
    largest.push('x');
    page.say(&largest).await;
    let close = page.closed().await.unwrap();
    assert_eq!(close.code, CloseCode::Size);
}

#[tokio::test]
async fn fragments_count_together() {
    let door = door().await;
    let mut page = door.page(Some(SITE)).await;
    let half = vec![b'x'; MAX_MESSAGE / 2 + 1];
    for (opcode, last) in [(Data::Text, false), (Data::Continue, true)] {
        let frame = Frame::message(half.clone(), OpCode::Data(opcode), last);
        page.0.send(Message::Frame(frame)).await.unwrap();
    }
    assert_eq!(page.closed().await.unwrap().code, CloseCode::Size);
}

#[tokio::test]
async fn text_that_is_not_utf8_closes_with_1007() {
    let door = door().await;
    let mut page = door.page(Some(SITE)).await;
    let frame = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    page.0.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(page.closed().await.unwrap().code, CloseCode::Invalid);
}

#[tokio::test]
async fn the_65th_socket_of_an_origin_is_refused_and_others_are_not() {
    let door = door().await;
    let mut pages = Vec::new();
    for _ in 0..MAX_SESSIONS_PER_ORIGIN {
        pages.push(door.page(Some(SITE)).await);
    }
    match door.try_page(Some(SITE)).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        _ => panic!("the 65th was taken"),
    }
    still_alive(&mut door.page(Some("https://other.kz")).await).await;
    pages.pop().unwrap().0.close(None).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    still_alive(&mut door.page(Some(SITE)).await).await;
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_cut_off_after_5_seconds() {
    let door = door().await;
    let started = Instant::now();
    let mut silent = tokio::net::TcpStream::connect(("127.0.0.1", door.port))
        .await
        .unwrap();
    let mut slow = door.connect("127.0.0.1").await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut idle = door.page(Some(SITE)).await;
    let mut nothing = Vec::new();
    // A cut connection ends or fails; either way nothing was answered.
    let (Ok(_) | Err(_)) = silent.read_to_end(&mut nothing).await;
    let (Ok(_) | Err(_)) = slow.read_to_end(&mut nothing).await;
    assert_eq!(nothing, b"");
    let waited = started.elapsed();
    assert!((4..9).contains(&waited.as_secs()), "{waited:?}");
    // There is no limit once the session is there.
    still_alive(&mut idle).await;
}

/// The header of a masked text frame of 64 MiB; its mask leaves bytes as they are.
const LARGEST: [u8; 14] = [0x81, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0];

#[tokio::test]
async fn four_messages_of_64_mib_use_up_the_shared_budget_and_small_ones_still_pass() {
    let door = door().await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut page = door.page(Some(SITE)).await;
        page.0.get_mut().write_all(&LARGEST).await.unwrap();
        page.0.get_mut().flush().await.unwrap();
        held.push(page);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;

    let mut fifth = door.page(Some("https://other.kz")).await;
    fifth.0.get_mut().write_all(&LARGEST).await.unwrap();
    assert_eq!(fifth.closed().await.unwrap().code, CloseCode::Again);

    let mut small = door.page(Some("https://other.kz")).await;
    for _ in 0..20 {
        // More in sum than a socket may hold: what was answered costs nothing any more.
        assert_eq!(small.ask(&"x".repeat(60 << 10)).await, MALFORMED);
        assert_eq!(small.ask("--heartbeat--").await, "--heartbeat--");
        small.say("{}").await;
    }
    still_alive(&mut small).await;

    drop(held.pop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(small.ask(&"]".repeat(MAX_MESSAGE)).await, MALFORMED);
    still_alive(&mut small).await;
}

#[tokio::test]
async fn every_kind_of_message_gives_its_bytes_back() {
    let door = door().await;
    let mut page = door.page(Some(SITE)).await;
    let text = " ".repeat(MAX_MESSAGE - 2) + "{}";
    // Five times anything that were kept is more than the budget.
    for _ in 0..5 {
        page.say(&text).await;
        page.0
            .send(Message::binary(vec![0; MAX_MESSAGE]))
            .await
            .unwrap();
        assert_eq!(page.hear().await, MALFORMED);
        for (opcode, last) in [(Data::Text, false), (Data::Continue, true)] {
            let half = vec![b']'; MAX_MESSAGE / 2];
            let frame = Frame::message(half, OpCode::Data(opcode), last);
            page.0.send(Message::Frame(frame)).await.unwrap();
        }
        assert_eq!(page.hear().await, MALFORMED);
    }
    still_alive(&mut page).await;
}
