//! Tokens by way of one PKCS#11 library (PKCS#11 v2.40, OASIS Standard).
//!
//! [`Pkcs11Driver`] is a [`tamga_token_api::TokenDriver`] over a vendor's library that was loaded into this process;
//! the process is the program `tamga-token`, which holds this library and nothing else, and is spoken to through
//! `tamga-token-worker`. A library may crash, hang or lie: its process ends, the agent goes on.
//!
//! What is asked of a library is a short list, and nothing on it makes, changes, destroys or takes out a key:
//! slots and their tokens, sessions, login and logout, finding objects, reading the attributes named in `object.rs`
//! (of keys never `CKA_VALUE`), and signing. Which mechanism signs is chosen by what the token says of itself; how a
//! token orders the bytes of digests and GOST signatures is found out by verifying what it made.
//!
//! `unsafe` is used in `calls.rs` alone, where cryptoki cannot express a call, and in the platform files of the program.

mod calls;
mod keystore;
mod layout;
mod library;
mod mechanism;
mod object;
mod return_value;
mod signer;
mod slots;

pub use slots::Pkcs11Driver;
