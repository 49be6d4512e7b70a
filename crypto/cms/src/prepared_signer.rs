//! One new signature of a message: its signed attributes before, its SignerInfo after.

use const_oid::ObjectIdentifier;
use tamga_scheme::{Prepared, SignatureScheme, SignatureValue};
use tamga_x509::{Certificate, UnixTime};

use crate::octets::Octets;
use crate::profile::{Profile, SignedAttributesForm};
use crate::signing_certificate::CertificateReference;
use crate::walk::Elements;
use crate::{Error, SignerInfo, encode, names, signing_time};

/// Who will sign, and how.
#[derive(Debug, Clone, Copy)]
pub struct NewSigner<'a> {
    /// The scheme of the signature.
    pub scheme: SignatureScheme,
    /// The signer's certificate; it is embedded.
    pub certificate: &'a Certificate,
    /// The time the signer claims.
    pub signing_time: UnixTime,
    /// The form of the signature.
    pub profile: Profile,
}

/// A signature that waits for its value; made by [`crate::Draft::prepare`].
#[derive(Debug, Clone)]
pub struct PreparedSigner {
    scheme: SignatureScheme,
    certificate: Certificate,
    signature_oid: ObjectIdentifier,
    content_type: ObjectIdentifier,
    signed_attributes: Vec<u8>,
}

/// A signature to be taken in by [`crate::Draft::add`].
#[derive(Debug, Clone)]
pub struct FinishedSigner {
    pub(crate) certificate: Certificate,
    pub(crate) scheme: SignatureScheme,
    pub(crate) info: SignerInfo,
}

impl PreparedSigner {
    /// Signed attributes over a content of this digest and type.
    pub(crate) fn new(
        signer: &NewSigner<'_>,
        content_type: ObjectIdentifier,
        digest: &[u8],
    ) -> Result<Self, Error> {
        let mut attributes = vec![
            attribute(
                names::CONTENT_TYPE,
                &encode::object_identifier(content_type),
            ),
            attribute(
                names::MESSAGE_DIGEST,
                &encode::element(encode::OCTET_STRING, &[digest]),
            ),
        ];
        let form = signer.profile.attributes;
        if form != SignedAttributesForm::WithoutSigningTime {
            attributes.push(attribute(
                names::SIGNING_TIME,
                &signing_time::write(signer.signing_time)?,
            ));
        }
        if form != SignedAttributesForm::Plain {
            attributes.push(attribute(
                names::SIGNING_CERTIFICATE_V2,
                &CertificateReference::write_v2(signer.certificate),
            ));
        }
        Ok(Self {
            scheme: signer.scheme,
            certificate: signer.certificate.clone(),
            signature_oid: signer.profile.algorithm.oid(signer.scheme),
            content_type,
            signed_attributes: encode::set_of(encode::SET, &mut attributes),
        })
    }
}

impl Prepared for PreparedSigner {
    type Signed = FinishedSigner;

    /// DER of the signed attributes with the universal SET tag (RFC 5652 section 5.4).
    fn to_sign(&self) -> &[u8] {
        &self.signed_attributes
    }

    fn assemble(self, value: SignatureValue) -> FinishedSigner {
        let named = self.certificate.issuer_and_serial();
        let serial = encode::element(encode::INTEGER, &[&named.serial]);
        // The same octets under the implicit tag [0].
        let mut signed_attributes = self.signed_attributes;
        signed_attributes[0] = encode::CONTEXT_0;
        let der = encode::element(
            encode::SEQUENCE,
            &[
                &encode::element(encode::INTEGER, &[&[1]]),
                &encode::element(encode::SEQUENCE, &[&named.issuer, &serial]),
                &encode::algorithm(self.scheme.digest().oid()),
                &signed_attributes,
                &encode::algorithm(self.signature_oid),
                &encode::element(encode::OCTET_STRING, &[value.as_bytes()]),
            ],
        );
        let info = read_own(der.into(), self.content_type)
            .expect("a SignerInfo written two lines above reads");
        FinishedSigner {
            certificate: self.certificate,
            scheme: self.scheme,
            info,
        }
    }
}

/// Reads a SignerInfo of our own writing.
pub(crate) fn read_own(der: Octets, content_type: ObjectIdentifier) -> Result<SignerInfo, Error> {
    let element = Elements::new(&der, "SignerInfo")?.required(encode::SEQUENCE)?;
    SignerInfo::read(&element, &der, content_type, usize::MAX)
}

/// An attribute with one value.
pub(crate) fn attribute(oid: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    let values = encode::element(encode::SET, &[value]);
    encode::element(
        encode::SEQUENCE,
        &[&encode::object_identifier(oid), &values],
    )
}
