//! A key of RSA-2048 with signatures, for measuring.

use tamga_scheme::{
    AskNobody, PrivateKey, PublicKey, SignatureScheme, SignatureValue, Signer, SoftwareSigner,
    ToSign,
};
use tamga_test_support::System;

use crate::driver::POOL;

/// One key, because making one takes long, and [`POOL`] signatures.
pub struct Signatures {
    /// The key.
    pub key: PublicKey,
    /// Messages, each with its signature.
    pub signed: Vec<(Vec<u8>, SignatureValue)>,
}

impl Signatures {
    /// A fresh key and its signatures.
    ///
    /// # Panics
    /// Without randomness there is nothing to measure.
    pub fn make() -> Self {
        let key = PrivateKey::generate(SignatureScheme::RsaSha256, &System).expect("a key");
        let signer = SoftwareSigner::new(&key, &System);
        let signed = (0..POOL)
            .map(|number| {
                let message = number.to_le_bytes().to_vec();
                let value = signer.sign(ToSign::Bytes(&message), &mut AskNobody);
                (message, value.expect("a software key signs"))
            })
            .collect();
        Self {
            key: key.public_key().clone(),
            signed,
        }
    }
}
