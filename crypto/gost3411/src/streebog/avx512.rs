//! The transposed form compiled for AVX-512 with VBMI and GFNI.
#![expect(unsafe_code, reason = "functions that need processor features")]

use super::lanes::avx512::{Detected, Zmm};
use super::side_by_side::Streams;
use super::state::{Block, State};
use super::transposed;

impl Streams for Detected {
    fn absorb<const W: usize>(&self, states: &mut [&mut State; W], blocks: &[&[Block]; W]) {
        // SAFETY: `Detected` shows that the processor has the features.
        unsafe { absorb(*self, states, blocks) }
    }

    fn finish<const W: usize>(&self, states: &mut [&mut State; W], rests: &[&[u8]; W]) {
        // SAFETY: `Detected` shows that the processor has the features.
        unsafe { finish(*self, states, rests) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn absorb<const W: usize>(
    detected: Detected,
    states: &mut [&mut State; W],
    blocks: &[&[Block]; W],
) {
    transposed::absorb::<Zmm, W>(detected, states, blocks);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn finish<const W: usize>(detected: Detected, states: &mut [&mut State; W], rests: &[&[u8]; W]) {
    transposed::finish::<Zmm, W>(detected, states, rests);
}
