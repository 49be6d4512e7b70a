//! Policies of the national time-stamping authority, one row each.

use const_oid::ObjectIdentifier;
use tamga_scheme::{DigestAlgorithm, KeyKind};

/// A policy of the national authority: it chooses the digest of the imprint and the key that signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TsaPolicy {
    /// GOST 34.310-2004 over GOST 34.311-95.
    Gost2004,
    /// GOST R 34.10-2015 over GOST R 34.11-2015 (512 bits).
    Gost2015,
    /// RSA over SHA-256.
    Rsa,
    /// The older signature of the national authority over GOST 34.311-95; its tokens cannot be checked here.
    Tumar,
}

/// What the table says about one policy.
struct Row {
    policy: TsaPolicy,
    oid: ObjectIdentifier,
    digest: DigestAlgorithm,
    /// Kind of key the authority signs with; `None` if it is in no table.
    key: Option<KeyKind>,
}

/// Sources: real tokens of 2017 to 2026; for Tumar published programs.
const ROWS: &[Row] = &[
    Row {
        policy: TsaPolicy::Gost2004,
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.1"),
        digest: DigestAlgorithm::Gost34311,
        key: Some(KeyKind::Gost2004),
    },
    Row {
        policy: TsaPolicy::Rsa,
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.2"),
        digest: DigestAlgorithm::Sha256,
        key: Some(KeyKind::Rsa),
    },
    Row {
        policy: TsaPolicy::Tumar,
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.3"),
        digest: DigestAlgorithm::Gost34311,
        key: None,
    },
    Row {
        policy: TsaPolicy::Gost2015,
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.4"),
        digest: DigestAlgorithm::Streebog512,
        key: Some(KeyKind::Gost2015With512),
    },
];

impl TsaPolicy {
    /// Every policy of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.policy)
    }

    /// The policy for a signature made with a key of this kind: the authority then signs with the same kind.
    ///
    /// `None` for kinds the authority has no policy for.
    pub fn for_key(kind: KeyKind) -> Option<Self> {
        // Keys of 256 bits have no policy of their own; the scheme of 512 bits is of the same standard.
        let kind = match kind {
            KeyKind::Gost2015With256 => KeyKind::Gost2015With512,
            other => other,
        };
        ROWS.iter()
            .find(|row| row.key == Some(kind))
            .map(|row| row.policy)
    }

    /// The policy of this identifier.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        ROWS.iter().find(|row| row.oid == oid).map(|row| row.policy)
    }

    /// reqPolicy, and policy of TSTInfo.
    pub fn oid(self) -> ObjectIdentifier {
        self.row().oid
    }

    /// Digest of the imprint.
    pub fn digest(self) -> DigestAlgorithm {
        self.row().digest
    }

    /// Kind of key the authority signs with; `None` if it cannot be checked here.
    pub fn key_kind(self) -> Option<KeyKind> {
        self.row().key
    }

    fn row(self) -> &'static Row {
        ROWS.iter()
            .find(|row| row.policy == self)
            .expect("every policy has a row: tested")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_look_up_directions_agree_for_every_policy() {
        let policies = [
            (
                TsaPolicy::Gost2004,
                "1.2.398.3.3.2.6.1",
                Some(KeyKind::Gost2004),
            ),
            (TsaPolicy::Rsa, "1.2.398.3.3.2.6.2", Some(KeyKind::Rsa)),
            (TsaPolicy::Tumar, "1.2.398.3.3.2.6.3", None),
            (
                TsaPolicy::Gost2015,
                "1.2.398.3.3.2.6.4",
                Some(KeyKind::Gost2015With512),
            ),
        ];
        assert_eq!(TsaPolicy::all().count(), policies.len());
        for (policy, oid, key) in policies {
            assert_eq!(policy.oid().to_string(), oid);
            assert_eq!(TsaPolicy::from_oid(policy.oid()), Some(policy));
            assert_eq!(policy.key_kind(), key);
            if let Some(kind) = key {
                assert_eq!(TsaPolicy::for_key(kind), Some(policy));
            }
        }
        assert_eq!(
            TsaPolicy::for_key(KeyKind::Gost2015With256),
            Some(TsaPolicy::Gost2015)
        );
    }
}
