//! What an implementation in Rust gives to the line protocol: work to be measured.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use crate::{
    algorithm::{Operation, Subject},
    protocol::{Reply, Request},
};

/// Runs an operation as often as told: a multiple of [`Operation::at_once`].
pub type Work = Box<dyn FnMut(u64)>;

/// Keys, signatures and messages that measured work goes round: enough that branch prediction cannot learn one of them
/// by heart. The drivers in other languages use the same number.
pub const POOL: usize = 16;

/// An implementation that can be measured.
pub trait Driver {
    /// Library and version.
    fn about(&self) -> String;

    /// Makes keys and data ready, outside the measured time; nothing if there is no such operation.
    fn work(&self, operation: Operation, subject: Subject) -> Option<Work>;
}

/// Answers requests until `requests` ends.
///
/// # Errors
/// Those of the streams.
pub fn serve(
    driver: &impl Driver,
    requests: impl BufRead,
    mut replies: impl Write,
) -> io::Result<()> {
    for line in requests.lines() {
        writeln!(replies, "{}", answer(driver, &line?))?;
        replies.flush()?;
    }
    Ok(())
}

fn answer(driver: &impl Driver, line: &str) -> Reply {
    match line.parse() {
        Ok(Request::About) => Reply::About(driver.about()),
        Ok(Request::Bench {
            operation,
            subject,
            iterations,
        }) => driver
            .work(operation, subject)
            .map_or(Reply::Unsupported, |work| {
                measure(
                    work,
                    iterations.next_multiple_of(operation.at_once() as u64),
                )
            }),
        Ok(_) => Reply::Unsupported,
        Err(_) => Reply::Error("the request is malformed".to_owned()),
    }
}

fn measure(mut work: Work, iterations: u64) -> Reply {
    let start = thread_time();
    work(iterations);
    let all = thread_time().saturating_sub(start);
    #[expect(
        clippy::cast_precision_loss,
        reason = "nanoseconds of one sample are far below 2^53"
    )]
    let each = all.as_nanos() as f64 / iterations as f64;
    Reply::Nanoseconds(each)
}

/// CPU time of this thread: other processes on the same core do not count.
#[cfg(unix)]
pub fn thread_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let now = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(clippy::cast_sign_loss, reason = "such a clock begins at zero")]
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Time since the first call: this system tells no CPU time of a thread, so others count.
#[cfg(not(unix))]
pub fn thread_time() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}
