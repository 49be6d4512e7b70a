//! Moments as people and programs read them.

use tamga_x509::UnixTime;

/// `2026-05-08T06:30:00Z`; the bare number of seconds where the calendar ends.
pub(crate) fn moment(at: UnixTime) -> String {
    at.to_rfc3339().unwrap_or_else(|| at.0.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(moment(UnixTime(0)), "1970-01-01T00:00:00Z");
        assert_eq!(moment(UnixTime(i64::MAX)), i64::MAX.to_string());
    }
}
