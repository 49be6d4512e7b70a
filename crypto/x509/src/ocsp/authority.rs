//! Who issued the certificate asked about.

use tamga_scheme::PublicKey;
use x509_cert::spki::SubjectPublicKeyInfoRef;

use der::Decode;

use crate::{Anchor, Certificate, Error, Name};

/// Name and key of an issuing authority: all that a status answer is bound to.
#[derive(Debug, Clone, Copy)]
pub struct Authority<'a> {
    /// Its subject name, as encoded.
    pub name: &'a Name,
    /// The key it signs certificates with.
    pub key: &'a PublicKey,
}

impl<'a> Authority<'a> {
    /// The authority a certificate is about; an error if its key is not in the table.
    pub fn of(certificate: &'a Certificate) -> Result<Self, Error> {
        Ok(Self {
            name: certificate.subject(),
            key: certificate.public_key()?,
        })
    }

    /// True if `certificate` names this authority and the authority's signature on it holds.
    pub(super) fn issued(self, certificate: &Certificate) -> bool {
        certificate.issuer() == self.name && certificate.verify_signed_by(self.key).is_ok()
    }
}

impl<'a> From<&'a Anchor> for Authority<'a> {
    fn from(anchor: &'a Anchor) -> Self {
        Self {
            name: &anchor.subject,
            key: &anchor.public_key,
        }
    }
}

/// Content of the BIT STRING of a key, without the octet that counts unused bits: what KeyHash and issuerKeyHash hash
/// (RFC 6960 sections 4.1.1 and 4.2.1).
pub(super) fn key_bits(spki: &[u8]) -> Option<&[u8]> {
    SubjectPublicKeyInfoRef::from_der(spki)
        .ok()?
        .subject_public_key
        .as_bytes()
}
