//! GOST R 34.11-2012 (Streebog, RFC 6986): the 256-bit and the 512-bit hash function.
//!
//! Bytes go in and come out in the order of transmission: digests are the reverse of the numbers
//! printed in the standard, as every other implementation gives them.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod backend;
mod constants;
mod digest_traits;
mod lanes;
mod portable;
#[cfg(target_arch = "x86_64")]
mod self_test;
mod side_by_side;
mod state;
mod tables;
mod transposed;
#[cfg(target_arch = "x86_64")]
mod x86_64;

pub mod hazmat;

use digest::block_api::Buffer;

use self::backend::Backend;
use self::constants::{IV_256, IV_512};
use self::digest_traits::{Streebog256Core, Streebog512Core};

/// Streebog-256: messages of any length to 32 bytes. Wiped when dropped.
#[derive(Clone)]
pub struct Streebog256 {
    core: Streebog256Core,
    buffer: Buffer<Streebog256Core>,
}

/// Streebog-512: messages of any length to 64 bytes. Wiped when dropped.
#[derive(Clone)]
pub struct Streebog512 {
    core: Streebog512Core,
    buffer: Buffer<Streebog512Core>,
}

impl Streebog256 {
    /// Starts an empty message.
    #[must_use]
    pub fn new() -> Self {
        Self::with_backend(Backend::fastest())
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

    /// The digests of independent messages of any lengths, in their order.
    ///
    /// Where the processor has AVX-512 they are hashed side by side, which is faster than one after
    /// another; elsewhere one after another.
    #[must_use]
    pub fn digest_many(messages: &[&[u8]]) -> Vec<[u8; 32]> {
        Self::digest_many_with_backend(Backend::fastest(), messages)
    }

    fn with_backend(backend: Backend) -> Self {
        Self {
            core: Streebog256Core::new(backend),
            buffer: Buffer::<Streebog256Core>::default(),
        }
    }

    fn digest_many_with_backend(backend: Backend, messages: &[&[u8]]) -> Vec<[u8; 32]> {
        let states = backend.hash_all(IV_256, messages);
        states.iter().map(state::State::digest_256).collect()
    }
}

impl Streebog512 {
    /// Starts an empty message.
    #[must_use]
    pub fn new() -> Self {
        Self::with_backend(Backend::fastest())
    }

    /// Appends to the message.
    pub fn update(&mut self, data: &[u8]) {
        digest::Update::update(self, data);
    }

    /// The digest of everything appended.
    #[must_use]
    pub fn finalize(self) -> [u8; 64] {
        digest::FixedOutput::finalize_fixed(self).into()
    }

    /// The digest of one message.
    #[must_use]
    pub fn digest(message: &[u8]) -> [u8; 64] {
        let mut hasher = Self::new();
        hasher.update(message);
        hasher.finalize()
    }

    /// The digests of independent messages of any lengths, in their order.
    ///
    /// Where the processor has AVX-512 they are hashed side by side, which is faster than one after
    /// another; elsewhere one after another.
    #[must_use]
    pub fn digest_many(messages: &[&[u8]]) -> Vec<[u8; 64]> {
        Self::digest_many_with_backend(Backend::fastest(), messages)
    }

    fn with_backend(backend: Backend) -> Self {
        Self {
            core: Streebog512Core::new(backend),
            buffer: Buffer::<Streebog512Core>::default(),
        }
    }

    fn digest_many_with_backend(backend: Backend, messages: &[&[u8]]) -> Vec<[u8; 64]> {
        let states = backend.hash_all(IV_512, messages);
        states.iter().map(state::State::digest_512).collect()
    }
}
