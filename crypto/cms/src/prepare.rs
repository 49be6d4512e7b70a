//! Making a SignedData with one signer: which bytes to sign, and the message around the signature.

use tamga_scheme::{Prepared, SignatureScheme, SignatureValue};
use tamga_x509::{Certificate, UnixTime};

use crate::signing_certificate::CertificateReference;
use crate::{Error, encode, names, signing_time};

/// What is signed, and whether it travels inside the message.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// The content is carried by the message.
    Attached(&'a [u8]),
    /// The content stays outside.
    Detached(&'a [u8]),
    /// The content stays outside and only its digest is known: as long as the scheme's digest, in transmission order.
    DetachedDigest(&'a [u8]),
}

/// A message that waits for its signature.
#[derive(Debug, Clone)]
pub struct PreparedCms {
    scheme: SignatureScheme,
    content: Option<Vec<u8>>,
    certificate: Certificate,
    signed_attributes: Vec<u8>,
}

/// Prepares a CAdES-BES message of the national profile (ETSI EN 319 122-1 section 6.3, level B-B).
///
/// The signed attributes are contentType, signingTime, messageDigest and signingCertificateV2, in DER order.
///
/// # Errors
/// [`Error::WrongKey`] if the certificate's key does not sign with `scheme`, [`Error::DigestLength`] for a digest
/// of another length, [`Error::SigningTime`] outside 1970..=9999, [`Error::Certificate`] for an unusable key.
pub fn prepare(
    content: Content<'_>,
    scheme: SignatureScheme,
    certificate: &Certificate,
    signing_time: UnixTime,
) -> Result<PreparedCms, Error> {
    let key = certificate.public_key()?.kind();
    if key != scheme.key_kind() {
        return Err(Error::WrongKey { scheme, key });
    }
    let digest = match content {
        Content::Attached(bytes) | Content::Detached(bytes) => scheme.digest().digest(bytes),
        Content::DetachedDigest(digest) => {
            let (expected, actual) = (scheme.digest().output_len(), digest.len());
            if actual != expected {
                return Err(Error::DigestLength { expected, actual });
            }
            digest.to_vec()
        }
    };
    let mut attributes = [
        attribute(names::CONTENT_TYPE, &encode::object_identifier(names::DATA)),
        attribute(names::SIGNING_TIME, &signing_time::write(signing_time)?),
        attribute(
            names::MESSAGE_DIGEST,
            &encode::element(encode::OCTET_STRING, &[&digest]),
        ),
        attribute(
            names::SIGNING_CERTIFICATE_V2,
            &CertificateReference::write_v2(certificate),
        ),
    ];
    Ok(PreparedCms {
        scheme,
        content: match content {
            Content::Attached(bytes) => Some(bytes.to_vec()),
            Content::Detached(_) | Content::DetachedDigest(_) => None,
        },
        certificate: certificate.clone(),
        signed_attributes: encode::set_of(encode::SET, &mut attributes),
    })
}

impl Prepared for PreparedCms {
    /// DER of the ContentInfo.
    type Signed = Vec<u8>;

    /// DER of the signed attributes with the universal SET tag (RFC 5652 section 5.4).
    fn to_sign(&self) -> &[u8] {
        &self.signed_attributes
    }

    fn assemble(self, value: SignatureValue) -> Vec<u8> {
        let version = encode::element(encode::INTEGER, &[&[1]]);
        let digest_algorithm = encode::algorithm(self.scheme.digest().oid());

        let named = self.certificate.issuer_and_serial();
        let serial = encode::element(encode::INTEGER, &[&named.serial]);
        let sid = encode::element(encode::SEQUENCE, &[&named.issuer, &serial]);
        // The same octets under the implicit tag [0].
        let mut signed_attributes = self.signed_attributes;
        signed_attributes[0] = encode::CONTEXT_0;
        let signer_info = encode::element(
            encode::SEQUENCE,
            &[
                &version,
                &sid,
                &digest_algorithm,
                &signed_attributes,
                &encode::algorithm(self.scheme.signature_oid()),
                &encode::element(encode::OCTET_STRING, &[value.as_bytes()]),
            ],
        );

        let content = self.content.map(|bytes| {
            let octets = encode::element(encode::OCTET_STRING, &[&bytes]);
            encode::element(encode::CONTEXT_0, &[&octets])
        });
        let encap_content_info = encode::element(
            encode::SEQUENCE,
            &[
                &encode::object_identifier(names::DATA),
                content.as_deref().unwrap_or_default(),
            ],
        );
        let signed_data = encode::element(
            encode::SEQUENCE,
            &[
                &version,
                &encode::element(encode::SET, &[&digest_algorithm]),
                &encap_content_info,
                &encode::element(encode::CONTEXT_0, &[self.certificate.der()]),
                &encode::element(encode::SET, &[&signer_info]),
            ],
        );
        encode::element(
            encode::SEQUENCE,
            &[
                &encode::object_identifier(names::SIGNED_DATA),
                &encode::element(encode::CONTEXT_0, &[&signed_data]),
            ],
        )
    }
}

fn attribute(oid: const_oid::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    let values = encode::element(encode::SET, &[value]);
    encode::element(
        encode::SEQUENCE,
        &[&encode::object_identifier(oid), &values],
    )
}
