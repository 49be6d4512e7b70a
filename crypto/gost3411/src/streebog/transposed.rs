//! The compression function in vector registers, for one message or several side by side.
//!
//! A register holds the 8 × 8 bytes transposed: byte `i` of its word `k` is byte `k` of word `i`. So P
//! costs nothing. L combines for word `i` of the result the bytes `i` of all eight words; gathering
//! byte `j` of every word of the register (one VPERMB) gives byte `i` of word `j` for all `i`, and
//! gives them in each of the eight words `k`. There one GF2P8AFFINEQB multiplies them by the 8 × 8
//! bits of A that lead from input byte `j` to output byte `k`. The eight products, one for each `j`,
//! are added three at a time (VPTERNLOGQ), and so is the vector to be added after L; the sum is
//! transposed again. S is a look-up among 128 bytes of a register pair for each half of π'.
//!
//! No memory address depends on the message here.

use std::hint::black_box;

use super::constants::{A, PI, TAU};
use super::lanes::Lanes;
use super::state::{Block, State, Words, from_bytes, padded, to_bytes};
use super::tables::ITERATION;

/// Clause 8.2 for `W` messages at once: absorbs as many whole blocks of each.
#[inline(always)]
pub(super) fn absorb<L: Lanes, const W: usize>(
    proof: L::Proof,
    states: &mut [&mut State; W],
    blocks: &[&[Block]; W],
) {
    let count = blocks[0].len();
    assert!(blocks.iter().all(|blocks| blocks.len() == count));
    let constants = Constants::<L>::load(proof);
    let mut h = load_each(&constants, states, |state| to_bytes(&state.h));
    for i in 0..count {
        let n = load_each(&constants, states, |state| to_bytes(&state.n));
        let m = load_each(&constants, blocks, |blocks| blocks[i]);
        compress(&constants, &mut h, &n, &m);
        for (state, blocks) in states.iter_mut().zip(blocks) {
            state.count(512, &from_bytes(&blocks[i]));
        }
    }
    for (state, h) in states.iter_mut().zip(h) {
        state.h = constants.words(h);
    }
}

/// Clause 8.3 for `W` messages at once: absorbs what is left of each, its length and its sum.
///
/// # Panics
/// When a rest is not shorter than a block.
#[inline(always)]
pub(super) fn finish<L: Lanes, const W: usize>(
    proof: L::Proof,
    states: &mut [&mut State; W],
    rests: &[&[u8]; W],
) {
    let mut blocks = [[0; 64]; W];
    for (block, rest) in blocks.iter_mut().zip(rests) {
        *block = padded(rest);
    }
    let constants = Constants::<L>::load(proof);
    let zero = [constants.zero; W];
    let mut h = load_each(&constants, states, |state| to_bytes(&state.h));
    let n = load_each(&constants, states, |state| to_bytes(&state.n));
    let m = load_each(&constants, &blocks, |block| *block);
    compress(&constants, &mut h, &n, &m);
    for ((state, rest), block) in states.iter_mut().zip(rests).zip(&blocks) {
        state.count(8 * rest.len() as u64, &from_bytes(block));
    }
    let n = load_each(&constants, states, |state| to_bytes(&state.n));
    compress(&constants, &mut h, &zero, &n);
    let sigma = load_each(&constants, states, |state| to_bytes(&state.sigma));
    compress(&constants, &mut h, &zero, &sigma);
    for (state, h) in states.iter_mut().zip(h) {
        state.h = constants.words(h);
    }
}

/// `h = g_N(h, m)` of clause 7, all transposed.
#[inline(always)]
fn compress<L: Lanes, const W: usize>(
    constants: &Constants<L>,
    h: &mut [L; W],
    n: &[L; W],
    m: &[L; W],
) {
    let mut key = *h;
    let mut state = *m;
    for w in 0..W {
        key[w] = constants.lps(h[w].xor(n[w]));
        state[w] = m[w].xor(key[w]);
    }
    for constant in constants.iteration {
        let constant = L::load(constants.proof, constant);
        for w in 0..W {
            key[w] = constants.lps(key[w].xor(constant));
            state[w] = constants.lps_plus(state[w], key[w]);
        }
    }
    for w in 0..W {
        h[w] = h[w].xor3(state[w], m[w]);
    }
}

/// Loads one vector of each message and transposes it.
#[inline(always)]
fn load_each<L: Lanes, T, const W: usize>(
    constants: &Constants<L>,
    messages: &[T; W],
    bytes: impl Fn(&T) -> Block,
) -> [L; W] {
    let mut vectors = [constants.transpose; W];
    for (vector, message) in vectors.iter_mut().zip(messages) {
        *vector = L::load(constants.proof, &bytes(message)).permute(constants.transpose);
    }
    vectors
}

/// The constants in registers, or at hand for them.
struct Constants<L: Lanes> {
    sbox: [L; 4],
    highest_bit: L,
    gather: [L; 8],
    matrices: [L; 8],
    transpose: L,
    zero: L,
    /// C_1 … C_12: these are read from memory when needed.
    iteration: &'static [[u8; 64]; 12],
    proof: L::Proof,
}

impl<L: Lanes> Constants<L> {
    #[inline(always)]
    fn load(proof: L::Proof) -> Self {
        // Opaque, so that the compiler does not replace one VPERMB with known indices by several
        // other shuffles.
        let vectors = black_box(&VECTORS);
        Self {
            sbox: load_all(proof, &vectors.sbox),
            highest_bit: L::load(proof, &[0x80; 64]),
            gather: load_all(proof, &vectors.gather),
            matrices: load_all(proof, &vectors.matrices),
            transpose: L::load(proof, &vectors.transpose),
            zero: L::load(proof, &[0; 64]),
            iteration: &vectors.iteration,
            proof,
        }
    }

    /// LPS(x).
    #[inline(always)]
    fn lps(&self, x: L) -> L {
        let [a, b, c, d, e, f, g, h] = self.products(self.s(x));
        a.xor3(b, c).xor3(d.xor3(e, f), g.xor(h))
    }

    /// LPS(x) ⊕ `plus`.
    #[inline(always)]
    fn lps_plus(&self, x: L, plus: L) -> L {
        let [a, b, c, d, e, f, g, h] = self.products(self.s(x));
        a.xor3(b, c).xor3(d.xor3(e, f), g.xor3(h, plus))
    }

    /// S(x).
    #[inline(always)]
    fn s(&self, x: L) -> L {
        x.affine(self.highest_bit).select(
            x.look_up(self.sbox[2], self.sbox[3]),
            x.look_up(self.sbox[0], self.sbox[1]),
        )
    }

    /// What each of the eight bytes of the words after P adds to L.
    #[inline(always)]
    fn products(&self, x: L) -> [L; 8] {
        let mut products = [x; 8];
        for (j, product) in products.iter_mut().enumerate() {
            *product = x.permute(self.gather[j]).affine(self.matrices[j]);
        }
        products
    }

    /// The words of a transposed vector.
    #[inline(always)]
    fn words(&self, vector: L) -> Words {
        let mut bytes = [0; 64];
        vector.permute(self.transpose).store(&mut bytes);
        from_bytes(&bytes)
    }
}

#[inline(always)]
fn load_all<L: Lanes, const N: usize>(proof: L::Proof, vectors: &[[u8; 64]; N]) -> [L; N] {
    let mut loaded = [L::load(proof, &vectors[0]); N];
    for (loaded, vector) in loaded.iter_mut().zip(vectors) {
        *loaded = L::load(proof, vector);
    }
    loaded
}

/// The constants in memory.
#[repr(align(64))]
struct Vectors {
    /// π' by quarters.
    sbox: [[u8; 64]; 4],
    /// For input byte `j`: where bytes `j` of the eight transposed words stand, once per word.
    gather: [[u8; 64]; 8],
    /// For input byte `j`: in word `k` the block of A that carries it to output byte `k`.
    matrices: [[u8; 64]; 8],
    /// C_1 … C_12, transposed.
    iteration: [[u8; 64]; 12],
    /// τ, which is its own inverse.
    transpose: [u8; 64],
}

static VECTORS: Vectors = vectors();

const fn vectors() -> Vectors {
    let mut vectors = Vectors {
        sbox: [[0; 64]; 4],
        gather: [[0; 64]; 8],
        matrices: [[0; 64]; 8],
        iteration: [[0; 64]; 12],
        transpose: TAU,
    };
    let mut i = 0;
    while i < 256 {
        vectors.sbox[i / 64][i % 64] = PI[i];
        i += 1;
    }
    let mut j = 0;
    while j < 8 {
        let mut k = 0;
        while k < 8 {
            let mut i = 0;
            while i < 8 {
                vectors.gather[j][8 * k + i] = (8 * i + j) as u8;
                vectors.matrices[j][8 * k + i] = matrix_row(j, k, 7 - i);
                i += 1;
            }
            k += 1;
        }
        j += 1;
    }
    let mut c = 0;
    while c < 12 {
        let mut i = 0;
        while i < 64 {
            let from = TAU[i] as usize;
            vectors.iteration[c][i] = (ITERATION[c][from / 8] >> (8 * (from % 8))) as u8;
            i += 1;
        }
        c += 1;
    }
    vectors
}

/// Which bits of input byte `j` add to bit `bit` of output byte `k` of l (clause 6).
const fn matrix_row(j: usize, k: usize, bit: usize) -> u8 {
    let mut row = 0;
    let mut from = 0;
    while from < 8 {
        let a = A[63 - (8 * j + from)];
        row |= ((a >> (8 * k + bit) & 1) as u8) << from;
        from += 1;
    }
    row
}
