//! What an implementation in Rust gives to the line protocol: work to be measured.

use std::io::{self, BufRead, Write};

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
    let start = thread_nanoseconds();
    work(iterations);
    let Some((start, end)) = start.zip(thread_nanoseconds()) else {
        return Reply::Error("this system tells no CPU time of a thread".to_owned());
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "nanoseconds of one sample are far below 2^53"
    )]
    let each = (end - start) as f64 / iterations as f64;
    Reply::Nanoseconds(each)
}

/// CPU time of this thread: other processes on the same core do not count.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn thread_nanoseconds() -> Option<i64> {
    use rustix::time::{ClockId, clock_gettime};

    let now = clock_gettime(ClockId::ThreadCPUTime);
    Some(now.tv_sec * 1_000_000_000 + now.tv_nsec)
}

#[cfg(not(unix))]
fn thread_nanoseconds() -> Option<i64> {
    None
}
