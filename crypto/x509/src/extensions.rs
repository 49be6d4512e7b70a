//! The extensions of a certificate that are read (RFC 5280 section 4.2), and which critical one is not.

use const_oid::db::{rfc5280, rfc5912};
use der::{
    Decode,
    asn1::{BitStringRef, OctetStringRef},
};
use tamga_scheme::ObjectIdentifier;
use x509_cert::ext::{
    Extension,
    pkix::{
        AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints as RawConstraints,
        CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage,
        name::{DistributionPointName, GeneralName},
    },
};

/// Extensions of one certificate or list; those of the NCA have ten.
pub(crate) const MAX_EXTENSIONS: usize = 64;

/// Different addresses in one extension; those of the NCA have four.
const MAX_URLS: usize = 64;

/// id-pkix-ocsp-nocheck (RFC 6960 section 4.2.2.2.1).
const OCSP_NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");

/// Key usage (RFC 5280 section 4.2.1.3): bit *n* of the standard is `1 << n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    /// Bit 0.
    pub fn digital_signature(self) -> bool {
        self.bit(0)
    }

    /// Bit 1, also called contentCommitment.
    pub fn non_repudiation(self) -> bool {
        self.bit(1)
    }

    /// Bit 2.
    pub fn key_encipherment(self) -> bool {
        self.bit(2)
    }

    /// Bit 4.
    pub fn key_agreement(self) -> bool {
        self.bit(4)
    }

    /// Bit 5.
    pub fn key_cert_sign(self) -> bool {
        self.bit(5)
    }

    /// Bit 6.
    pub fn crl_sign(self) -> bool {
        self.bit(6)
    }

    fn bit(self, number: u32) -> bool {
        self.0 >> number & 1 == 1
    }
}

/// Basic constraints (RFC 5280 section 4.2.1.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    /// The holder may issue certificates.
    pub ca: bool,
    /// How many intermediates that are not self-issued may follow below; `None` is any number.
    pub path_length: Option<u8>,
}

/// Everything read from the extensions of one certificate.
#[derive(Default)]
pub(crate) struct Extensions {
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
    pub(crate) authority_key_identifier: Option<Vec<u8>>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Vec<ObjectIdentifier>,
    pub(crate) extended_key_usage_is_critical: bool,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) delta_crl_urls: Vec<String>,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) ca_issuer_urls: Vec<String>,
    pub(crate) ocsp_no_check: bool,
    /// The first critical extension that path validation does not process.
    pub(crate) not_understood: Option<ObjectIdentifier>,
}

impl Extensions {
    /// Reads a DER `Extensions`. An extension given twice is an error (RFC 5280 section 4.2).
    ///
    /// The critical flag matters only for extensions that are not processed: basic constraints, key usage and
    /// extended key usage are processed either way, because certificates of the NCA swap the flags of the last two.
    /// Name constraints and critical policies are not processed and therefore, if critical, not understood.
    pub(crate) fn from_der(der: &[u8]) -> der::Result<Self> {
        let list = within_budget(Vec::<Extension>::from_der(der)?, MAX_EXTENSIONS)?;
        let mut read = Self::default();
        for (index, extension) in list.iter().enumerate() {
            if list[..index]
                .iter()
                .any(|earlier| earlier.extn_id == extension.extn_id)
            {
                return Err(der::Tag::Sequence.value_error().into());
            }
            read.take(extension)?;
        }
        Ok(read)
    }

    fn take(&mut self, extension: &Extension) -> der::Result<()> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            rfc5280::ID_CE_BASIC_CONSTRAINTS => {
                let RawConstraints {
                    ca,
                    path_len_constraint,
                } = RawConstraints::from_der(value)?;
                self.basic_constraints = Some(BasicConstraints {
                    ca,
                    path_length: path_len_constraint,
                });
                return Ok(());
            }
            rfc5280::ID_CE_KEY_USAGE => {
                self.key_usage = Some(key_usage(BitStringRef::from_der(value)?));
                return Ok(());
            }
            rfc5280::ID_CE_EXT_KEY_USAGE => {
                self.extended_key_usage = ExtendedKeyUsage::from_der(value)?.0;
                self.extended_key_usage_is_critical = extension.critical;
                return Ok(());
            }
            OCSP_NO_CHECK => self.ocsp_no_check = true,
            rfc5280::ID_CE_SUBJECT_KEY_IDENTIFIER => {
                let identifier = <&OctetStringRef>::from_der(value)?;
                self.subject_key_identifier = Some(identifier.as_bytes().to_vec());
            }
            rfc5280::ID_CE_AUTHORITY_KEY_IDENTIFIER => {
                let identifier = AuthorityKeyIdentifier::from_der(value)?.key_identifier;
                self.authority_key_identifier = identifier.map(|id| id.as_bytes().to_vec());
            }
            rfc5280::ID_CE_CERTIFICATE_POLICIES => {
                let policies = CertificatePolicies::from_der(value)?.0;
                self.policies = policies
                    .iter()
                    .map(|policy| policy.policy_identifier)
                    .collect();
            }
            rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS => self.crl_urls = point_urls(value)?,
            rfc5912::ID_CE_FRESHEST_CRL => self.delta_crl_urls = point_urls(value)?,
            rfc5280::ID_PE_AUTHORITY_INFO_ACCESS => self.take_access(value)?,
            _ => {}
        }
        if extension.critical {
            self.not_understood.get_or_insert(extension.extn_id);
        }
        Ok(())
    }

    fn take_access(&mut self, value: &[u8]) -> der::Result<()> {
        for description in AuthorityInfoAccessSyntax::from_der(value)?.0 {
            let urls = match description.access_method {
                rfc5280::ID_AD_OCSP => &mut self.ocsp_urls,
                rfc5280::ID_AD_CA_ISSUERS => &mut self.ca_issuer_urls,
                _ => continue,
            };
            add_urls(&description.access_location, urls)?;
        }
        Ok(())
    }
}

/// Where a `DistributionPointName` points to.
pub(crate) fn distribution_urls(name: &DistributionPointName) -> der::Result<Vec<String>> {
    let mut urls = Vec::new();
    if let DistributionPointName::FullName(names) = name {
        for name in names {
            add_urls(name, &mut urls)?;
        }
    }
    Ok(urls)
}

/// Elements are compared with each other, so that their number has a bound.
pub(crate) fn within_budget<T>(list: Vec<T>, limit: usize) -> der::Result<Vec<T>> {
    if list.len() > limit {
        return Err(der::Tag::Sequence.length_error().into());
    }
    Ok(list)
}

fn point_urls(value: &[u8]) -> der::Result<Vec<String>> {
    let points = within_budget(CrlDistributionPoints::from_der(value)?.0, MAX_URLS)?;
    let names = points
        .iter()
        .filter_map(|point| point.distribution_point.as_ref());
    let mut urls = Vec::new();
    for name in names {
        for url in distribution_urls(name)? {
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
    }
    Ok(urls)
}

/// Adds the addresses of a `uniformResourceIdentifier`, each once.
///
/// The NCA repeats access descriptions, and its authorities of 2018 have two addresses in one value:
/// `http://…/gost.crl`, line feed, blanks, `URL=http://…/gost.crl`. No address contains white space.
fn add_urls(name: &GeneralName, urls: &mut Vec<String>) -> der::Result<()> {
    let GeneralName::UniformResourceIdentifier(value) = name else {
        return Ok(());
    };
    for part in value.as_str().split_ascii_whitespace() {
        let url = part.strip_prefix("URL=").unwrap_or(part);
        if urls.iter().any(|known| known == url) {
            continue;
        }
        if urls.len() == MAX_URLS {
            return Err(der::Tag::Ia5String.length_error().into());
        }
        urls.push(url.to_owned());
    }
    Ok(())
}

fn key_usage(bits: BitStringRef<'_>) -> KeyUsage {
    let set = bits.bits().take(16).enumerate().filter(|(_, set)| *set);
    KeyUsage(set.fold(0, |usage, (number, _)| usage | 1 << number))
}
