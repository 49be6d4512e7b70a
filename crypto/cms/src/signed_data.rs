//! A SignedData that has been read (RFC 5652 section 5.1), within limits.

use const_oid::ObjectIdentifier;
use tamga_x509::Certificate;

use crate::octets::Octets;
use crate::reader::{self, HeldContent};
use crate::revocation_info::{self, RevocationInfo};
use crate::walk::{Element, Elements};
use crate::{Error, SignerInfo, encode, names};

/// Budgets for a message from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the message: with its content when it is read from memory, without it when it is streamed.
    pub size: usize,
    /// Bytes of content of a message that is streamed.
    pub streamed_content: u64,
    /// Elements inside elements of the message, the outermost counted; at most [`tamga_ber::MAX_DEPTH`].
    pub depth: usize,
    /// SignerInfos.
    pub signers: usize,
    /// Embedded certificates.
    pub certificates: usize,
    /// Embedded revocation lists and answers.
    pub revocation_lists: usize,
    /// Attributes of one set, and values of one attribute.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 64 << 20,
            streamed_content: 1 << 40,
            depth: tamga_ber::MAX_DEPTH,
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
    content_type: ObjectIdentifier,
    content: Encapsulated,
    digest_algorithms: Vec<(ObjectIdentifier, Octets)>,
    certificates: Vec<Certificate>,
    /// Every member of the CertificateSet, X.509 or not.
    certificate_set: Vec<Octets>,
    revocation: RevocationInfo,
    signers: Vec<SignerInfo>,
    is_der: bool,
    trailing_bytes: usize,
}

/// eContent.
#[derive(Debug, Clone)]
pub(crate) enum Encapsulated {
    /// Detached.
    Absent,
    /// In memory.
    Held(Octets),
    /// It has gone by.
    Streamed {
        /// In bytes.
        length: u64,
    },
}

/// A message without its framing and its content.
pub(crate) struct Structure {
    /// DER of version, digestAlgorithms, eContentType, certificates, crls, signerInfos, one after the other.
    pub(crate) fields: Octets,
    pub(crate) content: Encapsulated,
    pub(crate) is_der: bool,
    pub(crate) trailing_bytes: usize,
}

impl SignedData {
    /// Reads DER or BER; the content inside it is copied once.
    ///
    /// One deviation is tolerated: bytes after the message, which real messages carry, are counted by
    /// [`Self::trailing_bytes`] and otherwise ignored. A message without signers is read; it proves nothing.
    ///
    /// # Errors
    /// Every variant of [`Error`] but those of making a message.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        reader::read_held(bytes, limits, |content| match content {
            HeldContent::At(range) => bytes[range].to_vec().into(),
            HeldContent::Joined(joined) => joined.into(),
        })
    }

    /// As [`Self::parse`], without copying the content unless BER has cut it.
    ///
    /// # Errors
    /// As there.
    pub fn parse_vec(bytes: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        let owner = Octets::from(bytes);
        reader::read_held(&owner, limits, |content| match content {
            HeldContent::At(range) => owner.part(range),
            HeldContent::Joined(joined) => joined.into(),
        })
    }

    /// Type of the content.
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The content inside the message; `None` when it is detached, and when it has gone by as a stream.
    pub fn content(&self) -> Option<&[u8]> {
        match &self.content {
            Encapsulated::Held(content) => Some(content),
            Encapsulated::Absent | Encapsulated::Streamed { .. } => None,
        }
    }

    /// Length of the content inside the message in bytes; `None` when it is detached.
    pub fn content_length(&self) -> Option<u64> {
        match &self.content {
            Encapsulated::Absent => None,
            Encapsulated::Held(content) => Some(content.len() as u64),
            Encapsulated::Streamed { length } => Some(*length),
        }
    }

    /// Embedded X.509 certificates, byte for byte, in the order of the message.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// DER of embedded revocation lists; nothing about them is checked.
    pub fn crls(&self) -> &[Octets] {
        &self.revocation.lists
    }

    /// DER of embedded OCSPResponses (RFC 5940 section 2.1); nothing about them is checked.
    pub fn ocsp_responses(&self) -> &[Octets] {
        &self.revocation.responses
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

    /// The content as it is, in memory or not.
    pub(crate) fn encapsulated(&self) -> &Encapsulated {
        &self.content
    }

    /// Identifier and DER of every AlgorithmIdentifier announced.
    pub(crate) fn digest_algorithms(&self) -> &[(ObjectIdentifier, Octets)] {
        &self.digest_algorithms
    }

    /// DER of every member of the CertificateSet.
    pub(crate) fn certificate_set(&self) -> &[Octets] {
        &self.certificate_set
    }

    /// DER of every RevocationInfoChoice.
    pub(crate) fn revocation_set(&self) -> &[Octets] {
        &self.revocation.members
    }

    /// The only reader of the structure, whichever way the message came.
    pub(crate) fn read(structure: Structure, limits: &Limits) -> Result<Self, Error> {
        let owner = structure.fields;
        let mut fields = Elements::new(&owner, "SignedData")?;
        let version = fields
            .required(encode::INTEGER)?
            .version("SignedData.version")?;
        let digest_algorithms = fields.required(encode::SET)?;
        let content_type = fields
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier("eContentType")?;
        let certificates = fields.optional(encode::CONTEXT_0)?;
        let crls = fields.optional(encode::CONTEXT_1)?;
        let signer_infos = fields.required(encode::SET)?;
        fields.finish()?;

        let certificate_set = match certificates {
            Some(set) => set.members(
                &owner,
                "CertificateSet",
                "certificates",
                limits.certificates,
            )?,
            None => Vec::new(),
        };
        let certificates = certificate_set
            .iter()
            .filter(|member| member.first() == Some(&encode::SEQUENCE))
            .map(|member| Ok(Certificate::from_der(member)?))
            .collect::<Result<Vec<_>, Error>>()?;
        let revocation = match crls {
            Some(set) => RevocationInfo::read(&set, &owner, limits.revocation_lists)?,
            None => RevocationInfo::default(),
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
            let signer = SignerInfo::read(&element, &owner, content_type, limits.attributes)?;
            signers.push(signer);
        }
        let digest_algorithms = read_digest_algorithms(&digest_algorithms, &owner, limits)?;
        // Every signer's digest must be announced, so that one pass over the content suffices.
        let listed = |oid| digest_algorithms.iter().any(|(listed, _)| *listed == oid);
        let mut named = signers.iter().map(SignerInfo::digest_oid);
        if let Some(oid) = named.find(|oid| !listed(*oid)) {
            return Err(Error::DigestNotListed(oid));
        }
        let expected = needed_version(
            content_type,
            &certificate_set,
            &revocation.members,
            signers.iter().map(SignerInfo::version),
        )?;
        if version != expected {
            return Err(Error::Version {
                field: "SignedData.version",
                expected,
                actual: version,
            });
        }
        Ok(Self {
            content_type,
            content: structure.content,
            digest_algorithms,
            certificates,
            certificate_set,
            revocation,
            signers,
            is_der: structure.is_der,
            trailing_bytes: structure.trailing_bytes,
        })
    }
}

/// The version of a SignedData with these parts (RFC 5652 section 5.1).
pub(crate) fn needed_version<T: AsRef<[u8]>>(
    content_type: ObjectIdentifier,
    certificates: impl IntoIterator<Item = T>,
    revocation: impl IntoIterator<Item = T>,
    signers: impl IntoIterator<Item = u8>,
) -> Result<u8, Error> {
    let mut needs = if content_type == names::DATA { 1 } else { 3 };
    for member in certificates {
        let field = "CertificateSet";
        needs = needs.max(match member.as_ref().first() {
            Some(&encode::SEQUENCE) => 1,
            // v1AttrCert [1], v2AttrCert [2], other [3]
            Some(0xa1) => 3,
            Some(0xa2) => 4,
            Some(0xa3) => 5,
            _ => return Err(Error::Malformed { field }),
        });
    }
    for member in revocation {
        if member.as_ref().first() != Some(&encode::SEQUENCE) {
            needs = needs.max(revocation_info::VERSION_OF_OTHER_FORMS);
        }
    }
    Ok(signers.into_iter().fold(needs, u8::max))
}

/// Reads digestAlgorithms: identifiers with NULL parameters or none, and their DER.
fn read_digest_algorithms(
    set: &Element<'_>,
    owner: &Octets,
    limits: &Limits,
) -> Result<Vec<(ObjectIdentifier, Octets)>, Error> {
    const FIELD: &str = "digestAlgorithms";
    let members = set.members(owner, FIELD, "digest algorithms", limits.signers)?;
    let read = |member: Octets| {
        let oid = Elements::new(&member, FIELD)?
            .required(encode::SEQUENCE)?
            .algorithm(FIELD)?;
        Ok((oid, member))
    };
    members.into_iter().map(read).collect()
}
