//! The library as its callers meet it: loaded by the system, driven through the `cryptoki` crate.
//!
//! One library has one state in a process, so each test waits for the one before it.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

#[path = "library/support.rs"]
mod support;

#[path = "library/interface.rs"]
mod interface;
#[path = "library/misbehaviour.rs"]
mod misbehaviour;
#[path = "library/objects.rs"]
mod objects;
#[path = "library/pins.rs"]
mod pins;
#[path = "library/plugging.rs"]
mod plugging;
#[path = "library/script.rs"]
mod script;
#[path = "library/signing.rs"]
mod signing;
