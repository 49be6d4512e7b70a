//! Why an exchange failed, sorted by who can act.

use std::{io, net::IpAddr, time::Duration};

/// Errors of one exchange, the last attempt's when it was repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    // Whoever gave the address, or keeps the list of allowed ones.
    /// Not an address that is understood.
    #[error("{url:?} is not an address: {why}")]
    Url {
        /// The address, cut to 200 characters.
        url: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The rule does not allow it.
    #[error("{url} is not allowed: {why}")]
    Refused {
        /// Where the exchange would have gone.
        url: String,
        /// What the rule says.
        why: Refusal,
    },

    // Whoever keeps this computer's network.
    /// The proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The name has no address.
    #[error("no address is known for {host}: {detail}")]
    Dns {
        /// The name.
        host: String,
        /// What the system says.
        detail: String,
    },
    /// No connection.
    #[error("no connection to {host}:{port}: {kind}")]
    Connect {
        /// Of the service or the proxy.
        host: String,
        /// Its port.
        port: u16,
        /// What the system says of the last address tried.
        kind: io::ErrorKind,
    },
    /// The connection broke.
    #[error("the connection broke while {stage}: {kind}")]
    Broken {
        /// What was being done.
        stage: Stage,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// Too slow.
    #[error("no time left while {stage}, after {limit:?}")]
    Timeout {
        /// What was being done.
        stage: Stage,
        /// The deadline that was missed.
        limit: Duration,
    },

    // Whoever keeps the service.
    /// The other side closed the connection before its answer was complete.
    #[error("the answer ends while {stage}, after {received} bytes")]
    Closed {
        /// What was being done.
        stage: Stage,
        /// Bytes of the head, or of the body, received.
        received: u64,
    },
    /// Not HTTP/1.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(&'static str),
    /// Another status than 200.
    #[error("the service answers with status {0}")]
    Status(u16),
    /// A redirect that is not followed.
    #[error("the redirect is not followed: {0}")]
    Redirect(RedirectError),
    /// A page for people: a portal's login, an error page, a provider's notice.
    #[error("a page instead of an answer: {beginning:?}")]
    NotTheService {
        /// Content-Type, if there is one.
        content_type: Option<String>,
        /// The first characters, without control characters.
        beginning: String,
    },
    /// More than the limit, announced or received.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// Most that is read.
        limit: usize,
        /// Content-Length, if the answer has one.
        announced: Option<u64>,
    },
}

impl Error {
    /// True if nothing was sent: then even an exchange that must not happen twice may be tried again.
    pub(crate) fn before_sending(&self) -> bool {
        matches!(
            self,
            Self::Dns { .. }
                | Self::Connect { .. }
                | Self::Timeout {
                    stage: Stage::Dns | Stage::Connecting,
                    ..
                }
        )
    }

    /// True if the same question may have another answer in a moment.
    pub(crate) fn may_pass(&self) -> bool {
        self.before_sending()
            || matches!(
                self,
                Self::Broken { .. } | Self::Closed { .. } | Self::Timeout { .. }
            )
            || matches!(self, Self::Status(500..=599))
    }
}

/// What the rule says about an address that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No row has this host and port.
    #[error("it is not on the list")]
    NotListed,
    /// The name leads to this computer or a local network, and its row does not say that it may.
    #[error("it leads to {0}, which is not public")]
    NotPublic(IpAddr),
    /// Another scheme than http.
    #[error("only http is spoken")]
    Scheme,
}

/// Why a redirect is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// 303 to a question that was posted: what stands there is not the answer.
    #[error("status 303 turns a question into a page")]
    ChangesMethod,
    /// No Location, or several, or an unreadable one.
    #[error("it has no readable address")]
    Location,
    /// More than three.
    #[error("more than {0} in a row")]
    TooMany(usize),
}

/// What is wrong with the proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// Not an address of a proxy. The text may hold a password and is not kept.
    #[error("the address of the proxy is not understood: {0}")]
    Address(&'static str),
    /// Status 407.
    #[error("the proxy {host}:{port} asks for a name and a password")]
    Authentication {
        /// Of the proxy.
        host: String,
        /// Its port.
        port: u16,
    },
    /// The system's settings cannot be read.
    #[error("the proxy settings of the system cannot be read: {0}")]
    Settings(String),
}

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Looking up the name.
    Dns,
    /// Connecting.
    Connecting,
    /// Sending the request.
    Sending,
    /// Waiting for the head of the answer.
    Head,
    /// Reading the body.
    Body,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Dns => "looking up the name",
            Self::Connecting => "connecting",
            Self::Sending => "sending the request",
            Self::Head => "waiting for the answer",
            Self::Body => "reading the answer",
        })
    }
}
