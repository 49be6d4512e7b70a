//! A gateway on a free port with a throw-away certificate, and browsers that trust it.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "shared by several test programs"
)]

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tamga_agent_core::{Desk, LineEnd};
use tamga_gateway::{Gateway, Listener, Settings};
use tamga_x509::AnchorSet;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message, client::IntoClientRequest, http::HeaderValue, protocol::CloseFrame,
        protocol::WebSocketConfig,
    },
};

pub const SITE: &str = "https://portal.kz";
pub const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// Nothing in these tests takes that long.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Door {
    pub port: u16,
    trust: Arc<rustls::ClientConfig>,
    serving: JoinHandle<()>,
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub async fn open_door(desk: Desk) -> Door {
    let names = ["127.0.0.1", "localhost"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let certificate = made.cert.der().clone();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let listener = Listener::bind(0).await.unwrap();
    let port = listener.port();
    let settings = Settings {
        authorities: AnchorSet::nca(),
        line_end: LineEnd::Lf,
    };
    let gateway = Gateway::new(Arc::new(desk), Arc::new(server), settings);
    Door {
        port,
        trust: Arc::new(client),
        serving: tokio::spawn(gateway.serve(listener)),
    }
}

impl Door {
    /// A TLS connection that asked for this name.
    pub async fn connect(&self, name: &'static str) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let name = rustls::pki_types::ServerName::try_from(name).unwrap();
        TlsConnector::from(Arc::clone(&self.trust))
            .connect(name, stream)
            .await
    }

    /// The whole response to a request over plain HTTP.
    pub async fn http(&self, request: &str) -> String {
        let mut stream = self.connect("127.0.0.1").await.unwrap();
        let request = request.replace("PORT", &self.port.to_string());
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut response))
            .await
            .unwrap()
            .unwrap();
        String::from_utf8(response).unwrap()
    }

    /// A page of this origin; the greeting was received and checked.
    pub async fn page(&self, origin: Option<&str>) -> Page {
        let mut page = self.try_page(origin).await.unwrap();
        assert_eq!(page.hear().await, GREETING);
        page
    }

    pub async fn try_page(
        &self,
        origin: Option<&str>,
    ) -> Result<Page, tokio_tungstenite::tungstenite::Error> {
        let mut request = format!("wss://127.0.0.1:{}/", self.port)
            .into_client_request()
            .unwrap();
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("Origin", HeaderValue::from_str(origin).unwrap());
        }
        let stream = self.connect("127.0.0.1").await.unwrap();
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        Ok(Page(socket))
    }
}

pub struct Page(pub WebSocketStream<TlsStream<TcpStream>>);

impl Page {
    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next text frame.
    pub async fn hear(&mut self) -> String {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .expect("an answer in time")
            {
                Some(Ok(Message::Text(text))) => return text.as_str().to_owned(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn ask(&mut self, text: &str) -> String {
        self.say(text).await;
        self.hear().await
    }

    /// Nothing comes for a while.
    pub async fn silence(&mut self) {
        let heard = timeout(Duration::from_millis(200), self.0.next()).await;
        assert!(heard.is_err(), "{heard:?}");
    }

    /// The close frame.
    pub async fn closed(&mut self) -> Option<CloseFrame> {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .expect("a close in time")
            {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
