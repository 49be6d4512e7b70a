//! The answer of a responder (RFC 6960 section 4.2).

use std::{fmt, ops::Range, sync::Arc};

use der::{
    Any, Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{AnyRef, BitStringRef, GeneralizedTime, OctetStringRef},
};
use tamga_scheme::{
    ObjectIdentifier, PublicKey, SignatureScheme, SignatureValid, SignatureValue, verify,
};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::{
    BASIC, EXTENDED_REVOKE, NONCE, OcspError, ResponderId, ResponderStatus, SingleResponse,
    extension,
    single::{context, moment},
};
use crate::{Certificate, Name, UnixTime};

/// Largest answer read, in bytes; those of the national responders have two thousand.
const MAX_BYTES: usize = 256 * 1024;

/// Lines read; a request of ours asks about 32 certificates at most.
const MAX_RESPONSES: usize = 128;

/// Embedded certificates read: the responder's, and some above it.
const MAX_CERTIFICATES: usize = 8;

/// A successful basic answer, its DER kept byte for byte. Cheap to clone. Nothing in it is proved by reading it.
///
/// ```text
/// OCSPResponse ::= SEQUENCE {
///     responseStatus         OCSPResponseStatus,
///     responseBytes      [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE {
///     responseType   OBJECT IDENTIFIER,
///     response       OCTET STRING }
/// BasicOCSPResponse ::= SEQUENCE {
///     tbsResponseData      ResponseData,
///     signatureAlgorithm   AlgorithmIdentifier,
///     signature            BIT STRING,
///     certs            [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
/// ```
#[derive(Clone)]
pub struct OcspResponse(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    /// Where the BasicOCSPResponse lies in `der`.
    basic: Range<usize>,
    /// Where the signed part lies in `der`.
    tbs: Range<usize>,
    signature_algorithm: ObjectIdentifier,
    signature: SignatureValue,
    data: ResponseData,
    certificates: Vec<Certificate>,
}

impl OcspResponse {
    /// Reads an OCSPResponse, as a responder sends it. At most 256 KiB.
    ///
    /// An answer that is not "successful" is [`OcspError::Responder`].
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_BYTES {
            return Err(OcspError::TooLarge {
                actual: der.len(),
                limit: MAX_BYTES,
            });
        }
        let basic = basic_of(der)?;
        let parts = Basic::from_der(basic)?;
        Ok(Self(Arc::new(Parsed {
            basic: range_in(der, basic),
            tbs: range_in(der, parts.tbs),
            signature_algorithm: parts.algorithm.oid,
            signature: SignatureValue::new(parts.signature),
            data: ResponseData::from_der(parts.tbs)?,
            certificates: parts.certificates,
            der: der.to_vec(),
        })))
    }

    /// Reads a BasicOCSPResponse, as CAdES and XAdES keep it.
    pub fn from_basic_der(basic: &[u8]) -> Result<Self, OcspError> {
        // `successful`, then the type and the bytes.
        let bytes = [BASIC.to_der()?, OctetStringRef::new(basic)?.to_der()?].concat();
        let explicit = Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(0),
        };
        let bytes = Any::new(explicit, Any::new(Tag::Sequence, bytes)?.to_der()?)?.to_der()?;
        let whole = [&[0x0a, 1, 0], bytes.as_slice()].concat();
        Self::from_der(&Any::new(Tag::Sequence, whole)?.to_der()?)
    }

    /// The OCSPResponse, byte for byte as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The BasicOCSPResponse inside, byte for byte as it came.
    pub fn basic_der(&self) -> &[u8] {
        &self.0.der[self.0.basic.clone()]
    }

    /// Who says it signed.
    pub fn responder_id(&self) -> &ResponderId {
        &self.0.data.responder_id
    }

    /// When the answer was signed.
    pub fn produced_at(&self) -> UnixTime {
        self.0.data.produced_at
    }

    /// What is said about each certificate.
    pub fn responses(&self) -> &[SingleResponse] {
        &self.0.data.responses
    }

    /// The nonce, if there is one: the content of the OCTET STRING in the extension, or the extension's own content
    /// where a responder left the inner OCTET STRING out.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.0.data.nonce.as_deref()
    }

    /// Embedded certificates; none of them is proved.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The first critical extension of the answer that is not processed.
    pub fn critical_not_understood(&self) -> Option<ObjectIdentifier> {
        self.0.data.critical_not_understood
    }

    /// Checks the answer's signature with the responder's key, over the bytes that came. Who the responder is, and
    /// whether it may answer, is not looked at.
    pub fn check_signature(&self, responder_key: &PublicKey) -> Result<SignatureValid, OcspError> {
        let algorithm = self.0.signature_algorithm;
        let scheme =
            SignatureScheme::from_oid(algorithm).ok_or(OcspError::SignatureAlgorithm(algorithm))?;
        let signed = &self.0.der[self.0.tbs.clone()];
        verify(responder_key, scheme, signed, &self.0.signature).map_err(OcspError::Signature)
    }
}

/// Names the answer; its bytes would fill pages.
impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponse")
            .field("responder_id", self.responder_id())
            .field("produced_at", &self.produced_at())
            .field("responses", &self.responses())
            .finish_non_exhaustive()
    }
}

/// Answers are equal when their bytes are.
impl PartialEq for OcspResponse {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for OcspResponse {}

/// The BasicOCSPResponse of a successful answer.
fn basic_of(der: &[u8]) -> Result<&[u8], OcspError> {
    let outer = AnyRef::from_der(der)?;
    outer.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(outer.value())?;
    let status = AnyRef::decode(&mut reader)?;
    status.tag().assert_eq(Tag::Enumerated)?;
    let status = match status.value() {
        [code] => *code,
        _ => return Err(OcspError::malformed("a status of several octets")),
    };
    if status != 0 {
        return Err(OcspError::Responder(match status {
            1 => ResponderStatus::MalformedRequest,
            2 => ResponderStatus::InternalError,
            3 => ResponderStatus::TryLater,
            5 => ResponderStatus::SigRequired,
            6 => ResponderStatus::Unauthorized,
            code => ResponderStatus::Unassigned(code),
        }));
    }
    let field = AnyRef::decode(&mut reader)?;
    if context(field)? != 0 {
        return Err(OcspError::malformed("responseBytes expected"));
    }
    reader.finish()?;
    let bytes = AnyRef::from_der(field.value())?;
    bytes.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(bytes.value())?;
    let kind = ObjectIdentifier::decode(&mut reader)?;
    if kind != BASIC {
        return Err(OcspError::ResponseType(kind));
    }
    let response = <&OctetStringRef>::decode(&mut reader)?;
    reader.finish()?;
    Ok(response.as_bytes())
}

struct Basic<'a> {
    tbs: &'a [u8],
    algorithm: AlgorithmIdentifierRef<'a>,
    signature: &'a [u8],
    certificates: Vec<Certificate>,
}

impl<'a> Basic<'a> {
    fn from_der(der: &'a [u8]) -> Result<Self, OcspError> {
        let outer = AnyRef::from_der(der)?;
        outer.tag().assert_eq(Tag::Sequence)?;
        let mut reader = SliceReader::new(outer.value())?;
        let tbs = reader.tlv_bytes()?;
        let algorithm = AlgorithmIdentifierRef::decode(&mut reader)?;
        let signature = BitStringRef::decode(&mut reader)?
            .as_bytes()
            .ok_or_else(|| OcspError::malformed("a signature of broken octets"))?;
        let mut certificates = Vec::new();
        if !reader.is_finished() {
            let field = AnyRef::decode(&mut reader)?;
            if context(field)? != 0 {
                return Err(OcspError::malformed("certificates expected"));
            }
            certificates = read_certificates(field.value())?;
        }
        reader.finish()?;
        Ok(Self {
            tbs,
            algorithm,
            signature,
            certificates,
        })
    }
}

fn read_certificates(der: &[u8]) -> Result<Vec<Certificate>, OcspError> {
    let list = AnyRef::from_der(der)?;
    list.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(list.value())?;
    let mut certificates = Vec::new();
    while !reader.is_finished() {
        if certificates.len() == MAX_CERTIFICATES {
            return Err(OcspError::TooMany {
                what: "certificates",
                limit: MAX_CERTIFICATES,
            });
        }
        let certificate = Certificate::from_der(reader.tlv_bytes()?);
        certificates.push(certificate.map_err(OcspError::Certificate)?);
    }
    Ok(certificates)
}

/// ```text
/// ResponseData ::= SEQUENCE {
///     version              [0] EXPLICIT Version DEFAULT v1,
///     responderID              ResponderID,
///     producedAt               GeneralizedTime,
///     responses                SEQUENCE OF SingleResponse,
///     responseExtensions   [1] EXPLICIT Extensions OPTIONAL }
/// ```
struct ResponseData {
    responder_id: ResponderId,
    produced_at: UnixTime,
    responses: Vec<SingleResponse>,
    nonce: Option<Vec<u8>>,
    critical_not_understood: Option<ObjectIdentifier>,
}

impl ResponseData {
    fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        let outer = AnyRef::from_der(der)?;
        outer.tag().assert_eq(Tag::Sequence)?;
        let mut reader = SliceReader::new(outer.value())?;
        let mut first = AnyRef::decode(&mut reader)?;
        if context(first)? == 0 {
            // The default, v1, is not written in DER; some do.
            if u8::from_der(first.value())? != 0 {
                return Err(OcspError::malformed("another version than v1"));
            }
            first = AnyRef::decode(&mut reader)?;
        }
        let responder_id = responder_id(first)?;
        let produced_at = moment(GeneralizedTime::decode(&mut reader)?);
        let lines = AnyRef::decode(&mut reader)?;
        lines.tag().assert_eq(Tag::Sequence)?;
        let mut data = Self {
            responder_id,
            produced_at,
            responses: Vec::new(),
            nonce: None,
            critical_not_understood: None,
        };
        let mut extended_revoke = false;
        if !reader.is_finished() {
            let field = AnyRef::decode(&mut reader)?;
            if context(field)? != 1 {
                return Err(OcspError::malformed("extensions expected"));
            }
            extended_revoke = data.take_extensions(field.value())?;
        }
        reader.finish()?;
        data.responses = read_responses(lines.value(), extended_revoke)?;
        Ok(data)
    }

    /// Takes the nonce; says whether extended-revoke is there.
    fn take_extensions(&mut self, der: &[u8]) -> Result<bool, OcspError> {
        let mut extended_revoke = false;
        for extension in extension::read(der)? {
            match extension.oid {
                NONCE => {
                    let inner = <&OctetStringRef>::from_der(extension.value);
                    let nonce = inner.map_or(extension.value, |inner| inner.as_bytes());
                    self.nonce = Some(nonce.to_vec());
                }
                EXTENDED_REVOKE => extended_revoke = true,
                oid if extension.critical => {
                    self.critical_not_understood.get_or_insert(oid);
                }
                _ => {}
            }
        }
        Ok(extended_revoke)
    }
}

fn responder_id(choice: AnyRef<'_>) -> Result<ResponderId, OcspError> {
    match context(choice)? {
        1 => Name::from_der(choice.value())
            .map(ResponderId::Name)
            .map_err(OcspError::malformed),
        2 => {
            let hash = <&OctetStringRef>::from_der(choice.value())?;
            Ok(ResponderId::Key(hash.as_bytes().to_vec()))
        }
        _ => Err(OcspError::malformed("not a responder's name")),
    }
}

fn read_responses(content: &[u8], extended_revoke: bool) -> Result<Vec<SingleResponse>, OcspError> {
    let mut reader = SliceReader::new(content)?;
    let mut responses = Vec::new();
    while !reader.is_finished() {
        if responses.len() == MAX_RESPONSES {
            return Err(OcspError::TooMany {
                what: "responses",
                limit: MAX_RESPONSES,
            });
        }
        responses.push(SingleResponse::read(reader.tlv_bytes()?, extended_revoke)?);
    }
    Ok(responses)
}

/// Where `part`, a piece of `whole`, lies in it.
fn range_in(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    debug_assert_eq!(whole.get(start..start + part.len()), Some(part));
    start..start + part.len()
}
