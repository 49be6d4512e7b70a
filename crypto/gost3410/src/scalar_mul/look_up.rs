//! Reading one entry of a table without showing which.
#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "calling the AVX2 twin needs the proof that the processor has it"
    )
)]

#[cfg(target_arch = "x86_64")]
use crate::arithmetic;
use crate::{Curve, opaque, point::Affine};

/// Sets `entry` to `row[index]`; reads every entry, so neither time nor addresses depend on the
/// index.
pub(super) fn look_up<C: Curve>(row: &[Affine<C>], index: u8, entry: &mut Affine<C>) {
    #[cfg(target_arch = "x86_64")]
    if arithmetic::avx2().is_some() {
        // SAFETY: the token says that the processor has AVX2.
        unsafe { with_avx2(row, index, entry) };
        return;
    }
    portable(row, index, entry);
}

/// The same, compiled for registers twice as wide.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2<C: Curve>(row: &[Affine<C>], index: u8, entry: &mut Affine<C>) {
    portable(row, index, entry);
}

#[inline(always)]
fn portable<C: Curve>(row: &[Affine<C>], index: u8, found: &mut Affine<C>) {
    let mut sum = Affine::default();
    for (candidate, entry) in (0u8..).zip(row) {
        // Opaque also keeps the compiler from working on several entries at once, for which it
        // would shuffle more than it saves.
        sum.gather(entry, opaque::mask(candidate == index));
    }
    *found = sum;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tc26A512;

    #[test]
    fn every_index_gives_its_entry_both_ways() {
        let multiples = <Tc26A512 as crate::curve::Parameters>::generator_multiples();
        let row = multiples.of_one();
        for (index, entry) in (0u8..).zip(row) {
            let mut found = Affine::GENERATOR.neg();
            portable(row, index, &mut found);
            assert_eq!(&found, entry);
            found = Affine::GENERATOR.neg();
            look_up(row, index, &mut found);
            assert_eq!(&found, entry);
        }
    }
}
