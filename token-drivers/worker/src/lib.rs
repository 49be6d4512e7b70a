//! A token driver in a child process.
//!
//! A vendor's library may crash, hang, print or lie; it does so in a process of its own, the program `tamga-token`,
//! which runs [`serve`] over a driver. In the agent's process a [`Worker`] is the same driver by way of two pipes:
//! every call has a deadline, every answer a budget, and whatever happens to the child becomes an error of that call.
//! [`Workers`] puts several libraries under one driver, so that none of them delays the others.
//!
//! Nothing here knows PKCS#11, and nothing reads a file.

mod conversation;
mod deadlines;
mod driver;
mod environment;
mod failure;
mod keystore;
mod protocol;
mod serve;
mod signer;
mod text;
mod worker;
mod workers;

pub use deadlines::Deadlines;
pub use driver::{Library, Worker};
pub use protocol::{
    CERTIFICATE_LIMIT, CHAIN_LIMIT, ENTRY_LIMIT, INPUT_LIMIT, PART_LIMIT, SLOT_LIMIT, TEXT_LIMIT,
};
pub use serve::serve;
pub use workers::{Problem, Workers};
