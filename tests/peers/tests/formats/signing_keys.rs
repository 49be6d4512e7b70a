//! One signer for each scheme.

use std::sync::OnceLock;

use tamga_scheme::{
    AskNobody, Prepared, PrivateKey, SignatureScheme, SignatureValue, Signer as _, SoftwareSigner,
    ToSign,
};
use tamga_test_pki::{TestPki, self_issued};
use tamga_test_support::System;
use tamga_x509::{Certificate, UnixTime};

/// 2026-11-20T09:00:00Z
pub(crate) const NOW: UnixTime = UnixTime(1_795_165_200);

/// Holders of the test CA, one for each kind of key it issues to.
const HOLDERS: [&str; 3] = [
    "gost2004_individual",
    "gost2015_individual",
    "rsa_individual",
];

/// A key with its certificate.
pub(crate) struct Key {
    pub(crate) scheme: SignatureScheme,
    pub(crate) certificate: &'static Certificate,
    key: &'static PrivateKey,
}

impl Key {
    /// The one of a scheme.
    pub(crate) fn of(scheme: SignatureScheme) -> &'static Self {
        let found = keys().iter().find(|key| key.scheme == scheme);
        found.expect("every scheme has a key")
    }

    /// Whether programs that know no national algorithm can judge.
    pub(crate) fn is_rsa(&self) -> bool {
        self.scheme == SignatureScheme::RsaSha256
    }

    /// Signs and assembles.
    pub(crate) fn complete<P: Prepared>(&self, prepared: P) -> P::Signed {
        let value = self.sign(prepared.to_sign());
        prepared.assemble(value)
    }

    /// Signs, for those who assemble in another way.
    pub(crate) fn sign(&self, to_sign: &[u8]) -> SignatureValue {
        SoftwareSigner::new(self.key, &System)
            .sign(ToSign::Bytes(to_sign), &mut AskNobody)
            .expect("a signature")
    }
}

/// One for each scheme there is.
pub(crate) fn keys() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    // The test CA issues to nobody with a key of 256 bits for GOST R 34.10-2015.
    static ISSUED: OnceLock<(PrivateKey, Certificate)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let of_holder = |id| {
            let holder = pki().holder(id).expect("a holder of this name");
            Key {
                scheme: holder.person.scheme,
                certificate: &holder.certificate,
                key: &holder.key,
            }
        };
        let scheme = SignatureScheme::Gost2015With256;
        let issue = || self_issued(scheme, "SIGNER", &System).expect("a key");
        let (key, certificate) = ISSUED.get_or_init(issue);
        let issued = Key {
            scheme,
            certificate,
            key,
        };
        HOLDERS.into_iter().map(of_holder).chain([issued]).collect()
    })
}

/// The test CA, made once.
pub(crate) fn pki() -> &'static TestPki {
    static PKI: OnceLock<TestPki> = OnceLock::new();
    PKI.get_or_init(|| TestPki::generate(NOW, &System).expect("a test CA"))
}

#[test]
fn every_scheme_has_one_key() {
    for scheme in SignatureScheme::all() {
        assert_eq!(keys().iter().filter(|key| key.scheme == scheme).count(), 1);
    }
    assert_eq!(keys().len(), SignatureScheme::all().count());
}
