//! The vector operations as instructions of AVX-512 with VBMI and GFNI.
//!
//! The twin without `unsafe` is `model.rs`. Every method is inlined into a function that enables the
//! target features; called from elsewhere the intrinsics would stay calls.
#![expect(unsafe_code, reason = "intrinsics")]

use std::arch::x86_64::{
    __m512i, _mm512_gf2p8affine_epi64_epi8, _mm512_loadu_si512, _mm512_permutex2var_epi8,
    _mm512_permutexvar_epi8, _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_xor_si512,
};

use super::Lanes;

/// A ZMM register.
#[derive(Clone, Copy)]
pub(in super::super) struct Zmm(__m512i);

/// Shows that the processor has AVX-512 F, BW, VBMI and GFNI, and the system saves the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Detected(());

impl Detected {
    /// Asks the processor; the answer is cached by the standard library.
    pub(in super::super) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("gfni");
        all.then_some(Self(()))
    }
}

impl Lanes for Zmm {
    type Proof = Detected;

    #[inline(always)]
    fn load(_: Detected, bytes: &[u8; 64]) -> Self {
        // SAFETY: `Detected` shows that the instruction exists; 64 bytes are readable.
        Self(unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) })
    }

    #[inline(always)]
    fn store(self, bytes: &mut [u8; 64]) {
        // SAFETY: `self` came from `load`, so the instruction exists; 64 bytes are writable.
        unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn xor(self, b: Self) -> Self {
        // SAFETY: `self` came from `load`, so the instruction exists.
        Self(unsafe { _mm512_xor_si512(self.0, b.0) })
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        // SAFETY: `self` came from `load`, so the instruction exists.
        Self(unsafe { _mm512_ternarylogic_epi64::<0x96>(self.0, b.0, c.0) })
    }

    #[inline(always)]
    fn select(self, ones: Self, zeros: Self) -> Self {
        // SAFETY: `self` came from `load`, so the instruction exists.
        Self(unsafe { _mm512_ternarylogic_epi64::<0xca>(self.0, ones.0, zeros.0) })
    }

    #[inline(always)]
    fn permute(self, indices: Self) -> Self {
        // SAFETY: `self` came from `load`, so the instruction exists.
        Self(unsafe { _mm512_permutexvar_epi8(indices.0, self.0) })
    }

    #[inline(always)]
    fn look_up(self, low: Self, high: Self) -> Self {
        // SAFETY: `self` came from `load`, so the instruction exists.
        Self(unsafe { _mm512_permutex2var_epi8(low.0, self.0, high.0) })
    }

    #[inline(always)]
    fn affine(self, matrices: Self) -> Self {
        // SAFETY: `self` came from `load`, so the instruction exists.
        Self(unsafe { _mm512_gf2p8affine_epi64_epi8::<0>(self.0, matrices.0) })
    }
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::super::model::Model;
    use super::*;
    use crate::streebog::backend::Backend;
    use crate::streebog::self_test;
    use crate::streebog::side_by_side::Streams;
    use crate::streebog::state::{Block, State};
    use crate::streebog::transposed;

    /// The instructions where this processor has them; `tests/emulator/run.sh` says that it must.
    fn instructions() -> Option<Detected> {
        let found = Detected::detect();
        assert!(
            found.is_some() || !emulated(),
            "the emulated processor lacks AVX-512 with BW, VBMI or GFNI"
        );
        if found.is_none() {
            println!("NOT EXECUTED: this processor lacks AVX-512 with BW, VBMI or GFNI");
        }
        found
    }

    fn emulated() -> bool {
        env::var_os("TAMGA_EXPECT_VECTORS").is_some()
    }

    /// What the processor makes of GF2P8AFFINEQB.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Affine {
        /// Every product complemented: Debian's Bochs 2.7.
        Complemented,
        Right,
    }

    /// Multiplies by the identity.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    fn probe(detected: Detected) -> Affine {
        let identity = 0x0102_0408_1020_4080_u64.to_le_bytes();
        let identity = Zmm::load(detected, &std::array::from_fn(|i| identity[i % 8]));
        let bytes: [u8; 64] = std::array::from_fn(|i| (i * 37 + 11) as u8);
        let product = stored(Zmm::load(detected, &bytes).affine(identity)).0;
        if product == bytes {
            return Affine::Right;
        }
        assert_eq!(product, bytes.map(|byte| !byte), "GF2P8AFFINEQB is wrong");
        assert!(emulated(), "GF2P8AFFINEQB of this processor is wrong");
        println!(
            "NOT JUDGED: GF2P8AFFINEQB itself, which this emulator complements; its model stands in"
        );
        Affine::Complemented
    }

    fn stored(zmm: Zmm) -> Model {
        let mut bytes = [0; 64];
        zmm.store(&mut bytes);
        Model(bytes)
    }

    /// Every operation of random operands, by the instruction and by the model.
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    fn compare(detected: Detected) {
        let mut random = 0x1234_5678_9abc_def1_u64;
        let mut bytes = || {
            std::array::from_fn(|_| {
                random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                (random >> 56) as u8
            })
        };
        let complement = match probe(detected) {
            Affine::Complemented => Model([0xff; 64]),
            Affine::Right => Model([0; 64]),
        };
        for _ in 0..10_000 {
            let operands: [[u8; 64]; 3] = [bytes(), bytes(), bytes()];
            let [a, b, c] = operands.map(|operand| Zmm::load(detected, &operand));
            let [x, y, z] = operands.map(|operand| Model::load((), &operand));
            assert_eq!(stored(a), x);
            assert_eq!(stored(a.xor(b)), x.xor(y));
            assert_eq!(stored(a.xor3(b, c)), x.xor3(y, z));
            assert_eq!(stored(a.select(b, c)), x.select(y, z));
            assert_eq!(stored(a.permute(b)), x.permute(y));
            assert_eq!(stored(a.look_up(b, c)), x.look_up(y, z));
            assert_eq!(stored(a.affine(b)), x.affine(y).xor(complement));
        }
        println!("compared with the model: 7 instructions, 10000 times each");
    }

    #[test]
    fn every_instruction_does_what_its_model_does_where_the_processor_has_it() {
        if let Some(detected) = instructions() {
            // SAFETY: `Detected` shows that the processor has the features.
            unsafe { compare(detected) }
        }
    }

    /// The instructions, and the model for GF2P8AFFINEQB.
    #[derive(Clone, Copy)]
    struct AffineByModel(Zmm);

    impl Lanes for AffineByModel {
        type Proof = Detected;

        #[inline(always)]
        fn load(detected: Detected, bytes: &[u8; 64]) -> Self {
            Self(Zmm::load(detected, bytes))
        }

        #[inline(always)]
        fn store(self, bytes: &mut [u8; 64]) {
            self.0.store(bytes);
        }

        #[inline(always)]
        fn xor(self, b: Self) -> Self {
            Self(self.0.xor(b.0))
        }

        #[inline(always)]
        fn xor3(self, b: Self, c: Self) -> Self {
            Self(self.0.xor3(b.0, c.0))
        }

        #[inline(always)]
        fn select(self, ones: Self, zeros: Self) -> Self {
            Self(self.0.select(ones.0, zeros.0))
        }

        #[inline(always)]
        fn permute(self, indices: Self) -> Self {
            Self(self.0.permute(indices.0))
        }

        #[inline(always)]
        fn look_up(self, low: Self, high: Self) -> Self {
            Self(self.0.look_up(low.0, high.0))
        }

        #[inline(always)]
        fn affine(self, matrices: Self) -> Self {
            let product = stored(self.0).affine(stored(matrices.0));
            // `self` came from `load`, so the features have been detected.
            Self(Zmm::load(Detected(()), &product.0))
        }
    }

    /// The vector form over [`AffineByModel`].
    struct Mended(Detected);

    impl Streams for Mended {
        fn absorb<const W: usize>(&self, states: &mut [&mut State; W], blocks: &[&[Block]; W]) {
            #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
            fn absorb<const W: usize>(
                detected: Detected,
                states: &mut [&mut State; W],
                blocks: &[&[Block]; W],
            ) {
                transposed::absorb::<AffineByModel, W>(detected, states, blocks);
            }
            // SAFETY: `Detected` shows that the processor has the features.
            unsafe { absorb(self.0, states, blocks) }
        }

        fn finish<const W: usize>(&self, states: &mut [&mut State; W], rests: &[&[u8]; W]) {
            #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
            fn finish<const W: usize>(
                detected: Detected,
                states: &mut [&mut State; W],
                rests: &[&[u8]; W],
            ) {
                transposed::finish::<AffineByModel, W>(detected, states, rests);
            }
            // SAFETY: `Detected` shows that the processor has the features.
            unsafe { finish(self.0, states, rests) }
        }
    }

    #[test]
    fn the_vector_form_hashes_rightly_and_is_chosen_where_its_instructions_are_right() {
        let Some(detected) = instructions() else {
            assert_eq!(Backend::fastest().name(), "x86-64");
            return;
        };
        assert!(self_test::passes(&Mended(detected)));
        // SAFETY: `Detected` shows that the processor has the features.
        let right = unsafe { probe(detected) } == Affine::Right;
        assert_eq!(self_test::passes(&detected), right);
        let chosen = if right { "avx512-gfni" } else { "x86-64" };
        assert_eq!(Backend::fastest().name(), chosen);
    }
}
