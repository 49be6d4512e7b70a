//! What a thread's calls leave on its stack, wiped before the system keeps the stack for another thread.

use std::hint::black_box;

use zeroize::Zeroize as _;

/// Stack of a thread that uses [`wiped_after`], in bytes.
pub(crate) const STACK: usize = 2 << 20;

/// Bytes that are wiped: deeper calls than reading a key file and signing with it do not go.
const WIPED: usize = 1 << 20;

/// Does the work, then overwrites the stack it was done on.
///
/// Destructors wipe a secret where it lies last. Where it lay before it was moved there, a copy stays: half a private
/// key was found on the stack of a thread that had long ended.
pub(crate) fn wiped_after<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    wipe();
    done
}

/// In a call of its own, so that everything it uses lies below the caller's frame.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe() {
    let mut below = [0_u8; WIPED];
    below.zeroize();
    black_box(&below);
}
