//! Lanes of AVX-512 with IFMA (Intel since Cannon Lake, AMD since Zen 4): one instruction each.
//!
//! The methods of [`Vector`] carry no target feature themselves, because methods of traits cannot;
//! all are inlined into the functions at the end of this file, which do.
#![expect(unsafe_code, reason = "intrinsics of the vector instructions")]

use core::arch::x86_64::*;

use super::{Lanes, Mask};
use crate::batch::{
    Lane, Words, multiply,
    multiply::GENERATOR_MULTIPLES,
    number::{Loose, Number},
    table::Row,
};

pub(in crate::batch) use crate::arithmetic::{Ifma, ifma};

impl Ifma {
    /// [`multiply::generator_table`].
    pub(in crate::batch) fn generator_table(
        self,
        generator: &Row,
    ) -> Box<[Row; GENERATOR_MULTIPLES]> {
        // SAFETY: `self` proves that the CPU has the features.
        unsafe { generator_table(generator) }
    }

    /// [`multiply::matches`].
    pub(in crate::batch) fn matches(
        self,
        table: &[Row; GENERATOR_MULTIPLES],
        order: &Words,
        batch: &[Lane; 8],
        r: &[Words; 8],
    ) -> [Option<bool>; 8] {
        // SAFETY: `self` proves that the CPU has the features.
        unsafe { matches(table, order, batch, r) }
    }
}

/// A register of 512 bits.
///
/// Private: only the functions at the end of this file use it, and they run only on a CPU that has
/// the instructions ([`Ifma`]). Every `SAFETY` below rests on this.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Vector(__m512i);

impl Lanes for Vector {
    #[inline(always)]
    fn splat(value: u64) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_set1_epi64(value.cast_signed()) })
    }

    #[inline(always)]
    fn from_rows(rows: [&Words; 8]) -> [Self; 8] {
        let mut words = [Self::splat(0); 8];
        for (word, row) in words.iter_mut().zip(rows) {
            // SAFETY: see `Vector`; each row has the 64 bytes that are read.
            word.0 = unsafe { _mm512_loadu_si512(row.as_ptr().cast()) };
        }
        // SAFETY: see `Vector`.
        unsafe { transpose(words) }
    }

    #[inline(always)]
    fn to_rows(words: [Self; 8]) -> [Words; 8] {
        let mut rows = [[0; 8]; 8];
        // SAFETY: see `Vector`.
        let vectors = unsafe { transpose(words) };
        for (row, vector) in rows.iter_mut().zip(vectors) {
            // SAFETY: see `Vector`; each row has the 64 bytes that are written.
            unsafe { _mm512_storeu_si512(row.as_mut_ptr().cast(), vector.0) }
        }
        rows
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_sub_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_or_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn shift_left(self, bits: u32) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_sllv_epi64(self.0, _mm512_set1_epi64(bits.into())) })
    }

    #[inline(always)]
    fn shift_right(self, bits: u32) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_srlv_epi64(self.0, _mm512_set1_epi64(bits.into())) })
    }

    #[inline(always)]
    fn madd_low(self, a: Self, b: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_madd52lo_epu64(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn madd_high(self, a: Self, b: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_madd52hi_epu64(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn equal(self, other: Self) -> Mask {
        // SAFETY: see `Vector`.
        unsafe { _mm512_cmpeq_epi64_mask(self.0, other.0) }
    }

    #[inline(always)]
    fn replace(self, mask: Mask, other: Self) -> Self {
        // SAFETY: see `Vector`.
        Self(unsafe { _mm512_mask_blend_epi64(mask, self.0, other.0) })
    }

    #[inline(always)]
    fn product(a: &Number<Self>, b: &Number<Self>) -> Loose<Self> {
        // SAFETY: see `Vector`.
        unsafe { product(a, b) }
    }

    #[inline(always)]
    fn square(a: &Number<Self>) -> Loose<Self> {
        // SAFETY: see `Vector`.
        unsafe { square(a) }
    }

    #[inline(always)]
    fn product_sum(
        a: &Number<Self>,
        b: &Number<Self>,
        c: &Number<Self>,
        d: &Number<Self>,
    ) -> Loose<Self> {
        // SAFETY: see `Vector`.
        unsafe { product_sum(a, b, c, d) }
    }
}

/// Word n of vector m becomes word m of vector n: pairs of words, then of quarters, then of halves.
#[target_feature(enable = "avx512f")]
#[inline]
fn transpose(rows: [Vector; 8]) -> [Vector; 8] {
    const EVEN: i32 = 0b10_00_10_00;
    const ODD: i32 = 0b11_01_11_01;
    let [r0, r1, r2, r3, r4, r5, r6, r7] = rows;
    let low = |a: Vector, b: Vector| Vector(_mm512_unpacklo_epi64(a.0, b.0));
    let high = |a: Vector, b: Vector| Vector(_mm512_unpackhi_epi64(a.0, b.0));
    let even = |a: Vector, b: Vector| Vector(_mm512_shuffle_i64x2::<EVEN>(a.0, b.0));
    let odd = |a: Vector, b: Vector| Vector(_mm512_shuffle_i64x2::<ODD>(a.0, b.0));
    // Words 2k, or 2k + 1, of rows 0 and 1, 2 and 3, ...: one quarter for each k.
    let (a0, a1) = (low(r0, r1), high(r0, r1));
    let (a2, a3) = (low(r2, r3), high(r2, r3));
    let (a4, a5) = (low(r4, r5), high(r4, r5));
    let (a6, a7) = (low(r6, r7), high(r6, r7));
    // Words k and k + 4 of rows 0 to 3, and of rows 4 to 7.
    let (b0, b1, b2, b3) = (even(a0, a2), even(a1, a3), odd(a0, a2), odd(a1, a3));
    let (b4, b5, b6, b7) = (even(a4, a6), even(a5, a7), odd(a4, a6), odd(a5, a7));
    [
        even(b0, b4),
        even(b1, b5),
        even(b2, b6),
        even(b3, b7),
        odd(b0, b4),
        odd(b1, b5),
        odd(b2, b6),
        odd(b3, b7),
    ]
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn product(a: &Number<Vector>, b: &Number<Vector>) -> Loose<Vector> {
    a.times(b)
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn square(a: &Number<Vector>) -> Loose<Vector> {
    a.squared()
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn product_sum(
    a: &Number<Vector>,
    b: &Number<Vector>,
    c: &Number<Vector>,
    d: &Number<Vector>,
) -> Loose<Vector> {
    a.times_plus(b, c, d)
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn generator_table(generator: &Row) -> Box<[Row; GENERATOR_MULTIPLES]> {
    multiply::generator_table::<Vector>(generator)
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn matches(
    table: &[Row; GENERATOR_MULTIPLES],
    order: &Words,
    batch: &[Lane; 8],
    r: &[Words; 8],
) -> [Option<bool>; 8] {
    multiply::matches::<Vector>(table, order, batch, r)
}

/// On a processor that has the instructions, real or emulated: tests/emulator/run.sh.
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Vector;
    use crate::batch::{
        lanes::{Lanes, Portable},
        table_of_sound,
        tests::{cases, instructions, numbers::*},
    };

    #[test]
    fn the_instructions_pass_the_test_before_their_first_use() {
        if let Some(ifma) = instructions() {
            assert!(table_of_sound(ifma).is_some());
        }
    }

    #[test]
    fn zero_and_p_are_zero_and_their_neighbours_are_not() {
        if instructions().is_some() {
            check_zeros::<Vector>();
        }
    }

    /// Operations on any rows by vectors; the same by the portable lanes.
    fn check_operations(rows: &[[u64; 8]; 8], bits: u32, mask: u8) {
        let a = Vector::from_rows(rows.each_ref());
        let b = Portable::from_rows(rows.each_ref());
        let operations = |a: [Vector; 8], b: [Portable; 8]| {
            let a = [
                a[0].add(a[1]),
                a[0].sub(a[1]).and(a[2]),
                a[2].or(a[3]),
                a[3].shift_left(bits),
                a[4].shift_right(bits),
                a[5].madd_low(a[6], a[7]),
                a[5].madd_high(a[6], a[7]),
                a[0].replace(mask, Vector::splat(rows[0][0])),
            ];
            let b = [
                b[0].add(b[1]),
                b[0].sub(b[1]).and(b[2]),
                b[2].or(b[3]),
                b[3].shift_left(bits),
                b[4].shift_right(bits),
                b[5].madd_low(b[6], b[7]),
                b[5].madd_high(b[6], b[7]),
                b[0].replace(mask, Portable::splat(rows[0][0])),
            ];
            (Vector::to_rows(a), Portable::to_rows(b))
        };
        let (by_vectors, by_model) = operations(a, b);
        assert_eq!(by_vectors, by_model);
        // Lanes that happen to be equal are equal on both sides of the mask.
        let same = b[0].equal(b[1]);
        let changed = a[0].replace(mask, a[1]);
        assert_eq!(changed.equal(a[1]), mask | same);
        assert_eq!(changed.equal(a[0]), !mask | same);
    }

    proptest! {
        #![proptest_config(cases(64))]

        #[test]
        fn each_operation_agrees_with_the_portable_one(
            rows in any::<[[u64; 8]; 8]>(),
            bits in 0..64u32,
            mask: u8,
        ) {
            if instructions().is_some() {
                check_operations(&rows, bits, mask);
            }
        }

        #[test]
        fn words_come_back_reduced(words in prop::array::uniform8(any_words())) {
            if instructions().is_some() {
                check_conversion::<Vector>(&words);
            }
        }

        #[test]
        fn arithmetic_on_any_limbs_agrees_with_plain_integers(
            a in prop::array::uniform8(any_limbs()),
            b in prop::array::uniform8(any_limbs()),
        ) {
            if instructions().is_some() {
                check_arithmetic::<Vector>(&a, &b);
            }
        }

        #[test]
        fn inverses_agree_with_plain_integers(words in prop::array::uniform8(any_words())) {
            if instructions().is_some() {
                check_inversion::<Vector>(&words);
            }
        }
    }
}
