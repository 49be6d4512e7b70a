//! Reading a SignedData (RFC 5652 section 5.1) within limits.

use tamga_x509::Certificate;

use crate::walk::{Element, Elements};
use crate::{Error, SignerInfo, encode, names};

/// Budgets for a message from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the message, content included.
    pub size: usize,
    /// SignerInfos.
    pub signers: usize,
    /// Embedded certificates.
    pub certificates: usize,
    /// Embedded revocation lists.
    pub revocation_lists: usize,
    /// Attributes of one set, and values of one attribute.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 64 << 20,
            signers: 64,
            certificates: 64,
            revocation_lists: 16,
            attributes: 64,
        }
    }
}

/// A parsed message.
///
/// ```text
/// SignedData ::= SEQUENCE { version CMSVersion, digestAlgorithms SET OF DigestAlgorithmIdentifier,
///     encapContentInfo EncapsulatedContentInfo, certificates [0] IMPLICIT CertificateSet OPTIONAL,
///     crls [1] IMPLICIT RevocationInfoChoices OPTIONAL, signerInfos SET OF SignerInfo }
/// EncapsulatedContentInfo ::= SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING OPTIONAL }
/// ```
#[derive(Debug, Clone)]
pub struct SignedData {
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    crls: Vec<Vec<u8>>,
    signers: Vec<SignerInfo>,
    is_der: bool,
    trailing_bytes: usize,
}

impl SignedData {
    /// Reads DER or BER.
    ///
    /// One deviation is tolerated: bytes after the message, which real messages carry, are counted by
    /// [`Self::trailing_bytes`] and otherwise ignored. A message without signers is read; it proves nothing.
    ///
    /// # Errors
    /// Every variant of [`Error`] but those of [`crate::prepare`].
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        if bytes.len() > limits.size {
            return Err(Error::TooLarge {
                actual: bytes.len(),
                limit: limits.size,
            });
        }
        let (der, used) = tamga_ber::to_der_prefix(bytes)?;
        let mut message = Self::read(&der, limits)?;
        message.is_der = der == bytes[..used];
        message.trailing_bytes = bytes.len() - used;
        Ok(message)
    }

    /// The content inside the message; `None` when it is detached.
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// Embedded X.509 certificates, byte for byte, in the order of the message.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// DER of embedded revocation lists; nothing about them is checked.
    pub fn crls(&self) -> &[Vec<u8>] {
        &self.crls
    }

    /// The signers; may be empty.
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// False if the message was BER and has been rewritten.
    pub fn is_der(&self) -> bool {
        self.is_der
    }

    /// How many bytes follow the message.
    pub fn trailing_bytes(&self) -> usize {
        self.trailing_bytes
    }

    fn read(der: &[u8], limits: &Limits) -> Result<Self, Error> {
        let mut fields = content_of_content_info(der)?;
        let version = fields
            .required(encode::INTEGER)?
            .version("SignedData.version")?;
        let digest_algorithms = fields.required(encode::SET)?;
        let encap_content_info = fields.required(encode::SEQUENCE)?;
        let certificates = fields.optional(encode::CONTEXT_0)?;
        let crls = fields.optional(encode::CONTEXT_1)?;
        let signer_infos = fields.required(encode::SET)?;
        fields.finish()?;

        let mut inside = encap_content_info.inside("encapContentInfo")?;
        let content_type = inside
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier("eContentType")?;
        let content = match inside.optional(encode::CONTEXT_0)? {
            Some(explicit) => {
                let mut octets = explicit.inside("eContent")?;
                let content = octets.required(encode::OCTET_STRING)?.value.to_vec();
                octets.finish()?;
                Some(content)
            }
            None => None,
        };
        inside.finish()?;

        let mut needs = u8::from(content_type != names::DATA) * 2 + 1;
        let certificates = match certificates {
            Some(set) => read_certificates(&set, limits, &mut needs)?,
            None => Vec::new(),
        };
        let crls = match crls {
            Some(set) => read_crls(&set, limits, &mut needs)?,
            None => Vec::new(),
        };

        let mut signers = Vec::new();
        let mut elements = signer_infos.inside("signerInfos")?;
        while let Some(element) = elements.next()? {
            if signers.len() == limits.signers {
                return Err(Error::TooMany {
                    what: "signers",
                    limit: limits.signers,
                });
            }
            let signer = SignerInfo::read(&element, content_type, limits.attributes)?;
            needs = needs.max(signer.version());
            signers.push(signer);
        }
        check_digest_algorithms(&digest_algorithms, &signers, limits)?;
        if version != needs {
            return Err(Error::Version {
                field: "SignedData.version",
                expected: needs,
                actual: version,
            });
        }
        Ok(Self {
            content,
            certificates,
            crls,
            signers,
            is_der: true,
            trailing_bytes: 0,
        })
    }
}

/// The fields of the SignedData inside a ContentInfo (RFC 5652 section 3).
fn content_of_content_info(der: &[u8]) -> Result<Elements<'_>, Error> {
    const FIELD: &str = "ContentInfo";
    let mut outer = Elements::new(der, FIELD)?;
    let mut info = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
    outer.finish()?;
    let content_type = info
        .required(encode::OBJECT_IDENTIFIER)?
        .object_identifier(FIELD)?;
    if content_type != names::SIGNED_DATA {
        return Err(Error::ContentType(content_type));
    }
    let mut explicit = info.required(encode::CONTEXT_0)?.inside(FIELD)?;
    info.finish()?;
    let fields = explicit.required(encode::SEQUENCE)?.inside("SignedData")?;
    explicit.finish()?;
    Ok(fields)
}

/// Reads a CertificateSet (RFC 5652 section 10.2.2); forms other than X.509 only raise the version that is needed.
fn read_certificates(
    set: &Element<'_>,
    limits: &Limits,
    needs: &mut u8,
) -> Result<Vec<Certificate>, Error> {
    const FIELD: &str = "CertificateSet";
    let mut certificates = Vec::new();
    let mut elements = set.inside(FIELD)?;
    let mut count = 0;
    while let Some(element) = elements.next()? {
        if count == limits.certificates {
            return Err(Error::TooMany {
                what: "certificates",
                limit: limits.certificates,
            });
        }
        count += 1;
        match element.tag {
            encode::SEQUENCE => certificates.push(Certificate::from_der(element.whole)?),
            // v1AttrCert [1], v2AttrCert [2], other [3]
            0xa1 => *needs = (*needs).max(3),
            0xa2 => *needs = (*needs).max(4),
            0xa3 => *needs = (*needs).max(5),
            _ => return Err(Error::Malformed { field: FIELD }),
        }
    }
    Ok(certificates)
}

/// Reads RevocationInfoChoices (RFC 5652 section 10.2.1).
fn read_crls(set: &Element<'_>, limits: &Limits, needs: &mut u8) -> Result<Vec<Vec<u8>>, Error> {
    const FIELD: &str = "RevocationInfoChoices";
    let mut lists = Vec::new();
    let mut elements = set.inside(FIELD)?;
    let mut count = 0;
    while let Some(element) = elements.next()? {
        if count == limits.revocation_lists {
            let limit = limits.revocation_lists;
            return Err(Error::TooMany {
                what: "revocation lists",
                limit,
            });
        }
        count += 1;
        match element.tag {
            encode::SEQUENCE => lists.push(element.whole.to_vec()),
            // other [1]
            encode::CONTEXT_1 => *needs = 5,
            _ => return Err(Error::Malformed { field: FIELD }),
        }
    }
    Ok(lists)
}

/// Every signer's digest must be announced, so that one pass over the content suffices (RFC 5652 section 5.1).
fn check_digest_algorithms(
    set: &Element<'_>,
    signers: &[SignerInfo],
    limits: &Limits,
) -> Result<(), Error> {
    const FIELD: &str = "digestAlgorithms";
    let mut listed = Vec::new();
    let mut elements = set.inside(FIELD)?;
    while let Some(element) = elements.next()? {
        if listed.len() == limits.signers {
            return Err(Error::TooMany {
                what: "digest algorithms",
                limit: limits.signers,
            });
        }
        listed.push(element.algorithm(FIELD)?);
    }
    match signers
        .iter()
        .map(SignerInfo::digest_oid)
        .find(|oid| !listed.contains(oid))
    {
        Some(oid) => Err(Error::DigestNotListed(oid)),
        None => Ok(()),
    }
}
