//! Arithmetic modulo 2^n - C on N limbs of 64 bits, n = 64 N, in plain Rust.
//!
//! Every function takes and gives limbs of any value, that is, numbers less than 2^n, not
//! necessarily less than the modulus ("weakly reduced"). All rests on 2^n = C (mod 2^n - C): what is
//! carried out of the top limb comes back at the bottom, C times. The functions need C < 2^31.
//!
//! Steps are written out limb by limb and carries become masks; nothing branches on limbs.

use crypto_bigint::Choice;

use crate::opaque::{alias, mask};

/// `a + b`.
#[inline(always)]
pub(super) fn add<const N: usize, const C: u64>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let (sum, carry) = sum_and_carry(a, b);
    add_carried::<N, C>(sum, mask(carry) & C)
}

/// `2 * a`.
#[inline(always)]
pub(super) fn double<const N: usize, const C: u64>(a: &[u64; N]) -> [u64; N] {
    add::<N, C>(a, alias(a))
}

/// `3 * a`: the carries of both additions come back together.
#[inline(always)]
pub(super) fn triple<const N: usize, const C: u64>(a: &[u64; N]) -> [u64; N] {
    let (twice, first) = sum_and_carry(a, alias(a));
    let (thrice, second) = sum_and_carry(&twice, a);
    add_carried::<N, C>(thrice, (mask(first) & C) + (mask(second) & C))
}

/// `a - b`.
///
/// If b > a, the limbs hold a - b + 2^n and C is subtracted. If that borrows again, the limbs held
/// less than C, now hold at least 2^n - C, and C is subtracted once more. This ends in limb 0, which
/// is at least 2^64 - C: all limbs above it are full.
#[inline(always)]
pub(super) fn sub<const N: usize, const C: u64>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut difference = [0; N];
    let mut borrow = false;
    for_each_limb!(I < N {
        (difference[I], borrow) = a[I].borrowing_sub(b[I], borrow);
    });
    let mut subtrahend = mask(borrow) & C;
    borrow = false;
    for_each_limb!(I < N {
        (difference[I], borrow) = difference[I].borrowing_sub(subtrahend, borrow);
        subtrahend = 0;
    });
    difference[0] = difference[0].wrapping_sub(mask(borrow) & C);
    difference
}

/// `a * b`.
///
/// A row of products joins the sum in three passes: all products, then the low halves, then the
/// high halves. Many processors lose the carry flag in a multiplication, so this is faster than
/// carrying along. Row and sum together are less than 2^n * 2^64: the first pass may carry into the
/// limb that the row adds, the second cannot carry out of it.
#[inline(always)]
pub(super) fn mul<const N: usize, const C: u64>(a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut low = [0; N];
    let mut sum = [0; N];
    for_each_limb!(I < N {
        let (low_halves, high_halves) = products(a, b[I]);
        let (with_low_halves, carry) = sum_and_carry(&sum, &low_halves);
        low[I] = with_low_halves[0];
        let mut shifted = [u64::from(carry); N];
        for_each_limb!(J < N {
            if J + 1 < N {
                shifted[J] = with_low_halves[J + 1];
            }
        });
        (sum, _) = sum_and_carry(&shifted, &high_halves);
    });
    fold::<N, C>(&low, &sum)
}

/// `a * a`: the products a\[i\] * a\[j\] with i < j, row by row as in [`mul`]; twice that; plus the
/// squares.
#[inline(always)]
pub(super) fn square<const N: usize, const C: u64>(a: &[u64; N]) -> [u64; N] {
    let mut wide = [[0u64; N]; 2];
    let sum = wide.as_flattened_mut();
    for_each_limb!(I < N {
        // Limbs 2 I + 1 to I + N; the topmost comes into being.
        let (low_halves, high_halves) = products(a, a[I]);
        let mut carry = false;
        for_each_limb!(J < N {
            if (I + 1..N).contains(&J) {
                (sum[I + J], carry) = sum[I + J].carrying_add(low_halves[J], carry);
            }
        });
        sum[I + N] = u64::from(carry);
        carry = false;
        for_each_limb!(J < N {
            if (I + 1..N).contains(&J) {
                (sum[I + J + 1], carry) = sum[I + J + 1].carrying_add(high_halves[J], carry);
            }
        });
        // 0, as in `mul`.
        let _ = carry;
    });

    let mut shifted_out = 0;
    let mut carry = false;
    for_each_limb!(I < N {
        let (low_half, high_half) = a[I].carrying_mul(a[I], 0);
        let (even, odd) = (sum[2 * I], sum[2 * I + 1]);
        (sum[2 * I], carry) = (even << 1 | shifted_out).carrying_add(low_half, carry);
        (sum[2 * I + 1], carry) = (odd << 1 | even >> 63).carrying_add(high_half, carry);
        shifted_out = odd >> 63;
    });
    // Both are 0: the square has 2 N limbs.
    let _ = (shifted_out, carry);
    let [low, high] = &wide;
    fold::<N, C>(low, high)
}

/// The number less than 2^n - C.
///
/// a >= 2^n - C exactly if a + C reaches 2^n, and then a + C - 2^n is the answer, for 2^n is less
/// than twice the modulus.
#[inline(always)]
pub(super) fn canonical<const N: usize, const C: u64>(a: &[u64; N]) -> [u64; N] {
    let mut reduced = [0; N];
    let mut addend = C;
    let mut carry = false;
    for_each_limb!(I < N {
        (reduced[I], carry) = a[I].carrying_add(addend, carry);
        addend = 0;
    });
    select(a, &reduced, mask(carry))
}

/// `a`, or `b` if `mask` is all ones.
#[inline(always)]
pub(super) fn select<const N: usize>(a: &[u64; N], b: &[u64; N], mask: u64) -> [u64; N] {
    let mut selected = [0; N];
    for_each_limb!(I < N {
        selected[I] = a[I] ^ (mask & (a[I] ^ b[I]));
    });
    selected
}

/// The bits of `a`, and those of `b` if `mask` is all ones.
#[inline(always)]
pub(super) fn gather<const N: usize>(a: &[u64; N], b: &[u64; N], mask: u64) -> [u64; N] {
    let mut gathered = [0; N];
    for_each_limb!(I < N {
        gathered[I] = a[I] | (mask & b[I]);
    });
    gathered
}

/// Whether the same limbs.
#[inline(always)]
pub(super) fn equal<const N: usize>(a: &[u64; N], b: &[u64; N]) -> Choice {
    let mut difference = 0;
    for_each_limb!(I < N {
        difference |= a[I] ^ b[I];
    });
    Choice::from_u64_nz(difference).not()
}

/// `low + 2^n * high`.
///
/// low + C * high <= (2^n - 1) + C * (2^n - 1) < (C + 1) * 2^n, so the limb above the top is at most
/// C.
#[inline(always)]
fn fold<const N: usize, const C: u64>(low: &[u64; N], high: &[u64; N]) -> [u64; N] {
    let (times_c, top) = times(high, C);
    let (sum, carry) = sum_and_carry(low, &times_c);
    add_carried::<N, C>(sum, (top + u64::from(carry)) * C)
}

/// `limbs + addend`, where addend + C < 2^64.
///
/// If the sum reaches 2^n, the limbs hold less than the addend, that is, zeroes except in limb 0.
/// C is added there once more, which cannot overflow. So one carry ends it.
///
/// The addends: at most C from [`add`], 2 C from [`triple`], C^2 from [`fold`]. With C < 2^31 all are
/// less than 2^62.
#[inline(always)]
fn add_carried<const N: usize, const C: u64>(mut limbs: [u64; N], mut addend: u64) -> [u64; N] {
    const { assert!(C < 1 << 31, "an addend plus C must not overflow") };
    let mut carry = false;
    for_each_limb!(I < N {
        (limbs[I], carry) = limbs[I].carrying_add(addend, carry);
        addend = 0;
    });
    limbs[0] = limbs[0].wrapping_add(mask(carry) & C);
    limbs
}

/// `a + b`: the limbs and the carry out of them.
#[inline(always)]
fn sum_and_carry<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let mut sum = [0; N];
    let mut carry = false;
    for_each_limb!(I < N {
        (sum[I], carry) = a[I].carrying_add(b[I], carry);
    });
    (sum, carry)
}

/// `a * b`: the limbs, and the limb above, which is less than b.
#[inline(always)]
fn times<const N: usize>(a: &[u64; N], b: u64) -> ([u64; N], u64) {
    let (mut product, high_halves) = products(a, b);
    let mut carried = 0;
    let mut carry = false;
    for_each_limb!(I < N {
        (product[I], carry) = product[I].carrying_add(carried, carry);
        carried = high_halves[I];
    });
    (product, carried + u64::from(carry))
}

/// Low and high halves of `a[i] * b`.
#[inline(always)]
fn products<const N: usize>(a: &[u64; N], b: u64) -> ([u64; N], [u64; N]) {
    let mut low = [0; N];
    let mut high = [0; N];
    for_each_limb!(I < N {
        (low[I], high[I]) = a[I].carrying_mul(b, 0);
    });
    (low, high)
}

/// Runs the block with the constants 0, 1, ... below N, which is at most 8.
///
/// Written out because a loop keeps limbs in memory and carries in registers instead of the flag;
/// generic code is compiled with the options of whoever uses it, which may ask for size.
macro_rules! for_each_limb {
    ($i:ident < $n:ident $block:block) => {
        const { assert!($n <= 8) };
        for_each_limb!(@ $i < $n $block 0 1 2 3 4 5 6 7);
    };
    (@ $i:ident < $n:ident $block:block $($value:literal)+) => {
        $(
            if $value < $n {
                const $i: usize = $value;
                $block
            }
        )+
    };
}

use for_each_limb;
