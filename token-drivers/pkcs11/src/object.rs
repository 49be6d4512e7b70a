//! Certificates and private keys of a token, by the attributes that may be read.
//!
//! Of a private key these are `CKA_ID`, `CKA_KEY_TYPE`, `CKA_SIGN`, `CKA_ALWAYS_AUTHENTICATE` and `CKA_MODULUS`, of a
//! certificate `CKA_ID`, `CKA_LABEL` and `CKA_VALUE`; no function here takes an attribute from elsewhere.

use cryptoki::{
    error::Error,
    object::{Attribute, AttributeInfo, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::Session,
};
use cryptoki_sys::CK_KEY_TYPE;
use der::{Decode, Reader, asn1::UintRef};
use spki::SubjectPublicKeyInfoRef;
use tamga_scheme::{KeyKind, PublicKey};
use tamga_token_api::KeyEntry;
use tamga_token_worker::{CERTIFICATE_LIMIT, CHAIN_LIMIT, ENTRY_LIMIT};
use tamga_x509::Certificate;

/// Most objects of one class that are looked at.
const OBJECTS: usize = 2 * ENTRY_LIMIT;

/// Longest attribute other than a certificate, in bytes: an RSA-4096 modulus with room.
const ATTRIBUTE_LIMIT: usize = 1024;

/// `CKK_GOSTR3410_512` of TC26.
const GOSTR3410_512: u32 = 0xd432_1003;

/// A certificate object.
pub(crate) struct FoundCertificate {
    pub(crate) id: Vec<u8>,
    label: String,
    pub(crate) certificate: Certificate,
}

/// A private key object.
#[derive(Clone)]
pub(crate) struct FoundKey {
    pub(crate) handle: ObjectHandle,
    pub(crate) id: Vec<u8>,
    pub(crate) always_authenticate: bool,
    /// `None` for a type the table does not know.
    kind: Option<KeyKind>,
    /// RSA keys show it.
    modulus: Option<Vec<u8>>,
}

/// How a key and a certificate with the same identifier go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Another kind of key, or another modulus.
    No,
    /// Nothing speaks against it; the first signature proves it.
    Possible,
    /// The same modulus.
    Proven,
}

/// Every certificate that can be read and is within the budget.
pub(crate) fn certificates(session: &Session) -> Result<Vec<FoundCertificate>, Error> {
    let mut found = Vec::new();
    for handle in objects(session, ObjectClass::CERTIFICATE)? {
        let Some(der) = bytes(session, handle, AttributeType::Value, CERTIFICATE_LIMIT)? else {
            continue;
        };
        // What is no X.509 certificate (WTLS, attribute certificates) is nobody's choice.
        let Ok(certificate) = Certificate::from_der(&der) else {
            continue;
        };
        let label = bytes(session, handle, AttributeType::Label, ATTRIBUTE_LIMIT)?;
        let id = bytes(session, handle, AttributeType::Id, ATTRIBUTE_LIMIT)?;
        found.push(FoundCertificate {
            id: id.unwrap_or_default(),
            label: String::from_utf8_lossy(&label.unwrap_or_default())
                .trim()
                .to_owned(),
            certificate,
        });
    }
    Ok(found)
}

/// Every private key that may sign.
pub(crate) fn private_keys(session: &Session) -> Result<Vec<FoundKey>, Error> {
    let mut found = Vec::new();
    for handle in objects(session, ObjectClass::PRIVATE_KEY)? {
        if flag(session, handle, AttributeType::Sign)? == Some(false) {
            continue;
        }
        let id = bytes(session, handle, AttributeType::Id, ATTRIBUTE_LIMIT)?;
        found.push(FoundKey {
            handle,
            id: id.unwrap_or_default(),
            always_authenticate: flag(session, handle, AttributeType::AlwaysAuthenticate)?
                .unwrap_or(false),
            kind: kind(session, handle)?,
            modulus: bytes(session, handle, AttributeType::Modulus, ATTRIBUTE_LIMIT)?,
        });
    }
    Ok(found)
}

/// Entries of the certificates that are no authority's, in the token's order.
pub(crate) fn entries(certificates: &[FoundCertificate]) -> Vec<(usize, KeyEntry)> {
    certificates
        .iter()
        .enumerate()
        .filter(|(_, found)| !is_authority(&found.certificate))
        .take(ENTRY_LIMIT)
        .map(|(index, found)| {
            let entry = KeyEntry {
                alias: found.alias(),
                certificate: found.certificate.clone(),
                chain: chain(&found.certificate, certificates),
            };
            (index, entry)
        })
        .collect()
}

impl FoundCertificate {
    /// The label; without one the identifier, without that the serial number.
    fn alias(&self) -> String {
        if !self.label.is_empty() {
            return self.label.clone();
        }
        if !self.id.is_empty() {
            return hex::encode(&self.id);
        }
        self.certificate.serial_hex()
    }
}

impl FoundKey {
    /// Whether a certificate's key may be the public half of this one.
    pub(crate) fn fits(&self, public_key: &PublicKey) -> Fit {
        match (self.kind, &self.modulus) {
            (Some(kind), _) if kind != public_key.kind() => Fit::No,
            (Some(KeyKind::Rsa), Some(modulus)) => match certified_modulus(public_key) {
                Some(certified) if certified == without_zeros(modulus) => Fit::Proven,
                _ => Fit::No,
            },
            _ => Fit::Possible,
        }
    }
}

/// The modulus inside a certificate, without leading zeros.
fn certified_modulus(public_key: &PublicKey) -> Option<Vec<u8>> {
    let info = SubjectPublicKeyInfoRef::from_der(public_key.spki_der()).ok()?;
    let key = info.subject_public_key.as_bytes()?;
    // RFC 8017 appendix A.1.1: RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
    let mut reader = der::SliceReader::new(key).ok()?;
    let modulus: der::Result<Vec<u8>> = reader.sequence(|inner| {
        let modulus = UintRef::decode(inner)?;
        UintRef::decode(inner)?;
        Ok(modulus.as_bytes().to_vec())
    });
    modulus.ok()
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

fn is_authority(certificate: &Certificate) -> bool {
    certificate
        .basic_constraints()
        .is_some_and(|constraints| constraints.ca)
}

/// Issuers that lie on the same token, nearest first, by name alone.
fn chain(leaf: &Certificate, all: &[FoundCertificate]) -> Vec<Certificate> {
    let mut chain: Vec<Certificate> = Vec::new();
    let mut last = leaf;
    while chain.len() < CHAIN_LIMIT && !last.is_self_issued() {
        let issuer = all.iter().map(|found| &found.certificate).find(|other| {
            is_authority(other) && other.subject() == last.issuer() && !chain.contains(other)
        });
        let Some(issuer) = issuer else { break };
        chain.push(issuer.clone());
        last = issuer;
    }
    chain
}

/// Handles of one class; more than a token can sensibly have are not looked at.
fn objects(session: &Session, class: ObjectClass) -> Result<Vec<ObjectHandle>, Error> {
    session
        .iter_objects(&[Attribute::Class(class)])?
        .take(OBJECTS)
        .collect()
}

/// An attribute of any length; `None` if the object has none, does not show it, or shows more than `limit` bytes.
fn bytes(
    session: &Session,
    object: ObjectHandle,
    attribute: AttributeType,
    limit: usize,
) -> Result<Option<Vec<u8>>, Error> {
    // The length is asked first, so that an absurd one takes no memory.
    let info = session.get_attribute_info(object, &[attribute])?;
    match info.first() {
        Some(AttributeInfo::Available(length)) if *length <= limit => {}
        _ => return Ok(None),
    }
    let read = session.get_attributes(object, &[attribute])?;
    Ok(read
        .into_iter()
        .next()
        .and_then(|attribute| match attribute {
            Attribute::Id(bytes)
            | Attribute::Label(bytes)
            | Attribute::Modulus(bytes)
            | Attribute::Value(bytes) => Some(bytes),
            _ => None,
        }))
}

fn flag(
    session: &Session,
    object: ObjectHandle,
    attribute: AttributeType,
) -> Result<Option<bool>, Error> {
    let read = session.get_attributes(object, &[attribute])?;
    Ok(read
        .into_iter()
        .next()
        .and_then(|attribute| match attribute {
            Attribute::AlwaysAuthenticate(value) | Attribute::Sign(value) => Some(value),
            _ => None,
        }))
}

/// The kind of a key; `None` for types of vendors and of other algorithms.
fn kind(session: &Session, object: ObjectHandle) -> Result<Option<KeyKind>, Error> {
    let read = match session.get_attributes(object, &[AttributeType::KeyType]) {
        Ok(read) => read,
        Err(error @ Error::Pkcs11(..)) => return Err(error),
        // A number cryptoki has no word for.
        Err(_) => return Ok(None),
    };
    Ok(match read.first() {
        Some(Attribute::KeyType(KeyType::RSA)) => Some(KeyKind::Rsa),
        Some(Attribute::KeyType(KeyType::GOSTR3410)) => Some(KeyKind::Gost2004),
        Some(Attribute::KeyType(other)) if is_gost_512(**other) => Some(KeyKind::Gost2015With512),
        _ => None,
    })
}

#[allow(
    clippy::useless_conversion,
    reason = "on Windows both types are the same"
)]
fn is_gost_512(number: CK_KEY_TYPE) -> bool {
    number == CK_KEY_TYPE::from(GOSTR3410_512)
}
