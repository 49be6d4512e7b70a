//! Days of validity as people of Kazakhstan write them.

use time::{OffsetDateTime, UtcOffset};

/// 2024-03-01T00:00:00+06:00: from then on the whole country keeps UTC+5.
const ONE_ZONE_SINCE: i64 = 1_709_229_600;

/// `dd.MM.yyyy` in the Almaty time zone; a dash for a moment no calendar has.
pub(crate) fn day(unix: i64) -> String {
    let hours = if unix < ONE_ZONE_SINCE { 6 } else { 5 };
    let local = UtcOffset::from_hms(hours, 0, 0)
        .ok()
        .zip(OffsetDateTime::from_unix_timestamp(unix).ok())
        .and_then(|(offset, moment)| moment.checked_to_offset(offset));
    match local {
        Some(moment) => format!(
            "{:02}.{:02}.{:04}",
            moment.day(),
            u8::from(moment.month()),
            moment.year()
        ),
        None => "—".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_almaty() {
        assert_eq!(day(0), "01.01.1970");
        // 2024-01-31T18:00:00Z is already February at UTC+6.
        assert_eq!(day(1_706_724_000), "01.02.2024");
        // 2024-12-31T18:59:59Z and one second later, at UTC+5.
        assert_eq!(day(1_735_671_599), "31.12.2024");
        assert_eq!(day(1_735_671_600), "01.01.2025");
    }

    #[test]
    fn a_moment_outside_the_calendar_is_a_dash() {
        assert_eq!(day(i64::MAX), "—");
        assert_eq!(day(i64::MIN), "—");
    }
}
