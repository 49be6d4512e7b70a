//! What a time-stamping authority signs (RFC 3161 section 2.4.2).

use const_oid::ObjectIdentifier;
use tamga_x509::UnixTime;

use crate::octets::Octets;
use crate::walk::{Element, Elements};
use crate::{Error, encode};

const FIELD: &str = "TSTInfo";

/// So many extensions are read at most.
const MAX_EXTENSIONS: usize = 64;

/// The statement of a time-stamping authority.
///
/// ```text
/// TSTInfo ::= SEQUENCE { version INTEGER { v1(1) }, policy TSAPolicyId, messageImprint MessageImprint, serialNumber INTEGER,
///     genTime GeneralizedTime, accuracy Accuracy OPTIONAL, ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL,
///     tsa [0] GeneralName OPTIONAL, extensions [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TstInfo {
    /// 1.
    pub version: u8,
    /// Policy of the authority.
    pub policy: ObjectIdentifier,
    /// Identifier of the imprint's digest.
    pub imprint_algorithm: ObjectIdentifier,
    /// Digest of what was stamped, in transmission order.
    pub imprint: Octets,
    /// Content octets of the serial number INTEGER; it may be negative.
    pub serial: Octets,
    /// The time, without its fraction of a second.
    pub gen_time: UnixTime,
    /// Nanoseconds after it; digits beyond the ninth are dropped.
    pub nanoseconds: u32,
    /// How exact the time is.
    pub accuracy: Option<Accuracy>,
    /// Tokens of this authority may be ordered by time whatever the accuracy.
    pub ordering: bool,
    /// Content octets of the nonce INTEGER; it may be negative.
    pub nonce: Option<Octets>,
    /// DER of the GeneralName of the authority.
    pub tsa: Option<Octets>,
    /// Extensions.
    pub extensions: Vec<TokenExtension>,
}

/// Deviation of the time, in each direction.
///
/// ```text
/// Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999) OPTIONAL }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Accuracy {
    /// Whole seconds.
    pub seconds: u32,
    /// Thousandths of a second.
    pub millis: u16,
    /// Millionths of a second.
    pub micros: u16,
}

/// An extension of a TSTInfo; none is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenExtension {
    /// Its type.
    pub oid: ObjectIdentifier,
    /// Who does not understand it must refuse the token.
    pub critical: bool,
    /// Content octets of extnValue.
    pub value: Octets,
}

impl TstInfo {
    /// Reads DER.
    pub(crate) fn read(der: &Octets) -> Result<Self, Error> {
        /// tsa [0] EXPLICIT GeneralName.
        const TSA: u8 = encode::CONTEXT_0;
        /// extensions [1] IMPLICIT.
        const EXTENSIONS: u8 = encode::CONTEXT_1;
        let mut outer = Elements::new(der, FIELD)?;
        let mut fields = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
        outer.finish()?;
        let version = fields.required(encode::INTEGER)?.version(FIELD)?;
        let policy = fields
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier(FIELD)?;
        let (imprint_algorithm, imprint) = fields.required(encode::SEQUENCE)?.imprint()?;
        let serial = fields.required(encode::INTEGER)?.integer(FIELD)?;
        let (gen_time, nanoseconds) = read_time(fields.required(encode::GENERALIZED_TIME)?.value)?;
        let accuracy = fields
            .optional(encode::SEQUENCE)?
            .map(|accuracy| Accuracy::read(&accuracy))
            .transpose()?;
        let ordering = fields
            .optional(encode::BOOLEAN)?
            .map(|ordering| ordering.boolean(FIELD))
            .transpose()?
            .unwrap_or(false);
        let nonce = fields
            .optional(encode::INTEGER)?
            .map(|nonce| nonce.integer(FIELD).map(|octets| der.share(octets)))
            .transpose()?;
        let tsa = fields.optional(TSA)?.map(|name| der.share(name.value));
        let extensions = match fields.optional(EXTENSIONS)? {
            Some(list) => read_extensions(&list, der)?,
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Self {
            version,
            policy,
            imprint_algorithm,
            imprint: der.share(imprint),
            serial: der.share(serial),
            gen_time,
            nanoseconds,
            accuracy,
            ordering,
            nonce,
            tsa,
            extensions,
        })
    }
}

impl Accuracy {
    fn read(element: &Element<'_>) -> Result<Self, Error> {
        let malformed = Error::Malformed { field: "Accuracy" };
        let mut inside = element.inside("Accuracy")?;
        let mut number = |tag| -> Result<u32, Error> {
            let Some(element) = inside.optional(tag)? else {
                return Ok(0);
            };
            match element.integer("Accuracy")? {
                [0x80..=0xff, ..] => Err(malformed.clone()),
                octets if octets.len() <= 5 => octets
                    .iter()
                    .try_fold(0_u32, |sum, octet| {
                        sum.checked_mul(0x100)?.checked_add((*octet).into())
                    })
                    .ok_or(malformed.clone()),
                _ => Err(malformed.clone()),
            }
        };
        let (seconds, millis, micros) = (number(encode::INTEGER)?, number(0x80)?, number(0x81)?);
        inside.finish()?;
        let below_thousand = |number: u32| {
            u16::try_from(number)
                .ok()
                .filter(|number| *number < 1000)
                .ok_or(malformed.clone())
        };
        Ok(Self {
            seconds,
            millis: below_thousand(millis)?,
            micros: below_thousand(micros)?,
        })
    }
}

/// `YYYYMMDDhhmmss[.s...]Z`: seconds are there, a fraction has no zeros at its end (RFC 3161 section 2.4.2).
fn read_time(text: &[u8]) -> Result<(UnixTime, u32), Error> {
    const SECONDS: usize = "YYYYMMDDhhmmss".len();
    let malformed = Error::Malformed { field: "genTime" };
    let (Some(whole), Some((b'Z', rest))) = (text.get(..SECONDS), text.split_last()) else {
        return Err(malformed);
    };
    let nanoseconds = match rest.get(SECONDS..) {
        Some([]) => 0,
        Some([b'.', digits @ .., last @ b'1'..=b'9']) => {
            if !digits.iter().all(u8::is_ascii_digit) {
                return Err(malformed);
            }
            digits
                .iter()
                .chain([last])
                .chain([&b'0'; 9])
                .take(9)
                .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
        }
        _ => return Err(malformed),
    };
    if !whole.iter().all(u8::is_ascii_digit) {
        return Err(malformed);
    }
    let part = |range: std::ops::Range<usize>| String::from_utf8_lossy(&whole[range]).into_owned();
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(8..10),
        part(10..12),
        part(12..14)
    );
    let time = UnixTime::from_rfc3339(&text).ok_or(malformed)?;
    Ok((time, nanoseconds))
}

fn read_extensions(list: &Element<'_>, owner: &Octets) -> Result<Vec<TokenExtension>, Error> {
    let mut found = Vec::new();
    let mut elements = list.inside(FIELD)?;
    while let Some(element) = elements.next()? {
        if found.len() == MAX_EXTENSIONS {
            return Err(Error::TooMany {
                what: "extensions",
                limit: MAX_EXTENSIONS,
            });
        }
        if element.tag != encode::SEQUENCE {
            return Err(Error::Malformed { field: FIELD });
        }
        let mut inside = element.inside(FIELD)?;
        let oid = inside
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier(FIELD)?;
        let critical = inside
            .optional(encode::BOOLEAN)?
            .map(|critical| critical.boolean(FIELD))
            .transpose()?
            .unwrap_or(false);
        let value = owner.share(inside.required(encode::OCTET_STRING)?.value);
        inside.finish()?;
        found.push(TokenExtension {
            oid,
            critical,
            value,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_seconds_and_perhaps_a_fraction() {
        let base = UnixTime(1_784_538_487);
        assert_eq!(read_time(b"20260720090807Z"), Ok((base, 0)));
        assert_eq!(read_time(b"20260720090807.5Z"), Ok((base, 500_000_000)));
        assert_eq!(read_time(b"20260720090807.001Z"), Ok((base, 1_000_000)));
        assert_eq!(
            read_time(b"20260720090807.1234567891Z"),
            Ok((base, 123_456_789))
        );
        for wrong in [
            &b"20260720090807"[..],
            b"202607200908Z",
            b"20260720090807.Z",
            b"20260720090807.50Z",
            b"20260720090807.0Z",
            b"20260720090807,5Z",
            b"20260720090807+0500",
            b"20261320090807Z",
            b"2026072009080xZ",
            b"20260720090807.x1Z",
            b"",
            b"Z",
        ] {
            assert!(
                read_time(wrong).is_err(),
                "{}",
                String::from_utf8_lossy(wrong)
            );
        }
    }

    /// TSTInfo with SHA-1 over nothing much, serial number -1, and these fields behind genTime.
    fn info(behind: &[u8]) -> Vec<u8> {
        let sha1 = [0x30, 7, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a];
        let imprint = encode::element(0x30, &[&sha1, &encode::element(4, &[&[9; 20]])]);
        encode::element(
            0x30,
            &[
                &[2, 1, 1, 6, 2, 0x2a, 3],
                &imprint,
                &[2, 1, 0xff],
                b"\x18\x0f20260720090807Z",
                behind,
            ],
        )
    }

    #[test]
    fn every_optional_field_is_read() {
        let behind = [
            &[0x30, 10, 2, 1, 1, 0x80, 2, 1, 0xf4, 0x81, 1, 7][..],
            &[1, 1, 0xff, 2, 1, 0xfe, 0xa0, 3, 0x82, 1, b'x'],
            &[0xa1, 12, 0x30, 10, 6, 2, 0x2a, 4, 1, 1, 0xff, 4, 1, 5],
        ]
        .concat();
        let read = TstInfo::read(&info(&behind).into()).unwrap();
        assert_eq!(*read.serial, [0xff]);
        assert_eq!(read.nonce.as_deref(), Some(&[0xfe][..]));
        let accuracy = Accuracy {
            seconds: 1,
            millis: 500,
            micros: 7,
        };
        assert_eq!(read.accuracy, Some(accuracy));
        assert!(read.ordering);
        assert_eq!(read.tsa.as_deref(), Some(&[0x82, 1, b'x'][..]));
        assert_eq!(read.extensions.len(), 1);
        assert!(read.extensions[0].critical);
        assert_eq!(*read.extensions[0].value, [5]);
    }

    #[test]
    fn none_of_them_is_needed_and_none_is_read_out_of_range() {
        let read = TstInfo::read(&info(&[]).into()).unwrap();
        assert_eq!(
            (read.accuracy, read.ordering, read.nonce),
            (None, false, None)
        );
        for wrong in [
            &[0x30, 4, 0x80, 2, 3, 0xe8][..],
            &[0x30, 3, 2, 1, 0xff],
            &[1, 1, 1],
            &[2, 2, 0, 1],
            &[2, 0],
            &[5, 0],
        ] {
            assert!(TstInfo::read(&info(wrong).into()).is_err(), "{wrong:02x?}");
        }
    }
}
