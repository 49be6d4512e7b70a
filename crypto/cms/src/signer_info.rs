//! One signer of a SignedData: who it names, what it signed, whether that holds (RFC 5652 sections 5.3 to 5.6).

use const_oid::ObjectIdentifier;
use tamga_scheme::{
    DigestAlgorithm, KeyKind, PublicKey, SignatureScheme, SignatureValid, SignatureValue, verify,
    verify_digest,
};
use tamga_x509::{Certificate, IssuerAndSerial, UnixTime};

use crate::attributes::{self, Attribute};
use crate::octets::Octets;
use crate::walk::{Element, Elements};
use crate::{
    CertificateReference, CheckError, ContentDigests, Error, Limits, RevocationValues,
    cades_values, encode, names, signing_time,
};

/// How a signer names its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignerIdentifier {
    /// Issuer name and serial number (version 1).
    IssuerAndSerial(IssuerAndSerial),
    /// Value of the subjectKeyIdentifier extension (version 3).
    SubjectKeyIdentifier(Vec<u8>),
}

/// One signer.
///
/// ```text
/// SignerInfo ::= SEQUENCE { version CMSVersion, sid SignerIdentifier, digestAlgorithm DigestAlgorithmIdentifier,
///     signedAttrs [0] IMPLICIT SET OF Attribute OPTIONAL, signatureAlgorithm SignatureAlgorithmIdentifier,
///     signature OCTET STRING, unsignedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
#[derive(Debug, Clone)]
pub struct SignerInfo {
    version: u8,
    identifier: SignerIdentifier,
    content_type: ObjectIdentifier,
    digest_oid: ObjectIdentifier,
    signature_oid: ObjectIdentifier,
    signed: Option<SignedAttributes>,
    signature: SignatureValue,
    unsigned_attributes: Vec<Attribute>,
    der: Octets,
}

#[derive(Debug, Clone)]
struct SignedAttributes {
    /// As in the message, with the universal SET tag.
    original: Vec<u8>,
    /// DER: sorted; `None` if the message has it so.
    sorted: Option<Vec<u8>>,
    list: Vec<Attribute>,
    content_type: Option<ObjectIdentifier>,
    message_digest: Option<Vec<u8>>,
    signing_time: Option<UnixTime>,
    certificate: Option<CertificateReference>,
}

/// Proof that a content, or its digest, is the one a signer signed; made by [`SignerInfo::check_content`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentBound {
    digest: Vec<u8>,
    scheme: SignatureScheme,
}

impl ContentBound {
    /// The content's digest, in transmission order.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }
}

impl SignerInfo {
    /// How the signer names its certificate.
    pub fn identifier(&self) -> &SignerIdentifier {
        &self.identifier
    }

    /// True if the signer names this certificate.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        match &self.identifier {
            SignerIdentifier::IssuerAndSerial(named) => {
                named.serial == certificate.serial() && named.issuer == certificate.issuer().der()
            }
            SignerIdentifier::SubjectKeyIdentifier(id) => {
                certificate.subject_key_identifier() == Some(id)
            }
        }
    }

    /// Scheme of the signature.
    ///
    /// The signature algorithm may be the signature's identifier or, as the native library of the NCA writes it, the key's.
    ///
    /// # Errors
    /// [`CheckError::UnsupportedAlgorithm`], or [`CheckError::DigestAlgorithm`] if the digest named is not the scheme's.
    pub fn scheme(&self) -> Result<SignatureScheme, CheckError> {
        let scheme = SignatureScheme::from_oid(self.signature_oid)
            .ok_or(CheckError::UnsupportedAlgorithm(self.signature_oid))?;
        let actual = DigestAlgorithm::from_oid(self.digest_oid)
            .ok_or(CheckError::UnsupportedAlgorithm(self.digest_oid))?;
        if actual == scheme.digest() {
            return Ok(scheme);
        }
        // rsaEncryption leaves the choice of the digest open: another one is unknown to us, not wrong.
        if scheme.key_kind() == KeyKind::Rsa && self.signature_oid == scheme.key_oid() {
            return Err(CheckError::UnsupportedAlgorithm(self.digest_oid));
        }
        Err(CheckError::DigestAlgorithm { scheme, actual })
    }

    /// Identifier of the digest algorithm.
    pub fn digest_oid(&self) -> ObjectIdentifier {
        self.digest_oid
    }

    /// Identifier of the signature algorithm, as it stands in the message.
    pub fn signature_oid(&self) -> ObjectIdentifier {
        self.signature_oid
    }

    /// The signature value.
    pub fn signature(&self) -> &SignatureValue {
        &self.signature
    }

    /// Signed attributes in the order of the message; `None` when the signature covers the content directly.
    pub fn signed_attributes(&self) -> Option<&[Attribute]> {
        self.signed.as_ref().map(|signed| signed.list.as_slice())
    }

    /// The signed attributes as the message orders them, with the universal SET tag.
    pub fn original_signed_attributes(&self) -> Option<&[u8]> {
        self.signed
            .as_ref()
            .map(|signed| signed.original.as_slice())
    }

    /// False if the signed attributes are not in DER order. What is hashed is their DER form all the same
    /// (RFC 5652 section 5.4), so a signer that hashed the other order does not verify.
    pub fn signed_attributes_are_der(&self) -> bool {
        self.signed
            .as_ref()
            .is_none_or(|signed| signed.sorted.is_none())
    }

    /// Unsigned attributes; nothing vouches for them.
    pub fn unsigned_attributes(&self) -> &[Attribute] {
        &self.unsigned_attributes
    }

    /// The time the signer claims; nobody else confirms it.
    pub fn claimed_signing_time(&self) -> Option<UnixTime> {
        self.signed.as_ref().and_then(|signed| signed.signing_time)
    }

    /// True if a signature time-stamp token is attached (RFC 3161 appendix A); it is not checked here.
    pub fn has_timestamp(&self) -> bool {
        self.time_stamps().next().is_some()
    }

    /// DER of every signature time-stamp token attached (RFC 3161 appendix A); none is checked here, see
    /// [`crate::time_stamp`].
    pub fn time_stamps(&self) -> impl Iterator<Item = &Octets> {
        self.unsigned_values(names::TIME_STAMP_TOKEN)
    }

    /// Certificates attached to the signature (ETSI EN 319 122-1 annex A.1.1.2); nothing vouches for them.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Certificate`], [`Error::TooMany`].
    pub fn certificate_values(&self, limits: &Limits) -> Result<Vec<Certificate>, Error> {
        let mut found = Vec::new();
        for value in self.unsigned_values(names::CERTIFICATE_VALUES) {
            let left = limits.certificates - found.len();
            found.extend(cades_values::read_certificates(value, left)?);
        }
        Ok(found)
    }

    /// Revocation lists and OCSP responses attached to the signature (ETSI EN 319 122-1 annex A.1.2.2), one item for
    /// each value; nothing vouches for them.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooMany`].
    pub fn revocation_values(&self, limits: &Limits) -> Result<Vec<RevocationValues>, Error> {
        self.unsigned_values(names::REVOCATION_VALUES)
            .map(|value| cades_values::read_revocation(value, limits.revocation_lists))
            .collect()
    }

    /// True if a signing-certificate attribute is signed.
    pub fn has_certificate_reference(&self) -> bool {
        self.signed
            .as_ref()
            .is_some_and(|signed| signed.certificate.is_some())
    }

    /// Checks that `content` is what this signer signed: content type and message digest.
    ///
    /// # Errors
    /// [`CheckError::MessageDigest`] for another content; see [`Self::scheme`] and [`Self::check_digest`] for the others.
    pub fn check_content(&self, content: &[u8]) -> Result<ContentBound, CheckError> {
        self.check_digests(&mut ContentDigests::new(content))
    }

    /// As [`Self::check_content`], for a content that other signers of the message are checked against as well.
    ///
    /// # Errors
    /// As there.
    pub fn check_digests(
        &self,
        content: &mut ContentDigests<'_>,
    ) -> Result<ContentBound, CheckError> {
        let scheme = self.scheme()?;
        if self.signed.is_none() {
            content.check_without_attributes()?;
        }
        let digest = content
            .digest(scheme.digest())
            .ok_or(CheckError::DigestNotComputed(scheme.digest()))?;
        self.bind(scheme, digest.to_vec())
    }

    /// As [`Self::check_content`], for a digest computed elsewhere with the digest of [`Self::scheme`].
    ///
    /// # Errors
    /// [`CheckError::SignedAttributesMissing`] for every signature without signed attributes: what the digest was
    /// computed over cannot be judged.
    pub fn check_digest(&self, digest: &[u8]) -> Result<ContentBound, CheckError> {
        let scheme = self.scheme()?;
        if self.signed.is_none() {
            return Err(CheckError::SignedAttributesMissing(self.content_type));
        }
        self.bind(scheme, digest.to_vec())
    }

    /// Checks the signature with the signer's key, over the signed attributes or, without them, over the bound content.
    pub fn check_signature(
        &self,
        key: &PublicKey,
        content: &ContentBound,
    ) -> Result<SignatureValid, CheckError> {
        let scheme = self.scheme()?;
        match &self.signed {
            // The proof may stem from another signer of the message.
            Some(signed) if signed.message_digest.as_deref() != Some(content.digest()) => {
                Err(CheckError::MessageDigest)
            }
            Some(signed) => Ok(verify(key, scheme, signed.der(), &self.signature)?),
            None if content.scheme != scheme => Err(CheckError::MessageDigest),
            None => Ok(verify_digest(
                key,
                scheme,
                &content.digest,
                &self.signature,
            )?),
        }
    }

    /// Compares the signing-certificate attribute, when there is one, with the certificate found for this signer.
    pub fn check_ess(&self, certificate: &Certificate) -> Result<(), CheckError> {
        match self
            .signed
            .as_ref()
            .and_then(|signed| signed.certificate.as_ref())
        {
            Some(reference) => reference.check(certificate),
            None => Ok(()),
        }
    }

    /// DER of the SignerInfo; BER has been rewritten, the order of its sets is as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The fields before unsignedAttrs as they stand in the message, and the members of unsignedAttrs.
    pub(crate) fn split_unsigned(&self) -> Result<(&[u8], Vec<&[u8]>), Error> {
        const FIELD: &str = "SignerInfo";
        let info = Elements::new(&self.der, FIELD)?.required(encode::SEQUENCE)?;
        let mut fields = info.inside(FIELD)?;
        let mut last = None;
        while let Some(field) = fields.next()? {
            last = Some(field);
        }
        let Some(set) = last.filter(|field| field.tag == encode::CONTEXT_1) else {
            return Ok((info.value, Vec::new()));
        };
        let mut members = Vec::new();
        let mut elements = set.inside(FIELD)?;
        while let Some(member) = elements.next()? {
            members.push(member.whole);
        }
        Ok((&info.value[..info.value.len() - set.whole.len()], members))
    }

    fn unsigned_values(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &Octets> {
        self.unsigned_attributes
            .iter()
            .filter(move |attribute| attribute.oid() == oid)
            .flat_map(Attribute::values)
    }

    /// The digest of the content in the signed attributes.
    pub(crate) fn message_digest(&self) -> Option<&[u8]> {
        self.signed
            .as_ref()
            .and_then(|signed| signed.message_digest.as_deref())
    }

    /// CMSVersion: 1 or 3.
    pub(crate) fn version(&self) -> u8 {
        self.version
    }

    /// Reads an element that lies in `owner`.
    pub(crate) fn read(
        element: &Element<'_>,
        owner: &Octets,
        content_type: ObjectIdentifier,
        attribute_limit: usize,
    ) -> Result<Self, Error> {
        const FIELD: &str = "SignerInfo";
        if element.tag != encode::SEQUENCE {
            return Err(Error::Malformed { field: FIELD });
        }
        let mut fields = element.inside(FIELD)?;
        let version = fields
            .required(encode::INTEGER)?
            .version("SignerInfo.version")?;
        let sid = fields.next()?.ok_or(Error::Malformed { field: FIELD })?;
        let (identifier, needs) = read_identifier(&sid)?;
        if version != needs {
            let field = "SignerInfo.version";
            return Err(Error::Version {
                field,
                expected: needs,
                actual: version,
            });
        }
        let digest_oid = fields
            .required(encode::SEQUENCE)?
            .algorithm("digestAlgorithm")?;
        let signed = match fields.optional(encode::CONTEXT_0)? {
            Some(set) => Some(SignedAttributes::read(&set, owner, attribute_limit)?),
            None => None,
        };
        let signature_oid = fields
            .required(encode::SEQUENCE)?
            .algorithm("signatureAlgorithm")?;
        let signature = SignatureValue::new(fields.required(encode::OCTET_STRING)?.value);
        let unsigned_attributes = match fields.optional(encode::CONTEXT_1)? {
            Some(set) => attributes::read(set.value, attribute_limit)?
                .iter()
                .map(|attribute| attribute.keep(owner))
                .collect(),
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Self {
            der: owner.share(element.whole),
            version,
            identifier,
            content_type,
            digest_oid,
            signature_oid,
            signed,
            signature,
            unsigned_attributes,
        })
    }

    fn bind(&self, scheme: SignatureScheme, digest: Vec<u8>) -> Result<ContentBound, CheckError> {
        let Some(signed) = &self.signed else {
            if self.content_type != names::DATA {
                return Err(CheckError::SignedAttributesMissing(self.content_type));
            }
            // Nothing to compare with: the signature itself is over this digest.
            return Ok(ContentBound { digest, scheme });
        };
        let content_type = signed
            .content_type
            .ok_or(CheckError::AttributeMissing(names::CONTENT_TYPE))?;
        let message_digest = signed
            .message_digest
            .as_ref()
            .ok_or(CheckError::AttributeMissing(names::MESSAGE_DIGEST))?;
        if content_type != self.content_type {
            let (signed, actual) = (content_type, self.content_type);
            return Err(CheckError::ContentType { signed, actual });
        }
        if *message_digest != digest {
            return Err(CheckError::MessageDigest);
        }
        Ok(ContentBound { digest, scheme })
    }
}

impl SignedAttributes {
    /// What is hashed.
    fn der(&self) -> &[u8] {
        self.sorted.as_deref().unwrap_or(&self.original)
    }

    fn read(set: &Element<'_>, owner: &Octets, limit: usize) -> Result<Self, Error> {
        let list = attributes::read(set.value, limit)?;
        let sorted = attributes::to_signed_form(&list);
        let mut original = set.whole.to_vec();
        original[0] = encode::SET;

        let content_type = match attributes::single(&list, names::CONTENT_TYPE)? {
            Some(value) => Some(element_of(value)?.object_identifier("contentType")?),
            None => None,
        };
        let message_digest = match attributes::single(&list, names::MESSAGE_DIGEST)? {
            Some(value) => {
                let element = element_of(value)?;
                if element.tag != encode::OCTET_STRING {
                    return Err(Error::Malformed {
                        field: "messageDigest",
                    });
                }
                Some(element.value.to_vec())
            }
            None => None,
        };
        let signing_time = match attributes::single(&list, names::SIGNING_TIME)? {
            Some(value) => Some(signing_time::read(&element_of(value)?)?),
            None => None,
        };
        // Version 2 wins where both are present: its digest is the stronger one.
        let certificate = match (
            attributes::single(&list, names::SIGNING_CERTIFICATE_V2)?,
            attributes::single(&list, names::SIGNING_CERTIFICATE)?,
        ) {
            (Some(value), _) => Some(CertificateReference::read_v2(&element_of(value)?)?),
            (None, Some(value)) => Some(CertificateReference::read_v1(&element_of(value)?)?),
            (None, None) => None,
        };
        Ok(Self {
            original,
            sorted,
            list: list.iter().map(|attribute| attribute.keep(owner)).collect(),
            content_type,
            message_digest,
            signing_time,
            certificate,
        })
    }
}

/// Reads a SignerIdentifier and says which SignerInfo version it needs.
fn read_identifier(sid: &Element<'_>) -> Result<(SignerIdentifier, u8), Error> {
    const FIELD: &str = "SignerIdentifier";
    /// subjectKeyIdentifier [0] IMPLICIT OCTET STRING.
    const KEY_IDENTIFIER: u8 = 0x80;
    match sid.tag {
        encode::SEQUENCE => {
            let mut inside = sid.inside(FIELD)?;
            let issuer = inside.required(encode::SEQUENCE)?.whole.to_vec();
            let serial = inside.required(encode::INTEGER)?.value.to_vec();
            inside.finish()?;
            Ok((
                SignerIdentifier::IssuerAndSerial(IssuerAndSerial { issuer, serial }),
                1,
            ))
        }
        KEY_IDENTIFIER => Ok((
            SignerIdentifier::SubjectKeyIdentifier(sid.value.to_vec()),
            3,
        )),
        _ => Err(Error::Malformed { field: FIELD }),
    }
}

/// The element an attribute value consists of.
pub(crate) fn element_of(value: &[u8]) -> Result<Element<'_>, Error> {
    let mut elements = Elements::new(value, "AttributeValue")?;
    let element = elements.next()?.ok_or(Error::Malformed {
        field: "AttributeValue",
    })?;
    elements.finish()?;
    Ok(element)
}
