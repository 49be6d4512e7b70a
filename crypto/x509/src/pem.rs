//! PEM and bare base64 around a certificate (RFC 7468 section 5).

use base64ct::{Base64, Encoding};

use crate::Error;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const COLUMNS: usize = 64;

/// The bytes of the first `CERTIFICATE` block, or of text that is nothing but base64; at most `limit` of them.
///
/// White space of any kind may stand anywhere in the base64, also carriage returns alone.
pub(crate) fn decode(text: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    // Base64 needs 4 characters for 3 bytes; as many again may be white space or text around the block.
    let text_limit = limit / 3 * 4 * 2;
    if text.len() > text_limit {
        return Err(Error::TooLarge {
            what: "certificate",
            actual: text.len(),
            limit: text_limit,
        });
    }
    let text = std::str::from_utf8(text)
        .map_err(|_| Error::malformed("certificate", "neither DER nor text"))?;
    let body = match text.split_once(BEGIN) {
        Some((_, rest)) => match rest.split_once(END) {
            Some((body, _)) => body,
            None => return Err(Error::malformed("certificate", "PEM block without an end")),
        },
        None => text,
    };
    let packed: String = body
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .collect();
    Base64::decode_vec(&packed).map_err(|error| Error::malformed("certificate", error))
}

/// 64 columns, `line_end` after every line.
pub(crate) fn encode(der: &[u8], line_end: &str) -> String {
    let base64 = Base64::encode_string(der);
    let mut text = String::with_capacity(base64.len() + base64.len() / 32 + 64);
    let mut line = |content: &str| {
        text.push_str(content);
        text.push_str(line_end);
    };
    line(BEGIN);
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(rest.len().min(COLUMNS));
        line(now);
        rest = later;
    }
    line(END);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_64_columns_and_the_line_end_asked_for() {
        let text = encode(&[0xAB; 49], "\r\n");
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0], BEGIN);
        assert_eq!(lines[1].len(), 64);
        assert_eq!(lines[2], "qw==");
        assert_eq!(lines[3..], [END, ""]);
    }

    #[test]
    fn pem_and_bare_base64_come_back_whatever_the_white_space() {
        let der = [7; 100];
        for text in [
            encode(&der, "\n"),
            encode(&der, "\r\n"),
            format!("Bag Attributes\n{}trailing", encode(&der, "\r")),
            Base64::encode_string(&der),
            format!(" {}\t\n", Base64::encode_string(&der)),
        ] {
            assert_eq!(decode(text.as_bytes(), 1000).unwrap(), der);
        }
    }

    #[test]
    fn what_is_neither_is_malformed() {
        for text in [
            &b"not base64!"[..],
            b"-----BEGIN CERTIFICATE-----\nAAAA",
            &[0xFF, 0xFE],
        ] {
            let error = decode(text, 1000).unwrap_err();
            assert!(
                matches!(
                    error,
                    Error::Malformed {
                        what: "certificate",
                        ..
                    }
                ),
                "{error}"
            );
        }
        assert_eq!(
            decode(&[b'A'; 3000], 1000).unwrap_err(),
            Error::TooLarge {
                what: "certificate",
                actual: 3000,
                limit: 2664
            }
        );
    }
}
