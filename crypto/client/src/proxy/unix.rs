//! The system's proxy on Unix: environment variables.

use super::Proxy;
use crate::ProxyError;

pub(super) fn read() -> Result<Proxy, ProxyError> {
    Proxy::from_environment(|name| std::env::var(name).ok())
}
