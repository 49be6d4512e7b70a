//! A file of very many keys is refused before they cost minutes.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use setup::plain_pkcs12::{file_of, key_bag};
use setup::{System, entries, unsupported};
use tamga_scheme::{PrivateKey, SignatureScheme};
use tamga_token_api::TokenError;

#[test]
fn a_file_holds_at_most_256_keys_and_certificates() {
    let key = PrivateKey::generate(SignatureScheme::Gost2004, &System).unwrap();
    let bag = key_bag(&key.to_pkcs8_der());
    let file = |count: usize| file_of(&bag.repeat(count), &[]);
    assert_eq!(
        entries(&file(256), ""),
        Err(TokenError::CertificateMissing.into())
    );
    let over = "more than 256 keys and certificates";
    assert_eq!(entries(&file(257), ""), Err(unsupported(over)));
}
