//! Revocation lists of the test authorities.

use tamga_scheme::{PrivateKey, Random, SignatureScheme};
use tamga_x509::{Certificate, RevocationReason, UnixTime};

use crate::{
    Error, der,
    issue::{Attribute, extension, key_identifier, name, signed},
};

/// A revoked certificate.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Content octets of its serial number.
    pub serial: Vec<u8>,
    /// When.
    pub at: UnixTime,
    /// Why.
    pub reason: Option<RevocationReason>,
}

impl Revocation {
    /// Revokes this certificate.
    pub fn of(certificate: &Certificate, at: UnixTime, reason: Option<RevocationReason>) -> Self {
        Self {
            serial: certificate.serial().to_vec(),
            at,
            reason,
        }
    }
}

/// A full version 2 list (RFC 5280 section 5.1).
pub fn full_list(
    issuer: &[Attribute],
    key: &PrivateKey,
    revoked: &[Revocation],
    this_update: UnixTime,
    next_update: UnixTime,
    random: &dyn Random,
) -> Result<Vec<u8>, Error> {
    let scheme = SignatureScheme::for_key(key.public_key().kind());
    let mut parts = vec![
        der::integer(&[1]),
        der::algorithm(scheme.signature_oid()),
        name(issuer)?,
        der::time(this_update),
        der::time(next_update),
    ];
    if !revoked.is_empty() {
        let lines = revoked
            .iter()
            .map(line)
            .collect::<Result<Vec<_>, Error>>()?;
        parts.push(der::sequence(&lines));
    }
    let authority_key = key_identifier(key.public_key());
    parts.push(der::tlv(
        0xa0,
        &der::sequence(&[
            extension(
                "2.5.29.35",
                false,
                &der::sequence(&[der::tlv(0x80, &authority_key)]),
            )?,
            extension("2.5.29.20", false, &der::integer(&[1]))?,
        ]),
    ));
    signed(&der::sequence(&parts), key, random)
}

fn line(revocation: &Revocation) -> Result<Vec<u8>, Error> {
    let mut parts = vec![der::integer(&revocation.serial), der::time(revocation.at)];
    if let Some(reason) = revocation.reason {
        let code = reason_code(reason);
        parts.push(der::sequence(&[extension(
            "2.5.29.21",
            false,
            &der::tlv(0x0a, &[code]),
        )?]));
    }
    Ok(der::sequence(&parts))
}

/// CRLReason numbers (RFC 5280 section 5.3.1); unknown future variants are unspecified.
fn reason_code(reason: RevocationReason) -> u8 {
    match reason {
        RevocationReason::KeyCompromise => 1,
        RevocationReason::CaCompromise => 2,
        RevocationReason::AffiliationChanged => 3,
        RevocationReason::Superseded => 4,
        RevocationReason::CessationOfOperation => 5,
        RevocationReason::CertificateHold => 6,
        RevocationReason::RemoveFromCrl => 8,
        RevocationReason::PrivilegeWithdrawn => 9,
        RevocationReason::AaCompromise => 10,
        _ => 0,
    }
}
