//! Hashing with a chosen back end, for tests and measurements; everybody else gets the fastest.

pub use super::backend::Backend;
use super::{Streebog256, Streebog512};

impl Backend {
    /// Starts an empty message of Streebog-256.
    #[must_use]
    pub fn streebog_256(self) -> Streebog256 {
        Streebog256::with_backend(self)
    }

    /// Starts an empty message of Streebog-512.
    #[must_use]
    pub fn streebog_512(self) -> Streebog512 {
        Streebog512::with_backend(self)
    }

    /// [`Streebog256::digest_many`].
    #[must_use]
    pub fn digest_many_256(self, messages: &[&[u8]]) -> Vec<[u8; 32]> {
        Streebog256::digest_many_with_backend(self, messages)
    }

    /// [`Streebog512::digest_many`].
    #[must_use]
    pub fn digest_many_512(self, messages: &[&[u8]]) -> Vec<[u8; 64]> {
        Streebog512::digest_many_with_backend(self, messages)
    }
}
