//! The certificates that the corpora of revocation lists and of OCSP answers are about.

use std::sync::LazyLock;

use tamga_x509::Certificate;

/// Good.
pub(crate) static GOOD: LazyLock<Certificate> =
    LazyLock::new(|| of_corpus(include_bytes!("../corpus/certificate/gost2015_individual")));

/// Revoked.
pub(crate) static REVOKED: LazyLock<Certificate> =
    LazyLock::new(|| of_corpus(include_bytes!("../corpus/certificate/gost2015_revoked")));

/// The authority that issued both.
pub(crate) static ISSUING: LazyLock<Certificate> =
    LazyLock::new(|| of_corpus(include_bytes!("../corpus/certificate/gost_issuing")));

fn of_corpus(der: &[u8]) -> Certificate {
    Certificate::from_der(der).expect("a certificate of the corpus")
}
