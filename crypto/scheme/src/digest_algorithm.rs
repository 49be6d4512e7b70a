//! Digests of the national profiles, one row each.

use const_oid::ObjectIdentifier;
use digest::Digest;
use ring::digest as ring;
use sha1::Sha1;
use tamga_gost3411::{Gost34311, Streebog256, Streebog512};

/// A hash function with its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// GOST 34.311-95 (GOST R 34.11-94) with the S-box of GOST R 34.11-94 appendix A, zero start
    /// vector; 32 bytes.
    Gost34311,
    /// SHA-1; 20 bytes. Only for old time-stamp imprints and certificate identifiers, never for new
    /// signatures.
    Sha1,
    /// SHA-256; 32 bytes.
    Sha256,
    /// GOST R 34.11-2015, 256 bits; 32 bytes.
    Streebog256,
    /// GOST R 34.11-2015, 512 bits; 64 bytes.
    Streebog512,
}

impl DigestAlgorithm {
    /// Every digest of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.digest)
    }

    /// `AlgorithmIdentifier` of this digest in CMS and certificates.
    pub fn oid(self) -> ObjectIdentifier {
        self.row().oid
    }

    /// `ds:DigestMethod/@Algorithm`.
    pub fn xml_uri(self) -> &'static str {
        self.row().xml_uri
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Length of the digest in bytes.
    pub fn output_len(self) -> usize {
        self.row().output_len
    }

    /// The digest of a CMS `digestAlgorithm`.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        ROWS.iter().find(|row| row.oid == oid).map(|row| row.digest)
    }

    /// The digest of a `ds:DigestMethod`.
    pub fn from_xml_uri(uri: &str) -> Option<Self> {
        ROWS.iter()
            .find(|row| row.xml_uri == uri)
            .map(|row| row.digest)
    }

    /// Hashes everything at once; the bytes are in transmission order.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finalize()
    }

    /// Starts hashing piece by piece.
    pub fn hasher(self) -> Hasher {
        Hasher((self.row().start)())
    }

    fn row(self) -> &'static Row {
        ROWS.iter()
            .find(|row| row.digest == self)
            .expect("every digest has a row: tested")
    }
}

/// A digest being computed.
#[derive(Clone)]
pub struct Hasher(State);

impl Hasher {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Gost34311(hasher) => hasher.update(bytes),
            State::Sha1(hasher) => hasher.update(bytes),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Streebog256(hasher) => hasher.update(bytes),
            State::Streebog512(hasher) => hasher.update(bytes),
        }
    }

    /// The digest, in transmission order.
    pub fn finalize(self) -> Vec<u8> {
        match self.0 {
            State::Gost34311(hasher) => hasher.finalize().to_vec(),
            State::Sha1(hasher) => hasher.finalize().to_vec(),
            State::Sha256(hasher) => hasher.finish().as_ref().to_vec(),
            State::Streebog256(hasher) => hasher.finalize().to_vec(),
            State::Streebog512(hasher) => hasher.finalize().to_vec(),
        }
    }
}

/// What the table says about one digest.
struct Row {
    digest: DigestAlgorithm,
    name: &'static str,
    oid: ObjectIdentifier,
    xml_uri: &'static str,
    output_len: usize,
    start: fn() -> State,
}

/// The running state of each function.
#[derive(Clone)]
enum State {
    Gost34311(Gost34311),
    Sha1(Sha1),
    /// Of ring, as fast on processors without instructions for it as on others.
    Sha256(ring::Context),
    Streebog256(Streebog256),
    Streebog512(Streebog512),
}

/// Sources: national identifiers measured on real certificates, CMS and XML; SHA from RFC 3279, RFC
/// 5754, XMLDSig, XMLEnc.
const ROWS: &[Row] = &[
    Row {
        digest: DigestAlgorithm::Gost34311,
        name: "GOST34311",
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.1"),
        xml_uri: "http://www.w3.org/2001/04/xmldsig-more#gost34311",
        output_len: 32,
        start: || State::Gost34311(Gost34311::new()),
    },
    Row {
        digest: DigestAlgorithm::Sha1,
        name: "SHA1",
        oid: const_oid::db::rfc5912::ID_SHA_1,
        xml_uri: "http://www.w3.org/2000/09/xmldsig#sha1",
        output_len: 20,
        start: || State::Sha1(Sha1::new()),
    },
    Row {
        digest: DigestAlgorithm::Sha256,
        name: "SHA256",
        oid: const_oid::db::rfc5912::ID_SHA_256,
        xml_uri: "http://www.w3.org/2001/04/xmlenc#sha256",
        output_len: 32,
        start: || State::Sha256(ring::Context::new(&ring::SHA256)),
    },
    Row {
        digest: DigestAlgorithm::Streebog256,
        name: "GOST3411-2015-256",
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.2"),
        xml_uri: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-256",
        output_len: 32,
        start: || State::Streebog256(Streebog256::new()),
    },
    Row {
        digest: DigestAlgorithm::Streebog512,
        name: "GOST3411-2015-512",
        oid: ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.3"),
        xml_uri: "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512",
        output_len: 64,
        start: || State::Streebog512(Streebog512::new()),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_identifier_is_unique_and_both_look_up_directions_agree() {
        let variants = [
            DigestAlgorithm::Gost34311,
            DigestAlgorithm::Sha1,
            DigestAlgorithm::Sha256,
            DigestAlgorithm::Streebog256,
            DigestAlgorithm::Streebog512,
        ];
        assert_eq!(DigestAlgorithm::all().collect::<Vec<_>>(), variants);

        let (mut oids, mut uris, mut names) = (HashSet::new(), HashSet::new(), HashSet::new());
        for digest in variants {
            assert!(oids.insert(digest.oid()));
            assert!(uris.insert(digest.xml_uri()));
            assert!(names.insert(digest.name()));
            assert_eq!(DigestAlgorithm::from_oid(digest.oid()), Some(digest));
            assert_eq!(
                DigestAlgorithm::from_xml_uri(digest.xml_uri()),
                Some(digest)
            );
            assert_eq!(digest.digest(b"").len(), digest.output_len());
        }
    }

    #[test]
    fn unknown_identifiers_name_no_digest() {
        // id-md5 of RFC 3279 and a national parameter identifier that is not a digest.
        let parameter = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.3.1.1.0");
        assert_eq!(
            DigestAlgorithm::from_oid(const_oid::db::rfc5912::ID_MD_5),
            None
        );
        assert_eq!(DigestAlgorithm::from_oid(parameter), None);
        assert_eq!(
            DigestAlgorithm::from_xml_uri("http://www.w3.org/2001/04/xmlenc#SHA256"),
            None
        );
    }
}
