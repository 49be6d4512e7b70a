//! A key with its certificates, no secret.

use tamga_x509::Certificate;

/// Alias and certificates of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// Name inside the keystore (friendlyName of a PKCS#12 file).
    pub alias: String,
    /// The key's own certificate.
    pub certificate: Certificate,
    /// Further certificates found beside it, unverified, nearest issuer first.
    pub chain: Vec<Certificate>,
}
