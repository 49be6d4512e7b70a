//! An in-memory keystore for tests.
//!
//! It behaves like a key file, or like a token that counts wrong passwords; the test removes or blocks it at will and
//! reads afterwards how often it was unlocked and asked to sign. No program depends on this crate.

mod driver;
mod keystore;
mod signer;

pub use driver::FakeDriver;
pub use keystore::{FakeKeystore, Record};
