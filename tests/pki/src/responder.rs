//! An OCSP responder that answers right, or wrong on command.

use tamga_scheme::{ObjectIdentifier, PrivateKey, Random, SignatureScheme};
use tamga_x509::{Certificate, UnixTime, Validity};
use x509_cert::der::{
    Decode, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{AnyRef, ObjectIdentifier as Oid},
};

use crate::{
    Authority, DAY, Error, Revocation, der,
    issue::{Attribute, Issuer, Profile, extension, issue, key_identifier, name, signed},
};

const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
const EXTENDED_REVOKE: &str = "1.3.6.1.5.5.7.48.1.9";
const STRANGE: &str = "1.2.398.99.1";
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const NONCE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// A responder of one authority, with a key and a certificate of its own.
///
/// It takes every certificate for issued, and for good unless it is among [`Self::revoked`].
pub struct OcspResponder {
    authority_key: PrivateKey,
    name: Vec<Attribute>,
    key: PrivateKey,
    /// The responder's certificate, with id-kp-OCSPSigning.
    pub certificate: Certificate,
    /// The same key and name, certified by the same authority without id-kp-OCSPSigning.
    unauthorised: Certificate,
    /// The same key and name, certified by itself with id-kp-OCSPSigning.
    self_made: Certificate,
    /// Certificates it calls revoked.
    pub revoked: Vec<Revocation>,
}

/// What is wrong, or unusual, about an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OcspFault {
    /// The answer has a critical extension nobody knows.
    AnswerExtension,
    /// Signed by the authority itself, which names itself by its key, without certificates. Not wrong.
    ByAuthority,
    /// One bit of the signature is turned.
    BrokenSignature,
    /// Every line has a critical extension nobody knows.
    LineExtension,
    /// "Revoked 1970-01-01, certificateHold", with the extension extended-revoke. Not wrong.
    NotIssued,
    /// The responder's certificate is left out.
    NoCertificate,
    /// No nonce.
    NoNonce,
    /// A certificate of the same key that is not for signing answers stands before the responder's. Not wrong.
    OldCertificateFirst,
    /// nextUpdate was an hour ago.
    Outdated,
    /// Another nonce.
    OtherNonce,
    /// "Revoked 1970-01-01, certificateHold", without the extension extended-revoke. Not wrong.
    Revoked1970,
    /// The responder's certificate is made by itself.
    SelfMade,
    /// Signed tomorrow, about now.
    SignedTomorrow,
    /// Ten days old, and no nextUpdate.
    Stale,
    /// No answer but tryLater.
    TryLater,
    /// Two lines about the certificate, good and then revoked.
    TwoLines,
    /// The responder's certificate is not for signing answers.
    Unauthorised,
    /// The status unknown. Not wrong.
    Unknown,
    /// The hash of the issuer's key is another.
    WrongIssuer,
    /// The hash of the issuer's name is another.
    WrongName,
    /// The serial number is another.
    WrongSerial,
}

impl OcspResponder {
    /// Makes a responder for an authority, its certificate valid for ten days around `now`.
    pub fn new(authority: &Authority, now: UnixTime, random: &dyn Random) -> Result<Self, Error> {
        let scheme = SignatureScheme::for_key(authority.key.public_key().kind());
        let key = PrivateKey::generate(scheme, random)?;
        let own_name = vec![
            ("2.5.4.3", "TAMGA TEST OCSP RESPONDER".to_owned()),
            ("2.5.4.6", "KZ".to_owned()),
        ];
        let validity = Validity {
            not_before: UnixTime(now.0 - 5 * DAY),
            not_after: UnixTime(now.0 + 5 * DAY),
        };
        let certify = |usages: Vec<&'static str>, name: &[Attribute], signer: &PrivateKey| {
            let profile = Profile {
                subject: own_name.clone(),
                key_usage: 0b1000_0000,
                extended_key_usage: usages,
                authority: false,
            };
            let issuer = Issuer { name, key: signer };
            issue(&profile, validity, key.public_key(), &issuer, random)
        };
        let ocsp_signing = vec![OCSP_SIGNING];
        let certificate = certify(ocsp_signing.clone(), &authority.name, &authority.key)?;
        let unauthorised = certify(Vec::new(), &authority.name, &authority.key)?;
        let self_made = certify(ocsp_signing, &own_name, &key)?;
        Ok(Self {
            authority_key: PrivateKey::from_pkcs8_der(&authority.key.to_pkcs8_der())?,
            name: own_name,
            key,
            certificate,
            unauthorised,
            self_made,
            revoked: Vec::new(),
        })
    }

    /// Answers the DER of an OCSPRequest with the DER of an OCSPResponse.
    pub fn answer(
        &self,
        request: &[u8],
        now: UnixTime,
        fault: Option<OcspFault>,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        if fault == Some(OcspFault::TryLater) {
            return Ok(der::sequence(&[der::tlv(0x0a, &[3])]));
        }
        let request = Question::from_der(request).map_err(Error::OcspRequest)?;
        let by_authority = fault == Some(OcspFault::ByAuthority);
        let made = match fault {
            Some(OcspFault::Stale) => UnixTime(now.0 - 10 * DAY),
            Some(OcspFault::Outdated) => UnixTime(now.0 - 2 * DAY),
            _ => now,
        };
        let mut lines: Vec<_> = request
            .certificates
            .iter()
            .map(|certificate| self.line(certificate, made, now, fault))
            .collect::<Result<_, Error>>()?;
        if fault == Some(OcspFault::TwoLines) {
            for certificate in &request.certificates {
                let revoked = Some(OcspFault::Revoked1970);
                lines.push(self.line(certificate, made, now, revoked)?);
            }
        }
        let signed_at = match fault {
            Some(OcspFault::SignedTomorrow) => UnixTime(now.0 + DAY),
            _ => made,
        };
        let mut tbs = vec![
            match by_authority {
                true => der::tlv(
                    0xa2,
                    &der::octet_string(&key_identifier(self.authority_key.public_key())),
                ),
                false => der::tlv(0xa1, &name(&self.name)?),
            },
            der::generalized_time(signed_at),
            der::sequence(&lines),
        ];
        let mut extensions = Vec::new();
        match (request.nonce, fault) {
            (_, Some(OcspFault::NoNonce)) | (None, _) => {}
            (Some(_), Some(OcspFault::OtherNonce)) => {
                extensions.push(extension(
                    "1.3.6.1.5.5.7.48.1.2",
                    false,
                    &der::octet_string(b"another nonce"),
                )?);
            }
            (Some(nonce), _) => extensions.push(nonce),
        }
        if fault == Some(OcspFault::NotIssued) {
            extensions.push(extension(EXTENDED_REVOKE, false, &der::tlv(0x05, &[]))?);
        }
        if fault == Some(OcspFault::AnswerExtension) {
            extensions.push(extension(STRANGE, true, &der::tlv(0x05, &[]))?);
        }
        if !extensions.is_empty() {
            tbs.push(der::tlv(0xa1, &der::sequence(&extensions)));
        }
        let key = match by_authority {
            true => &self.authority_key,
            false => &self.key,
        };
        let mut basic = signed(&der::sequence(&tbs), key, random)?;
        if fault == Some(OcspFault::BrokenSignature) {
            *basic.last_mut().expect("a signature has bytes") ^= 1;
        }
        let embedded = match fault {
            Some(OcspFault::ByAuthority | OcspFault::NoCertificate) => vec![],
            Some(OcspFault::Unauthorised) => vec![&self.unauthorised],
            Some(OcspFault::SelfMade) => vec![&self.self_made],
            Some(OcspFault::OldCertificateFirst) => vec![&self.unauthorised, &self.certificate],
            _ => vec![&self.certificate],
        };
        if !embedded.is_empty() {
            let content = AnyRef::from_der(&basic)
                .expect("the test CA signs a SEQUENCE")
                .value();
            let certificates: Vec<Vec<u8>> =
                embedded.iter().map(|one| one.der().to_vec()).collect();
            let certificates = der::sequence(&certificates);
            basic = der::sequence(&[content.to_vec(), der::tlv(0xa0, &certificates)]);
        }
        let bytes = der::sequence(&[der::oid(BASIC), der::octet_string(&basic)]);
        Ok(der::sequence(&[
            der::tlv(0x0a, &[0]),
            der::tlv(0xa0, &bytes),
        ]))
    }

    fn line(
        &self,
        certificate: &CertId,
        made: UnixTime,
        now: UnixTime,
        fault: Option<OcspFault>,
    ) -> Result<Vec<u8>, Error> {
        let revoked = |at: UnixTime, code: Option<u8>| {
            let reason = code.map(|code| der::tlv(0xa0, &der::tlv(0x0a, &[code])));
            let time = der::generalized_time(at);
            der::constructed(0xa1, &[time, reason.unwrap_or_default()])
        };
        let known = self
            .revoked
            .iter()
            .find(|revocation| revocation.serial == certificate.serial);
        let status = match (fault, known) {
            (Some(OcspFault::NotIssued | OcspFault::Revoked1970), _) => {
                revoked(UnixTime(0), Some(6))
            }
            (Some(OcspFault::Unknown), _) => der::tlv(0x82, &[]),
            (_, Some(known)) => revoked(known.at, known.reason.map(|reason| reason.code())),
            _ => der::tlv(0x80, &[]),
        };
        let mut parts = vec![
            certificate.to_der(fault),
            status,
            der::generalized_time(made),
        ];
        if fault == Some(OcspFault::Outdated) {
            let next = der::generalized_time(UnixTime(now.0 - 3_600));
            parts.push(der::tlv(0xa0, &next));
        }
        if fault == Some(OcspFault::LineExtension) {
            let strange = extension(STRANGE, true, &der::tlv(0x05, &[]))?;
            parts.push(der::tlv(0xa1, &der::sequence(&[strange])));
        }
        Ok(der::sequence(&parts))
    }
}

/// What the responder reads from a request.
struct Question {
    certificates: Vec<CertId>,
    /// DER of the whole extension.
    nonce: Option<Vec<u8>>,
}

struct CertId {
    /// DER of hashAlgorithm and issuerNameHash.
    beginning: Vec<u8>,
    key_hash: Vec<u8>,
    serial: Vec<u8>,
}

impl Question {
    fn from_der(bytes: &[u8]) -> x509_cert::der::Result<Self> {
        let request = AnyRef::from_der(bytes)?;
        let mut parts = SliceReader::new(request.value())?;
        let tbs = AnyRef::decode(&mut parts)?;
        let mut fields = SliceReader::new(tbs.value())?;
        let mut question = Self {
            certificates: Vec::new(),
            nonce: None,
        };
        while !fields.is_finished() {
            let field = AnyRef::decode(&mut fields)?;
            match field.tag() {
                Tag::Sequence => {
                    let mut list = SliceReader::new(field.value())?;
                    while !list.is_finished() {
                        let one = AnyRef::decode(&mut list)?;
                        question.certificates.push(CertId::read(one.value())?);
                    }
                }
                Tag::ContextSpecific {
                    number: TagNumber(2),
                    ..
                } => {
                    let extensions = AnyRef::from_der(field.value())?;
                    let mut list = SliceReader::new(extensions.value())?;
                    while !list.is_finished() {
                        let whole = list.tlv_bytes()?;
                        let mut inside = SliceReader::new(AnyRef::from_der(whole)?.value())?;
                        if Oid::decode(&mut inside)? == NONCE {
                            question.nonce = Some(whole.to_vec());
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(question)
    }
}

impl CertId {
    fn read(request: &[u8]) -> x509_cert::der::Result<Self> {
        let mut request = SliceReader::new(request)?;
        let id = AnyRef::decode(&mut request)?;
        let mut parts = SliceReader::new(id.value())?;
        let beginning = [parts.tlv_bytes()?, parts.tlv_bytes()?].concat();
        Ok(Self {
            beginning,
            key_hash: AnyRef::decode(&mut parts)?.value().to_vec(),
            serial: AnyRef::decode(&mut parts)?.value().to_vec(),
        })
    }

    fn to_der(&self, fault: Option<OcspFault>) -> Vec<u8> {
        let (mut key_hash, mut serial) = (self.key_hash.clone(), self.serial.clone());
        let mut beginning = self.beginning.clone();
        match fault {
            Some(OcspFault::WrongIssuer) => key_hash[0] ^= 1,
            // The last octet of the beginning is the last of the hash.
            Some(OcspFault::WrongName) => *beginning.last_mut().expect("a hash has octets") ^= 1,
            Some(OcspFault::WrongSerial) => serial[self.serial.len() - 1] ^= 1,
            _ => {}
        }
        der::sequence(&[
            beginning,
            der::octet_string(&key_hash),
            der::integer(&serial),
        ])
    }
}
