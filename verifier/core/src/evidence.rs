//! What is known besides the message.

use tamga_x509::{Certificate, Crl};

/// Revocation lists and certificates collected by the caller; nothing in it is trusted before it is checked.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Revocation lists, full and delta.
    pub crls: Vec<Crl>,
    /// Certificates of authorities and, for messages that carry none, of signers.
    pub certificates: Vec<Certificate>,
}

impl Evidence {
    /// No evidence: nothing can pass.
    pub fn none() -> Self {
        Self::default()
    }
}
