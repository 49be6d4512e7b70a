//! Modified UTF-8, the form Java writes strings in.
//!
//! UTF-16 units stand in one, two or three octets each: characters outside of the Basic Multilingual Plane are two
//! surrogates of three octets, U+0000 is C0 80 (Java SE 17, `java.io.DataInput`, "Modified UTF-8").

/// The text, or `None` if the octets are none.
///
/// Like Java's own reader, units may take more octets than they need. Surrogates without their other half are no text.
pub(super) fn decode(octets: &[u8]) -> Option<String> {
    let mut units = Vec::with_capacity(octets.len());
    let mut rest = octets;
    loop {
        let (unit, behind) = match *rest {
            [] => return String::from_utf16(&units).ok(),
            [a @ 0..=0x7f, ..] => (u16::from(a), &rest[1..]),
            [a @ 0xc0..=0xdf, b @ 0x80..=0xbf, ..] => {
                (bits(a, 0x1f) << 6 | bits(b, 0x3f), &rest[2..])
            }
            [a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..] => (
                bits(a, 0x0f) << 12 | bits(b, 0x3f) << 6 | bits(c, 0x3f),
                &rest[3..],
            ),
            _ => return None,
        };
        units.push(unit);
        rest = behind;
    }
}

fn bits(octet: u8, mask: u8) -> u16 {
    u16::from(octet & mask)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[track_caller]
    fn check(octets: &[u8], expected: Option<&str>) {
        assert_eq!(decode(octets).as_deref(), expected, "{octets:02x?}");
    }

    #[test]
    fn units_take_one_two_or_three_octets() {
        check(b"", Some(""));
        check(b"key-1", Some("key-1"));
        check("Қайрат".as_bytes(), Some("Қайрат"));
        check("€".as_bytes(), Some("€"));
        check(b"a\xc0\x80b", Some("a\0b"));
        // U+1F600 as D83D DE00.
        check(b"\xed\xa0\xbd\xed\xb8\x80", Some("😀"));
    }

    #[test]
    fn octets_that_are_no_text_are_refused() {
        // Cut off, or without a first octet.
        check(b"\xd2", None);
        check(b"\xe2\x82", None);
        check(b"\x9a", None);
        check(b"\xd2a", None);
        check(b"\xe2\x82a", None);
        // Four octets, as ordinary UTF-8 has them.
        check("😀".as_bytes(), None);
        // Half of a surrogate pair.
        check(b"\xed\xa0\xbd", None);
        check(b"\xed\xb8\x80\xed\xa0\xbd", None);
    }
}
