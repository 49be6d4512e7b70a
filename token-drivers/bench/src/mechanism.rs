//! One row per mechanism of signing.

use cryptoki_sys::{
    CK_KEY_TYPE, CK_MECHANISM_TYPE, CK_ULONG, CKK_GOSTR3410, CKK_RSA, CKM_GOSTR3410,
    CKM_GOSTR3410_WITH_GOSTR3411, CKM_RSA_PKCS, CKM_SHA1_RSA_PKCS, CKM_SHA256_RSA_PKCS,
};
use serde::Deserialize;
use tamga_scheme::{DigestAlgorithm, KeyKind};

/// What a token does with a key; named in scripts in kebab case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mechanism {
    /// `CKM_RSA_PKCS`: a PKCS#1 v1.5 block around what is given.
    Rsa,
    /// `CKM_SHA1_RSA_PKCS`.
    RsaSha1,
    /// `CKM_SHA256_RSA_PKCS`.
    RsaSha256,
    /// `CKM_GOSTR3410`: signs a digest of 32 bytes.
    #[serde(rename = "gost-256")]
    Gost256,
    /// `CKM_GOSTR3410_WITH_GOSTR3411`: hashes with GOST 34.311-95.
    #[serde(rename = "gost-256-gost3411")]
    Gost256WithGost34311,
    /// `CKM_GOSTR3410_WITH_GOSTR3411_12_256`: hashes with Streebog, 256 bits.
    #[serde(rename = "gost-256-streebog")]
    Gost256WithStreebog,
    /// `CKM_GOSTR3410_512`: signs a digest of 64 bytes.
    #[serde(rename = "gost-512")]
    Gost512,
    /// `CKM_GOSTR3410_WITH_GOSTR3411_12_512`: hashes with Streebog, 512 bits.
    #[serde(rename = "gost-512-streebog")]
    Gost512WithStreebog,
}

/// What a mechanism wants from its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// A message, hashed on the token.
    Bytes(DigestAlgorithm),
    /// A digest of so many bytes.
    Digest(usize),
    /// Whatever fits into a PKCS#1 v1.5 block.
    Block,
}

/// What the table says about one mechanism.
struct Row {
    mechanism: Mechanism,
    number: CK_MECHANISM_TYPE,
    kind: KeyKind,
    input: Input,
    /// Smallest and largest key, in bits.
    key_bits: [CK_ULONG; 2],
}

/// Vendor numbers: TC26, "Extension of PKCS#11 for the Russian cryptographic standards" (MR 26.2.002-2012 and the
/// headers of its implementations), `NSSCK_VENDOR_PKCS11_RU_TEAM` = 0xD4321000.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { mechanism: Mechanism::Rsa, number: CKM_RSA_PKCS, kind: KeyKind::Rsa, input: Input::Block, key_bits: [2048, 4096] },
    Row { mechanism: Mechanism::RsaSha1, number: CKM_SHA1_RSA_PKCS, kind: KeyKind::Rsa, input: Input::Bytes(DigestAlgorithm::Sha1), key_bits: [2048, 4096] },
    Row { mechanism: Mechanism::RsaSha256, number: CKM_SHA256_RSA_PKCS, kind: KeyKind::Rsa, input: Input::Bytes(DigestAlgorithm::Sha256), key_bits: [2048, 4096] },
    Row { mechanism: Mechanism::Gost256, number: CKM_GOSTR3410, kind: KeyKind::Gost2004, input: Input::Digest(32), key_bits: [256, 256] },
    Row { mechanism: Mechanism::Gost256WithGost34311, number: CKM_GOSTR3410_WITH_GOSTR3411, kind: KeyKind::Gost2004, input: Input::Bytes(DigestAlgorithm::Gost34311), key_bits: [256, 256] },
    Row { mechanism: Mechanism::Gost256WithStreebog, number: 0xD432_1008, kind: KeyKind::Gost2004, input: Input::Bytes(DigestAlgorithm::Streebog256), key_bits: [256, 256] },
    Row { mechanism: Mechanism::Gost512, number: 0xD432_1006, kind: KeyKind::Gost2015With512, input: Input::Digest(64), key_bits: [512, 512] },
    Row { mechanism: Mechanism::Gost512WithStreebog, number: 0xD432_1009, kind: KeyKind::Gost2015With512, input: Input::Bytes(DigestAlgorithm::Streebog512), key_bits: [512, 512] },
];

/// `CKK_GOSTR3410_512` of the same extension.
const CKK_GOSTR3410_512: CK_KEY_TYPE = 0xD432_1003;

impl Mechanism {
    /// Everything a token can do with a key of this kind.
    pub(crate) fn for_key(kind: KeyKind) -> impl Iterator<Item = Self> {
        ROWS.iter()
            .filter(move |row| row.kind == kind)
            .map(|row| row.mechanism)
    }

    /// The mechanism of a number.
    pub(crate) fn from_number(number: CK_MECHANISM_TYPE) -> Option<Self> {
        ROWS.iter()
            .find(|row| row.number == number)
            .map(|row| row.mechanism)
    }

    fn row(self) -> &'static Row {
        ROWS.iter()
            .find(|row| row.mechanism == self)
            .expect("every mechanism has a row: tested")
    }

    /// The number on the C interface.
    pub(crate) fn number(self) -> CK_MECHANISM_TYPE {
        self.row().number
    }

    /// The kind of key it signs with.
    pub(crate) fn key_kind(self) -> KeyKind {
        self.row().kind
    }

    /// What it wants from its caller.
    pub(crate) fn input(self) -> Input {
        self.row().input
    }

    /// Smallest and largest key, in bits.
    pub(crate) fn key_bits(self) -> [CK_ULONG; 2] {
        self.row().key_bits
    }
}

/// `CKA_KEY_TYPE` of a kind of key; `None` for kinds that came to the scheme table after this one.
pub(crate) fn key_type(kind: KeyKind) -> Option<CK_KEY_TYPE> {
    match kind {
        KeyKind::Gost2004 => Some(CKK_GOSTR3410),
        KeyKind::Gost2015With512 => Some(CKK_GOSTR3410_512),
        KeyKind::Rsa => Some(CKK_RSA),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tamga_scheme::SignatureScheme;

    use super::*;

    #[test]
    fn every_mechanism_has_one_row_and_its_number_leads_back() {
        let variants = [
            (Mechanism::Rsa, 0x0001),
            (Mechanism::RsaSha1, 0x0006),
            (Mechanism::RsaSha256, 0x0040),
            (Mechanism::Gost256, 0x1201),
            (Mechanism::Gost256WithGost34311, 0x1202),
            (Mechanism::Gost256WithStreebog, 0xD432_1008),
            (Mechanism::Gost512, 0xD432_1006),
            (Mechanism::Gost512WithStreebog, 0xD432_1009),
        ];
        assert_eq!(ROWS.len(), variants.len());
        for (mechanism, number) in variants {
            assert_eq!(mechanism.number(), number);
            assert_eq!(Mechanism::from_number(number), Some(mechanism));
        }
        assert_eq!(Mechanism::from_number(0x0003), None);
    }

    #[test]
    fn every_kind_of_key_that_tokens_hold_has_a_type_and_can_sign_with_its_scheme() {
        for scheme in SignatureScheme::all() {
            let kind = scheme.key_kind();
            if kind == KeyKind::Gost2015With256 {
                // No token with such a key is known.
                assert_eq!(key_type(kind), None);
                continue;
            }
            assert!(key_type(kind).is_some());
            assert!(
                Mechanism::for_key(kind)
                    .any(|mechanism| mechanism.input() == Input::Bytes(scheme.digest()))
            );
        }
    }
}
