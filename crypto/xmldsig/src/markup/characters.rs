//! Character classes of XML 1.0 (fifth edition), by byte where the class is decided by one.

/// `S` (section 2.3).
pub(super) const SPACE: u8 = 1;
/// Byte of an ASCII `NameChar` (section 2.3).
pub(super) const NAME: u8 = 1 << 1;
/// Ends a name in well-formed text: white space, `=`, `/`, `>`.
pub(super) const NAME_END: u8 = 1 << 2;
/// Must be looked at inside character data: `<`, `&`, `]`, and what may be no `Char`.
pub(super) const TEXT: u8 = 1 << 3;
/// Must be looked at inside an attribute value: quotes, `<`, `&`, white space but the blank, what may be no `Char`.
pub(super) const VALUE: u8 = 1 << 4;
/// May be no `Char`: the controls, and the first byte of U+FFFE and U+FFFF (U+F000 to U+FFFF have it).
pub(super) const SUSPECT: u8 = 1 << 5;
/// Changed by canonicalisation in character data: `&`, `<`, `>`, the carriage return.
pub(crate) const ESCAPED_TEXT: u8 = 1 << 6;
/// Changed by canonicalisation in an attribute value: `&`, `<`, `"`, white space but the blank.
pub(crate) const ESCAPED_VALUE: u8 = 1 << 7;

/// The classes of each byte.
pub(crate) const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let one = byte as u8;
        let mut class = 0;
        if matches!(one, b' ' | b'\t' | b'\n' | b'\r') {
            class |= SPACE | NAME_END;
        }
        if matches!(one, b'=' | b'/' | b'>') {
            class |= NAME_END;
        }
        if one.is_ascii_alphanumeric() || matches!(one, b':' | b'_' | b'-' | b'.') {
            class |= NAME;
        }
        if matches!(one, 0..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0xef) {
            class |= TEXT | VALUE | SUSPECT;
        }
        if matches!(one, b'<' | b'&' | b']') {
            class |= TEXT;
        }
        if matches!(one, b'<' | b'&' | b'"' | b'\'' | b'\t' | b'\n' | b'\r') {
            class |= VALUE;
        }
        if matches!(one, b'<' | b'&' | b'>' | b'\r') {
            class |= ESCAPED_TEXT;
        }
        if matches!(one, b'<' | b'&' | b'"' | b'\t' | b'\n' | b'\r') {
            class |= ESCAPED_VALUE;
        }
        table[byte] = class;
        byte += 1;
    }
    table
}

/// Where the first byte of one of these classes stands, from `from` on; the length of `bytes` if there is none.
#[inline(always)]
pub(crate) fn find(bytes: &[u8], from: usize, class: u8) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let ahead = rest
        .iter()
        .position(|&byte| CLASSES[usize::from(byte)] & class != 0);
    ahead.map_or(bytes.len(), |ahead| from + ahead)
}

/// `Char` (section 2.2).
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// `NameStartChar` (section 2.3).
pub(super) fn is_name_start(c: char) -> bool {
    matches!(c,
        ':' | 'A'..='Z' | '_' | 'a'..='z'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// `NameChar` (section 2.3).
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}
