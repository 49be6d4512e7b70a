//! ASN.1 types of PKCS#12 (RFC 7292 section 4 and appendix D).
//!
//! `PKCS8ShroudedKeyBag` (section 4.2.2) is [`crate::pkcs8::EncryptedPrivateKeyInfo`].
//! All of them borrow, so that decrypted contents exist only in the buffer that is wiped.

use std::borrow::Cow;

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, OctetStringRef};
use der::{Sequence, Tag, TagNumber, Tagged};
use spki::AlgorithmIdentifierRef;

/// RFC 7292 section 4:
///
/// ```text
/// PFX ::= SEQUENCE {
///     version  INTEGER {v3(3)}(v3,...),
///     authSafe ContentInfo,
///     macData  MacData OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct Pfx<'a> {
    pub(super) version: u8,
    pub(super) auth_safe: ContentInfo<'a>,
    #[asn1(optional = "true")]
    pub(super) mac_data: Option<MacData<'a>>,
}

/// RFC 7292 section 4:
///
/// ```text
/// MacData ::= SEQUENCE {
///     mac        DigestInfo,
///     macSalt    OCTET STRING,
///     iterations INTEGER DEFAULT 1 }
/// ```
#[derive(Sequence)]
pub(super) struct MacData<'a> {
    pub(super) mac: DigestInfo<'a>,
    pub(super) salt: &'a OctetStringRef,
    #[asn1(default = "one")]
    pub(super) iterations: u64,
}

fn one() -> u64 {
    1
}

/// RFC 8017 section 9.2:
///
/// ```text
/// DigestInfo ::= SEQUENCE {
///     digestAlgorithm AlgorithmIdentifier,
///     digest          OCTET STRING }
/// ```
#[derive(Sequence)]
pub(super) struct DigestInfo<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) digest: &'a OctetStringRef,
}

/// RFC 5652 section 3, with content; `AuthenticatedSafe ::= SEQUENCE OF ContentInfo`:
///
/// ```text
/// ContentInfo ::= SEQUENCE {
///     contentType ContentType,
///     content     [0] EXPLICIT ANY DEFINED BY contentType }
/// ```
#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) content: AnyRef<'a>,
}

/// RFC 5652 section 8:
///
/// ```text
/// EncryptedData ::= SEQUENCE {
///     version              CMSVersion,
///     encryptedContentInfo EncryptedContentInfo,
///     unprotectedAttrs     [1] IMPLICIT UnprotectedAttributes OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct EncryptedData<'a> {
    pub(super) version: u8,
    pub(super) content_info: EncryptedContentInfo<'a>,
    #[asn1(optional = "true")]
    pub(super) unprotected_attributes: Option<AnyRef<'a>>,
}

/// RFC 5652 section 6.1, with content:
///
/// ```text
/// EncryptedContentInfo ::= SEQUENCE {
///     contentType                ContentType,
///     contentEncryptionAlgorithm ContentEncryptionAlgorithmIdentifier,
///     encryptedContent           [0] IMPLICIT OCTET STRING }
/// ```
#[derive(Sequence)]
pub(super) struct EncryptedContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    /// Tag 80, or A0 with segments inside.
    encrypted: AnyRef<'a>,
}

impl<'a> EncryptedContentInfo<'a> {
    const fn tag(constructed: bool) -> Tag {
        Tag::ContextSpecific {
            constructed,
            number: TagNumber(0),
        }
    }

    pub(super) fn new(
        algorithm: AlgorithmIdentifierRef<'a>,
        encrypted: &'a [u8],
    ) -> der::Result<Self> {
        Ok(Self {
            content_type: super::oid::DATA,
            algorithm,
            encrypted: AnyRef::new(Self::tag(false), encrypted)?,
        })
    }

    /// The encrypted octets; files of the NCA carry them in segments. `None` if it is something else.
    pub(super) fn encrypted(&self) -> Option<Cow<'a, [u8]>> {
        let tag = self.encrypted.tag();
        if tag == Self::tag(false) {
            Some(Cow::Borrowed(self.encrypted.value()))
        } else if tag == Self::tag(true) {
            tamga_ber::join_octet_string_segments(self.encrypted.value())
                .ok()
                .map(Cow::Owned)
        } else {
            None
        }
    }
}

/// RFC 7292 section 4.2; `SafeContents ::= SEQUENCE OF SafeBag`:
///
/// ```text
/// SafeBag ::= SEQUENCE {
///     bagId         BAG-TYPE.&id,
///     bagValue      [0] EXPLICIT BAG-TYPE.&Type,
///     bagAttributes SET OF PKCS12Attribute OPTIONAL }
/// ```
#[derive(Sequence)]
pub(super) struct SafeBag<'a> {
    pub(super) id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) value: AnyRef<'a>,
    /// Not a `SetOf`: not every program sorts the set.
    #[asn1(optional = "true")]
    pub(super) attributes: Option<AnyRef<'a>>,
}

/// RFC 7292 section 4.2:
///
/// ```text
/// PKCS12Attribute ::= SEQUENCE {
///     attrId     OBJECT IDENTIFIER,
///     attrValues SET OF ANY }
/// ```
#[derive(Sequence)]
pub(super) struct BagAttribute<'a> {
    pub(super) id: ObjectIdentifier,
    pub(super) values: AnyRef<'a>,
}

/// RFC 7292 section 4.2.3:
///
/// ```text
/// CertBag ::= SEQUENCE {
///     certId    BAG-TYPE.&id,
///     certValue [0] EXPLICIT OCTET STRING }
/// ```
#[derive(Sequence)]
pub(super) struct CertBag<'a> {
    pub(super) id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) value: AnyRef<'a>,
}

/// RFC 7292 appendix C:
///
/// ```text
/// pkcs-12PbeParams ::= SEQUENCE {
///     salt       OCTET STRING,
///     iterations INTEGER }
/// ```
#[derive(Sequence)]
pub(super) struct PbeParams<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: u64,
}
