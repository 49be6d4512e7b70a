//! Which format a key file has: its bytes decide, here and nowhere else, and never its name.

use tamga_token_api::{Password, TokenError, UnlockError};

use crate::opened::Opened;
use crate::refusal::unsupported;
use crate::{jks, pkcs12};

/// A file of a format we read, whose password is not known yet.
pub(crate) enum Sealed {
    Jks(jks::Sealed),
    Pkcs12(pkcs12::Sealed),
}

impl Sealed {
    /// Reads what can be read without a password.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        match Format::of(bytes) {
            Format::Jks => jks::Sealed::parse(bytes).map(Self::Jks),
            Format::Other(name) => Err(unsupported(format!("a {name} file"))),
            Format::Pkcs12 => pkcs12::Sealed::parse(bytes).map(Self::Pkcs12),
        }
    }

    /// Checks the password, then decrypts everything.
    pub(crate) fn open(&self, password: &Password) -> Result<Opened, UnlockError> {
        match self {
            Self::Jks(sealed) => sealed.open(password),
            Self::Pkcs12(sealed) => sealed.open(password),
        }
    }
}

/// How the bytes begin.
#[derive(Debug, PartialEq, Eq)]
enum Format {
    Jks,
    /// A format we know by name only.
    Other(&'static str),
    /// Or anything else: what is wrong with it, its reader says.
    Pkcs12,
}

impl Format {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            // MAGIC and JCEKS_MAGIC of OpenJDK, `com.sun.crypto.provider.JceKeyStore`.
            [0xfe, 0xed, 0xfe, 0xed, ..] => Self::Jks,
            [0xce, 0xce, 0xce, 0xce, ..] => Self::Other("JCEKS"),
            // Version 1 or 2, then the length of a salt, which Bouncy Castle always makes 20; UBER has the same head.
            [0, 0, 0, 1 | 2, 0, 0, 0, 20, ..] => Self::Other("BKS or UBER"),
            _ if is_bcfks(bytes) => Self::Other("BCFKS"),
            _ if is_dks(bytes) => Self::Other("DKS"),
            _ => Self::Pkcs12,
        }
    }
}

/// Bouncy Castle's FIPS keystore: `SEQUENCE { EncryptedObjectStoreData, … }`, which begins with the algorithm PBES2.
///
/// A PKCS#12 file begins with its version instead, an encrypted PKCS#8 key has one SEQUENCE less.
fn is_bcfks(bytes: &[u8]) -> bool {
    /// 1.2.840.113549.1.5.13 with tag and length.
    const PBES2: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
    Some(bytes)
        .and_then(inside_sequence)
        .and_then(inside_sequence)
        .and_then(inside_sequence)
        .is_some_and(|content| content.starts_with(PBES2))
}

/// What follows tag and length of a SEQUENCE with definite length.
fn inside_sequence(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x30, 0..=0x7f, content @ ..] => Some(content),
        [0x30, more @ 0x81..=0x84, rest @ ..] => rest.get(usize::from(more - 0x80)..),
        _ => None,
    }
}

/// A list of other keystores, as text: `domain NAME { keystore NAME …; };` (`java.security.DomainLoadStoreParameter`).
fn is_dks(bytes: &[u8]) -> bool {
    bytes
        .trim_ascii_start()
        .strip_prefix(b"domain")
        .is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Format) {
        assert_eq!(Format::of(bytes), expected, "{bytes:02x?}");
    }

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        check(b"\xfe\xed\xfe\xed", Format::Jks);
        check(b"\xce\xce\xce\xce\0\0\0\x02", Format::Other("JCEKS"));
        check(b"\0\0\0\x01\0\0\0\x14", Format::Other("BKS or UBER"));
        check(b"\0\0\0\x02\0\0\0\x14", Format::Other("BKS or UBER"));
        check(b"\n domain a {};", Format::Other("DKS"));
        let bcfks =
            b"\x30\x82\x01\x00\x30\x81\x90\x30\x2d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
        check(bcfks, Format::Other("BCFKS"));
    }

    #[test]
    fn everything_else_is_left_to_the_reader_of_pkcs_12() {
        check(b"", Format::Pkcs12);
        check(b"\xfe\xed\xfe", Format::Pkcs12);
        check(b"\0\0\0\x03\0\0\0\x14", Format::Pkcs12);
        check(b"\0\0\0\x02\0\0\0\x10", Format::Pkcs12);
        check(b"domains", Format::Pkcs12);
        check(b"\x30\x82\x01\x00\x02\x01\x03", Format::Pkcs12);
        // An encrypted PKCS#8 key.
        let key = b"\x30\x81\x90\x30\x2d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
        check(key, Format::Pkcs12);
        check(b"\x30\x84\x01", Format::Pkcs12);
    }
}
