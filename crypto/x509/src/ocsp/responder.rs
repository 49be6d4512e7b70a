//! Who signed an answer, and whether it may (RFC 6960 section 4.2.2.2).

use tamga_scheme::DigestAlgorithm;

use super::{Authority, OCSP_SIGNING, Unauthorised, authority::key_bits};
use crate::{Certificate, Name, UnixTime};

/// How an answer names its responder.
///
/// ```text
/// ResponderID ::= CHOICE {
///     byName   [1] Name,
///     byKey    [2] KeyHash }  -- SHA-1 over the content of the key's BIT STRING
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ResponderId {
    /// SHA-1 of its key.
    Key(Vec<u8>),
    /// Its subject name.
    Name(Name),
}

impl ResponderId {
    /// True if this may be the holder of a name and a key (DER of SubjectPublicKeyInfo).
    pub fn names(&self, subject: &Name, spki: &[u8]) -> bool {
        match self {
            Self::Key(hash) => {
                key_bits(spki).is_some_and(|bits| DigestAlgorithm::Sha1.digest(bits) == *hash)
            }
            Self::Name(name) => name == subject,
        }
    }
}

/// Who signed an answer, found authorised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Responder {
    /// The authority that issued the certificate asked about.
    Authority,
    /// A holder of a certificate for this purpose, issued by that authority.
    Delegated {
        /// Its certificate. Unless [`Certificate::ocsp_no_check`] says otherwise, its revocation is a question of its
        /// own: section 4.2.2.2.1.
        certificate: Certificate,
    },
}

/// Checks that the holder of `certificate` may answer for `authority` at `at`.
///
/// 1. The authority's key signed the certificate, under the authority's name.
/// 2. Extended key usage has id-kp-OCSPSigning; nothing else stands for it.
/// 3. Key usage, if there is one, has digitalSignature or nonRepudiation.
/// 4. The certificate is valid at `at` and has no critical extension that is not processed.
///
/// Rights do not travel: a certificate issued by the authority's own issuer, or by a delegated responder, is refused.
pub fn authorise(
    certificate: &Certificate,
    authority: Authority<'_>,
    at: UnixTime,
) -> Result<Responder, Unauthorised> {
    if !authority.issued(certificate) {
        return Err(Unauthorised::OtherIssuer);
    }
    if !certificate.extended_key_usage().contains(&OCSP_SIGNING) {
        return Err(Unauthorised::NoOcspSigning);
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.digital_signature() && !usage.non_repudiation())
    {
        return Err(Unauthorised::KeyUsage);
    }
    let validity = certificate.validity();
    if !validity.contains(at) {
        return Err(Unauthorised::Validity {
            at,
            not_before: validity.not_before,
            not_after: validity.not_after,
        });
    }
    if let Some(oid) = certificate.critical_not_understood() {
        return Err(Unauthorised::CriticalExtension(oid));
    }
    Ok(Responder::Delegated {
        certificate: certificate.clone(),
    })
}
