#![doc = include_str!("../README.md")]

mod curve;
mod error;
mod field;
pub mod hazmat;
mod nonce;
mod point;
mod public_key;
mod scalar_mul;
mod secret_key;
mod sign;
mod verify;

pub use curve::{CryptoProA, Curve, Tc26A512};
pub use error::Error;
pub use public_key::PublicKey;
pub use secret_key::SecretKey;
pub use sign::sign_prehashed;
pub use verify::verify_prehashed;
