//! What is carried from block to block: H, L and Σ of GOST R 34.11-94 clause 6.

use super::{cipher::encrypt_four, keys::keys, mixing::mix};

/// 256 bits as four numbers, the least significant first.
pub(super) type Number = [u64; 4];

/// A block of the message as it came.
pub(super) type Block = [u8; 32];

/// The variables of clause 6; everything is zero at first.
#[derive(Clone, Default)]
pub(super) struct State {
    /// The chaining value; the digest once the message has been finished.
    h: Number,
    /// L: number of bits absorbed, modulo 2²⁵⁶.
    length: Number,
    /// Σ: sum of the blocks, modulo 2²⁵⁶.
    sum: Number,
}

impl State {
    /// Absorbs whole blocks.
    pub(super) fn absorb(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.absorb_one(256, from_bytes(block));
        }
    }

    /// Absorbs what is left of the message, shorter than a block, then L and Σ.
    pub(super) fn finish(&mut self, rest: &[u8]) {
        if !rest.is_empty() {
            let mut block = [0; 32];
            block[..rest.len()].copy_from_slice(rest);
            self.absorb_one(8 * rest.len() as u64, from_bytes(&block));
        }
        self.h = step(self.length, self.h);
        self.h = step(self.sum, self.h);
    }

    /// The digest, least significant byte first.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.h) {
            *bytes = word.to_le_bytes();
        }
        digest
    }

    #[inline(always)]
    fn absorb_one(&mut self, bits: u64, block: Number) {
        self.h = step(block, self.h);
        self.length = add(self.length, [bits, 0, 0, 0]);
        self.sum = add(self.sum, block);
    }
}

/// χ(m, h): keys, encryption, mixing (clause 5).
#[inline(always)]
fn step(m: Number, h: Number) -> Number {
    let s = encrypt_four(&keys(m, h), h);
    mix(m, s, h)
}

#[inline(always)]
pub(super) fn xor(a: Number, b: Number) -> Number {
    core::array::from_fn(|i| a[i] ^ b[i])
}

/// a + b modulo 2²⁵⁶.
#[inline(always)]
fn add(a: Number, b: Number) -> Number {
    let mut carry = false;
    core::array::from_fn(|i| {
        let word;
        (word, carry) = a[i].carrying_add(b[i], carry);
        word
    })
}

#[inline(always)]
fn from_bytes(block: &Block) -> Number {
    let mut number = [0; 4];
    for (word, bytes) in number.iter_mut().zip(block.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    number
}

#[cfg(test)]
mod tests {
    use digest::{FixedOutput, Update, common::hazmat::SerializableState};
    use gost94::Gost94Test;
    use proptest::prelude::*;

    use super::*;

    /// Goes on from the same H, L and Σ in another implementation.
    fn another_implementation(state: &State, rest: &[u8]) -> [u8; 32] {
        let mut serialized = Gost94Test::default().serialize();
        let words = [state.h, state.length, state.sum].concat();
        for (bytes, word) in serialized.as_chunks_mut().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        let mut hasher = Gost94Test::deserialize(&serialized).expect("an empty buffer");
        hasher.update(rest);
        hasher.finalize_fixed().into()
    }

    fn check(state: &State, message: &[u8]) -> Result<(), TestCaseError> {
        let expected = another_implementation(state, message);
        let mut state = state.clone();
        let (blocks, rest) = message.as_chunks();
        state.absorb(blocks);
        state.finish(rest);
        prop_assert_eq!(state.digest(), expected);
        Ok(())
    }

    /// Words at whose ends carries start and stop, and others.
    fn number() -> impl Strategy<Value = Number> {
        let word = prop_oneof![
            Just(0),
            Just(u64::MAX),
            Just(u64::MAX - 255),
            Just(u64::MAX - 256),
            any::<u64>()
        ];
        [word.clone(), word.clone(), word.clone(), word]
    }

    proptest! {
        #[test]
        fn length_and_sum_carry_and_wrap_as_in_another_implementation(
            h: Number,
            length in number(),
            sum in number(),
            message in prop_oneof![
                prop::collection::vec(Just(0xFF), 0..=130),
                prop::collection::vec(any::<u8>(), 0..=130),
            ],
        ) {
            check(&State { h, length, sum }, &message)?;
        }
    }

    #[test]
    fn addition_carries_from_the_lowest_word_to_the_highest_and_wraps() {
        let one = [1, 0, 0, 0];
        let ones = [u64::MAX; 4];
        assert_eq!(add(ones, one), [0; 4]);
        assert_eq!(add(one, ones), [0; 4]);
        assert_eq!(
            add(ones, ones),
            [u64::MAX - 1, u64::MAX, u64::MAX, u64::MAX]
        );
        assert_eq!(add([u64::MAX, u64::MAX, 7, 0], one), [0, 0, 8, 0]);
        assert_eq!(add([1, 2, 3, 4], [10, 20, 30, 40]), [11, 22, 33, 44]);
    }
}
