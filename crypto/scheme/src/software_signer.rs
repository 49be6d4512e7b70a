//! The signer of key files: a private key in memory.

use crate::{
    PrivateKey, PublicKey, Random, Reauthenticate, SignError, SignatureScheme, SignatureValue,
    Signer, ToSign,
};

/// Signs with a [`PrivateKey`] in memory.
pub struct SoftwareSigner<'a> {
    key: &'a PrivateKey,
    random: &'a dyn Random,
}

impl<'a> SoftwareSigner<'a> {
    /// A signer over a key that stays in its keystore.
    pub fn new(key: &'a PrivateKey, random: &'a dyn Random) -> Self {
        Self { key, random }
    }
}

impl Signer for SoftwareSigner<'_> {
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::for_key(self.key.public_key().kind())
    }

    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(
        &self,
        to_sign: ToSign<'_>,
        _again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, SignError> {
        let algorithm = self.scheme().digest();
        let signature = match to_sign {
            ToSign::Bytes(bytes) => self
                .key
                .sign_digest(&algorithm.digest(bytes), self.random)?,
            ToSign::Digest(digest) if digest.len() == algorithm.output_len() => {
                self.key.sign_digest(digest, self.random)?
            }
            ToSign::Digest(digest) => {
                return Err(SignError::DigestLength {
                    expected: algorithm.output_len(),
                    actual: digest.len(),
                });
            }
        };
        Ok(SignatureValue::new(signature))
    }
}
