//! From an end entity to a trust anchor (RFC 5280 section 6, without policies).

use tamga_scheme::PublicKey;

use crate::{Anchor, AnchorSet, Certificate, KeyUsage, Name, PathError, UnixTime};

/// Proof that a path was built and checked; only [`build_path`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPath {
    /// The certificate asked about, then issuers that are not anchors.
    certificates: Vec<Certificate>,
    anchor: Anchor,
    at: UnixTime,
}

impl VerifiedPath {
    /// End entity first, then intermediates; the anchor is not among them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Where the path ends.
    pub fn anchor(&self) -> &Anchor {
        &self.anchor
    }

    /// The time the path was checked for.
    pub fn at(&self) -> UnixTime {
        self.at
    }

    /// The key that signed the certificate at `index` of [`Self::certificates`], and its lists.
    pub fn issuer_key(&self, index: usize) -> Option<&PublicKey> {
        if index + 1 == self.certificates.len() {
            return Some(&self.anchor.public_key);
        }
        // Keys of intermediates were used to build the path.
        self.certificates.get(index + 1)?.public_key().ok()
    }
}

/// Limits of path building.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathBudget {
    /// Intermediates between end entity and anchor.
    pub depth: usize,
    /// Signature checks in all.
    pub signatures: usize,
}

impl Default for PathBudget {
    fn default() -> Self {
        Self {
            depth: 4,
            signatures: 32,
        }
    }
}

/// Builds and checks a path for `end_entity` at `at`, with intermediates from `pool`.
///
/// Checked for every link (RFC 5280 section 6.1.3 and 6.1.4): the issuer's name as encoded, the signature, validity at
/// `at`, no critical extension that is not processed; for every issuer: CA flag, keyCertSign if there is a key usage,
/// path length. Anchors are checked for validity and path length too, because each row was a certificate
/// (RFC 5937 section 3.2).
///
/// Not checked: policies; revocation; whether a validity period lies within the issuer's (an authority of 2019 is
/// signed by a root whose certificate is of 2020); what the end entity's key is for, see [`Certificate::purposes`].
///
/// Several issuers of the same name are tried, anchors first. An anchor is not an end entity: a certificate with the name
/// and the key of a row is not issued by that row, so that a root has no path ([`PathError::NoIssuer`]) and an
/// intermediate has one to its root only.
///
/// The error is about trust first (no issuer, no signature that holds), then about the end entity, then about the
/// issuer that came furthest.
pub fn build_path(
    end_entity: &Certificate,
    pool: &[Certificate],
    anchors: &AnchorSet,
    at: UnixTime,
    budget: PathBudget,
) -> Result<VerifiedPath, PathError> {
    let search = Search {
        pool,
        anchors,
        at,
        depth: budget.depth,
    };
    let mut below = vec![end_entity];
    let mut signatures = budget.signatures;
    let anchor = match search.issuer_of(&mut below, &mut signatures) {
        Err(error @ (PathError::NoIssuer | PathError::Signature { .. } | PathError::Budget)) => {
            return Err(error);
        }
        found => {
            check_itself(end_entity, at)?;
            found?.clone()
        }
    };
    Ok(VerifiedPath {
        certificates: below.into_iter().cloned().collect(),
        anchor,
        at,
    })
}

/// What stays the same while a path grows.
struct Search<'a> {
    pool: &'a [Certificate],
    anchors: &'a AnchorSet,
    at: UnixTime,
    depth: usize,
}

impl<'a> Search<'a> {
    /// Finds an anchor above the last certificate of `below`; on success `below` is the path.
    ///
    /// Each call of itself has used up a signature check that held, so the budget bounds the search.
    fn issuer_of(
        &self,
        below: &mut Vec<&'a Certificate>,
        signatures: &mut usize,
    ) -> Result<&'a Anchor, PathError> {
        let mut best = PathError::NoIssuer;
        for anchor in self.anchors.anchors() {
            match self.try_anchor(anchor, below, signatures) {
                Ok(()) => return Ok(anchor),
                Err(error) => best = better(best, error),
            }
        }
        for candidate in self.pool {
            match self.try_candidate(candidate, below, signatures) {
                Ok(anchor) => return Ok(anchor),
                Err(error) => best = better(best, error),
            }
        }
        Err(best)
    }

    fn try_anchor(
        &self,
        anchor: &Anchor,
        below: &[&Certificate],
        signatures: &mut usize,
    ) -> Result<(), PathError> {
        let child = last(below);
        let is_itself =
            *child.subject() == anchor.subject && child.spki_der() == anchor.public_key.spki_der();
        if *child.issuer() != anchor.subject || is_itself {
            return Err(PathError::NoIssuer);
        }
        check_link(child, &anchor.public_key, signatures)?;
        if !anchor.validity.contains(self.at) {
            return Err(PathError::Validity {
                subject: anchor.subject.to_wire_text(),
                at: self.at,
                not_before: anchor.validity.not_before,
                not_after: anchor.validity.not_after,
            });
        }
        check_path_length(&anchor.subject, anchor.path_length, below)
    }

    fn try_candidate(
        &self,
        candidate: &'a Certificate,
        below: &mut Vec<&'a Certificate>,
        signatures: &mut usize,
    ) -> Result<&'a Anchor, PathError> {
        let child = last(below);
        // The same name with the same key twice would be a loop, whatever else differs (RFC 4158 section 5.2).
        let is_loop = below.iter().any(|certificate| {
            certificate.subject() == candidate.subject()
                && certificate.spki_der() == candidate.spki_der()
        });
        if child.issuer() != candidate.subject() || is_loop {
            return Err(PathError::NoIssuer);
        }
        if below.len() > self.depth {
            return Err(PathError::Budget);
        }
        let Ok(key) = candidate.public_key() else {
            return Err(PathError::Signature {
                subject: child.subject().to_wire_text(),
            });
        };
        check_link(child, key, signatures)?;
        check_authority(candidate, below)?;
        check_itself(candidate, self.at)?;
        below.push(candidate);
        let found = self.issuer_of(below, signatures);
        if found.is_err() {
            below.pop();
        }
        found
    }
}

fn last<'a>(below: &[&'a Certificate]) -> &'a Certificate {
    below
        .last()
        .expect("a path begins with the end entity and only grows")
}

/// Section 6.1.3 (a)(1).
fn check_link(
    child: &Certificate,
    issuer_key: &PublicKey,
    signatures: &mut usize,
) -> Result<(), PathError> {
    *signatures = signatures.checked_sub(1).ok_or(PathError::Budget)?;
    match child.verify_signed_by(issuer_key) {
        Ok(_proof) => Ok(()),
        Err(_mismatch_or_unsupported) => Err(PathError::Signature {
            subject: child.subject().to_wire_text(),
        }),
    }
}

/// Sections 6.1.3 (a)(2), 6.1.4 (o) and 6.1.5 (e): what concerns a certificate alone.
fn check_itself(certificate: &Certificate, at: UnixTime) -> Result<(), PathError> {
    let validity = certificate.validity();
    if !validity.contains(at) {
        return Err(PathError::Validity {
            subject: certificate.subject().to_wire_text(),
            at,
            not_before: validity.not_before,
            not_after: validity.not_after,
        });
    }
    match certificate.critical_not_understood() {
        Some(oid) => Err(PathError::CriticalExtension(oid)),
        None => Ok(()),
    }
}

/// Section 6.1.4 (k) to (n).
fn check_authority(issuer: &Certificate, below: &[&Certificate]) -> Result<(), PathError> {
    let constraints = issuer
        .basic_constraints()
        .filter(|constraints| constraints.ca);
    let may_sign = issuer.key_usage().is_none_or(KeyUsage::key_cert_sign);
    match constraints {
        Some(constraints) if may_sign => {
            check_path_length(issuer.subject(), constraints.path_length, below)
        }
        _ => Err(PathError::NotAnAuthority {
            subject: issuer.subject().to_wire_text(),
        }),
    }
}

/// Section 4.2.1.9: intermediates below the issuer, self-issued ones not counted, the end entity neither.
fn check_path_length(
    issuer: &Name,
    path_length: Option<u8>,
    below: &[&Certificate],
) -> Result<(), PathError> {
    let Some(path_length) = path_length else {
        return Ok(());
    };
    let intermediates = below
        .iter()
        .skip(1)
        .filter(|certificate| !certificate.is_self_issued());
    if intermediates.count() > usize::from(path_length) {
        return Err(PathError::NotAnAuthority {
            subject: issuer.to_wire_text(),
        });
    }
    Ok(())
}

/// Of two failures the one to report: that of the issuer which came further; of equals the earlier.
fn better(first: PathError, second: PathError) -> PathError {
    let rank = |error: &PathError| match error {
        PathError::NoIssuer => 0,
        PathError::Signature { .. } => 1,
        PathError::Budget => 2,
        _ => 3,
    };
    if rank(&second) > rank(&first) {
        second
    } else {
        first
    }
}
