//! Is it our agent that holds the port: one HTTPS request to itself, trusting the local authority alone.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, IpAddr, ServerName},
};
use serde::Deserialize;

/// What the agent says of itself.
#[derive(Deserialize)]
pub(crate) struct Health {
    pub(crate) name: String,
    pub(crate) version: String,
}

/// Who answers at a port.
pub(crate) enum Holder {
    /// Nobody.
    Nobody,
    /// An agent with the certificate of this computer.
    Agent(Health),
    /// Somebody else, or an agent with another certificate.
    Somebody,
}

const PATIENCE: Duration = Duration::from_secs(3);
/// The answer is a few dozen bytes.
const ANSWER_LIMIT: u64 = 16 << 10;

/// Asks whoever listens at `port`.
pub(crate) fn holder(port: u16, authority_der: Option<&[u8]>) -> Holder {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(stream) = TcpStream::connect_timeout(&address, PATIENCE) else {
        return Holder::Nobody;
    };
    authority_der
        .and_then(|authority| ask(stream, port, authority))
        .filter(|health| health.name == "tamga")
        .map_or(Holder::Somebody, Holder::Agent)
}

/// Anything that is not the expected answer is `None`: the caller only wants to know whether it is us.
fn ask(stream: TcpStream, port: u16, authority: &[u8]) -> Option<Health> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority)).ok()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST)));
    let connection = ClientConnection::new(Arc::new(config), name).ok()?;
    let mut tls = StreamOwned::new(connection, stream);
    let request =
        format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    tls.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    // The agent may close the connection without a TLS goodbye; what came before counts.
    let _ = tls.take(ANSWER_LIMIT).read_to_end(&mut answer);
    let text = std::str::from_utf8(&answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    head.starts_with("HTTP/1.1 200 ")
        .then(|| serde_json::from_str(body).ok())?
}
