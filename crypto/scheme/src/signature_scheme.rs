//! One row per signature scheme of the national PKI.

use const_oid::ObjectIdentifier;

use crate::DigestAlgorithm;

/// A curve or modulus, a digest and a byte layout under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// GOST 34.310-2004 (256 bits, CryptoPro-A) with GOST 34.311-95.
    Gost2004,
    /// GOST R 34.10-2015 (256 bits, tc26-256-A) with GOST R 34.11-2015 (256 bits). Its identifiers are known from
    /// published sources only: no real certificate or message has been met.
    Gost2015With256,
    /// GOST R 34.10-2015 (512 bits, tc26-512-A) with GOST R 34.11-2015 (512 bits).
    Gost2015With512,
    /// RSA PKCS#1 v1.5 with SHA-256.
    RsaSha256,
}

/// What kind of key a scheme needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// GOST 34.310-2004 on CryptoPro-A.
    Gost2004,
    /// GOST R 34.10-2015 on tc26-256-A.
    Gost2015With256,
    /// GOST R 34.10-2015 on tc26-512-A.
    Gost2015With512,
    /// RSA of any accepted modulus.
    Rsa,
}

/// What the table says about one scheme.
struct Row {
    scheme: SignatureScheme,
    name: &'static str,
    jca_name: &'static str,
    kind: KeyKind,
    digest: DigestAlgorithm,
    key_oid: ObjectIdentifier,
    signature_oid: ObjectIdentifier,
    xml_uri: &'static str,
}

/// Sources: object identifiers and URIs measured on real certificates, CMS and XML (docs/facts.md).
const ROWS: &[Row] = &[
    Row {
        scheme: SignatureScheme::Gost2004,
        name: "GOST-2004",
        jca_name: "ECGOST34310",
        kind: KeyKind::Gost2004,
        digest: DigestAlgorithm::Gost34311,
        key_oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.1.1"),
        signature_oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.1.2"),
        xml_uri: "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311",
    },
    Row {
        scheme: SignatureScheme::Gost2015With256,
        name: "GOST-2015-256",
        jca_name: "ECGOST3410-2015-256",
        kind: KeyKind::Gost2015With256,
        digest: DigestAlgorithm::Streebog256,
        key_oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.1"),
        signature_oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.3.1"),
        xml_uri: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-256",
    },
    Row {
        scheme: SignatureScheme::Gost2015With512,
        name: "GOST-2015-512",
        jca_name: "ECGOST3410-2015-512",
        kind: KeyKind::Gost2015With512,
        digest: DigestAlgorithm::Streebog512,
        key_oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.2"),
        signature_oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.3.2"),
        xml_uri: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512",
    },
    Row {
        scheme: SignatureScheme::RsaSha256,
        name: "RSA-SHA256",
        jca_name: "RSA",
        kind: KeyKind::Rsa,
        digest: DigestAlgorithm::Sha256,
        key_oid: const_oid::db::rfc5912::RSA_ENCRYPTION,
        signature_oid: const_oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION,
        xml_uri: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    },
];

impl SignatureScheme {
    /// Every scheme of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.scheme)
    }

    fn row(self) -> &'static Row {
        ROWS.iter()
            .find(|row| row.scheme == self)
            .expect("every scheme has a row: tested")
    }

    /// The name used in reports and error texts.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The key algorithm's name in Java, which `getKeyInfo` sends to pages.
    pub fn jca_name(self) -> &'static str {
        self.row().jca_name
    }

    /// The kind of key that signs with this scheme.
    pub fn key_kind(self) -> KeyKind {
        self.row().kind
    }

    /// The digest that is signed.
    pub fn digest(self) -> DigestAlgorithm {
        self.row().digest
    }

    /// Algorithm of the key in SubjectPublicKeyInfo and PKCS#8.
    pub fn key_oid(self) -> ObjectIdentifier {
        self.row().key_oid
    }

    /// Algorithm of the signature in certificates and CMS.
    pub fn signature_oid(self) -> ObjectIdentifier {
        self.row().signature_oid
    }

    /// `ds:SignatureMethod/@Algorithm`.
    pub fn xml_uri(self) -> &'static str {
        self.row().xml_uri
    }

    /// The scheme of a CMS or certificate `signatureAlgorithm`.
    ///
    /// The native library of the NCA writes the *key's* identifier there for GOST-2004 and RSA;
    /// both are accepted.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        ROWS.iter()
            .find(|row| row.signature_oid == oid || row.key_oid == oid)
            .map(|row| row.scheme)
    }

    /// The scheme of a `ds:SignatureMethod`.
    pub fn from_xml_uri(uri: &str) -> Option<Self> {
        ROWS.iter()
            .find(|row| row.xml_uri == uri)
            .map(|row| row.scheme)
    }

    /// The scheme a key of this kind signs with.
    pub fn for_key(kind: KeyKind) -> Self {
        ROWS.iter()
            .find(|row| row.kind == kind)
            .map(|row| row.scheme)
            .expect("every kind has a row: tested")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_identifier_is_unique_and_both_look_up_directions_agree() {
        let variants = [
            SignatureScheme::Gost2004,
            SignatureScheme::Gost2015With256,
            SignatureScheme::Gost2015With512,
            SignatureScheme::RsaSha256,
        ];
        assert_eq!(SignatureScheme::all().collect::<Vec<_>>(), variants);

        let (mut oids, mut texts, mut kinds) = (HashSet::new(), HashSet::new(), HashSet::new());
        for scheme in variants {
            assert!(oids.insert(scheme.key_oid()));
            assert!(oids.insert(scheme.signature_oid()));
            assert!(texts.insert(scheme.name()));
            assert!(texts.insert(scheme.jca_name()));
            assert!(texts.insert(scheme.xml_uri()));
            assert!(kinds.insert(scheme.key_kind()));
            assert_eq!(
                SignatureScheme::from_oid(scheme.signature_oid()),
                Some(scheme)
            );
            assert_eq!(SignatureScheme::from_oid(scheme.key_oid()), Some(scheme));
            assert_eq!(
                SignatureScheme::from_xml_uri(scheme.xml_uri()),
                Some(scheme)
            );
            assert_eq!(SignatureScheme::for_key(scheme.key_kind()), scheme);
        }
        // A digest's identifier never names a signature.
        for digest in DigestAlgorithm::all() {
            assert!(oids.insert(digest.oid()));
            assert!(texts.insert(digest.xml_uri()));
        }
    }

    #[test]
    fn unknown_identifiers_name_no_scheme() {
        let sha1_with_rsa = const_oid::db::rfc5912::SHA_1_WITH_RSA_ENCRYPTION;
        assert_eq!(SignatureScheme::from_oid(sha1_with_rsa), None);
        let sha1_with_rsa = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
        assert_eq!(SignatureScheme::from_xml_uri(sha1_with_rsa), None);
        assert_eq!(SignatureScheme::from_xml_uri(""), None);
    }
}
