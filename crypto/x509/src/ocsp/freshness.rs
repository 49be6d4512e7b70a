//! Whether an answer is of the time asked.

use super::OcspError;
use crate::{UnixTime, revocation::CLOCK_TOLERANCE};

/// How old an answer may be. All values in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// How far clocks may differ, in both directions.
    pub clock_tolerance: i64,
    /// Greatest age of an answer that promises no nextUpdate: the national responders promise none.
    pub max_age: i64,
}

/// Five minutes of tolerance; an hour without a promise, because such answers are made when they are asked for.
impl Default for Freshness {
    fn default() -> Self {
        Self {
            clock_tolerance: CLOCK_TOLERANCE,
            max_age: 3_600,
        }
    }
}

impl Freshness {
    /// Checks thisUpdate ≤ `at` ≤ nextUpdate (RFC 6960 section 4.2.2.1), the tolerance given to both; without
    /// nextUpdate the age counts from thisUpdate.
    pub fn check(
        self,
        this_update: UnixTime,
        next_update: Option<UnixTime>,
        at: UnixTime,
    ) -> Result<(), OcspError> {
        self.check_made(this_update, at)?;
        let last = match next_update {
            Some(next_update) => next_update,
            None => this_update.plus_seconds(self.max_age),
        };
        if at <= last.plus_seconds(self.clock_tolerance) {
            return Ok(());
        }
        Err(match next_update {
            Some(next_update) => OcspError::Expired { next_update, at },
            None => OcspError::TooOld {
                this_update,
                at,
                max_age: self.max_age,
            },
        })
    }

    /// Checks that something was not made after `at`.
    pub(super) fn check_made(self, made: UnixTime, at: UnixTime) -> Result<(), OcspError> {
        if made <= at.plus_seconds(self.clock_tolerance) {
            Ok(())
        } else {
            Err(OcspError::FromTheFuture { made, at })
        }
    }
}
