//! Base64url without padding (RFC 7515 section 2, RFC 4648 section 5), one text for each byte string.

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::Error;

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// No padding, no white space, no bits left over behind the last byte.
pub(crate) fn decode(text: &str, part: &'static str) -> Result<Vec<u8>, Error> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| Error::Base64 { part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_string_has_one_text() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("AA", b"\0"),
            ("-_8", b"\xfb\xff"),
            ("AAEC", b"\0\x01\x02"),
        ] {
            assert_eq!(decode(text, "p").as_deref(), Ok(bytes), "{text}");
            assert_eq!(encode(bytes), text);
        }
        for text in [
            "AB", "AAF", "AA==", "AA=", "A", "AAEC\n", " AA", "A A", "+/8", "-_9", "AAEC.",
            "\u{e9}",
        ] {
            assert_eq!(
                decode(text, "p"),
                Err(Error::Base64 { part: "p" }),
                "{text}"
            );
        }
    }
}
