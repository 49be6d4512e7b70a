#![doc = include_str!("../README.md")]

mod arithmetic;
mod batch;
mod curve;
mod error;
mod field;
pub mod hazmat;
mod nonce;
mod opaque;
mod point;
mod prepared_key;
mod public_key;
mod scalar_mul;
mod secret_key;
mod sign;
mod verify;
mod verify_batch;

pub use curve::{CryptoProA, Curve, Tc26A256, Tc26A512};
pub use error::Error;
pub use prepared_key::PreparedKey;
pub use public_key::PublicKey;
pub use secret_key::SecretKey;
pub use sign::sign_prehashed;
pub use verify::verify_prehashed;
pub use verify_batch::{Check, verify_batch};
