//! Writing DER (X.690 section 10), just what SignedData needs.

use const_oid::ObjectIdentifier;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// `[0]` constructed: EXPLICIT, or IMPLICIT of a constructed type.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[1]` constructed.
pub(crate) const CONTEXT_1: u8 = 0xa1;

/// NULL, complete.
pub(crate) const NULL: [u8; 2] = [0x05, 0x00];

/// One element: tag, minimal length, the concatenated parts.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let skip = bytes.iter().take_while(|byte| **byte == 0).count();
        out.push(0x80 | (bytes.len() - skip) as u8);
        out.extend_from_slice(&bytes[skip..]);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
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
