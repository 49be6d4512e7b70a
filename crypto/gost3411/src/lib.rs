#![doc = include_str!("../README.md")]

mod gost34311;
pub mod streebog;

pub use gost34311::Gost34311;
pub use streebog::{Streebog256, Streebog512};
