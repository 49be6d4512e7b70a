//! Which instructions this process uses: those of every processor, or the fast ones of this one.
//!
//! The results are the same, so the choice shows in time only. It is made once, from what the
//! processor reports, and then costs a load and a predictable branch for every use.

use core::sync::atomic::{AtomicU8, Ordering};

/// A way to multiply residues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arithmetic {
    /// MULX, ADCX and ADOX of x86-64: Intel since Broadwell (2014), AMD since Zen (2017).
    Adx,
    /// Plain Rust, on every processor.
    Portable,
}

/// How residues are multiplied now.
pub fn current() -> Arithmetic {
    match adx() {
        Some(_) => Arithmetic::Adx,
        None => Arithmetic::Portable,
    }
}

/// Keeps this process on plain Rust (`true`), or lets the processor decide again (`false`), as it
/// does from the start.
///
/// For tests, measurements and audits, which need both ways on one machine. It is safe at any time,
/// also while other threads sign: each operation ends as it began, and no result changes.
pub fn use_portable(portable: bool) {
    let choice = if portable { DECIDED } else { UNDECIDED };
    CHOICE.store(choice, Ordering::Relaxed);
}

/// The processor has BMI2 and ADX: only this file can say so, after asking it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adx(());

/// Permission to use MULX, ADCX and ADOX; none if the processor lacks them or is not to use them.
#[inline(always)]
pub(crate) fn adx() -> Option<Adx> {
    permitted(ADX).then_some(Adx(()))
}

/// Whether AVX2 may be used: the processor has it, and is not kept on plain Rust.
#[inline(always)]
pub(crate) fn avx2() -> bool {
    permitted(AVX2)
}

/// What the processor has, whatever [`use_portable`] asked for.
#[cfg(test)]
pub(crate) fn detected_adx() -> Option<Adx> {
    (detect() & ADX != 0).then_some(Adx(()))
}

#[inline(always)]
fn permitted(instructions: u8) -> bool {
    let choice = CHOICE.load(Ordering::Relaxed);
    choice & instructions != 0 || (choice == UNDECIDED && decide() & instructions != 0)
}

#[cold]
fn decide() -> u8 {
    let found = detect();
    // A choice that another thread made meanwhile stays; this use may still follow the processor.
    let _ = CHOICE.compare_exchange(UNDECIDED, found, Ordering::Relaxed, Ordering::Relaxed);
    found
}

fn detect() -> u8 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::is_x86_feature_detected as has;
        let adx = if has!("adx") && has!("bmi2") { ADX } else { 0 };
        let avx2 = if has!("avx2") { AVX2 } else { 0 };
        DECIDED | adx | avx2
    }
    #[cfg(not(target_arch = "x86_64"))]
    DECIDED
}

/// The choice so far. No other memory depends on it, so relaxed accesses suffice.
static CHOICE: AtomicU8 = AtomicU8::new(UNDECIDED);

const UNDECIDED: u8 = 0;
const DECIDED: u8 = 1;
const ADX: u8 = 2;
const AVX2: u8 = 4;

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::field::{Crandall, Residue};

    /// 3^(2^1000), each step a square and a product.
    fn power() -> Crandall<8, 569> {
        let mut power = Crandall::ONE.triple();
        for _ in 0..1000 {
            let square = power.square();
            assert_eq!(square, power.mul(&power));
            power = square;
        }
        power
    }

    // One test, because the choice belongs to the whole process.
    #[test]
    fn the_processor_decides_unless_plain_rust_is_asked_for_and_no_result_changes() {
        let found = match detected_adx() {
            Some(_) => Arithmetic::Adx,
            None => Arithmetic::Portable,
        };
        let found_avx2 = detect() & AVX2 != 0;
        assert_eq!((current(), avx2()), (found, found_avx2));
        let expected = power();

        use_portable(true);
        assert_eq!((current(), avx2()), (Arithmetic::Portable, false));
        assert_eq!(power(), expected);

        let computing = thread::spawn(|| (0..50).map(|_| power()).collect::<Vec<_>>());
        let mut portable = false;
        while !computing.is_finished() {
            use_portable(portable);
            portable = !portable;
        }
        assert_eq!(computing.join().expect("no panic"), [expected; 50]);

        use_portable(false);
        assert_eq!((current(), avx2()), (found, found_avx2));
    }
}
