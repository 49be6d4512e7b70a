//! A password as UTF-16, the way Java and PKCS#12 hash it.

use tamga_token_api::Password;
use zeroize::Zeroizing;

/// The password in UTF-16, big-endian, and `terminator` behind it.
///
/// Characters outside of the Basic Multilingual Plane become surrogate pairs, as in Java and in OpenSSL.
pub(crate) fn utf_16_be(password: &Password, terminator: &[u8]) -> Zeroizing<Vec<u8>> {
    let text = password.expose();
    // Allocated once: growing would leave copies of the password behind.
    let length = 2 * text.encode_utf16().count() + terminator.len();
    let mut octets = Zeroizing::new(Vec::with_capacity(length));
    text.encode_utf16()
        .for_each(|unit| octets.extend_from_slice(&unit.to_be_bytes()));
    octets.extend_from_slice(terminator);
    octets
}
