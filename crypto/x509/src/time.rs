//! Moments, without a clock.

use std::time::{Duration, SystemTime};

use der::DateTime;

/// Seconds since 1970-01-01T00:00:00Z; negative before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Reads `2022-06-15T05:01:09Z`, the only form of RFC 3339 written here; `None` for anything else.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        text.parse::<DateTime>()
            .ok()
            .map(|time| Self::from_duration(time.unix_duration()))
    }

    /// `2022-06-15T05:01:09Z`; `None` outside the years 1970 to 9999.
    pub fn to_rfc3339(self) -> Option<String> {
        let since_epoch = Duration::from_secs(u64::try_from(self.0).ok()?);
        DateTime::from_unix_duration(since_epoch)
            .ok()
            .map(|time| time.to_string())
    }

    /// UTCTime or GeneralizedTime, already decoded (RFC 5280 section 4.1.2.5).
    pub(crate) fn from_x509(time: x509_cert::time::Time) -> Self {
        Self::from_duration(time.to_unix_duration())
    }

    /// This many seconds later, at most the end of the scale.
    pub(crate) fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    pub(crate) fn from_duration(since_epoch: Duration) -> Self {
        Self(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
    }
}

/// A moment read by somebody else from a clock; before 1970 it becomes 1970, when no certificate was valid.
impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        Self::from_duration(
            time.duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_goes_both_ways() {
        let time = UnixTime::from_rfc3339("2022-06-15T05:01:09Z").unwrap();
        assert_eq!(time, UnixTime(1_655_269_269));
        assert_eq!(time.to_rfc3339().unwrap(), "2022-06-15T05:01:09Z");
    }

    #[test]
    fn a_clock_before_1970_reads_1970() {
        let second = Duration::from_secs(1);
        assert_eq!(UnixTime::from(SystemTime::UNIX_EPOCH + second), UnixTime(1));
        assert_eq!(UnixTime::from(SystemTime::UNIX_EPOCH - second), UnixTime(0));
    }

    #[test]
    fn other_forms_and_other_years_are_none() {
        assert_eq!(UnixTime::from_rfc3339("2022-06-15 05:01:09"), None);
        assert_eq!(UnixTime::from_rfc3339("2022-02-30T00:00:00Z"), None);
        assert_eq!(UnixTime(-1).to_rfc3339(), None);
    }
}
