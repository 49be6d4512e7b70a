//! A signer that counts, and stops when its keystore is gone.

use tamga_scheme::{
    PrivateKey, PublicKey, Random, Reauthenticate, SignError, SignatureScheme, SignatureValue,
    Signer, SoftwareSigner, ToSign,
};

use crate::keystore::{Condition, Shared};

pub(crate) struct WatchedSigner<'a> {
    keystore: &'a Shared,
    signer: SoftwareSigner<'a>,
}

impl<'a> WatchedSigner<'a> {
    pub(crate) fn new(keystore: &'a Shared, key: &'a PrivateKey, random: &'a dyn Random) -> Self {
        Self {
            keystore,
            signer: SoftwareSigner::new(key, random),
        }
    }
}

impl WatchedSigner<'_> {
    fn present(&self) -> Result<(), SignError> {
        match self.keystore.state().condition {
            Condition::Present => Ok(()),
            Condition::Blocked => Err(SignError::Locked),
            Condition::Removed => Err(SignError::Removed),
        }
    }
}

impl Signer for WatchedSigner<'_> {
    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }

    fn public_key(&self) -> &PublicKey {
        self.signer.public_key()
    }

    fn sign(
        &self,
        to_sign: ToSign<'_>,
        again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, SignError> {
        self.present()?;
        if self.keystore.state().asks_again {
            again.reauthenticate(&mut |pin| match self.keystore.is_password(pin) {
                true => Ok(()),
                false => Err(SignError::WrongPin),
            })?;
            self.present()?;
        }
        let value = self.signer.sign(to_sign, again)?;
        self.keystore.state().record.signatures += 1;
        Ok(value)
    }
}
