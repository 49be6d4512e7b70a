#![doc = include_str!("../README.md")]

mod abi;
mod attempts;
mod behaviour;
mod bench;
mod function;
mod journal;
mod library_path;
mod mechanism;
mod object;
mod presence;
mod return_value;
mod script;
mod session;
mod signing_key;
mod token;

use std::path::{Path, PathBuf};

pub use abi::C_GetFunctionList;
pub use library_path::library_path;

/// The file beside another one whose name has something more at its end.
fn beside(file: &Path, more: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(more);
    name.into()
}

/// Tells whoever runs the test why the library does not do what it should.
#[expect(
    clippy::print_stderr,
    reason = "PKCS#11 has no way to say why a call failed"
)]
fn complain(what: &str) {
    eprintln!("token bench: {what}");
}
