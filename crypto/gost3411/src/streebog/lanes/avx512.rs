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
    use super::super::model::Model;
    use super::*;

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
        let stored = |zmm: Zmm| {
            let mut bytes = [0; 64];
            zmm.store(&mut bytes);
            Model(bytes)
        };
        // Bochs before version 3.0 complements every product: better to say so than to blame us.
        let identity = 0x0102_0408_1020_4080_u64.to_le_bytes();
        let identity = Zmm::load(detected, &std::array::from_fn(|i| identity[i % 8]));
        let operand = Zmm::load(detected, &bytes());
        assert_eq!(
            stored(operand.affine(identity)),
            stored(operand),
            "GF2P8AFFINEQB of this processor or emulator is wrong"
        );
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
            assert_eq!(stored(a.affine(b)), x.affine(y));
        }
    }

    #[test]
    fn every_instruction_does_what_its_model_does_where_the_processor_has_it() {
        if let Some(detected) = Detected::detect() {
            println!("compared with the model: 7 instructions, 10000 times each");
            // SAFETY: `Detected` shows that the processor has the features.
            unsafe { compare(detected) }
        } else {
            let missing: Vec<&str> = [
                ("avx512f", is_x86_feature_detected!("avx512f")),
                ("avx512bw", is_x86_feature_detected!("avx512bw")),
                ("avx512vbmi", is_x86_feature_detected!("avx512vbmi")),
                ("gfni", is_x86_feature_detected!("gfni")),
            ]
            .into_iter()
            .filter_map(|(feature, present)| (!present).then_some(feature))
            .collect();
            println!("NOT compared with the model: the processor lacks {missing:?}");
            assert_ne!(missing, Vec::<&str>::new());
        }
    }
}
