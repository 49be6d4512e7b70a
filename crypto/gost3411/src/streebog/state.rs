//! What is carried from block to block: h, N and Σ of clause 8.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A 512-bit vector: eight words, least significant first.
pub(super) type Words = [u64; 8];

/// A block of the message as it came.
pub(super) type Block = [u8; 64];

/// The variables of clause 8. May hold secrets (a key of HMAC): wiped when dropped.
#[derive(Clone)]
pub(super) struct State {
    /// Chaining value; the hash once the message has been finished.
    pub(super) h: Words,
    /// N: number of bits absorbed, modulo 2^512.
    pub(super) n: Words,
    /// Σ: sum of the blocks, modulo 2^512.
    pub(super) sigma: Words,
}

impl State {
    /// Stage 1 (clause 8.1): the start value is one byte repeated, the rest zero.
    pub(super) fn new(iv: u8) -> Self {
        Self {
            h: [u64::from_ne_bytes([iv; 8]); 8],
            n: [0; 8],
            sigma: [0; 8],
        }
    }

    /// Stage 2 (clause 8.2): absorbs whole blocks, `g(h, N, m)` being the compression function.
    #[inline(always)]
    pub(super) fn absorb(&mut self, blocks: &[Block], g: impl Fn(&mut Words, &Words, &Words)) {
        for block in blocks {
            let block = from_bytes(block);
            g(&mut self.h, &self.n, &block);
            self.count(512, &block);
        }
    }

    /// Stage 3 (clause 8.3): absorbs what is left of the message, its length and its sum.
    ///
    /// # Panics
    /// When `rest` is not shorter than a block.
    #[inline(always)]
    pub(super) fn finish(&mut self, rest: &[u8], g: impl Fn(&mut Words, &Words, &Words)) {
        let block = from_bytes(&padded(rest));
        g(&mut self.h, &self.n, &block);
        self.count(8 * rest.len() as u64, &block);
        g(&mut self.h, &[0; 8], &self.n);
        g(&mut self.h, &[0; 8], &self.sigma);
    }

    /// Clauses 8.2 and 8.3: what follows g_N for a block of so many bits of message.
    #[inline(always)]
    pub(super) fn count(&mut self, bits: u64, block: &Words) {
        let mut carry;
        (self.n[0], carry) = self.n[0].overflowing_add(bits);
        for word in &mut self.n[1..] {
            // Once in 2^55 blocks.
            if !carry {
                break;
            }
            (*word, carry) = word.overflowing_add(1);
        }
        add(&mut self.sigma, block);
    }

    /// The 256-bit digest: the most significant half of the hash (MSB_256).
    pub(super) fn digest_256(&self) -> [u8; 32] {
        let bytes = to_bytes(&self.h);
        bytes[32..].try_into().expect("the upper half has 32 bytes")
    }

    /// The 512-bit digest.
    pub(super) fn digest_512(&self) -> [u8; 64] {
        to_bytes(&self.h)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.h.zeroize();
        self.n.zeroize();
        self.sigma.zeroize();
    }
}

impl ZeroizeOnDrop for State {}

/// Reads a vector in the order of transmission.
#[inline(always)]
pub(super) fn from_bytes(bytes: &Block) -> Words {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// Writes a vector in the order of transmission.
#[inline(always)]
pub(super) fn to_bytes(words: &Words) -> Block {
    let mut bytes = [0; 64];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    bytes
}

/// The last block of clause 8.3: the rest of the message, a one bit, zeros.
///
/// # Panics
/// When `rest` is not shorter than a block.
pub(super) fn padded(rest: &[u8]) -> Block {
    let mut block = [0; 64];
    block[..rest.len()].copy_from_slice(rest);
    block[rest.len()] = 1;
    block
}

/// `sum += term` modulo 2^512, in constant time: Σ depends on the message.
#[inline(always)]
fn add(sum: &mut Words, term: &Words) {
    let mut carry = false;
    for (sum, term) in sum.iter_mut().zip(term) {
        (*sum, carry) = add_with_carry(*sum, *term, carry);
    }
}

/// The instruction by name: where AVX-512 is enabled, the compiler makes some eighty instructions
/// on vectors of the eight additions with carry that the other form asks for.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn add_with_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let mut sum = 0;
    let carry = std::arch::x86_64::_addcarry_u64(u8::from(carry), a, b, &mut sum);
    (sum, carry != 0)
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn add_with_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    a.carrying_add(b, carry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_blocks_carries_from_the_lowest_word_to_the_highest_and_wraps() {
        let ones = [u64::MAX; 8];
        let one = [1, 0, 0, 0, 0, 0, 0, 0];
        let mut sum = ones;
        add(&mut sum, &one);
        assert_eq!(sum, [0; 8]);
        let mut sum = ones;
        add(&mut sum, &ones);
        let mut expected = ones;
        expected[0] = u64::MAX - 1;
        assert_eq!(sum, expected);
        let mut sum = [u64::MAX, u64::MAX, u64::MAX, 7, 0, 0, 0, 0];
        add(&mut sum, &one);
        assert_eq!(sum, [0, 0, 0, 8, 0, 0, 0, 0]);
    }

    #[test]
    fn the_count_of_bits_carries_from_the_lowest_word_to_the_highest_and_wraps() {
        let mut state = State::new(0);
        state.n = [u64::MAX - 511, u64::MAX, u64::MAX, 5, 0, 0, 0, 0];
        state.count(512, &[0; 8]);
        assert_eq!(state.n, [0, 0, 0, 6, 0, 0, 0, 0]);
        state.n = [u64::MAX; 8];
        state.n[0] = u64::MAX - 511;
        state.count(512, &[0; 8]);
        assert_eq!(state.n, [0; 8]);
        state.count(8, &[0; 8]);
        assert_eq!(state.n, [8, 0, 0, 0, 0, 0, 0, 0]);
    }
}
