//! The DER of a list, line by line, without copying (RFC 5280 section 5.1).

use der::{
    Class, Decode, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{AnyRef, UintRef},
};
use tamga_scheme::ObjectIdentifier;
use x509_cert::{
    ext::{Extension, pkix::crl::dp::IssuingDistributionPoint},
    spki::AlgorithmIdentifierRef,
};

use super::RevocationReason;
use crate::{
    UnixTime,
    extensions::{MAX_EXTENSIONS, distribution_urls, within_budget},
    signed::integer_content,
};

/// Content octets of a serial number read from a list, the sign octet included.
const MAX_SERIAL: usize = 21;

/// Octets of a list number (RFC 5280 section 5.2.3), the sign octet included.
const MAX_NUMBER: usize = 21;

const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const DELTA_CRL_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const REASON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");

/// ```text
/// TBSCertList ::= SEQUENCE {
///     version                 Version OPTIONAL,  -- v2 if present
///     signature               AlgorithmIdentifier,
///     issuer                  Name,
///     thisUpdate              Time,
///     nextUpdate              Time OPTIONAL,
///     revokedCertificates     SEQUENCE OF SEQUENCE {
///         userCertificate         CertificateSerialNumber,
///         revocationDate          Time,
///         crlEntryExtensions      Extensions OPTIONAL } OPTIONAL,
///     crlExtensions       [0] EXPLICIT Extensions OPTIONAL }
/// ```
pub(super) struct Tbs<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) issuer: &'a [u8],
    pub(super) this_update: UnixTime,
    pub(super) next_update: Option<UnixTime>,
    /// In the order of the list; offsets count from the beginning of the signed part.
    pub(super) entries: Vec<Entry>,
    pub(super) extensions: Extensions,
}

impl<'a> Tbs<'a> {
    pub(super) fn from_der(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let tbs = reader.sequence(|reader| {
            if Tag::peek(reader)? == Tag::Integer && u8::decode(reader)? != 1 {
                return Err(reader.error(Tag::Integer.value_error()));
            }
            let algorithm = AlgorithmIdentifierRef::decode(reader)?;
            let issuer = reader.tlv_bytes()?;
            let this_update = time(reader)?;
            let next_update = match next_tag(reader)? {
                Some(Tag::UtcTime | Tag::GeneralizedTime) => Some(time(reader)?),
                _ => None,
            };
            let mut extensions = Extensions::default();
            let mut entries = Vec::new();
            if next_tag(reader)? == Some(Tag::Sequence) {
                reader.sequence(|reader| {
                    while !reader.is_finished() {
                        let (entry, understood) = Entry::read(reader)?;
                        entries.push(entry);
                        extensions.not_understood |= !understood;
                    }
                    Ok::<_, der::Error>(())
                })?;
            }
            if !reader.is_finished() {
                let field = AnyRef::decode(reader)?;
                let tag = field.tag();
                if (tag.class(), tag.number()) != (Class::ContextSpecific, TagNumber(0)) {
                    return Err(reader.error(tag.unexpected_error(None)));
                }
                extensions.take(field.value())?;
            }
            Ok(Self {
                algorithm,
                issuer,
                this_update,
                next_update,
                entries,
                extensions,
            })
        })?;
        reader.finish()?;
        Ok(tbs)
    }
}

/// One line, its serial number left where it lies in the DER.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) serial_offset: u32,
    pub(super) serial_length: u8,
    pub(super) reason: Option<RevocationReason>,
    pub(super) revoked_at: UnixTime,
}

impl Entry {
    pub(super) fn serial(self, signed: &[u8]) -> &[u8] {
        let start = self.serial_offset as usize;
        &signed[start..start + usize::from(self.serial_length)]
    }
}

impl Entry {
    /// One line, and whether all critical extensions of it are processed.
    fn read(reader: &mut SliceReader<'_>) -> der::Result<(Self, bool)> {
        reader.sequence(|reader| {
            let serial = integer_content(reader, MAX_SERIAL)?;
            // The serial number has just been read: its contents end here.
            let serial_offset = u32::from(reader.position()) - serial.len() as u32;
            let revoked_at = time(reader)?;
            let mut reason = None;
            let mut understood = true;
            if !reader.is_finished() {
                reader.sequence(|reader| {
                    while !reader.is_finished() {
                        let extension = BorrowedExtension::read(reader)?;
                        if extension.oid == REASON_CODE {
                            reason = Some(RevocationReason::from_der(extension.value)?);
                        } else {
                            understood &= !extension.critical;
                        }
                    }
                    Ok::<_, der::Error>(())
                })?;
            }
            let serial_length = serial.len() as u8;
            Ok((
                Self {
                    serial_offset,
                    serial_length,
                    reason,
                    revoked_at,
                },
                understood,
            ))
        })
    }
}

/// What the extensions of a list say.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) number: Option<Number>,
    pub(super) delta_base: Option<Number>,
    pub(super) scope: Scope,
    /// A critical extension of the list or of a line that is not processed: the list says nothing (section 5.2, 5.3).
    pub(super) not_understood: bool,
}

/// Which certificates of its issuer a list speaks of (section 5.2.5).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    /// All, for all reasons.
    #[default]
    Full,
    /// Those that name one of these addresses.
    Points(Vec<String>),
    /// Some kinds or some reasons only, or of other issuers: not processed.
    Partial,
}

/// A list number: big-endian octets without leading zeros, so that longer means larger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number(Vec<u8>);

impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Extensions {
    fn take(&mut self, der: &[u8]) -> der::Result<()> {
        let list = within_budget(Vec::<Extension>::from_der(der)?, MAX_EXTENSIONS)?;
        for (index, extension) in list.iter().enumerate() {
            let oid = extension.extn_id;
            if list[..index].iter().any(|earlier| earlier.extn_id == oid) {
                return Err(Tag::Sequence.value_error().into());
            }
            let value = extension.extn_value.as_bytes();
            match oid {
                CRL_NUMBER => self.number = Some(Number::from_der(value)?),
                DELTA_CRL_INDICATOR => self.delta_base = Some(Number::from_der(value)?),
                ISSUING_DISTRIBUTION_POINT => self.scope = Scope::from_der(value)?,
                _ => self.not_understood |= extension.critical,
            }
        }
        Ok(())
    }
}

impl Scope {
    fn from_der(der: &[u8]) -> der::Result<Self> {
        let point = IssuingDistributionPoint::from_der(der)?;
        let partial = point.only_contains_user_certs
            || point.only_contains_ca_certs
            || point.only_some_reasons.is_some()
            || point.indirect_crl
            || point.only_contains_attribute_certs;
        Ok(match point.distribution_point {
            _ if partial => Self::Partial,
            Some(name) => Self::Points(distribution_urls(&name)?),
            None => Self::Full,
        })
    }
}

impl Number {
    fn from_der(der: &[u8]) -> der::Result<Self> {
        let octets = UintRef::from_der(der)?.as_bytes();
        if octets.len() > MAX_NUMBER {
            return Err(Tag::Integer.length_error().into());
        }
        let leading = octets.iter().take_while(|octet| **octet == 0).count();
        Ok(Self(octets[leading..].to_vec()))
    }
}

/// An extension of a line; there may be half a million, so nothing is copied.
struct BorrowedExtension<'a> {
    oid: ObjectIdentifier,
    critical: bool,
    value: &'a [u8],
}

impl<'a> BorrowedExtension<'a> {
    fn read(reader: &mut SliceReader<'a>) -> der::Result<Self> {
        reader.sequence(|reader| {
            let oid = ObjectIdentifier::decode(reader)?;
            let critical = match Tag::peek(reader)? {
                Tag::Boolean => bool::decode(reader)?,
                _ => false,
            };
            let value = AnyRef::decode(reader)?;
            value.tag().assert_eq(Tag::OctetString)?;
            Ok(Self {
                oid,
                critical,
                value: value.value(),
            })
        })
    }
}

fn next_tag(reader: &SliceReader<'_>) -> der::Result<Option<Tag>> {
    if reader.is_finished() {
        Ok(None)
    } else {
        Tag::peek(reader).map(Some)
    }
}

fn time(reader: &mut SliceReader<'_>) -> der::Result<UnixTime> {
    x509_cert::time::Time::decode(reader).map(UnixTime::from_x509)
}
