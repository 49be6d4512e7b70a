//! Certificate revocation lists as they are published (RFC 5280 section 5).

mod read;

use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};

use der::{Decode, Tag, Tagged, asn1::AnyRef};
use tamga_scheme::{ObjectIdentifier, PublicKey, SignatureScheme, SignatureValue, verify};

use self::read::{Entry, Extensions, Number, Scope, Tbs};
use crate::{
    Certificate, Error, Name, UnixTime,
    signed::{Envelope, same_algorithm},
};

/// Largest list read, in bytes; the full list of the NCA has about 21 MB.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A parsed list; full or delta. Cheap to clone.
///
/// ```text
/// CertificateList ::= SEQUENCE {
///     tbsCertList          TBSCertList,
///     signatureAlgorithm   AlgorithmIdentifier,
///     signatureValue       BIT STRING }
/// ```
#[derive(Clone)]
pub struct Crl(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    /// Where the signed part lies in `der`.
    tbs: Range<usize>,
    signature_algorithm: ObjectIdentifier,
    signature: SignatureValue,
    issuer: Name,
    this_update: UnixTime,
    next_update: Option<UnixTime>,
    extensions: Extensions,
    /// Sorted by serial number.
    entries: Vec<Entry>,
    /// The key under which the signature was found to hold: hashing 21 MB once is enough.
    verified_by: OnceLock<PublicKey>,
}

/// One line of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokedEntry {
    /// When it was revoked.
    pub revoked_at: UnixTime,
    /// Why, if the list says so.
    pub reason: Option<RevocationReason>,
}

impl RevokedEntry {
    /// True if a signature made before the revocation is in doubt as well.
    ///
    /// Tolerated after the reference time are only affiliationChanged, superseded, cessationOfOperation and
    /// privilegeWithdrawn; everything else, also no reason at all, counts backwards (rule of the checking services of
    /// the national PKI).
    pub fn works_backwards(&self) -> bool {
        use RevocationReason as R;
        !matches!(
            self.reason,
            Some(
                R::AffiliationChanged
                    | R::Superseded
                    | R::CessationOfOperation
                    | R::PrivilegeWithdrawn
            )
        )
    }
}

/// CRLReason (RFC 5280 section 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationReason {
    /// 0, and every code the standard does not assign
    Unspecified,
    /// 1
    KeyCompromise,
    /// 2
    CaCompromise,
    /// 3
    AffiliationChanged,
    /// 4
    Superseded,
    /// 5
    CessationOfOperation,
    /// 6
    CertificateHold,
    /// 8; only in delta lists
    RemoveFromCrl,
    /// 9
    PrivilegeWithdrawn,
    /// 10
    AaCompromise,
}

impl RevocationReason {
    /// The reason of a CRLReason code; codes that are not assigned are [`Self::Unspecified`].
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            _ => Self::Unspecified,
        }
    }

    /// Reads a DER `CRLReason ::= ENUMERATED`.
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let value = AnyRef::from_der(der)?;
        value.tag().assert_eq(Tag::Enumerated)?;
        match value.value() {
            [code] => Ok(Self::from_code(*code)),
            _ => Err(Tag::Enumerated.length_error().into()),
        }
    }

    /// The code of the standard.
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
        }
    }
}

impl Crl {
    /// Reads DER. At most 64 MiB.
    ///
    /// Needs time linear in the size, and 24 bytes per line beside the DER.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_BYTES {
            return Err(Error::TooLarge {
                what: "CRL",
                actual: der.len(),
                limit: MAX_BYTES,
            });
        }
        let read = Envelope::from_der(der)
            .and_then(|envelope| Ok((Tbs::from_der(envelope.tbs)?, envelope)));
        let (tbs, envelope) = read.map_err(|error| Error::malformed("CRL", error))?;
        if !same_algorithm(tbs.algorithm, envelope.algorithm) {
            return Err(Error::malformed(
                "CRL",
                "two different signature algorithms",
            ));
        }
        let range = envelope.tbs_range(der);
        let issuer = Name::from_der(tbs.issuer)?;
        let mut entries = tbs.entries;
        let signed = &der[range.clone()];
        // Stable: of lines with the same number the first of the list stays first.
        entries.sort_by_key(|entry| entry.serial(signed));
        Ok(Self(Arc::new(Parsed {
            signature_algorithm: envelope.algorithm.oid,
            signature: SignatureValue::new(envelope.signature),
            issuer,
            this_update: tbs.this_update,
            next_update: tbs.next_update,
            extensions: tbs.extensions,
            entries,
            verified_by: OnceLock::new(),
            tbs: range,
            der: der.to_vec(),
        })))
    }

    /// The DER as it came.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Name of the authority that issued the list.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When the list was made.
    pub fn this_update(&self) -> UnixTime {
        self.0.this_update
    }

    /// When the next one is promised.
    pub fn next_update(&self) -> Option<UnixTime> {
        self.0.next_update
    }

    /// True for a delta list (critical deltaCRLIndicator).
    pub fn is_delta(&self) -> bool {
        self.0.extensions.delta_base.is_some()
    }

    /// How many lines the list has.
    pub fn len(&self) -> usize {
        self.0.entries.len()
    }

    /// True for a list without lines.
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// The line about a serial number (content octets of the INTEGER).
    ///
    /// Of several lines about one number (the standard has none) the harshest: a removal last, one that works backwards
    /// first, of these a hold last because it can be taken back; then the earliest.
    pub fn entry(&self, serial: &[u8]) -> Option<RevokedEntry> {
        let signed = self.signed();
        let entries = &self.0.entries;
        let first = entries.partition_point(|entry| entry.serial(signed) < serial);
        entries[first..]
            .iter()
            .take_while(|entry| entry.serial(signed) == serial)
            .map(|entry| RevokedEntry {
                revoked_at: entry.revoked_at,
                reason: entry.reason,
            })
            .min_by_key(|entry| {
                let is = |reason| entry.reason == Some(reason);
                (
                    is(RevocationReason::RemoveFromCrl),
                    !entry.works_backwards(),
                    is(RevocationReason::CertificateHold),
                    entry.revoked_at,
                )
            })
    }

    /// Checks the authority's signature on the list, over the bytes that came.
    pub fn verify_signed_by(&self, issuer_key: &PublicKey) -> Result<(), Error> {
        if self.0.verified_by.get() == Some(issuer_key) {
            return Ok(());
        }
        let algorithm = self.0.signature_algorithm;
        let scheme =
            SignatureScheme::from_oid(algorithm).ok_or(Error::SignatureAlgorithm(algorithm))?;
        let _proof = verify(issuer_key, scheme, self.signed(), &self.0.signature)?;
        // Another key may have been first; then this one is checked again next time.
        let _ = self.0.verified_by.set(issuer_key.clone());
        Ok(())
    }

    /// True if the list speaks of all certificates like this one, and everything critical in it is processed.
    ///
    /// RFC 5280 section 6.3.3 (b): the list is of the certificate's issuer, and its issuing distribution point, if it
    /// has one, names an address the certificate names. Lists for some kinds of certificates or some reasons, and
    /// lists with lines about other issuers' certificates, are never taken.
    pub(crate) fn covers(&self, certificate: &Certificate) -> bool {
        let extensions = &self.0.extensions;
        let in_scope = match &extensions.scope {
            Scope::Full => true,
            Scope::Points(points) => certificate
                .crl_urls()
                .iter()
                .chain(certificate.delta_crl_urls())
                .any(|url| points.contains(url)),
            Scope::Partial => false,
        };
        in_scope && !extensions.not_understood && self.issuer() == certificate.issuer()
    }

    pub(crate) fn same_scope(&self, other: &Self) -> bool {
        self.0.extensions.scope == other.0.extensions.scope
    }

    /// cRLNumber.
    pub(crate) fn number(&self) -> Option<&Number> {
        self.0.extensions.number.as_ref()
    }

    /// BaseCRLNumber of a delta list.
    pub(crate) fn delta_base(&self) -> Option<&Number> {
        self.0.extensions.delta_base.as_ref()
    }

    fn signed(&self) -> &[u8] {
        &self.0.der[self.0.tbs.clone()]
    }
}

/// Names the list; its lines may be half a million.
impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer().to_wire_text())
            .field("this_update", &self.this_update())
            .field("is_delta", &self.is_delta())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
