//! The vector operations as Intel's manual describes them, a byte or a bit at a time.
//!
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, operation sections
//! of the instructions named below. Slow: this is what the intrinsics are compared with.

use super::Lanes;

/// A register as its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Model(pub(in super::super) [u8; 64]);

impl Lanes for Model {
    type Proof = ();

    /// VMOVDQU64.
    fn load((): (), bytes: &[u8; 64]) -> Self {
        Self(*bytes)
    }

    /// VMOVDQU64.
    fn store(self, bytes: &mut [u8; 64]) {
        *bytes = self.0;
    }

    /// VPXORQ.
    fn xor(self, b: Self) -> Self {
        Self::each(|i| self.0[i] ^ b.0[i])
    }

    /// VPTERNLOGQ with 0x96: the result bit for the operand bits a, b, c is bit 4a + 2b + c of that.
    fn xor3(self, b: Self, c: Self) -> Self {
        Self::each(|i| ternary_logic(0x96, self.0[i], b.0[i], c.0[i]))
    }

    /// VPTERNLOGQ with 0xCA.
    fn select(self, ones: Self, zeros: Self) -> Self {
        Self::each(|i| ternary_logic(0xca, self.0[i], ones.0[i], zeros.0[i]))
    }

    /// VPERMB: `id = indices[i*8+5 : i*8]`, `dst.byte[i] = src.byte[id]`.
    fn permute(self, indices: Self) -> Self {
        Self::each(|i| self.0[usize::from(indices.0[i] & 0x3f)])
    }

    /// VPERMI2B: `off = idx[i*8+5 : i*8]`, `dst.byte[i] = idx[i*8+6] ? b.byte[off] : a.byte[off]`.
    fn look_up(self, low: Self, high: Self) -> Self {
        Self::each(|i| {
            let offset = usize::from(self.0[i] & 0x3f);
            if self.0[i] >> 6 & 1 == 1 {
                high.0[offset]
            } else {
                low.0[offset]
            }
        })
    }

    /// GF2P8AFFINEQB with a constant of zero: `dst.bit[i] = parity(matrix.byte[7-i] AND src)`.
    fn affine(self, matrices: Self) -> Self {
        Self::each(|i| {
            let matrix = &matrices.0[i / 8 * 8..][..8];
            (0..8).fold(0, |byte, bit| {
                byte | parity(matrix[7 - bit] & self.0[i]) << bit
            })
        })
    }
}

impl Model {
    #[inline(always)]
    fn each(byte: impl Fn(usize) -> u8) -> Self {
        Self(std::array::from_fn(byte))
    }
}

/// Bit `4a + 2b + c` of the table for the bits of three bytes: the sum of the products it lists.
#[inline(always)]
fn ternary_logic(table: u8, a: u8, b: u8, c: u8) -> u8 {
    (0..8)
        .filter(|index| table >> index & 1 == 1)
        .fold(0, |sum, index| {
            let a = if index & 4 == 0 { !a } else { a };
            let b = if index & 2 == 0 { !b } else { b };
            let c = if index & 1 == 0 { !c } else { c };
            sum | a & b & c
        })
}

/// 1 for an odd number of set bits.
#[inline(always)]
fn parity(byte: u8) -> u8 {
    let byte = byte ^ byte >> 4;
    let byte = byte ^ byte >> 2;
    (byte ^ byte >> 1) & 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> Model {
        Model::each(|i| i as u8)
    }

    /// The matrix 0x0102040810204080 is the identity in Intel's examples; its bytes reversed, the
    /// order of bits turns round.
    #[test]
    fn affine_numbers_the_rows_of_a_matrix_from_the_highest_byte() {
        let x = Model::each(|i| (i * 37 + 11) as u8);
        let identity = Model::each(|i| 0x0102_0408_1020_4080_u64.to_le_bytes()[i % 8]);
        assert_eq!(x.affine(identity), x);
        let reversal = Model::each(|i| 0x0102_0408_1020_4080_u64.to_be_bytes()[i % 8]);
        assert_eq!(x.affine(reversal), Model::each(|i| x.0[i].reverse_bits()));
    }

    #[test]
    fn affine_takes_the_matrix_of_the_word_the_byte_is_in() {
        let matrices = Model::each(|i| if i / 8 == 5 { 0xff } else { 0 });
        let x = Model([1; 64]);
        let expected = Model::each(|i| if i / 8 == 5 { 0xff } else { 0 });
        assert_eq!(x.affine(matrices), expected);
    }

    #[test]
    fn permute_takes_six_bits_of_an_index_and_look_up_seven() {
        let indices = Model::each(|i| (i * 5 + 64 * (i % 4)) as u8);
        let high = Model::each(|i| 100 + i as u8);
        assert_eq!(
            counting().permute(indices),
            Model::each(|i| (i * 5 % 64) as u8)
        );
        assert_eq!(
            indices.look_up(counting(), high),
            Model::each(|i| {
                let index = (i * 5 + 64 * (i % 4)) % 128;
                (if index < 64 { index } else { 100 + index - 64 }) as u8
            })
        );
    }

    #[test]
    fn the_logic_is_that_of_its_truth_tables() {
        let (a, b, c) = (Model([0xf0; 64]), Model([0xcc; 64]), Model([0xaa; 64]));
        assert_eq!(a.xor(b), Model([0x3c; 64]));
        assert_eq!(a.xor3(b, c), Model([0x96; 64]));
        assert_eq!(a.select(b, c), Model([0xca; 64]));
    }
}
