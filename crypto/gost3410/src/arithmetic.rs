//! Which instructions this process uses: those of every processor, or the fast ones of this one.
//!
//! The results are the same, so the choice shows in time only. It is made once, from what the
//! processor reports and, for multiplication, from whether it multiplies rightly; then it costs a
//! load and a predictable branch for every use.
//!
//! Only this file makes the tokens that permit fast instructions; whoever executes them has one.

use core::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use crate::field::adx_passes;

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
    if permitted(ADX) {
        Arithmetic::Adx
    } else {
        Arithmetic::Portable
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

/// The processor has BMI2 and ADX.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adx(());

/// The processor has AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

/// The processor has AVX-512 F and IFMA.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ifma(());

/// Permission to use MULX, ADCX and ADOX; none if the processor lacks them or is not to use them.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn adx() -> Option<Adx> {
    permitted(ADX).then_some(Adx(()))
}

/// Permission to use AVX2; likewise.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn avx2() -> Option<Avx2> {
    permitted(AVX2).then_some(Avx2(()))
}

/// Permission to use AVX-512 IFMA; likewise.
#[cfg(target_arch = "x86_64")]
pub(crate) fn ifma() -> Option<Ifma> {
    permitted(IFMA).then_some(Ifma(()))
}

/// What the processor says it has, whatever [`use_portable`] asked for and however it multiplies:
/// tests must see wrong products, not go another way.
#[cfg(all(test, target_arch = "x86_64"))]
pub(crate) fn detected_adx() -> Option<Adx> {
    has_adx().then_some(Adx(()))
}

/// What the processor says it has, whatever [`use_portable`] asked for.
#[cfg(all(test, target_arch = "x86_64"))]
pub(crate) fn detected_ifma() -> Option<Ifma> {
    has_ifma().then_some(Ifma(()))
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
        let adx = has_adx() && adx_passes(Adx(()));
        let kinds = [
            (ADX, adx),
            (AVX2, std::is_x86_feature_detected!("avx2")),
            (IFMA, has_ifma()),
        ];
        kinds
            .iter()
            .filter_map(|(kind, there)| there.then_some(kind))
            .fold(DECIDED, |choice, kind| choice | kind)
    }
    #[cfg(not(target_arch = "x86_64"))]
    DECIDED
}

#[cfg(target_arch = "x86_64")]
fn has_adx() -> bool {
    std::is_x86_feature_detected!("adx") && std::is_x86_feature_detected!("bmi2")
}

#[cfg(target_arch = "x86_64")]
fn has_ifma() -> bool {
    std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512ifma")
}

/// The choice so far. No other memory depends on it, so relaxed accesses suffice.
static CHOICE: AtomicU8 = AtomicU8::new(UNDECIDED);

const UNDECIDED: u8 = 0;
const DECIDED: u8 = 1;
const ADX: u8 = 2;
#[cfg(target_arch = "x86_64")]
const AVX2: u8 = 4;
#[cfg(target_arch = "x86_64")]
const IFMA: u8 = 8;

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::field::{Crandall, Residue};

    #[cfg(target_arch = "x86_64")]
    const KINDS: [u8; 3] = [ADX, AVX2, IFMA];
    #[cfg(not(target_arch = "x86_64"))]
    const KINDS: [u8; 1] = [ADX];

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
        let found = detect();
        let permitted_now = || KINDS.map(permitted);
        let decided = KINDS.map(|kind| found & kind != 0);
        assert_eq!(permitted_now(), decided);
        let adx = current() == Arithmetic::Adx;
        assert_eq!(adx, found & ADX != 0);
        let expected = power();

        use_portable(true);
        assert_eq!(current(), Arithmetic::Portable);
        assert_eq!(permitted_now(), [false; KINDS.len()]);
        assert_eq!(power(), expected);

        let computing = thread::spawn(|| (0..50).map(|_| power()).collect::<Vec<_>>());
        let mut portable = false;
        while !computing.is_finished() {
            use_portable(portable);
            portable = !portable;
        }
        assert_eq!(computing.join().expect("no panic"), [expected; 50]);

        use_portable(false);
        assert_eq!(permitted_now(), decided);
    }
}
