//! Values whose origin the optimiser must not see.
//!
//! A carry is secret. Compilers know that a mask made from it has two values and may, where it
//! looks profitable, turn the mask back into a branch. Behind an opaque identity they cannot.
#![expect(
    unsafe_code,
    reason = "an empty assembly block is the only free opaque identity"
)]

/// All ones if `carry`, else 0.
#[inline(always)]
pub(crate) fn mask(carry: bool) -> u64 {
    let mask = u64::from(carry).wrapping_neg();
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    {
        let hidden;
        // SAFETY: no instructions; the operand leaves as it came.
        unsafe {
            core::arch::asm!(
                "/* {0} */",
                inlateout(reg) mask => hidden,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        hidden
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    core::hint::black_box(mask)
}

/// `limbs`, not known to be the same memory.
///
/// For sums of a number with itself: a compiler that notices makes shifts of two registers, which
/// take several times as long as additions on AMD's processors.
#[inline(always)]
pub(crate) fn alias<const N: usize>(limbs: &[u64; N]) -> &[u64; N] {
    #[cfg(target_arch = "x86_64")]
    {
        let mut pointer: *const [u64; N] = limbs;
        // SAFETY: no instructions; the pointer leaves as it came, so it still points to `limbs`.
        unsafe {
            core::arch::asm!(
                "/* {0} */",
                inlateout(reg) pointer,
                options(pure, readonly, nostack, preserves_flags),
            );
            &*pointer
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    limbs
}
