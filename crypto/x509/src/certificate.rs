//! A certificate, parsed once, completely.

use std::{fmt, ops::Range, sync::Arc};

use der::{Class, Decode, Reader, SliceReader, Tag, TagMode, TagNumber, Tagged, asn1::AnyRef};
use sha2::{Digest, Sha256};
use tamga_scheme::{
    KeyError, KeyKind, ObjectIdentifier, PublicKey, SignatureScheme, SignatureValid,
    SignatureValue, verify,
};
use x509_cert::spki::AlgorithmIdentifierRef;

use crate::{
    BasicConstraints, Error, KeyPurpose, KeyUsage, Name, Role, UnixTime,
    extensions::Extensions,
    pem,
    signed::{Envelope, integer_content, same_algorithm},
};

/// Largest certificate read, in bytes; those of the NCA have about two thousand.
const MAX_BYTES: usize = 64 * 1024;

/// Content octets of a serial number: 20 (RFC 5280 section 4.1.2.2) and one for the sign.
const MAX_SERIAL: usize = 21;

const EMAIL_PROTECTION: ObjectIdentifier = const_oid::db::rfc5280::ID_KP_EMAIL_PROTECTION;
const CLIENT_AUTH: ObjectIdentifier = const_oid::db::rfc5280::ID_KP_CLIENT_AUTH;

/// An X.509 v3 certificate (RFC 5280 section 4.1), its DER kept byte for byte. Cheap to clone.
///
/// ```text
/// Certificate ::= SEQUENCE {
///     tbsCertificate       TBSCertificate,
///     signatureAlgorithm   AlgorithmIdentifier,
///     signatureValue       BIT STRING }
/// ```
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    /// Where the signed part lies in `der`.
    tbs: Range<usize>,
    signature_algorithm: ObjectIdentifier,
    signature: SignatureValue,
    serial: Vec<u8>,
    issuer: Name,
    validity: Validity,
    subject: Name,
    spki: Vec<u8>,
    public_key: Result<PublicKey, KeyError>,
    extensions: Extensions,
}

/// notBefore and notAfter, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    /// First moment.
    pub not_before: UnixTime,
    /// Last moment.
    pub not_after: UnixTime,
}

impl Validity {
    /// True from the first moment to the last.
    pub fn contains(self, at: UnixTime) -> bool {
        self.not_before <= at && at <= self.not_after
    }
}

/// DER of `IssuerAndSerialNumber` parts, to find a signer's certificate (RFC 5652 section 10.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IssuerAndSerial {
    /// DER of the issuer's name.
    pub issuer: Vec<u8>,
    /// Content octets of the serial number INTEGER.
    pub serial: Vec<u8>,
}

impl Certificate {
    /// Reads DER; nothing may follow it. At most 64 KiB.
    ///
    /// A key whose algorithm is not in the table does not make the certificate unreadable, see [`Self::public_key`];
    /// a malformed extension of a known type does.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_BYTES {
            return Err(Error::TooLarge {
                what: "certificate",
                actual: der.len(),
                limit: MAX_BYTES,
            });
        }
        let read = Envelope::from_der(der)
            .and_then(|envelope| Ok((Tbs::from_der(envelope.tbs)?, envelope)));
        let (tbs, envelope) = read.map_err(|error| Error::malformed("certificate", error))?;
        if !same_algorithm(tbs.algorithm, envelope.algorithm) {
            return Err(Error::malformed(
                "certificate",
                "two different signature algorithms",
            ));
        }
        Ok(Self(Arc::new(Parsed {
            tbs: envelope.tbs_range(der),
            signature_algorithm: envelope.algorithm.oid,
            signature: SignatureValue::new(envelope.signature),
            der: der.to_vec(),
            serial: tbs.serial.to_vec(),
            issuer: Name::from_der(tbs.issuer)?,
            validity: tbs.validity,
            subject: Name::from_der(tbs.subject)?,
            spki: tbs.spki.to_vec(),
            public_key: PublicKey::from_spki_der(tbs.spki),
            extensions: tbs.extensions,
        })))
    }

    /// Reads DER, or PEM, or bare base64 with any white space.
    ///
    /// Of PEM text the first `CERTIFICATE` block is taken; what stands around it is not looked at.
    pub fn from_der_or_pem(bytes: &[u8]) -> Result<Self, Error> {
        // A SEQUENCE begins with 0x30, which is the digit 0: no certificate's base64 begins with it.
        if bytes.first() == Some(&0x30) {
            return Self::from_der(bytes);
        }
        Self::from_der(&pem::decode(bytes, MAX_BYTES)?)
    }

    /// The DER, byte for byte as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// PEM with 64 columns and `line_end` after every line, the last included.
    pub fn to_pem(&self, line_end: &str) -> String {
        pem::encode(self.der(), line_end)
    }

    /// SHA-256 over the DER.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    /// The bytes under the issuer's signature, as they came.
    pub fn tbs_der(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }

    /// The subject's name.
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// Content octets of the serial number INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// Lower-case hex of the serial number, two digits per byte, a leading zero octet left out.
    pub fn serial_hex(&self) -> String {
        match self.serial() {
            [0, rest @ ..] if !rest.is_empty() => hex::encode(rest),
            serial => hex::encode(serial),
        }
    }

    /// Issuer and serial number, as CMS names this certificate.
    pub fn issuer_and_serial(&self) -> IssuerAndSerial {
        IssuerAndSerial {
            issuer: self.issuer().der().to_vec(),
            serial: self.serial().to_vec(),
        }
    }

    /// Validity period.
    pub fn validity(&self) -> Validity {
        self.0.validity
    }

    /// DER of the subject's SubjectPublicKeyInfo, as it came.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// The subject's key, if its algorithm is in the table and its numbers are valid.
    pub fn public_key(&self) -> Result<&PublicKey, Error> {
        self.0
            .public_key
            .as_ref()
            .map_err(|error| Error::Key(error.clone()))
    }

    /// The scheme this certificate's own key signs with; `None` where [`Self::public_key`] is an error.
    pub fn key_scheme(&self) -> Option<SignatureScheme> {
        self.public_key()
            .ok()
            .map(|key| SignatureScheme::for_key(key.kind()))
    }

    /// Algorithm of the *issuer's* signature on this certificate.
    pub fn signature_algorithm(&self) -> ObjectIdentifier {
        self.0.signature_algorithm
    }

    /// Scheme of the *issuer's* signature on this certificate.
    pub fn signature_scheme(&self) -> Option<SignatureScheme> {
        SignatureScheme::from_oid(self.0.signature_algorithm)
    }

    /// subjectKeyIdentifier value; opaque, 4 to 20 bytes in the national PKI.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_identifier.as_deref()
    }

    /// keyIdentifier of authorityKeyIdentifier.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_identifier.as_deref()
    }

    /// Key usage; `None` when the extension is absent.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.extensions.key_usage
    }

    /// Extended key usage; empty when the extension is absent.
    pub fn extended_key_usage(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.extended_key_usage
    }

    /// True if extended key usage is present and critical, as RFC 3161 section 2.3 demands of a time-stamping authority.
    pub fn extended_key_usage_is_critical(&self) -> bool {
        self.0.extensions.extended_key_usage_is_critical
    }

    /// Basic constraints; `None` when the extension is absent.
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.0.extensions.basic_constraints
    }

    /// Certificate policies; empty when the extension is absent. Path building does not look at them.
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.policies
    }

    /// Addresses of full lists, each once (cRLDistributionPoints).
    pub fn crl_urls(&self) -> &[String] {
        &self.0.extensions.crl_urls
    }

    /// Addresses of delta lists, each once (freshestCRL).
    pub fn delta_crl_urls(&self) -> &[String] {
        &self.0.extensions.delta_crl_urls
    }

    /// Addresses of OCSP responders, each once (authorityInfoAccess).
    pub fn ocsp_urls(&self) -> &[String] {
        &self.0.extensions.ocsp_urls
    }

    /// Addresses of the issuer's certificate, each once (authorityInfoAccess).
    pub fn ca_issuer_urls(&self) -> &[String] {
        &self.0.extensions.ca_issuer_urls
    }

    /// True if the authority asks not to check the revocation of this responder's certificate
    /// (id-pkix-ocsp-nocheck, RFC 6960 section 4.2.2.2.1).
    pub fn ocsp_no_check(&self) -> bool {
        self.0.extensions.ocsp_no_check
    }

    /// The first critical extension that path validation would not process; such a certificate has no path.
    pub fn critical_not_understood(&self) -> Option<ObjectIdentifier> {
        self.0.extensions.not_understood
    }

    /// Subject and issuer are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// What the holder may do with the key; each purpose at most once.
    ///
    /// emailProtection is signing, clientAuth is authentication. Since 2024 the NCA issues one GOST-2015 key for both,
    /// without clientAuth: such a key of a person, with digitalSignature, serves both. Keys of information systems
    /// have a role only and no purpose.
    pub fn purposes(&self) -> Vec<KeyPurpose> {
        let usages = self.extended_key_usage();
        let signing = usages.contains(&EMAIL_PROTECTION);
        let authentication = usages.contains(&CLIENT_AUTH);
        let both = (signing || authentication) && self.is_gost_2015_user();
        let mut purposes = Vec::new();
        if authentication || both {
            purposes.push(KeyPurpose::Authentication);
        }
        if signing || both {
            purposes.push(KeyPurpose::Signing);
        }
        purposes
    }

    /// Who the holder is, from extended key usage; in its order, each role once.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles = Vec::new();
        for role in self
            .extended_key_usage()
            .iter()
            .filter_map(|oid| Role::from_oid(*oid))
        {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        roles
    }

    /// Checks the issuer's signature on this certificate with the issuer's key; names and dates are not looked at.
    ///
    /// The signature is checked over the bytes that came, never over a new encoding of them.
    pub fn verify_signed_by(&self, issuer_key: &PublicKey) -> Result<SignatureValid, Error> {
        let scheme = self
            .signature_scheme()
            .ok_or(Error::SignatureAlgorithm(self.0.signature_algorithm))?;
        Ok(verify(
            issuer_key,
            scheme,
            self.tbs_der(),
            &self.0.signature,
        )?)
    }

    fn is_gost_2015_user(&self) -> bool {
        let roles = self.roles();
        self.public_key().is_ok_and(|key| {
            matches!(
                key.kind(),
                KeyKind::Gost2015With256 | KeyKind::Gost2015With512
            )
        }) && self.key_usage().is_some_and(KeyUsage::digital_signature)
            && roles.iter().any(|role| role.is_person())
            && !roles.iter().any(|role| role.is_system())
    }
}

/// Names the certificate; its fields would fill pages.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject().to_wire_text())
            .field("issuer", &self.issuer().to_wire_text())
            .field("serial", &self.serial_hex())
            .finish_non_exhaustive()
    }
}

/// Certificates are equal when their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

/// ```text
/// TBSCertificate ::= SEQUENCE {
///     version         [0]  EXPLICIT Version DEFAULT v1,
///     serialNumber         CertificateSerialNumber,
///     signature            AlgorithmIdentifier,
///     issuer               Name,
///     validity             Validity,
///     subject              Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo,
///     issuerUniqueID  [1]  IMPLICIT UniqueIdentifier OPTIONAL,
///     subjectUniqueID [2]  IMPLICIT UniqueIdentifier OPTIONAL,
///     extensions      [3]  EXPLICIT Extensions OPTIONAL }
/// ```
struct Tbs<'a> {
    serial: &'a [u8],
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: &'a [u8],
    validity: Validity,
    subject: &'a [u8],
    spki: &'a [u8],
    extensions: Extensions,
}

impl<'a> Tbs<'a> {
    fn from_der(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let tbs = reader.sequence(|reader| {
            let version = reader.context_specific::<u8>(TagNumber(0), TagMode::Explicit)?;
            if version != Some(2) {
                return Err(reader.error(Tag::Integer.value_error()));
            }
            let serial = integer_content(reader, MAX_SERIAL)?;
            let algorithm = AlgorithmIdentifierRef::decode(reader)?;
            let issuer = reader.tlv_bytes()?;
            let validity = <x509_cert::time::Validity>::decode(reader)?;
            let subject = reader.tlv_bytes()?;
            let spki = reader.tlv_bytes()?;
            let mut extensions = Extensions::default();
            while !reader.is_finished() {
                let field = AnyRef::decode(reader)?;
                match (field.tag().class(), field.tag().number()) {
                    (Class::ContextSpecific, TagNumber(1 | 2)) => {}
                    (Class::ContextSpecific, TagNumber(3)) if reader.is_finished() => {
                        extensions = Extensions::from_der(field.value())?;
                    }
                    _ => return Err(reader.error(field.tag().unexpected_error(None))),
                }
            }
            Ok(Self {
                serial,
                algorithm,
                issuer,
                validity: Validity {
                    not_before: UnixTime::from_x509(validity.not_before),
                    not_after: UnixTime::from_x509(validity.not_after),
                },
                subject,
                spki,
                extensions,
            })
        })?;
        reader.finish()?;
        Ok(tbs)
    }
}
