#![doc = include_str!("../README.md")]

pub mod algorithm;
pub mod driver;
mod error;
pub mod files;
pub mod foreign;
pub mod process;
pub mod protocol;
pub mod race;
pub mod rsa_2048;
pub mod scaling;
pub mod whole;

pub use error::Error;
