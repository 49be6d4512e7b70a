//! The three verbs of setting up: install, status, uninstall, over the local identity and every trust store.
//!
//! `tamga-setup` and `tamga trust` are two command lines of this one library.

mod report;
mod steps;

pub use report::Report;
pub use steps::{Computer, Failure, install, status, uninstall};
