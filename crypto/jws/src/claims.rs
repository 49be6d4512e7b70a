//! The claims of a JWT (RFC 7519 section 4).

use std::time::Duration;

use serde_json::{Map, Value};
use tamga_x509::UnixTime;

use crate::{Error, Limits, json};

/// A payload that is a JSON object.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    expires: Option<UnixTime>,
    not_before: Option<UnixTime>,
    issued_at: Option<UnixTime>,
    members: Map<String, Value>,
}

/// Why a token is not to be used at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// `exp` is reached.
    #[error("expired at {expires:?}, it is {at:?}")]
    Expired {
        /// `exp`
        expires: UnixTime,
        /// Time of the check.
        at: UnixTime,
    },
    /// `iat` lies ahead: the issuer's clock or ours is wrong.
    #[error("issued at {issued_at:?}, it is {at:?}")]
    IssuedLater {
        /// `iat`
        issued_at: UnixTime,
        /// Time of the check.
        at: UnixTime,
    },
    /// `nbf` lies ahead.
    #[error("not to be used before {not_before:?}, it is {at:?}")]
    NotYet {
        /// `nbf`
        not_before: UnixTime,
        /// Time of the check.
        at: UnixTime,
    },
}

impl Claims {
    /// Reads a payload; check the signature first.
    ///
    /// # Errors
    /// [`Error::Json`], [`Error::DuplicateMember`], [`Error::TooDeep`]; [`Error::Member`] for `exp`, `nbf` or `iat`
    /// that are no numbers of seconds since 1970.
    pub fn parse(payload: &[u8], limits: &Limits) -> Result<Self, Error> {
        if payload.len() > limits.size {
            return Err(Error::TooLarge {
                what: "bytes",
                limit: limits.size,
            });
        }
        let members = json::object(payload, "payload", limits)?;
        Ok(Self {
            expires: date(&members, "exp")?,
            not_before: date(&members, "nbf")?,
            issued_at: date(&members, "iat")?,
            members,
        })
    }

    /// `exp`: from this second on the token is not to be used.
    pub fn expires(&self) -> Option<UnixTime> {
        self.expires
    }

    /// `nbf`: before this second the token is not to be used.
    pub fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// `iat`: when the issuer says it was made.
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.issued_at
    }

    /// All members.
    pub fn members(&self) -> &Map<String, Value> {
        &self.members
    }

    /// Compares the dates with a time; `tolerance` is for clocks that differ, whole seconds count. Dates that are not
    /// there are not missed: demand them of [`Self::expires`] where a policy wants them.
    ///
    /// # Errors
    /// The first date that forbids use: `nbf`, `iat`, `exp`.
    pub fn check_time(&self, at: UnixTime, tolerance: Duration) -> Result<(), TimeError> {
        let tolerance = i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX);
        let latest = at.0.saturating_add(tolerance);
        let earliest = at.0.saturating_sub(tolerance);
        if let Some(not_before) = self.not_before.filter(|time| time.0 > latest) {
            return Err(TimeError::NotYet { not_before, at });
        }
        if let Some(issued_at) = self.issued_at.filter(|time| time.0 > latest) {
            return Err(TimeError::IssuedLater { issued_at, at });
        }
        if let Some(expires) = self.expires.filter(|time| time.0 <= earliest) {
            return Err(TimeError::Expired { expires, at });
        }
        Ok(())
    }
}

/// NumericDate (RFC 7519 section 2): seconds since 1970, fractions allowed. They are rounded up: whole seconds compare
/// with the next whole one as they do with the fraction.
fn date(members: &Map<String, Value>, name: &'static str) -> Result<Option<UnixTime>, Error> {
    /// Up to here every whole number is a double of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Some(value) = members.get(name) else {
        return Ok(None);
    };
    let seconds = value.as_number().and_then(|number| match number.as_i64() {
        Some(whole) => Some(whole),
        // The cast is exact within these bounds.
        None => number
            .as_f64()
            .map(f64::ceil)
            .filter(|seconds| (-EXACT..=EXACT).contains(seconds))
            .map(|seconds| seconds as i64),
    });
    match seconds {
        Some(seconds) => Ok(Some(UnixTime(seconds))),
        None => Err(Error::Member {
            name,
            expected: "a number of seconds since 1970",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(text: &str) -> Result<Claims, Error> {
        Claims::parse(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn dates_are_numbers_and_nothing_else() {
        let read = claims(r#"{"exp":1795165200,"nbf":1.5,"iat":-1,"iss":"a"}"#).expect("claims");
        assert_eq!(
            [read.expires(), read.not_before(), read.issued_at()],
            [
                Some(UnixTime(1_795_165_200)),
                Some(UnixTime(2)),
                Some(UnixTime(-1))
            ]
        );
        assert_eq!(read.members()["iss"], "a");
        for name in ["exp", "nbf", "iat"] {
            for value in [
                "\"1\"",
                "null",
                "true",
                "[]",
                "1e300",
                "-1e17",
                "18446744073709551615",
            ] {
                let error = claims(&format!("{{\"{name}\":{value}}}"));
                let expected = "a number of seconds since 1970";
                assert_eq!(
                    error,
                    Err(Error::Member { name, expected }),
                    "{name} {value}"
                );
            }
        }
    }

    #[test]
    fn each_date_decides_at_its_exact_second() {
        let at = |text: &str, at: i64, tolerance: u64| {
            let tolerance = Duration::from_secs(tolerance);
            claims(text)
                .expect("claims")
                .check_time(UnixTime(at), tolerance)
        };
        let time = UnixTime;
        assert_eq!(at(r#"{"exp":10}"#, 9, 0), Ok(()));
        assert_eq!(
            at(r#"{"exp":10}"#, 10, 0),
            Err(TimeError::Expired {
                expires: time(10),
                at: time(10)
            })
        );
        assert_eq!(at(r#"{"exp":10}"#, 14, 5), Ok(()));
        assert_eq!(
            at(r#"{"exp":10}"#, 15, 5),
            Err(TimeError::Expired {
                expires: time(10),
                at: time(15)
            })
        );
        assert_eq!(at(r#"{"exp":9.5}"#, 9, 0), Ok(()));
        assert_eq!(at(r#"{"nbf":10}"#, 10, 0), Ok(()));
        assert_eq!(
            at(r#"{"nbf":10}"#, 9, 0),
            Err(TimeError::NotYet {
                not_before: time(10),
                at: time(9)
            })
        );
        assert_eq!(
            at(r#"{"nbf":9.5}"#, 9, 0),
            Err(TimeError::NotYet {
                not_before: time(10),
                at: time(9)
            })
        );
        assert_eq!(at(r#"{"nbf":10}"#, 5, 5), Ok(()));
        assert_eq!(
            at(r#"{"iat":10}"#, 9, 0),
            Err(TimeError::IssuedLater {
                issued_at: time(10),
                at: time(9)
            })
        );
        assert_eq!(at(r#"{"iat":10}"#, 9, 1), Ok(()));
        assert_eq!(at("{}", i64::MAX, u64::MAX), Ok(()));
        assert_eq!(
            at(r#"{"exp":10,"nbf":20}"#, 15, 0),
            Err(TimeError::NotYet {
                not_before: time(20),
                at: time(15)
            })
        );
    }
}
