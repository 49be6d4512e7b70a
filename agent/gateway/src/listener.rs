//! The listening socket, and every connection up to its upgrade.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tamga_agent_core::{Desk, LineEnd};
use tamga_x509::AnchorSet;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::server::{Response, write_response},
        protocol::{Role, WebSocketConfig},
    },
};

use crate::{
    Caller,
    budget::Metered,
    dispatch::Table,
    head::{self, Decision, HeadError},
    limits::{BEFORE_UPGRADE, MAX_MESSAGE, Places},
    pages::Page,
    session,
};

/// A socket on 127.0.0.1; there is no way to make one on another address (T-NET-1).
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    port: u16,
}

/// A listening socket given to us is bound to something else than 127.0.0.1.
#[derive(Debug, thiserror::Error)]
#[error("the socket is bound to {0}, not to 127.0.0.1")]
pub struct NotLoopback(pub SocketAddr);

impl Listener {
    /// Binds 127.0.0.1 with this port; 0 takes any free one. Must be called inside a Tokio runtime.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = socket.local_addr()?.port();
        Ok(Self { socket, port })
    }

    /// Takes over a listening socket, if it is bound to 127.0.0.1. Must be called inside a Tokio runtime.
    pub fn from_std(socket: std::net::TcpListener) -> io::Result<Self> {
        let address = socket.local_addr()?;
        if address.ip() != Ipv4Addr::LOCALHOST {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                NotLoopback(address),
            ));
        }
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket: TcpListener::from_std(socket)?,
            port: address.port(),
        })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// What differs between installations.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Authorities to which a path must lead where a page of basics names none.
    pub authorities: AnchorSet,
    /// Line ends in signed XML and PEM of commonUtils: those of the platform.
    pub line_end: LineEnd,
}

/// Answers connections.
pub struct Gateway {
    table: Table,
    tls: TlsAcceptor,
    places: Places,
}

impl Gateway {
    /// A gateway that asks this desk; `tls` holds the certificate of 127.0.0.1 and must not offer HTTP/2.
    pub fn new(desk: Arc<Desk>, tls: Arc<rustls::ServerConfig>, settings: Settings) -> Self {
        Self {
            table: Table::built_in(desk, settings),
            tls: TlsAcceptor::from(tls),
            places: Places::new(),
        }
    }

    /// Answers until the future is dropped; all sessions end with it.
    pub async fn serve(self, listener: Listener) {
        let gateway = Arc::new(self);
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            let stream = match listener.socket.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of descriptors, or the client went away first: the door stays open.
                    tracing::warn!(kind = %error.kind(), "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let Some(place) = gateway.places.connection() else {
                tracing::warn!("too many connections");
                continue;
            };
            let gateway = Arc::clone(&gateway);
            let port = listener.port;
            connections.spawn(async move {
                gateway.connection(stream, port).await;
                drop(place);
            });
        }
    }

    async fn connection(&self, stream: TcpStream, port: u16) {
        let upgraded = tokio::time::timeout(BEFORE_UPGRADE, async {
            // Replies are single frames; waiting for more would only delay them.
            stream.set_nodelay(true).ok()?;
            let mut stream = self.tls.accept(stream).await.ok()?;
            // A name other than ours was asked for: the page was reached through foreign DNS (T-REB-1).
            let named = stream.get_ref().1.server_name();
            let misdirected = named.is_some_and(|name| !name.eq_ignore_ascii_case("localhost"));
            let (decision, rest) = read(&mut stream, port, misdirected).await?;
            match decision {
                Decision::Answer(page) => answer(&mut stream, page).await,
                Decision::Upgrade(origin, response) => match self.places.socket(&origin) {
                    Some(place) => Some((
                        upgrade(stream, &response)
                            .await
                            .map(|stream| Metered::new(stream, rest, self.places.account()))?,
                        Caller::new(origin),
                        place,
                    )),
                    None => {
                        tracing::warn!(origin = %Caller::new(origin), "too many sockets of one origin");
                        answer(&mut stream, Page::Unavailable).await
                    }
                },
            }
        });
        // Too slow, gone, or answered already.
        let Ok(Some((stream, caller, place))) = upgraded.await else {
            return;
        };
        session::run(server(stream).await, &caller, &self.table).await;
        drop(place);
    }
}

/// What becomes of the request, and the bytes behind its head; `None` if the client went away.
async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    port: u16,
    misdirected: bool,
) -> Option<(Decision, Vec<u8>)> {
    match head::read(stream).await {
        Err(HeadError::Closed) => None,
        Err(HeadError::Refused(page)) => Some((Decision::Answer(page), Vec::new())),
        Ok(_) if misdirected => Some((Decision::Answer(Page::Misdirected), Vec::new())),
        Ok(head) => Some((head::decide(&head.request, port), head.rest)),
    }
}

/// Answers over plain HTTP; there is never a session after it.
async fn answer<T>(stream: &mut (impl AsyncWrite + Unpin), page: Page) -> Option<T> {
    stream.write_all(page.response().as_bytes()).await.ok()?;
    stream.shutdown().await.ok()?;
    None
}

/// Completes the handshake.
async fn upgrade<S: AsyncWrite + Unpin>(mut stream: S, response: &Response) -> Option<S> {
    let mut bytes = Vec::new();
    write_response(&mut bytes, response).ok()?;
    stream.write_all(&bytes).await.ok()?;
    stream.flush().await.ok()?;
    Some(stream)
}

/// The session's end of an upgraded stream.
async fn server<S: AsyncRead + AsyncWrite + Unpin>(stream: S) -> WebSocketStream<S> {
    let config = WebSocketConfig::default()
        // A thousand idle sockets shall cost little.
        .read_buffer_size(16 << 10)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await
}
