//! Whether a back end of vector instructions hashes rightly on this very processor: asked once,
//! before it is chosen.
//!
//! Such instructions are seldom used by anything else, so a wrong one, in silicon or in an emulator,
//! would show here first: as digests that nobody else believes.

use super::constants::IV_512;
use super::portable;
use super::side_by_side::{Streams, hash_all};
use super::state::State;

/// Whether one, two and three messages side by side have the hashes that the portable back end gives
/// them; takes some microseconds.
///
/// Each message has two whole blocks, so keys, sums and counts differ from zero, and a rest of its
/// own.
pub(super) fn passes(streams: &impl Streams) -> bool {
    let bytes: [u8; 137] = std::array::from_fn(|i| (i * 151 + 43) as u8);
    let messages = [&bytes[..], &bytes[5..], &bytes[9..]];
    let expected = messages.map(|message| {
        let (blocks, rest) = message.as_chunks();
        let mut state = State::new(IV_512);
        state.absorb(blocks, portable::compress);
        state.finish(rest, portable::compress);
        state.h
    });
    (1..=messages.len()).all(|count| {
        let states = hash_all(streams, IV_512, &messages[..count]);
        states.iter().map(|state| &state.h).eq(&expected[..count])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streebog::lanes::{Lanes, model::Model};
    use crate::streebog::state::Block;
    use crate::streebog::transposed;

    /// Streams over lanes that need no proof.
    struct Over<L>(std::marker::PhantomData<L>);

    impl<L: Lanes<Proof = ()>> Streams for Over<L> {
        fn absorb<const W: usize>(&self, states: &mut [&mut State; W], blocks: &[&[Block]; W]) {
            transposed::absorb::<L, W>((), states, blocks);
        }

        fn finish<const W: usize>(&self, states: &mut [&mut State; W], rests: &[&[u8]; W]) {
            transposed::finish::<L, W>((), states, rests);
        }
    }

    /// As Debian's Bochs 2.7 computes GF2P8AFFINEQB: every product complemented.
    #[derive(Clone, Copy)]
    struct Complementing(Model);

    impl Lanes for Complementing {
        type Proof = ();

        fn load((): (), bytes: &[u8; 64]) -> Self {
            Self(Model::load((), bytes))
        }

        fn store(self, bytes: &mut [u8; 64]) {
            self.0.store(bytes);
        }

        fn xor(self, b: Self) -> Self {
            Self(self.0.xor(b.0))
        }

        fn xor3(self, b: Self, c: Self) -> Self {
            Self(self.0.xor3(b.0, c.0))
        }

        fn select(self, ones: Self, zeros: Self) -> Self {
            Self(self.0.select(ones.0, zeros.0))
        }

        fn permute(self, indices: Self) -> Self {
            Self(self.0.permute(indices.0))
        }

        fn look_up(self, low: Self, high: Self) -> Self {
            Self(self.0.look_up(low.0, high.0))
        }

        fn affine(self, matrices: Self) -> Self {
            Self(self.0.affine(matrices.0).xor(Model([0xff; 64])))
        }
    }

    #[test]
    fn right_instructions_pass_and_a_complemented_product_does_not() {
        assert!(passes(&Over::<Model>(std::marker::PhantomData)));
        assert!(!passes(&Over::<Complementing>(std::marker::PhantomData)));
    }

    /// Wrong only where that many messages are hashed together.
    struct WrongFor(usize);

    impl Streams for WrongFor {
        fn absorb<const W: usize>(&self, states: &mut [&mut State; W], blocks: &[&[Block]; W]) {
            Over::<Model>(std::marker::PhantomData).absorb(states, blocks);
            if W == self.0 {
                states[W - 1].h[7] ^= 1;
            }
        }

        fn finish<const W: usize>(&self, states: &mut [&mut State; W], rests: &[&[u8]; W]) {
            Over::<Model>(std::marker::PhantomData).finish(states, rests);
        }
    }

    #[test]
    fn one_wrong_bit_is_noticed_whatever_number_of_messages_it_needs() {
        for width in 1..=3 {
            assert!(!passes(&WrongFor(width)), "{width}");
        }
        assert!(passes(&WrongFor(4)));
    }
}
