//! A small test CA: one authority with a GOST key, and one certificate of it.

use std::sync::LazyLock;

use tamga_scheme::{PrivateKey, SignatureScheme};
use tamga_test_pki::{Authority, Issuer, Profile, issue};
use tamga_test_support::System;
use tamga_x509::{UnixTime, Validity};

/// Around this moment everything is valid: 2026-01-01T00:00:00Z.
pub(crate) const NOW: UnixTime = UnixTime(1_767_225_600);

pub(crate) struct World {
    pub(crate) authority: Authority,
    /// Somebody with a key and a certificate of the authority.
    pub(crate) holder: Authority,
}

pub(crate) static WORLD: LazyLock<World> = LazyLock::new(|| {
    let authority = make("TAMGA TEST NCA", None);
    let holder = make("ҮЛГІ ҚАЙРАТ", Some(&authority));
    World { authority, holder }
});

fn make(common_name: &str, issuer: Option<&Authority>) -> Authority {
    let key = PrivateKey::generate(SignatureScheme::Gost2015With512, &System).unwrap();
    let name = vec![("2.5.4.3", common_name.to_owned())];
    let profile = Profile {
        subject: name.clone(),
        key_usage: if issuer.is_some() { 0x80 } else { 0x06 },
        extended_key_usage: Vec::new(),
        authority: issuer.is_none(),
    };
    let validity = Validity {
        not_before: UnixTime(NOW.0 - 86_400),
        not_after: UnixTime(NOW.0 + 86_400),
    };
    let by = Issuer {
        name: issuer.map_or(&name, |issuer| &issuer.name),
        key: issuer.map_or(&key, |issuer| &issuer.key),
    };
    let certificate = issue(&profile, validity, key.public_key(), &by, &System).unwrap();
    Authority {
        id: "test",
        name,
        key,
        certificate,
    }
}
