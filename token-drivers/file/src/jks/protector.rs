//! Sun's key protector: how a private key is encrypted inside the file (`sun.security.provider.KeyProtector`).
//!
//! ```text
//! encryptedData = 20 octets salt ‖ key XOR W1 ‖ W2 ‖ … ‖ 20 octets check
//! W0 = salt, Wi = SHA-1(password ‖ Wi-1), check = SHA-1(password ‖ key)
//! ```
//!
//! The password is UTF-16BE without anything behind it. One SHA-1 per guess: such a file is as strong as its password.

use const_oid::ObjectIdentifier;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::digest;

/// The protector's algorithm, of Sun's own.
pub(super) const KEY_PROTECTOR: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.42.2.17.1.1");

/// A key under its password.
pub(super) struct ProtectedKey {
    salt: [u8; digest::LENGTH],
    encrypted: Vec<u8>,
    check: [u8; digest::LENGTH],
}

impl ProtectedKey {
    /// Takes `encryptedData`; `None` if it is too short to hold a key.
    pub(super) fn parse(octets: &[u8]) -> Option<Self> {
        let (salt, rest) = octets.split_first_chunk()?;
        let (encrypted, check) = rest.split_last_chunk()?;
        (!encrypted.is_empty()).then(|| Self {
            salt: *salt,
            encrypted: encrypted.to_vec(),
            check: *check,
        })
    }

    /// The PKCS#8 key; `None` if it has another password.
    pub(super) fn recover(&self, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new(self.encrypted.clone());
        let mut w = Zeroizing::new(self.salt);
        for block in key.chunks_mut(digest::LENGTH) {
            let mut hasher = Sha1::new();
            hasher.update(password);
            hasher.update(*w);
            hasher.finalize_into((&mut *w).into());
            for (octet, mask) in block.iter_mut().zip(*w) {
                *octet ^= mask;
            }
        }
        digest::holds(&[password, &key], &self.check).then_some(key)
    }
}
