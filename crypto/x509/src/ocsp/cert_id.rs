//! Which certificate is meant, as OCSP says it (RFC 6960 section 4.1.1).

use der::{
    Any, Decode, Encode, Reader, SliceReader, Tag,
    asn1::{Null, OctetStringRef},
};
use tamga_scheme::{DigestAlgorithm, ObjectIdentifier};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::{Authority, authority::key_bits};
use crate::{Certificate, signed::integer_content};

/// Content octets of a serial number, the sign octet included.
const MAX_SERIAL: usize = 21;

/// One certificate of one authority.
///
/// ```text
/// CertID ::= SEQUENCE {
///     hashAlgorithm   AlgorithmIdentifier,
///     issuerNameHash  OCTET STRING,  -- hash of the issuer's DN
///     issuerKeyHash   OCTET STRING,  -- hash of the issuer's public key
///     serialNumber    CertificateSerialNumber }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertId {
    hash_algorithm: ObjectIdentifier,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
}

impl CertId {
    /// Names `certificate` of `authority` by hashes of `algorithm`: SHA-256 for the national services, SHA-1 for
    /// responders that know nothing else.
    ///
    /// Whether the authority issued the certificate is not looked at.
    pub fn new(
        algorithm: DigestAlgorithm,
        authority: Authority<'_>,
        certificate: &Certificate,
    ) -> Self {
        let (name_hash, key_hash) = hashes(algorithm, authority);
        Self {
            hash_algorithm: algorithm.oid(),
            name_hash,
            key_hash,
            serial: certificate.serial().to_vec(),
        }
    }

    /// Algorithm of both hashes; one that is not in the table never matches.
    pub fn hash_algorithm(&self) -> ObjectIdentifier {
        self.hash_algorithm
    }

    /// Content octets of the serial number INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// True if this names `certificate` of `authority`: serial number, hash of the name and hash of the key; and the
    /// certificate names that authority.
    pub fn matches(&self, authority: Authority<'_>, certificate: &Certificate) -> bool {
        let Some(algorithm) = DigestAlgorithm::from_oid(self.hash_algorithm) else {
            return false;
        };
        // The serial number first: an answer may have a hundred identifiers.
        if self.serial != certificate.serial() || certificate.issuer() != authority.name {
            return false;
        }
        let (name_hash, key_hash) = hashes(algorithm, authority);
        self.name_hash == name_hash && self.key_hash == key_hash
    }

    pub(super) fn to_der(&self) -> der::Result<Vec<u8>> {
        let algorithm = [self.hash_algorithm.to_der()?, Null.to_der()?].concat();
        let parts = [
            Any::new(Tag::Sequence, algorithm)?.to_der()?,
            OctetStringRef::new(&self.name_hash)?.to_der()?,
            OctetStringRef::new(&self.key_hash)?.to_der()?,
            Any::new(Tag::Integer, self.serial.as_slice())?.to_der()?,
        ];
        Any::new(Tag::Sequence, parts.concat())?.to_der()
    }

    pub(super) fn read(reader: &mut SliceReader<'_>) -> der::Result<Self> {
        reader.sequence(|reader| {
            let hash_algorithm = AlgorithmIdentifierRef::decode(reader)?.oid;
            let name_hash = <&OctetStringRef>::decode(reader)?.as_bytes().to_vec();
            let key_hash = <&OctetStringRef>::decode(reader)?.as_bytes().to_vec();
            let serial = integer_content(reader, MAX_SERIAL)?.to_vec();
            Ok(Self {
                hash_algorithm,
                name_hash,
                key_hash,
                serial,
            })
        })
    }
}

/// issuerNameHash and issuerKeyHash.
fn hashes(algorithm: DigestAlgorithm, authority: Authority<'_>) -> (Vec<u8>, Vec<u8>) {
    let key = key_bits(authority.key.spki_der())
        .expect("a PublicKey holds a well-formed SubjectPublicKeyInfo with whole octets");
    (
        algorithm.digest(authority.name.der()),
        algorithm.digest(key),
    )
}
