//! The name-constrained CA of this computer and the 127.0.0.1 leaf.
//!
//! Browsers open `wss://127.0.0.1:13579` only if they trust the agent's certificate. Each computer makes its own
//! CA, signs one leaf with it, and forgets the CA's private key at once: nobody, not even the agent,
//! can issue a second certificate. Should the key survive somewhere all the same, critical name constraints
//! limit it to this computer's own loopback names.
//!
//! ```text
//! CA    CN=Tamga local CA 1a2b3c4d (this computer only)
//!       pathlen 0 · keyCertSign · EKU serverAuth · permitted: localhost, 127.0.0.1/32, ::1/128 (critical)
//! └ leaf  CN=Tamga local agent · EKU serverAuth · SAN localhost, 127.0.0.1, ::1
//! ```
//!
//! A pair lives 820 days (public limit for privately trusted leaves on macOS is 825) and is always renewed as a pair.

mod dir;
mod error;
mod identity;
mod renewal;
mod store;

pub use dir::default_dir;
pub use error::{Damage, Error};
pub use identity::{LIFETIME, LocalIdentity};
pub use renewal::{Found, RENEW_BEFORE, load_or_make};
pub use store::{CA_FILE, InstalledCa, KEY_FILE, LEAF_FILE, delete, load, load_ca, save};
