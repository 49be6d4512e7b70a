//! A DER writer of a dozen lines, so that wrong certificates can be made as easily as right ones.

use tamga_scheme::ObjectIdentifier;
use tamga_x509::UnixTime;
use x509_cert::der::{DateTime, Encode, asn1::GeneralizedTime, asn1::UtcTime};

/// One element: identifier octet, minimal definite length, content.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let start = bytes
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(bytes.len() - 1);
        out.push(0x80 | (bytes.len() - start) as u8);
        out.extend_from_slice(&bytes[start..]);
    }
    out.extend_from_slice(content);
    out
}

/// Elements one after the other inside `tag`.
pub(crate) fn constructed(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag, &parts.concat())
}

/// SEQUENCE.
pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    constructed(0x30, parts)
}

/// OBJECT IDENTIFIER.
pub(crate) fn oid(value: ObjectIdentifier) -> Vec<u8> {
    tlv(0x06, value.as_bytes())
}

/// INTEGER from big-endian content octets that are already minimal and positive.
pub(crate) fn integer(content: &[u8]) -> Vec<u8> {
    tlv(0x02, content)
}

/// OCTET STRING.
pub(crate) fn octet_string(content: &[u8]) -> Vec<u8> {
    tlv(0x04, content)
}

/// BIT STRING without unused bits.
pub(crate) fn bit_string(content: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], content].concat())
}

/// BOOLEAN TRUE.
pub(crate) fn yes() -> Vec<u8> {
    tlv(0x01, &[0xff])
}

/// AlgorithmIdentifier with the explicit NULL the NCA writes.
pub(crate) fn algorithm(value: ObjectIdentifier) -> Vec<u8> {
    sequence(&[oid(value), tlv(0x05, &[])])
}

/// GeneralizedTime without a fraction, as OCSP wants it.
///
/// # Panics
/// Before 1970 and after 9999.
pub(crate) fn generalized_time(at: UnixTime) -> Vec<u8> {
    let encoded = GeneralizedTime::from_date_time(moment(at)).to_der();
    encoded.expect("a time within range encodes")
}

/// Time: UTCTime before 2050, GeneralizedTime from then on (RFC 5280 section 4.1.2.5).
///
/// # Panics
/// Before 1970 and after 9999.
pub(crate) fn time(at: UnixTime) -> Vec<u8> {
    let moment = moment(at);
    let encoded = if moment.year() < 2050 {
        UtcTime::from_date_time(moment).and_then(|time| time.to_der())
    } else {
        GeneralizedTime::from_date_time(moment).to_der()
    };
    encoded.expect("a time within range encodes")
}

fn moment(at: UnixTime) -> DateTime {
    let seconds = u64::try_from(at.0).expect("the test CA works after 1970");
    DateTime::from_unix_duration(std::time::Duration::from_secs(seconds))
        .expect("the test CA works before 9999")
}
