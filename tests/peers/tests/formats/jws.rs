//! Compact tokens of the national library's algorithms and of RS256.

use base64ct::{Base64UrlUnpadded, Encoding};
use tamga_jws::{Error, NewHeader, prepare};
use tamga_peers::protocol::Reply;
use tamga_scheme::SignatureScheme;

use crate::{
    judge,
    programs::openssl_accepts_value,
    signing_keys::{Key, keys},
};

const PAYLOAD: &[u8] = "{\"sub\":\"ҮЛГІ\",\"exp\":1795165200}".as_bytes();

fn token(key: &Key, header: &NewHeader<'_>) -> Result<String, Error> {
    Ok(key.complete(prepare(PAYLOAD, header, key.scheme)?))
}

/// The judges' verdict.
fn compare(key: &Key, what: &str, token: &str, expected: Reply) {
    let reply = judge::jws(token, key.certificate.der());
    assert_eq!(reply, expected, "{:?}, {what}: {token}", key.scheme);
    if key.is_rsa() {
        let (input, value) = token.rsplit_once('.').expect("three parts");
        let value = Base64UrlUnpadded::decode_vec(value).expect("base64url");
        let spki = key.certificate.public_key().expect("a key").spki_der();
        let is_good = openssl_accepts_value(input.as_bytes(), &value, spki);
        assert_eq!(is_good, expected == Reply::Yes, "openssl: {what}: {token}");
    }
}

/// The token with other bytes in one part.
fn changed(token: &str, part: usize, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut bytes = Base64UrlUnpadded::decode_vec(&parts[part]).expect("base64url");
    change(&mut bytes);
    parts[part] = Base64UrlUnpadded::encode_string(&bytes);
    parts.join(".")
}

#[test]
fn tokens_of_every_algorithm() {
    for key in keys() {
        let chain = [key.certificate.clone()];
        let with_certificate = NewHeader::jwt().with_certificates(&chain);
        for header in [NewHeader::jwt(), with_certificate] {
            let token = match token(key, &header) {
                // No token names this scheme.
                Err(Error::SchemeWithoutName { .. }) => {
                    assert_eq!(key.scheme, SignatureScheme::Gost2015With256);
                    continue;
                }
                token => token.expect("prepared"),
            };
            assert_ne!(key.scheme, SignatureScheme::Gost2015With256);
            compare(key, "as it is", &token, Reply::Yes);
            let header = changed(&token, 0, |text| text.insert(1, b' '));
            compare(key, "header", &header, Reply::No);
            let payload = changed(&token, 1, |text| text[10] ^= 1);
            compare(key, "payload", &payload, Reply::No);
            let value = changed(&token, 2, |value| value[20] ^= 1);
            compare(key, "signature", &value, Reply::No);
        }
    }
}

#[test]
fn the_key_of_another_is_refused() {
    let key = Key::of(SignatureScheme::Gost2015With512);
    let token = token(key, &NewHeader::jwt()).expect("prepared");
    let other = crate::signing_keys::pki().holder("gost2015_head");
    let other = &other.expect("a holder").certificate;
    assert_eq!(judge::jws(&token, other.der()), Reply::No);
}
