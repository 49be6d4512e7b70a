//! A file of very many keys is refused before they cost minutes.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use setup::{System, entries};
use tamga_scheme::{PrivateKey, SignatureScheme};
use tamga_token_api::{TokenError, UnlockError};

/// pkcs7-data
const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// keyBag
const KEY_BAG: &[u8] = &[
    0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 1,
];

/// An element with four length octets, which BER allows.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84], &length[..], &content].concat()
}

/// A file without encryption and integrity check, with so many copies of one key.
fn file_of(count: usize) -> Vec<u8> {
    let key = PrivateKey::generate(SignatureScheme::Gost2004, &System).unwrap();
    let bag = tlv(0x30, &[KEY_BAG, &tlv(0xa0, &[&key.to_pkcs8_der()])]);
    let contents = tlv(0x30, &[&bag.repeat(count)]);
    let data = |octets: &[u8]| tlv(0x30, &[DATA, &tlv(0xa0, &[&tlv(0x04, &[octets])])]);
    let safe = tlv(0x30, &[&data(&contents)]);
    tlv(0x30, &[&[0x02, 1, 3], &data(&safe)])
}

#[test]
fn a_file_holds_at_most_256_keys_and_certificates() {
    assert_eq!(
        entries(&file_of(256), ""),
        Err(TokenError::Mismatch.into()),
        "no certificate"
    );
    let over = TokenError::Unsupported("more than 256 keys and certificates".into());
    assert_eq!(entries(&file_of(257), ""), Err(UnlockError::Token(over)));
}
