//! The signing-certificate attribute: which certificate the signer meant (RFC 5035 section 3, RFC 2634 section 5.4).

use tamga_scheme::DigestAlgorithm;
use tamga_x509::Certificate;

use crate::walk::Element;
use crate::{CheckError, Error, encode};

/// Digest of the signer's certificate, from the first ESSCertID or ESSCertIDv2.
///
/// ```text
/// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies SEQUENCE OF PolicyInformation OPTIONAL }
/// ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT sha256, certHash OCTET STRING,
///                            issuerSerial IssuerSerial OPTIONAL }
/// IssuerSerial ::= SEQUENCE { issuer GeneralNames, serialNumber INTEGER }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateReference {
    algorithm: Result<DigestAlgorithm, const_oid::ObjectIdentifier>,
    digest: Vec<u8>,
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct IssuerSerial {
    issuer: Vec<u8>,
    serial: Vec<u8>,
}

impl CertificateReference {
    /// Writes the value of signingCertificateV2: SHA-256 (therefore not named), no issuerSerial.
    pub(crate) fn write_v2(certificate: &Certificate) -> Vec<u8> {
        let digest = encode::element(encode::OCTET_STRING, &[&certificate.sha256()]);
        let id = encode::element(encode::SEQUENCE, &[&digest]);
        let certs = encode::element(encode::SEQUENCE, &[&id]);
        encode::element(encode::SEQUENCE, &[&certs])
    }

    /// Reads the value of signingCertificateV2.
    pub(crate) fn read_v2(value: &Element<'_>) -> Result<Self, Error> {
        Self::read(value, DigestAlgorithm::Sha256, true)
    }

    /// Reads the value of signingCertificate (SHA-1).
    pub(crate) fn read_v1(value: &Element<'_>) -> Result<Self, Error> {
        Self::read(value, DigestAlgorithm::Sha1, false)
    }

    fn read(value: &Element<'_>, default: DigestAlgorithm, named: bool) -> Result<Self, Error> {
        const FIELD: &str = "signingCertificate";
        if value.tag != encode::SEQUENCE {
            return Err(Error::Malformed { field: FIELD });
        }
        let mut outer = value.inside(FIELD)?;
        let mut certs = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
        // Policies are not evaluated.
        outer.optional(encode::SEQUENCE)?;
        outer.finish()?;

        // The first identifier names the signer's certificate; others would name authorities (RFC 5035 section 5.4).
        let mut id = certs.required(encode::SEQUENCE)?.inside(FIELD)?;
        let algorithm = match id.optional(encode::SEQUENCE)? {
            Some(algorithm) if named => {
                let oid = algorithm.algorithm(FIELD)?;
                DigestAlgorithm::from_oid(oid).ok_or(oid)
            }
            Some(_) => return Err(Error::Malformed { field: FIELD }),
            None => Ok(default),
        };
        let digest = id.required(encode::OCTET_STRING)?.value.to_vec();
        let issuer_serial = match id.optional(encode::SEQUENCE)? {
            Some(element) => Some(IssuerSerial::read(&element)?),
            None => None,
        };
        id.finish()?;
        Ok(Self {
            algorithm,
            digest,
            issuer_serial,
        })
    }

    /// Compares with a certificate: digest, and issuer and serial number when named.
    pub(crate) fn check(&self, certificate: &Certificate) -> Result<(), CheckError> {
        let algorithm = self.algorithm.map_err(CheckError::UnsupportedAlgorithm)?;
        let named = certificate.issuer_and_serial();
        let same_name = self.issuer_serial.as_ref().is_none_or(|reference| {
            reference.issuer == named.issuer && reference.serial == named.serial
        });
        if same_name && algorithm.digest(certificate.der()) == self.digest {
            Ok(())
        } else {
            Err(CheckError::CertificateReference)
        }
    }
}

impl IssuerSerial {
    fn read(element: &Element<'_>) -> Result<Self, Error> {
        const FIELD: &str = "IssuerSerial";
        /// directoryName [4] EXPLICIT Name of GeneralName.
        const DIRECTORY_NAME: u8 = 0xa4;
        let mut inside = element.inside(FIELD)?;
        let mut names = inside.required(encode::SEQUENCE)?.inside(FIELD)?;
        let mut name = names.required(DIRECTORY_NAME)?.inside(FIELD)?;
        let issuer = name.required(encode::SEQUENCE)?.whole.to_vec();
        name.finish()?;
        names.finish()?;
        let serial = inside.required(encode::INTEGER)?.value.to_vec();
        inside.finish()?;
        Ok(Self { issuer, serial })
    }
}
