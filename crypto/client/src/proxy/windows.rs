//! The system's proxy on Windows: the Internet settings of the user.

use windows_registry::{CURRENT_USER, Key};

use super::Proxy;
use crate::ProxyError;

const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";

pub(super) fn read() -> Result<Proxy, ProxyError> {
    let key = CURRENT_USER
        .open(SETTINGS)
        .map_err(|error| ProxyError::Settings(error.to_string()))?;
    // A value that is not there is not set.
    let enabled = key.get_u32("ProxyEnable").unwrap_or(0);
    if enabled == 0 {
        return Ok(Proxy::none());
    }
    Proxy::from_internet_settings(&text(&key, "ProxyServer"), &text(&key, "ProxyOverride"))
}

fn text(key: &Key, name: &str) -> String {
    key.get_string(name).unwrap_or_default()
}
