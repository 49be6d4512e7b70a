//! Writing DER (X.690 section 10), just what SignedData needs.

use const_oid::ObjectIdentifier;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]` constructed: EXPLICIT, or IMPLICIT of a constructed type.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[1]` constructed.
pub(crate) const CONTEXT_1: u8 = 0xa1;
/// OCTET STRING cut into segments, in BER only.
pub(crate) const OCTET_STRING_SEGMENTS: u8 = 0x24;

/// NULL, complete.
pub(crate) const NULL: [u8; 2] = [0x05, 0x00];

/// One element: tag, minimal length, the concatenated parts.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    push_header(&mut out, tag, length as u64);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// Appends a tag and a minimal length.
pub(crate) fn push_header(out: &mut Vec<u8>, tag: u8, length: u64) {
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let skip = bytes.iter().take_while(|byte| **byte == 0).count();
        out.push(0x80 | (bytes.len() - skip) as u8);
        out.extend_from_slice(&bytes[skip..]);
    }
}

/// How many octets [`push_header`] appends.
pub(crate) fn header_len(length: u64) -> u64 {
    match length {
        0..0x80 => 2,
        _ => 2 + (u64::from(length.ilog2()) / 8 + 1),
    }
}

/// True if `bytes` begin with this tag and a length with which the element takes `whole` bytes.
pub(crate) fn starts_with_header(bytes: &[u8], tag: u8, whole: u64) -> bool {
    let [first, length, rest @ ..] = bytes else {
        return false;
    };
    if *first != tag {
        return false;
    }
    let (count, content) = match usize::from(*length) {
        short @ 0..0x80 => (0, short as u64),
        // Indefinite or with leading zeros: another reader may take it for such an element.
        long => {
            let count = long & 0x7f;
            if count == 0 {
                return true;
            }
            let Some(octets) = rest.get(..count) else {
                return true;
            };
            let content = octets.iter().fold(0_u64, |sum, octet| {
                sum.saturating_mul(0x100).saturating_add((*octet).into())
            });
            (count as u64, content)
        }
    };
    content.saturating_add(2 + count) == whole
}

/// Content octets of the INTEGER of a number that is not negative, from its octets, most significant first, with any
/// leading zeros.
pub(crate) fn unsigned(octets: &[u8]) -> Vec<u8> {
    let skip = octets.iter().take_while(|octet| **octet == 0).count();
    match &octets[skip..] {
        [] => vec![0],
        digits @ [0x80..=0xff, ..] => [&[0], digits].concat(),
        digits => digits.to_vec(),
    }
}

/// SET OF in DER order: members sorted by their encodings (X.690 section 11.6).
pub(crate) fn set_of<T: AsRef<[u8]>>(tag: u8, members: &mut [T]) -> Vec<u8> {
    members.sort_by(|a, b| a.as_ref().cmp(b.as_ref()));
    let parts: Vec<&[u8]> = members.iter().map(AsRef::as_ref).collect();
    element(tag, &parts)
}

/// OBJECT IDENTIFIER.
pub(crate) fn object_identifier(oid: ObjectIdentifier) -> Vec<u8> {
    element(OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

/// AlgorithmIdentifier with NULL parameters, as the national profile always writes it.
pub(crate) fn algorithm(oid: ObjectIdentifier) -> Vec<u8> {
    element(SEQUENCE, &[&object_identifier(oid), &NULL])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal_at_every_step() {
        assert_eq!(element(OCTET_STRING, &[&[0; 0x7f]])[..2], [0x04, 0x7f]);
        assert_eq!(
            element(OCTET_STRING, &[&[0; 0x80]])[..3],
            [0x04, 0x81, 0x80]
        );
        assert_eq!(
            element(OCTET_STRING, &[&[0; 0x100]])[..4],
            [0x04, 0x82, 0x01, 0x00]
        );
    }

    #[test]
    fn the_length_of_a_header_is_known_before_it_is_written() {
        for length in [
            0,
            0x7f,
            0x80,
            0xff,
            0x100,
            0xffff,
            0x1_0000,
            0xff_ffff,
            u64::MAX,
        ] {
            let mut out = Vec::new();
            push_header(&mut out, SEQUENCE, length);
            assert_eq!(out.len() as u64, header_len(length), "{length:#x}");
        }
    }

    #[test]
    fn integers_are_minimal_and_not_negative() {
        assert_eq!(unsigned(&[]), [0]);
        assert_eq!(unsigned(&[0, 0]), [0]);
        assert_eq!(unsigned(&[0, 0x7f]), [0x7f]);
        assert_eq!(unsigned(&[0x80]), [0, 0x80]);
    }

    #[test]
    fn a_set_is_sorted_by_its_encodings() {
        let mut members = [
            vec![0x04, 0x01, 0x02],
            vec![0x02, 0x01, 0x05],
            vec![0x04, 0x01, 0x01],
        ];
        assert_eq!(
            set_of(SET, &mut members),
            [0x31, 9, 0x02, 1, 5, 0x04, 1, 1, 0x04, 1, 2]
        );
    }
}
