//! The eight operations of a 512-bit vector register that the transposed form of the compression
//! function is written in.
//!
//! They are instructions of AVX-512 with VBMI and GFNI. `avx512` maps each to its intrinsic,
//! `model` computes each from Intel's description in plain Rust: so the algorithm is tested on every
//! machine, and where the instructions exist they are compared with the model one by one.

#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;
pub(super) mod model;

/// A vector of 64 bytes, also seen as eight 64-bit words.
///
/// A value proves that its instructions exist: the first one can only be loaded with a proof.
pub(super) trait Lanes: Copy {
    /// Shows that this processor has the instructions.
    type Proof: Copy;

    /// The bytes from memory.
    fn load(proof: Self::Proof, bytes: &[u8; 64]) -> Self;

    /// The bytes to memory.
    fn store(self, bytes: &mut [u8; 64]);

    /// `self ⊕ b`.
    fn xor(self, b: Self) -> Self;

    /// `self ⊕ b ⊕ c`.
    fn xor3(self, b: Self, c: Self) -> Self;

    /// For every bit of `self` the bit of `ones` where it is set, of `zeros` where it is not.
    fn select(self, ones: Self, zeros: Self) -> Self;

    /// Byte `i` is byte `indices[i] mod 64` of `self`.
    fn permute(self, indices: Self) -> Self;

    /// Byte `i` is byte `self[i] mod 128` of `low` followed by `high`.
    fn look_up(self, low: Self, high: Self) -> Self;

    /// Every byte as a vector of bits times the 8 × 8 bit matrix in the same word of `matrices`:
    /// bit `i` of the product is the parity of the byte and byte `7 - i` of that word.
    fn affine(self, matrices: Self) -> Self;
}
