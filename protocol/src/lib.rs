//! What browsers say to the agent and what it answers, as types.
//!
//! This crate knows JSON and the three built-in API families; it knows no cryptography, no sockets and no windows.
//! A frame becomes an [`Envelope`]; an envelope becomes a typed call of one family, or the exact reply that family
//! gives to a bad one.

pub mod accessory;
pub mod base64;
pub mod basics;
pub mod common_utils;
mod envelope;
mod json;
mod org_json;
mod reply;
mod storage;

pub use envelope::{Envelope, GREETING, HEARTBEAT, KEEP_ALIVE, malformed, module_not_found};
pub use json::{Json, MAX_DEPTH, MAX_ITEMS, Malformed, Object};
pub use reply::{Outcome, Reply, Value};
pub use storage::{Storage, StorageError};
