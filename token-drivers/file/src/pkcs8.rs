//! Private keys as PKCS#8, encrypted and plain (RFC 5958).

use der::Sequence;
use der::asn1::OctetStringRef;
use spki::AlgorithmIdentifierRef;
use tamga_scheme::{KeyError, PrivateKey};
use tamga_token_api::TokenError;

use crate::opened::Key;
use crate::refusal::damaged;

/// RFC 5958 section 3; it borrows, so that nothing decrypted is copied:
///
/// ```text
/// EncryptedPrivateKeyInfo ::= SEQUENCE {
///     encryptionAlgorithm AlgorithmIdentifier,
///     encryptedData       OCTET STRING }
/// ```
#[derive(Sequence)]
pub(crate) struct EncryptedPrivateKeyInfo<'a> {
    pub(crate) algorithm: AlgorithmIdentifierRef<'a>,
    pub(crate) encrypted: &'a OctetStringRef,
}

/// Reads the DER of a PrivateKeyInfo (RFC 5958 section 2).
pub(crate) fn read(pkcs8: &[u8]) -> Result<Key, TokenError> {
    match PrivateKey::from_pkcs8_der(pkcs8) {
        Ok(key) => Ok(Key::Usable(Box::new(key))),
        Err(KeyError::Unsupported(algorithm)) => {
            Ok(Key::Unsupported(format!("key algorithm {algorithm}")))
        }
        Err(_) => Err(damaged("private key")),
    }
}
