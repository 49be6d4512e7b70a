//! Text strings and dates of a document (ISO 32000-1 sections 7.9.2 and 7.9.4, annex D.2).

use tamga_x509::UnixTime;

/// PDFDocEncoding where it is not ISO 8859-1: 0x18..=0x1f, 0x80..=0xa0, with 0xfffd for what is undefined.
const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
const SIGNS: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™',
    'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
];

/// Decodes a text string: UTF-16BE or UTF-8 by its byte order mark, PDFDocEncoding without.
pub(crate) fn read(text: &[u8]) -> String {
    if let Some(text) = text.strip_prefix(&[0xfe, 0xff]) {
        let units = text.chunks(2).map(|pair| match *pair {
            [high, low] => u16::from_be_bytes([high, low]),
            // Half a unit.
            _ => 0xfffd,
        });
        return char::decode_utf16(units)
            .map(|character| character.unwrap_or('\u{fffd}'))
            .collect();
    }
    if let Some(text) = text.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return String::from_utf8_lossy(text).into_owned();
    }
    text.iter()
        .map(|byte| match byte {
            0x18..=0x1f => ACCENTS[usize::from(byte - 0x18)],
            0x80..=0xa0 => SIGNS[usize::from(byte - 0x80)],
            0x7f | 0xad => '\u{fffd}',
            other => char::from(*other),
        })
        .collect()
}

/// Encodes a text string: as a literal if it is printable ASCII, else as UTF-16BE.
pub(crate) fn write(text: &str) -> Vec<u8> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        let mut out = vec![b'('];
        for byte in text.bytes() {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b')');
        return out;
    }
    let mut out = b"<FEFF".to_vec();
    for unit in text.encode_utf16() {
        out.extend(format!("{unit:04X}").bytes());
    }
    out.push(b'>');
    out
}

/// Reads `D:YYYYMMDDHHmmSSOHH'mm'`; what is missing at the end is the first of its kind, and UTC.
pub(crate) fn read_date(text: &[u8]) -> Option<UnixTime> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(4..=14).contains(&digits) || digits % 2 != 0 {
        return None;
    }
    let (digits, zone) = text.split_at(digits);
    let filled = format!("{digits}{}", &"00000101000000"[digits.len()..]);
    let part = |from: usize, to: usize| filled.get(from..to);
    let local = UnixTime::from_rfc3339(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    ))?;
    Some(UnixTime(local.0 - seconds_ahead(zone)?))
}

/// How far a zone is ahead of UTC: `Z`, `+05`, `+05'00'`, `-01'30`.
fn seconds_ahead(zone: &str) -> Option<i64> {
    let sign = match zone.bytes().next() {
        None | Some(b'Z') => return Some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let digits: String = zone[1..].chars().filter(|one| *one != '\'').collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "00"),
        4 => digits.split_at_checked(2)?,
        _ => return None,
    };
    let number = |text: &str| -> Option<i64> { text.parse::<u8>().ok().map(i64::from) };
    Some(sign * (number(hours)? * 3600 + number(minutes)? * 60))
}

/// Writes `(D:YYYYMMDDHHmmSSZ)`; `None` for a year that has not four digits.
pub(crate) fn write_date(time: UnixTime) -> Option<String> {
    let text = time.to_rfc3339()?;
    let digits: String = text.chars().filter(char::is_ascii_digit).take(14).collect();
    (text.len() == 20 && text.ends_with('Z')).then(|| format!("(D:{digits}Z)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_encodings_read_as_the_same_text() {
        assert_eq!(read(b"\xfe\xff\x04\x1a\xd8\x3d\xdc\x4d"), "К\u{1f44d}");
        assert_eq!(read("\u{feff}Қол".as_bytes()), "Қол");
        assert_eq!(read(b"a\x18\x80\xa0\xe9\x9f"), "a˘•€é\u{fffd}");
        assert_eq!(read(b"\xfe\xff\x00"), "\u{fffd}");
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in ["plain (with) \\", "Қол қою", ""] {
            let written = write(text);
            let object = crate::syntax::Cursor::new(&written, 0, 1).object().unwrap();
            assert_eq!(read(object.text().unwrap()), text);
        }
    }

    #[test]
    fn dates_mean_their_moment() {
        let check = |text: &[u8], expected: Option<&str>| {
            assert_eq!(
                read_date(text),
                expected.map(|text| UnixTime::from_rfc3339(text).unwrap()),
                "{}",
                String::from_utf8_lossy(text)
            );
        };
        check(b"D:20261120090000Z", Some("2026-11-20T09:00:00Z"));
        check(b"D:20261120090000+05'00'", Some("2026-11-20T04:00:00Z"));
        check(b"D:20261120090000-01'30", Some("2026-11-20T10:30:00Z"));
        check(b"D:202611", Some("2026-11-01T00:00:00Z"));
        check(b"2026", Some("2026-01-01T00:00:00Z"));
        check(b"D:20261320", None);
        check(b"D:20261120090000?", None);
        let time = UnixTime::from_rfc3339("2026-11-20T09:00:00Z").unwrap();
        assert_eq!(write_date(time).as_deref(), Some("(D:20261120090000Z)"));
        assert_eq!(write_date(UnixTime(i64::MAX)), None);
    }
}
