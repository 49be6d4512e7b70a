//! The traits of the `digest` crate, so that the hash functions serve `hmac` and `pbkdf2`.

use std::fmt;

use digest::array::Array;
use digest::block_api::{
    AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, CoreProxy, Eager, FixedOutputCore,
    OutputSizeUser, Reset, UpdateCore,
};
use digest::consts::{U32, U64};
use digest::{FixedOutput, FixedOutputReset, HashMarker, Output, Update};
use zeroize::ZeroizeOnDrop;

use super::backend::Backend;
use super::constants::{IV_256, IV_512};
use super::state::State;
use super::{Streebog256, Streebog512};

macro_rules! implement {
    ($hasher:ident, $core:ident, $iv:ident, $size:ident, $digest:ident, $name:literal) => {
        #[doc = concat!($name, " without the buffer for incomplete blocks.")]
        #[derive(Clone)]
        pub struct $core {
            state: State,
            backend: Backend,
        }

        impl $core {
            pub(super) fn new(backend: Backend) -> Self {
                Self {
                    state: State::new($iv),
                    backend,
                }
            }
        }

        impl Default for $core {
            fn default() -> Self {
                Self::new(Backend::fastest())
            }
        }

        impl HashMarker for $core {}
        impl ZeroizeOnDrop for $core {}

        impl BlockSizeUser for $core {
            type BlockSize = U64;
        }

        impl BufferKindUser for $core {
            type BufferKind = Eager;
        }

        impl OutputSizeUser for $core {
            type OutputSize = $size;
        }

        impl UpdateCore for $core {
            fn update_blocks(&mut self, blocks: &[Block<Self>]) {
                let blocks = Array::cast_slice_to_core(blocks);
                self.backend.absorb(&mut self.state, blocks);
            }
        }

        impl FixedOutputCore for $core {
            fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
                self.backend.finish(&mut self.state, buffer.get_data());
                *out = self.state.$digest().into();
            }
        }

        impl Reset for $core {
            fn reset(&mut self) {
                *self = Self::new(self.backend);
            }
        }

        impl AlgorithmName for $core {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($name)
            }
        }

        impl fmt::Debug for $core {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($core), " { ... }"))
            }
        }

        impl Default for $hasher {
            fn default() -> Self {
                Self::new()
            }
        }

        impl HashMarker for $hasher {}
        impl ZeroizeOnDrop for $hasher {}

        impl BlockSizeUser for $hasher {
            type BlockSize = U64;
        }

        impl OutputSizeUser for $hasher {
            type OutputSize = $size;
        }

        impl CoreProxy for $hasher {
            type Core = $core;

            fn compose(core: $core, buffer: Buffer<$core>) -> Self {
                Self { core, buffer }
            }

            fn decompose(self) -> ($core, Buffer<$core>) {
                (self.core, self.buffer)
            }
        }

        impl Update for $hasher {
            fn update(&mut self, data: &[u8]) {
                let Self { core, buffer } = self;
                buffer.digest_blocks(data, |blocks| core.update_blocks(blocks));
            }
        }

        impl FixedOutput for $hasher {
            fn finalize_into(mut self, out: &mut Output<Self>) {
                self.core.finalize_fixed_core(&mut self.buffer, out);
            }
        }

        impl Reset for $hasher {
            fn reset(&mut self) {
                self.core.reset();
                self.buffer.reset();
            }
        }

        impl FixedOutputReset for $hasher {
            fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
                self.core.finalize_fixed_core(&mut self.buffer, out);
                self.reset();
            }
        }

        impl AlgorithmName for $hasher {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($name)
            }
        }

        impl fmt::Debug for $hasher {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($hasher), " { ... }"))
            }
        }
    };
}

implement!(
    Streebog256,
    Streebog256Core,
    IV_256,
    U32,
    digest_256,
    "Streebog-256"
);
implement!(
    Streebog512,
    Streebog512Core,
    IV_512,
    U64,
    digest_512,
    "Streebog-512"
);
