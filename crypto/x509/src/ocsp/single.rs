//! What an answer says about one certificate (RFC 6960 section 4.2.1).

use der::{
    Class, Decode, Reader, SliceReader, TagNumber, Tagged,
    asn1::{AnyRef, GeneralizedTime},
};
use tamga_scheme::ObjectIdentifier;

use super::{CertId, OcspError, extension};
use crate::{RevocationReason, RevokedEntry, UnixTime};

/// What the responder knows about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertStatus {
    /// Not revoked. Says "issued" only if the responder says so: see [`Self::NotIssued`].
    Good,
    /// The authority never issued a certificate of this number.
    ///
    /// Recognised by the form RFC 6960 section 2.2 gives it: revoked 1970-01-01 for certificateHold, in an answer with
    /// the extension extended-revoke. It is no revocation, and never shown as one.
    NotIssued,
    /// Revoked.
    Revoked(RevokedEntry),
    /// The responder does not know the certificate.
    Unknown,
}

/// One line of an answer.
///
/// ```text
/// SingleResponse ::= SEQUENCE {
///     certID                       CertID,
///     certStatus                   CertStatus,
///     thisUpdate                   GeneralizedTime,
///     nextUpdate         [0]       EXPLICIT GeneralizedTime OPTIONAL,
///     singleExtensions   [1]       EXPLICIT Extensions OPTIONAL }
/// CertStatus ::= CHOICE {
///     good        [0]     IMPLICIT NULL,
///     revoked     [1]     IMPLICIT RevokedInfo,
///     unknown     [2]     IMPLICIT NULL }
/// RevokedInfo ::= SEQUENCE {
///     revocationTime              GeneralizedTime,
///     revocationReason    [0]     EXPLICIT CRLReason OPTIONAL }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleResponse {
    /// Which certificate.
    pub cert_id: CertId,
    /// What is known about it.
    pub status: CertStatus,
    /// When that was known to be right.
    pub this_update: UnixTime,
    /// When something newer will be known.
    pub next_update: Option<UnixTime>,
    /// The first critical extension that is not processed.
    pub critical_not_understood: Option<ObjectIdentifier>,
}

impl SingleResponse {
    /// Reads one line; `extended_revoke` tells whether the answer has the extension of that name.
    pub(super) fn read(der: &[u8], extended_revoke: bool) -> Result<Self, OcspError> {
        let outer = AnyRef::from_der(der)?;
        outer.tag().assert_eq(der::Tag::Sequence)?;
        let mut reader = SliceReader::new(outer.value())?;
        let cert_id = CertId::read(&mut reader)?;
        let status = status(AnyRef::decode(&mut reader)?, extended_revoke)?;
        let this_update = moment(GeneralizedTime::decode(&mut reader)?);
        let mut single = Self {
            cert_id,
            status,
            this_update,
            next_update: None,
            critical_not_understood: None,
        };
        let mut last = None;
        while !reader.is_finished() {
            let field = AnyRef::decode(&mut reader)?;
            let number = context(field)?;
            if last >= Some(number) {
                return Err(OcspError::malformed("fields out of order"));
            }
            last = Some(number);
            match number {
                0 => {
                    let time = GeneralizedTime::from_der(field.value())?;
                    single.next_update = Some(moment(time));
                }
                1 => {
                    single.critical_not_understood = extension::read(field.value())?
                        .iter()
                        .find(|extension| extension.critical)
                        .map(|extension| extension.oid);
                }
                _ => return Err(OcspError::malformed("unexpected field in a response")),
            }
        }
        Ok(single)
    }
}

fn status(choice: AnyRef<'_>, extended_revoke: bool) -> Result<CertStatus, OcspError> {
    let empty = choice.value().is_empty() && !choice.tag().is_constructed();
    match context_number(choice) {
        Some(0) if empty => Ok(CertStatus::Good),
        Some(2) if empty => Ok(CertStatus::Unknown),
        Some(1) if choice.tag().is_constructed() => {
            let entry = revoked(choice.value())?;
            let not_issued = extended_revoke
                && entry.revoked_at == UnixTime(0)
                && entry.reason == Some(RevocationReason::CertificateHold);
            Ok(match not_issued {
                true => CertStatus::NotIssued,
                false => CertStatus::Revoked(entry),
            })
        }
        _ => Err(OcspError::malformed("not a certificate status")),
    }
}

fn revoked(content: &[u8]) -> Result<RevokedEntry, OcspError> {
    let mut reader = SliceReader::new(content)?;
    let revoked_at = moment(GeneralizedTime::decode(&mut reader)?);
    let mut reason = None;
    if !reader.is_finished() {
        let field = AnyRef::decode(&mut reader)?;
        if context(field)? != 0 {
            return Err(OcspError::malformed("unexpected field in a revocation"));
        }
        reason = Some(RevocationReason::from_der(field.value())?);
    }
    reader.finish()?;
    Ok(RevokedEntry { revoked_at, reason })
}

/// Number of a constructed context-specific field.
pub(super) fn context(field: AnyRef<'_>) -> Result<u32, OcspError> {
    match context_number(field) {
        Some(number) if field.tag().is_constructed() => Ok(number),
        _ => Err(OcspError::malformed("unexpected field")),
    }
}

fn context_number(field: AnyRef<'_>) -> Option<u32> {
    let TagNumber(number) = field.tag().number();
    (field.tag().class() == Class::ContextSpecific).then_some(number)
}

pub(super) fn moment(time: GeneralizedTime) -> UnixTime {
    UnixTime::from_duration(time.to_unix_duration())
}
