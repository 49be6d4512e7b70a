//! The table of mechanisms: number, key, what it is given, where the number is from.
//!
//! Numbers that only the libraries of Kazakh tokens know are unknown to us; such a mechanism is one more row.

use tamga_scheme::KeyKind;

/// A mechanism that signs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mechanism {
    /// `CK_MECHANISM_TYPE`.
    pub(crate) number: u32,
    /// Which keys sign with it.
    pub(crate) key: KeyKind,
    /// What it is given.
    pub(crate) input: Input,
}

/// What a mechanism is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The bytes themselves; the token hashes them with the digest of the key's scheme.
    Bytes,
    /// Their digest.
    Digest,
    /// Their digest in a `DigestInfo` (RFC 8017 section 9.2, step 2).
    DigestInfo,
}

/// Sources: PKCS#11 v2.40 Current Mechanisms section 2.1.5, 2.1.8 (RSA) and 2.54 (GOST R 34.10-2001, whose
/// arithmetic on CryptoPro-A is that of GOST 34.310-2004); TC26, extension of PKCS#11 for GOST R 34.10-2012
/// (`NSSCK_VENDOR_PKCS11_RU_TEAM` = 0xD4321000).
///
/// `CKM_GOSTR3410_WITH_GOSTR3411_12_256` (0xD4321008) hashes with Streebog-256 for keys of 256 bits; no scheme of the
/// national PKI in `tamga-scheme` does, so it has no row.
const MECHANISMS: &[Mechanism] = &[
    // CKM_RSA_PKCS
    Mechanism {
        number: 0x0000_0001,
        key: KeyKind::Rsa,
        input: Input::DigestInfo,
    },
    // CKM_SHA256_RSA_PKCS
    Mechanism {
        number: 0x0000_0040,
        key: KeyKind::Rsa,
        input: Input::Bytes,
    },
    // CKM_GOSTR3410
    Mechanism {
        number: 0x0000_1201,
        key: KeyKind::Gost2004,
        input: Input::Digest,
    },
    // CKM_GOSTR3410_WITH_GOSTR3411
    Mechanism {
        number: 0x0000_1202,
        key: KeyKind::Gost2004,
        input: Input::Bytes,
    },
    // CKM_GOSTR3410_512
    Mechanism {
        number: 0xd432_1006,
        key: KeyKind::Gost2015With512,
        input: Input::Digest,
    },
    // CKM_GOSTR3410_WITH_GOSTR3411_12_512
    Mechanism {
        number: 0xd432_1009,
        key: KeyKind::Gost2015With512,
        input: Input::Bytes,
    },
];

/// `DigestInfo` of a SHA-256 digest, up to the digest (RFC 8017 section 9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// Mechanisms of the table for keys of this kind, those that take a digest first: then hashing happens here, and
/// nothing large crosses to the token.
pub(crate) fn of_key(kind: KeyKind) -> impl Iterator<Item = &'static Mechanism> {
    MECHANISMS
        .iter()
        .filter(move |mechanism| mechanism.key == kind)
}

/// The digest with what RSA mechanisms want before it.
pub(crate) fn digest_info(sha256: &[u8]) -> Vec<u8> {
    [&SHA256_DIGEST_INFO, sha256].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_key_has_a_mechanism_for_digests_and_then_one_for_bytes() {
        for (kind, first) in [
            (KeyKind::Gost2004, Input::Digest),
            (KeyKind::Gost2015With512, Input::Digest),
            (KeyKind::Rsa, Input::DigestInfo),
        ] {
            let inputs: Vec<_> = of_key(kind).map(|mechanism| mechanism.input).collect();
            assert_eq!(inputs, [first, Input::Bytes], "{kind:?}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_c_header_where_it_has_them() {
        let known = [
            cryptoki_sys::CKM_RSA_PKCS,
            cryptoki_sys::CKM_SHA256_RSA_PKCS,
            cryptoki_sys::CKM_GOSTR3410,
            cryptoki_sys::CKM_GOSTR3410_WITH_GOSTR3411,
        ];
        let ours = MECHANISMS
            .iter()
            .map(|mechanism| cryptoki_sys::CK_MECHANISM_TYPE::from(mechanism.number))
            .take(known.len());
        assert!(ours.eq(known));
    }
}
