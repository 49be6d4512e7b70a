//! Which code computes the compression function on this machine.

#[cfg(target_arch = "x86_64")]
use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
use super::lanes::avx512::Detected;
use super::lanes::model::Model;
#[cfg(target_arch = "x86_64")]
use super::self_test;
use super::side_by_side::{self, Streams};
use super::state::{Block, State};
#[cfg(target_arch = "x86_64")]
use super::x86_64;
use super::{portable, transposed};

/// One of the implementations of the compression function; all give the same digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512(Detected),
    Model,
    Portable,
    #[cfg(target_arch = "x86_64")]
    X86_64,
}

impl Backend {
    /// The one the hash functions use on this machine.
    ///
    /// `avx512-gfni` hashes a few messages when it is first asked for, and is taken only if they come
    /// out as the portable back end says.
    #[must_use]
    pub fn fastest() -> Self {
        #[cfg(target_arch = "x86_64")]
        return Self(trusted_vectors().map_or(Kind::X86_64, Kind::Avx512));
        #[cfg(not(target_arch = "x86_64"))]
        return Self(Kind::Portable);
    }

    /// All that this machine can run, and runs rightly.
    #[must_use]
    pub fn all() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let own = std::iter::once(Kind::X86_64).chain(trusted_vectors().map(Kind::Avx512));
        #[cfg(not(target_arch = "x86_64"))]
        let own = std::iter::empty();
        let anywhere = [Kind::Portable, Kind::Model];
        anywhere.into_iter().chain(own).map(Self).collect()
    }

    /// `portable`: tables, any processor. `x86-64`: tables, assembly. `avx512-gfni`: vector registers.
    /// `model`: the code of `avx512-gfni` over a model of its instructions; slow, for tests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "avx512-gfni",
            Kind::Model => "model",
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::X86_64 => "x86-64",
        }
    }

    /// Clause 8.2: absorbs whole blocks.
    pub(super) fn absorb(self, state: &mut State, blocks: &[Block]) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(detected) => detected.absorb(&mut [state], &[blocks]),
            Kind::Model => Modelled.absorb(&mut [state], &[blocks]),
            Kind::Portable => state.absorb(blocks, portable::compress),
            #[cfg(target_arch = "x86_64")]
            Kind::X86_64 => state.absorb(blocks, x86_64::compress),
        }
    }

    /// Clause 8.3: absorbs what is left of the message, less than a block; `h` is the hash then.
    pub(super) fn finish(self, state: &mut State, rest: &[u8]) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(detected) => detected.finish(&mut [state], &[rest]),
            Kind::Model => Modelled.finish(&mut [state], &[rest]),
            Kind::Portable => state.finish(rest, portable::compress),
            #[cfg(target_arch = "x86_64")]
            Kind::X86_64 => state.finish(rest, x86_64::compress),
        }
    }

    /// The finished states of independent messages, in their order.
    pub(super) fn hash_all(self, iv: u8, messages: &[&[u8]]) -> Vec<State> {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(detected) => side_by_side::hash_all(&detected, iv, messages),
            Kind::Model => side_by_side::hash_all(&Modelled, iv, messages),
            // The tables keep the processor busy with one message already.
            _ => messages
                .iter()
                .map(|message| self.hash(iv, message))
                .collect(),
        }
    }

    fn hash(self, iv: u8, message: &[u8]) -> State {
        let (blocks, rest) = message.as_chunks();
        let mut state = State::new(iv);
        self.absorb(&mut state, blocks);
        self.finish(&mut state, rest);
        state
    }
}

/// The vector instructions, if the processor has them and passed the test, which is made once.
#[cfg(target_arch = "x86_64")]
fn trusted_vectors() -> Option<Detected> {
    static TRUSTED: LazyLock<Option<Detected>> =
        LazyLock::new(|| Detected::detect().filter(self_test::passes));
    *TRUSTED
}

/// The transposed form over the model of the vector operations.
struct Modelled;

impl Streams for Modelled {
    fn absorb<const W: usize>(&self, states: &mut [&mut State; W], blocks: &[&[Block]; W]) {
        transposed::absorb::<Model, W>((), states, blocks);
    }

    fn finish<const W: usize>(&self, states: &mut [&mut State; W], rests: &[&[u8]; W]) {
        transposed::finish::<Model, W>((), states, rests);
    }
}

#[cfg(test)]
mod tests {
    use digest::Digest;
    use digest::common::hazmat::SerializableState;

    use super::super::state::to_bytes;
    use super::*;

    /// No message reaches these counts: so RustCrypto starts from a made-up state as well. Its
    /// serialised form is h, N, Σ, the number of bytes in the buffer and those.
    #[test]
    fn counts_and_sums_about_to_overflow_are_carried_as_by_rust_crypto() {
        let message: Vec<u8> = (0..64 * 3 + 17).map(|i| (i * 91) as u8 | 0x80).collect();
        let (blocks, rest) = message.as_chunks();
        for full in 0..=8 {
            let mut start = State::new(0x5a);
            start.n[..full].fill(u64::MAX);
            start.n[0] &= !511;
            start.sigma[..full].fill(u64::MAX);

            let mut serialized = [0; 3 * 64 + 64];
            serialized[..64].copy_from_slice(&to_bytes(&start.h));
            serialized[64..128].copy_from_slice(&to_bytes(&start.n));
            serialized[128..192].copy_from_slice(&to_bytes(&start.sigma));
            let mut theirs =
                <::streebog::Streebog512 as SerializableState>::deserialize(&serialized.into())
                    .expect("a serialised state");
            theirs.update(&message);
            let expected: [u8; 64] = theirs.finalize().into();

            for backend in Backend::all() {
                let mut state = start.clone();
                backend.absorb(&mut state, blocks);
                backend.finish(&mut state, rest);
                assert_eq!(state.digest_512(), expected, "{} {full}", backend.name());
            }
        }
    }
}
