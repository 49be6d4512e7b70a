#![doc = include_str!("../README.md")]

pub mod clock;
pub mod controls;
pub mod curves;
pub mod marks;
pub mod nonces;
pub mod paths;
pub mod random;
pub mod scalars;
pub mod timing;
pub mod welch;
