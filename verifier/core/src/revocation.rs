//! Revocation of a whole path by the lists given.

use tamga_scheme::PublicKey;
use tamga_x509::{
    Certificate, Crl, RevocationStatus, RevokedEntry, UnixTime, VerifiedPath, revocation_status,
};

use crate::{Detail, Reason, SubIndication};

/// Proof that no certificate of a path below its anchor is revoked; made only here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotRevoked(());

/// What was found about one certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationFinding {
    /// SHA-256 of the certificate.
    pub certificate: [u8; 32],
    /// Position in the path: 0 is the signer's.
    pub position: usize,
    /// What the lists say.
    pub state: RevocationState,
}

/// What revocation lists say about a certificate at the time asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationState {
    /// A list of its issuer covers the time and does not name it.
    Good {
        /// thisUpdate of the list.
        this_update: UnixTime,
        /// nextUpdate of the list.
        next_update: UnixTime,
    },
    /// It is revoked.
    Revoked(RevokedEntry),
    /// No list of its issuer covers the time.
    Unavailable,
}

/// Judges every certificate of the path; the anchor is trusted by decision and needs no proof.
///
/// The worst finding decides: a revoked certificate before missing data.
pub(crate) fn check(
    path: &VerifiedPath,
    lists: &[Crl],
    at: UnixTime,
    findings: &mut Vec<RevocationFinding>,
) -> Result<NotRevoked, Reason> {
    let certificates = path.certificates();
    let mut missing = false;
    let mut revoked = None;
    for (position, certificate) in certificates.iter().enumerate() {
        let state = state_of(certificate, path.issuer_key(position), lists, at);
        findings.push(RevocationFinding {
            certificate: certificate.sha256(),
            position,
            state,
        });
        match state {
            RevocationState::Good { .. } => {}
            RevocationState::Revoked(_) => revoked = revoked.or(Some(position)),
            RevocationState::Unavailable => missing = true,
        }
    }
    match revoked {
        Some(0) => Err(SubIndication::Revoked.into()),
        Some(_) => Err(SubIndication::Revoked.with(Detail::RevokedAuthority)),
        None if missing => Err(SubIndication::TryLater.with(Detail::RevocationDataMissing)),
        None => Ok(NotRevoked(())),
    }
}

fn state_of(
    certificate: &Certificate,
    issuer_key: Option<&PublicKey>,
    lists: &[Crl],
    at: UnixTime,
) -> RevocationState {
    // Without its issuer's key nothing can be known about a certificate.
    let Some(issuer_key) = issuer_key else {
        return RevocationState::Unavailable;
    };
    match revocation_status(certificate, issuer_key, lists, at) {
        RevocationStatus::Good {
            this_update,
            next_update,
        } => RevocationState::Good {
            this_update,
            next_update,
        },
        RevocationStatus::Revoked(entry) => RevocationState::Revoked(entry),
        RevocationStatus::Unknown => RevocationState::Unavailable,
    }
}
