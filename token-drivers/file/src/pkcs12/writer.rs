//! Writing a key with its certificates (RFC 7292 section 5.1).

use der::asn1::{AnyRef, OctetStringRef};
use der::{Encode, Tag};
use pkcs5::pbes2;
use sha1::{Digest, Sha1};
use spki::AlgorithmIdentifierRef;
use tamga_scheme::{PrivateKey, Random};
use tamga_token_api::{Password, TokenError};
use tamga_x509::Certificate;

use super::kdf::BmpPassword;
use super::structures::{
    BagAttribute, CertBag, ContentInfo, DigestInfo, EncryptedContentInfo, EncryptedData, MacData,
    Pfx, SafeBag,
};
use super::{mac, oid, unsupported};
use crate::pkcs8::EncryptedPrivateKeyInfo;

/// Iterations of each key derivation in files we write, fifty times OpenSSL's number.
///
/// The integrity check gets as many as the encryptions: whoever guesses passwords tries the cheapest of them.
pub const ITERATIONS_WRITTEN: u32 = 100_000;

/// Writes a PKCS#12 file that holds one key.
///
/// `chain` is the key's own certificate and then, if wanted, those of its issuers. `alias` becomes friendlyName, the
/// SHA-1 of the key's certificate becomes localKeyId, on key and certificate (like OpenSSL).
///
/// Certificates and key are encrypted with AES-256-CBC under PBKDF2 with HMAC-SHA-256 (RFC 8018); the integrity check
/// is HMAC-SHA-256 (RFC 7292 appendix B). Each of the three has a salt of its own and [`ITERATIONS_WRITTEN`] iterations.
///
/// # Errors
/// [`TokenError::CertificateMissing`] without a certificate; [`TokenError::Mismatch`] if the first one is another key's;
/// [`TokenError::Unsupported`] if `alias` has characters outside of the Basic Multilingual Plane, which BMPString cannot hold;
/// [`TokenError::Driver`] without randomness.
pub fn write(
    key: &PrivateKey,
    chain: &[Certificate],
    alias: &str,
    password: &Password,
    random: &dyn Random,
) -> Result<Vec<u8>, TokenError> {
    let own = chain.first().ok_or(TokenError::CertificateMissing)?;
    if own.public_key().ok() != Some(key.public_key()) {
        return Err(TokenError::Mismatch);
    }
    let attributes = attributes(alias, own)?;
    let certificates = encrypted_safe(&cert_bags(chain, &attributes)?, password, random)?;
    let key = plain_safe(&key_bag(key, &attributes, password, random)?)?;
    let safes = vec![certificates.content_info()?, key.content_info()?];
    let safe = safes.to_der().map_err(encoding)?;

    let salt: [u8; 16] = fill(random)?;
    let password = BmpPassword::new(password);
    let digest = mac::hmac_sha256(&password, &salt, ITERATIONS_WRITTEN, &safe);
    let pfx = Pfx {
        version: 3,
        auth_safe: ContentInfo {
            content_type: oid::DATA,
            content: octet_string(&safe)?,
        },
        mac_data: Some(MacData {
            mac: DigestInfo {
                algorithm: AlgorithmIdentifierRef {
                    oid: oid::SHA_256,
                    parameters: Some(AnyRef::NULL),
                },
                digest: OctetStringRef::new(&digest).map_err(encoding)?,
            },
            salt: OctetStringRef::new(&salt).map_err(encoding)?,
            iterations: ITERATIONS_WRITTEN.into(),
        }),
    };
    pfx.to_der().map_err(encoding)
}

/// friendlyName and localKeyId as the content of a SET OF, sorted as DER wants: localKeyId is the shorter one unless
/// `alias` has few characters.
fn attributes(alias: &str, own: &Certificate) -> Result<Vec<u8>, TokenError> {
    if alias.chars().any(|character| character.len_utf16() != 1) {
        return Err(unsupported("a name with characters outside of BMPString"));
    }
    let name: Vec<u8> = alias.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut attributes = [
        attribute(
            oid::LOCAL_KEY_ID,
            Tag::OctetString,
            &Sha1::digest(own.der()),
        )?,
        attribute(oid::FRIENDLY_NAME, Tag::BmpString, &name)?,
    ];
    attributes.sort();
    Ok(attributes.concat())
}

fn attribute(
    id: const_oid::ObjectIdentifier,
    tag: Tag,
    value: &[u8],
) -> Result<Vec<u8>, TokenError> {
    let value = any(tag, value)?.to_der().map_err(encoding)?;
    BagAttribute {
        id,
        values: any(Tag::Set, &value)?,
    }
    .to_der()
    .map_err(encoding)
}

/// SafeContents with one CertBag for each certificate; only the first one bears the key's names.
fn cert_bags(chain: &[Certificate], attributes: &[u8]) -> Result<Vec<u8>, TokenError> {
    let mut bags = Vec::new();
    for (index, certificate) in chain.iter().enumerate() {
        let value = CertBag {
            id: oid::X509_CERTIFICATE,
            value: octet_string(certificate.der())?,
        };
        let attributes = if index == 0 {
            Some(any(Tag::Set, attributes)?)
        } else {
            None
        };
        bags.extend(safe_bag(oid::CERT_BAG, &value, attributes)?);
    }
    sequence(&bags)
}

/// SafeContents with one PKCS8ShroudedKeyBag.
fn key_bag(
    key: &PrivateKey,
    attributes: &[u8],
    password: &Password,
    random: &dyn Random,
) -> Result<Vec<u8>, TokenError> {
    let encrypted = Encrypted::new(&key.to_pkcs8_der(), password, random)?;
    let value = EncryptedPrivateKeyInfo {
        algorithm: encrypted.algorithm()?,
        encrypted: OctetStringRef::new(&encrypted.octets).map_err(encoding)?,
    };
    sequence(&safe_bag(
        oid::SHROUDED_KEY_BAG,
        &value,
        Some(any(Tag::Set, attributes)?),
    )?)
}

fn safe_bag(
    id: const_oid::ObjectIdentifier,
    value: &impl Encode,
    attributes: Option<AnyRef<'_>>,
) -> Result<Vec<u8>, TokenError> {
    let value = value.to_der().map_err(encoding)?;
    let value = AnyRef::try_from(&value[..]).map_err(encoding)?;
    SafeBag {
        id,
        value,
        attributes,
    }
    .to_der()
    .map_err(encoding)
}

/// Content of a ContentInfo with its type.
struct Safe {
    content_type: const_oid::ObjectIdentifier,
    content: Vec<u8>,
}

impl Safe {
    fn content_info(&self) -> Result<ContentInfo<'_>, TokenError> {
        Ok(ContentInfo {
            content_type: self.content_type,
            content: AnyRef::try_from(&self.content[..]).map_err(encoding)?,
        })
    }
}

fn plain_safe(contents: &[u8]) -> Result<Safe, TokenError> {
    let content = octet_string(contents)?.to_der().map_err(encoding)?;
    Ok(Safe {
        content_type: oid::DATA,
        content,
    })
}

fn encrypted_safe(
    contents: &[u8],
    password: &Password,
    random: &dyn Random,
) -> Result<Safe, TokenError> {
    let encrypted = Encrypted::new(contents, password, random)?;
    let data = EncryptedData {
        version: 0,
        content_info: EncryptedContentInfo::new(encrypted.algorithm()?, &encrypted.octets)
            .map_err(encoding)?,
        unprotected_attributes: None,
    };
    Ok(Safe {
        content_type: oid::ENCRYPTED_DATA,
        content: data.to_der().map_err(encoding)?,
    })
}

/// Something under PBES2.
struct Encrypted {
    /// DER of PBES2-params.
    parameters: Vec<u8>,
    octets: Vec<u8>,
}

impl Encrypted {
    fn new(plain: &[u8], password: &Password, random: &dyn Random) -> Result<Self, TokenError> {
        let salt: [u8; 16] = fill(random)?;
        let iv: [u8; 16] = fill(random)?;
        let failed = |error: pkcs5::Error| TokenError::Driver(format!("PBES2: {error}"));
        let parameters =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS_WRITTEN, &salt, iv)
                .map_err(failed)?;
        let octets = parameters
            .encrypt(password.expose(), plain)
            .map_err(failed)?;
        Ok(Self {
            parameters: parameters.to_der().map_err(encoding)?,
            octets,
        })
    }

    fn algorithm(&self) -> Result<AlgorithmIdentifierRef<'_>, TokenError> {
        let parameters = AnyRef::try_from(&self.parameters[..]).map_err(encoding)?;
        Ok(AlgorithmIdentifierRef {
            oid: oid::PBES2,
            parameters: Some(parameters),
        })
    }
}

fn fill<const N: usize>(random: &dyn Random) -> Result<[u8; N], TokenError> {
    let mut octets = [0; N];
    random
        .fill(&mut octets)
        .map_err(|_| TokenError::Driver("no randomness".into()))?;
    Ok(octets)
}

fn octet_string(octets: &[u8]) -> Result<AnyRef<'_>, TokenError> {
    any(Tag::OctetString, octets)
}

fn any(tag: Tag, content: &[u8]) -> Result<AnyRef<'_>, TokenError> {
    AnyRef::new(tag, content).map_err(encoding)
}

fn sequence(content: &[u8]) -> Result<Vec<u8>, TokenError> {
    any(Tag::Sequence, content)?.to_der().map_err(encoding)
}

/// Only lengths beyond 256 MiB cannot be encoded.
fn encoding(error: der::Error) -> TokenError {
    TokenError::Driver(format!("DER: {error}"))
}
