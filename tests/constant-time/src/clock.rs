//! The finest clock that can be read around one operation.

pub use read::{UNIT, start, stop};

/// The time stamp counter; Intel's "How to Benchmark Code Execution Times on Intel IA-32 and IA-64
/// Instruction Set Architectures" tells where the fences belong.
#[cfg(target_arch = "x86_64")]
mod read {
    #![expect(
        unsafe_code,
        reason = "the time stamp counter is read by intrinsics only"
    )]

    use core::arch::x86_64::{__rdtscp, _mm_lfence, _rdtsc};

    /// What one tick is.
    pub const UNIT: &str = "ticks of the time stamp counter";

    /// The time before an operation.
    #[inline]
    pub fn start() -> u64 {
        // SAFETY: SSE2 and the time stamp counter are part of x86-64; neither touches memory.
        unsafe {
            _mm_lfence(); // what was prepared is finished
            let now = _rdtsc();
            _mm_lfence(); // what is measured has not begun
            now
        }
    }

    /// The time after an operation.
    #[inline]
    pub fn stop() -> u64 {
        let mut processor = 0;
        // SAFETY: every x86-64 processor since 2008 has RDTSCP, which waits for earlier
        // instructions and writes to the local variable.
        unsafe {
            let now = __rdtscp(&raw mut processor);
            _mm_lfence(); // what follows has not begun
            now
        }
    }
}

/// The clock of the standard library.
#[cfg(not(target_arch = "x86_64"))]
mod read {
    use std::{sync::LazyLock, time::Instant};

    /// What one tick is.
    pub const UNIT: &str = "nanoseconds";

    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

    /// The time before an operation.
    #[inline]
    pub fn start() -> u64 {
        stop()
    }

    /// The time after an operation.
    #[inline]
    pub fn stop() -> u64 {
        u64::try_from(ORIGIN.elapsed().as_nanos()).expect("five hundred years fit")
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    /// Shortest of several runs of a chain of dependent additions.
    fn shortest(length: u64) -> u64 {
        (0..50)
            .map(|_| {
                let begin = start();
                let mut sum = 0u64;
                for step in 0..length {
                    sum = black_box(sum ^ step);
                }
                black_box(sum);
                stop() - begin
            })
            .min()
            .expect("fifty runs")
    }

    #[test]
    fn longer_work_takes_more_ticks() {
        assert!(shortest(100_000) > 5 * shortest(10_000));
    }
}
