//! GOST 34.311-95, which is GOST R 34.11-94, with the parameters of the national PKI.
//!
//! The S-box is that of GOST R 34.11-94 appendix A, the start vector is zero. Bytes go in and come
//! out in the order of transmission, like those of Streebog.

mod cipher;
mod digest_traits;
mod keys;
mod mixing;
mod state;

use digest::block_api::Buffer;

use self::digest_traits::Gost34311Core;

/// GOST 34.311-95: messages of any length to 32 bytes.
///
/// For public messages only: it looks up tables at places that depend on the message.
#[derive(Clone, Default)]
pub struct Gost34311 {
    core: Gost34311Core,
    buffer: Buffer<Gost34311Core>,
}

impl Gost34311 {
    /// Starts an empty message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends to the message.
    pub fn update(&mut self, data: &[u8]) {
        digest::Update::update(self, data);
    }

    /// The digest of everything appended.
    #[must_use]
    pub fn finalize(self) -> [u8; 32] {
        digest::FixedOutput::finalize_fixed(self).into()
    }

    /// The digest of one message.
    #[must_use]
    pub fn digest(message: &[u8]) -> [u8; 32] {
        let mut hasher = Self::new();
        hasher.update(message);
        hasher.finalize()
    }
}
