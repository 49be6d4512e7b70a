//! Time ::= CHOICE { UTCTime, GeneralizedTime } of the signing-time attribute (RFC 5652 section 11.3).

use std::time::Duration;

use der::asn1::{GeneralizedTime, UtcTime};
use der::{DateTime, Decode, Encode};
use tamga_x509::UnixTime;

use crate::walk::Element;
use crate::{Error, encode};

/// First second that must be written as GeneralizedTime: 2050-01-01T00:00:00Z.
const GENERALIZED_FROM: UnixTime = UnixTime(2_524_608_000);

/// Writes the time: UTCTime through 2049, GeneralizedTime from 2050 on.
pub(crate) fn write(time: UnixTime) -> Result<Vec<u8>, Error> {
    let outside = |_| Error::SigningTime(time);
    let seconds = u64::try_from(time.0).map_err(|_| Error::SigningTime(time))?;
    let moment = DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(outside)?;
    if time < GENERALIZED_FROM {
        UtcTime::from_date_time(moment)
            .and_then(|time| time.to_der())
            .map_err(outside)
    } else {
        GeneralizedTime::from_date_time(moment)
            .to_der()
            .map_err(outside)
    }
}

/// Reads the time; only the forms with seconds and `Z`.
pub(crate) fn read(value: &Element<'_>) -> Result<UnixTime, Error> {
    let duration = match value.tag {
        encode::UTC_TIME => UtcTime::from_der(value.whole).map(|time| time.to_unix_duration()),
        encode::GENERALIZED_TIME => {
            GeneralizedTime::from_der(value.whole).map(|time| time.to_unix_duration())
        }
        _ => {
            return Err(Error::Malformed {
                field: "signingTime",
            });
        }
    };
    let seconds = duration
        .map_err(|_| Error::Malformed {
            field: "signingTime",
        })?
        .as_secs();
    i64::try_from(seconds)
        .map(UnixTime)
        .map_err(|_| Error::Malformed {
            field: "signingTime",
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_changes_with_the_year_2050() {
        assert_eq!(
            write(UnixTime(2_524_607_999)),
            Ok(b"\x17\x0d491231235959Z".to_vec())
        );
        assert_eq!(
            write(UnixTime(2_524_608_000)),
            Ok(b"\x18\x0f20500101000000Z".to_vec())
        );
    }

    #[test]
    fn times_before_1970_are_refused() {
        assert_eq!(write(UnixTime(-1)), Err(Error::SigningTime(UnixTime(-1))));
    }
}
