//! The traits of the `digest` crate, so that code for any hash function takes this one too.

use core::fmt;

use digest::{
    FixedOutput, FixedOutputReset, HashMarker, Output, Update,
    array::Array,
    block_api::{
        AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, CoreProxy, Eager,
        FixedOutputCore, OutputSizeUser, Reset, UpdateCore,
    },
    consts::U32,
};

use super::{Gost34311, state::State};

/// GOST 34.311-95 without the buffer for incomplete blocks.
#[derive(Clone, Default)]
pub struct Gost34311Core {
    state: State,
}

impl HashMarker for Gost34311Core {}

impl BlockSizeUser for Gost34311Core {
    type BlockSize = U32;
}

impl BufferKindUser for Gost34311Core {
    type BufferKind = Eager;
}

impl OutputSizeUser for Gost34311Core {
    type OutputSize = U32;
}

impl UpdateCore for Gost34311Core {
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        self.state.absorb(Array::cast_slice_to_core(blocks));
    }
}

impl FixedOutputCore for Gost34311Core {
    fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        self.state.finish(buffer.get_data());
        *out = self.state.digest().into();
    }
}

impl Reset for Gost34311Core {
    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl AlgorithmName for Gost34311Core {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GOST 34.311-95")
    }
}

impl fmt::Debug for Gost34311Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gost34311Core { ... }")
    }
}

impl HashMarker for Gost34311 {}

impl BlockSizeUser for Gost34311 {
    type BlockSize = U32;
}

impl OutputSizeUser for Gost34311 {
    type OutputSize = U32;
}

impl CoreProxy for Gost34311 {
    type Core = Gost34311Core;

    fn compose(core: Gost34311Core, buffer: Buffer<Gost34311Core>) -> Self {
        Self { core, buffer }
    }

    fn decompose(self) -> (Gost34311Core, Buffer<Gost34311Core>) {
        (self.core, self.buffer)
    }
}

impl Update for Gost34311 {
    fn update(&mut self, data: &[u8]) {
        let Self { core, buffer } = self;
        buffer.digest_blocks(data, |blocks| core.update_blocks(blocks));
    }
}

impl FixedOutput for Gost34311 {
    fn finalize_into(mut self, out: &mut Output<Self>) {
        self.core.finalize_fixed_core(&mut self.buffer, out);
    }
}

impl Reset for Gost34311 {
    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl FixedOutputReset for Gost34311 {
    fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
        FixedOutput::finalize_into(core::mem::take(self), out);
    }
}

impl AlgorithmName for Gost34311 {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GOST 34.311-95")
    }
}

impl fmt::Debug for Gost34311 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gost34311 { ... }")
    }
}
