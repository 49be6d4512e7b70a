//! Time stamps, OCSP answers and revocation lists over HTTP: the only socket below the programs.
//!
//! Bytes go in and bytes come out; what they mean is known to `crypto/x509` and `crypto/cms`, and nothing received here
//! is trusted before they have checked its signature. That is why plain HTTP is enough, and why it is the only scheme:
//! the national services offer no other.
//!
//! Addresses come from certificates and documents that nobody has checked yet, so that [`Allowed`] stands before every
//! connection, redirects included. Every exchange is one connection with one [`Deadlines::whole`], and no answer grows
//! beyond its limit.
//!
//! ```no_run
//! use tamga_client::{Allowed, Client, Environment, Settings};
//!
//! # fn main() -> Result<(), tamga_client::Error> {
//! let client = Client::new(Settings::new(Allowed::national(Environment::Production)));
//! let list = client.crl("http://crl.pki.gov.kz/nca_gost_2022.crl")?;
//! # Ok(())
//! # }
//! ```

mod address;
mod allowed;
mod body;
mod client;
mod connection;
mod deadline;
mod error;
mod exchange;
mod proxy;
mod services;
mod url;

pub use allowed::{Allowed, Row, RowError};
pub use client::{Client, Deadlines, Limits, Retry, Settings};
pub use error::{Error, ProxyError, RedirectError, Refusal, Stage};
pub use proxy::{Proxy, ProxyAddress};
pub use services::{Environment, SERVICES, Service, ServiceKind};
pub use url::HttpUrl;
