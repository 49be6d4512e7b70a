//! One deadline for a whole exchange, kept by a clock that only goes forward.

use std::time::{Duration, Instant};

use crate::{Error, Stage};

/// When everything must be over: name, connection, redirects, repetitions, body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    ends: Option<Instant>,
    whole: Duration,
}

impl Deadline {
    pub(crate) fn starting_now(whole: Duration) -> Self {
        Self {
            // A deadline that the clock cannot express is none.
            ends: Instant::now().checked_add(whole),
            whole,
        }
    }

    /// Time left for `stage`; never zero.
    pub(crate) fn left(&self, stage: Stage) -> Result<Duration, Error> {
        let left = match self.ends {
            Some(ends) => ends.saturating_duration_since(Instant::now()),
            None => Duration::MAX,
        };
        if left.is_zero() {
            return Err(self.missed(stage));
        }
        Ok(left)
    }

    /// True if more than this much time is left.
    pub(crate) fn allows(&self, pause: Duration) -> bool {
        self.ends
            .is_none_or(|ends| ends.saturating_duration_since(Instant::now()) > pause)
    }

    /// The error of whoever was busy with `stage` when time ran out.
    pub(crate) fn missed(&self, stage: Stage) -> Error {
        Error::Timeout {
            stage,
            limit: self.whole,
        }
    }
}
