//! Products of residues: the choice between plain Rust and the processor's wide instructions.

use super::portable;
#[cfg(target_arch = "x86_64")]
use super::x86_64;
#[cfg(target_arch = "x86_64")]
use crate::arithmetic::adx;

/// Limbs of a width for which there are multiplication routines: four or eight.
pub(crate) trait Product: Sized {
    /// `self * other` modulo 2^(64 N) - C, weakly reduced.
    fn mul<const C: u64>(&self, other: &Self) -> Self;

    /// `self * self` modulo 2^(64 N) - C, weakly reduced.
    fn square<const C: u64>(&self) -> Self;
}

impl Product for [u64; 4] {
    #[inline(always)]
    fn mul<const C: u64>(&self, other: &Self) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(adx) = adx() {
            return x86_64::mul4::<C>(adx, self, other);
        }
        in_memory(|product| portable_mul::<4, C>(product, self, other))
    }

    #[inline(always)]
    fn square<const C: u64>(&self) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(adx) = adx() {
            return x86_64::square4::<C>(adx, self);
        }
        in_memory(|product| portable_square::<4, C>(product, self))
    }
}

impl Product for [u64; 8] {
    #[inline(always)]
    fn mul<const C: u64>(&self, other: &Self) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(adx) = adx() {
            return x86_64::mul8::<C>(adx, self, other);
        }
        in_memory(|product| portable_mul::<8, C>(product, self, other))
    }

    #[inline(always)]
    fn square<const C: u64>(&self) -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(adx) = adx() {
            return x86_64::square8::<C>(adx, self);
        }
        in_memory(|product| portable_square::<8, C>(product, self))
    }
}

/// Hands over what `compute` writes, limb by limb.
///
/// Returning the array itself would oblige the other way, whose result is in registers, to write it
/// to the same temporary memory and to copy it from there.
#[inline(always)]
fn in_memory<const N: usize>(compute: impl FnOnce(&mut [u64; N])) -> [u64; N] {
    let mut product = [0; N];
    compute(&mut product);
    core::array::from_fn(|i| product[i])
}

/// [`portable::mul`], once for all callers: it is long.
#[inline(never)]
#[cfg_attr(target_arch = "x86_64", cold)]
fn portable_mul<const N: usize, const C: u64>(product: &mut [u64; N], a: &[u64; N], b: &[u64; N]) {
    *product = portable::mul::<N, C>(a, b);
}

/// [`portable::square`], once for all callers.
#[inline(never)]
#[cfg_attr(target_arch = "x86_64", cold)]
fn portable_square<const N: usize, const C: u64>(product: &mut [u64; N], a: &[u64; N]) {
    *product = portable::square::<N, C>(a);
}
