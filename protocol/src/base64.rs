//! Base64 as pages write it and as pages read it.

use base64ct::Encoding;

/// Why text is not base64; displayed in the words of `java.util.Base64`, which pages have seen for years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Base64Error {
    /// A character outside the alphabet; for text beyond ASCII, the first byte of its UTF-8 form as Java prints it.
    #[error("Illegal base64 character {}", java_hex(*.0))]
    Character(u8),
    /// A single character, or a single one after the last full group.
    #[error("Last unit does not have enough valid bits")]
    LastUnit,
    /// Fewer than two characters in all.
    #[error("Input byte[] should at least have 2 bytes for base64 bytes")]
    TooShort,
    /// `=` where it does not belong.
    #[error("Input byte array has wrong 4-byte ending unit")]
    Padding,
    /// Something after the padding.
    #[error("Input byte array has incorrect ending byte at {0}")]
    AfterPadding(usize),
}

/// Java prints the byte as a signed number in base 16.
fn java_hex(byte: u8) -> String {
    let signed = byte.cast_signed();
    if signed < 0 {
        format!("-{:x}", signed.unsigned_abs())
    } else {
        format!("{signed:x}")
    }
}

/// Decodes like `java.util.Base64.getDecoder()`: no white space, padding may be absent, left-over bits are not looked at.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    let input = text.as_bytes();
    if input.len() == 1 {
        return Err(match sextet(input[0]) {
            Some(_) => Base64Error::TooShort,
            None => Base64Error::Character(input[0]),
        });
    }
    let mut out = Vec::with_capacity(input.len() / 4 * 3 + 3);
    let mut group = 0_u32;
    let mut filled = 0;
    let mut at = 0;
    while at < input.len() {
        let byte = input[at];
        at += 1;
        if byte == b'=' {
            // `xx==` and `xxx=` only.
            match filled {
                3 => {}
                2 if input.get(at) == Some(&b'=') => at += 1,
                _ => return Err(Base64Error::Padding),
            }
            if at < input.len() {
                return Err(Base64Error::AfterPadding(at));
            }
            break;
        }
        let value = sextet(byte).ok_or(Base64Error::Character(byte))?;
        group = group << 6 | u32::from(value);
        filled += 1;
        if filled == 4 {
            out.extend_from_slice(&group.to_be_bytes()[1..]);
            group = 0;
            filled = 0;
        }
    }
    match filled {
        0 => {}
        2 => out.push((group >> 4) as u8),
        3 => out.extend_from_slice(&((group >> 2) as u16).to_be_bytes()),
        _ => return Err(Base64Error::LastUnit),
    }
    Ok(out)
}

/// As [`decode`], after taking out ASCII white space.
pub fn decode_lines(text: &str) -> Result<Vec<u8>, Base64Error> {
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let joined: String = text.split_ascii_whitespace().collect();
        return decode(&joined);
    }
    decode(text)
}

/// One line, padded.
pub fn encode(bytes: &[u8]) -> String {
    base64ct::Base64::encode_string(bytes)
}

/// `-----BEGIN CMS-----`, lines of 64 characters, `-----END CMS-----`, each ended by a line feed, the last included.
pub fn cms_pem(der: &[u8]) -> String {
    let body = encode(der);
    let mut out = String::with_capacity(body.len() + body.len() / 64 + 48);
    out.push_str("-----BEGIN CMS-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        // Base64 is ASCII: every index is a character boundary.
        let (line, more) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    out.push_str("-----END CMS-----\n");
    out
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decoding_follows_the_decoder_of_java() {
        let cases: &[(&str, Result<&[u8], Base64Error>)] = &[
            ("", Ok(b"")),
            ("MTEK", Ok(b"11\n")),
            ("MTE=", Ok(b"11")),
            ("MTE", Ok(b"11")),
            ("MQ==", Ok(b"1")),
            ("MQ", Ok(b"1")),
            ("MR==", Ok(b"1")),
            ("M", Err(Base64Error::TooShort)),
            ("MTEKM", Err(Base64Error::LastUnit)),
            ("MQ=", Err(Base64Error::Padding)),
            ("=MQ=", Err(Base64Error::Padding)),
            ("MTEK=", Err(Base64Error::Padding)),
            ("MTE=MTEK", Err(Base64Error::AfterPadding(4))),
            ("MT\nEK", Err(Base64Error::Character(b'\n'))),
            ("MT-_", Err(Base64Error::Character(b'-'))),
        ];
        for (text, expected) in cases {
            assert_eq!(
                decode(text).as_deref(),
                expected.as_ref().copied(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn errors_speak_like_java() {
        assert_eq!(
            decode("MT-_").unwrap_err().to_string(),
            "Illegal base64 character 2d"
        );
        assert_eq!(
            decode("ә===").unwrap_err().to_string(),
            "Illegal base64 character -2d"
        );
    }

    #[test]
    fn lines_are_joined_only_where_that_is_asked() {
        assert_eq!(
            decode_lines("MT\r\n EK\n").as_deref(),
            Ok(b"11\n".as_slice())
        );
    }

    #[test]
    fn pem_has_64_columns_and_a_line_end_after_the_last_line() {
        assert_eq!(cms_pem(b""), "-----BEGIN CMS-----\n-----END CMS-----\n");
        let expected = format!(
            "-----BEGIN CMS-----\n{}\nAA==\n-----END CMS-----\n",
            "A".repeat(64)
        );
        assert_eq!(cms_pem(&[0; 49]), expected);
    }

    proptest! {
        #[test]
        fn every_text_decodes_or_fails_without_panic(text in "\\PC*") {
            let _ = decode(&text);
        }

        #[test]
        fn what_was_encoded_decodes_to_itself(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }
    }
}
