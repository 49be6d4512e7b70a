//! Which keys may serve a request, and how a person sees them.

use std::cmp::Reverse;

use tamga_scheme::ObjectIdentifier;
use tamga_token_api::KeyEntry;
use tamga_x509::{AnchorSet, Certificate, KeyPurpose, PathBudget, UnixTime, build_path};

use crate::{KeyChoice, ToBeSigned, Unusable};

/// 1.3.6.1.5.5.7.3.2
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// 1.3.6.1.5.5.7.3.4
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");

/// What a page wants the key to be; the default filters nothing but expired certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyFilter {
    /// Signing or authentication; `None` is both. GOST-2015 keys serve both.
    pub purpose: Option<KeyPurpose>,
    /// Every one of these must be in the certificate's extended key usage; clientAuth also fits every key that serves
    /// authentication.
    pub extended_key_usage: Vec<ObjectIdentifier>,
    /// IIN of the holder.
    pub iin: Option<String>,
    /// BIN of the holder's organisation.
    pub bin: Option<String>,
    /// Serial number, hexadecimal; letter case and leading zeros do not matter.
    pub serial: Option<String>,
    /// A path must lead from the certificate to one of these; `None` asks for no path.
    pub authorities: Option<AnchorSet>,
    /// Certificates outside their validity may be chosen; the window warns.
    pub allow_expired: bool,
}

/// What the key is needed for.
#[derive(Clone, Copy)]
pub(crate) enum Need<'a> {
    /// Only its certificate.
    Certificate,
    /// To sign these.
    Signatures(&'a [ToBeSigned]),
}

impl KeyFilter {
    /// Why this certificate cannot serve; the reason a person can do least about comes first. `chain` holds
    /// certificates found beside it.
    pub(crate) fn unusable(
        &self,
        certificate: &Certificate,
        chain: &[Certificate],
        need: Need<'_>,
        now: UnixTime,
    ) -> Option<Unusable> {
        if let Need::Signatures(documents) = need {
            let scheme = certificate.key_scheme();
            if !scheme.is_some_and(|scheme| documents.iter().all(|one| one.fits(scheme))) {
                return Some(Unusable::Algorithm);
            }
        }
        let subject = certificate.subject();
        let differs = |wanted: &Option<String>, actual: Option<&str>| {
            wanted
                .as_deref()
                .is_some_and(|wanted| Some(wanted) != actual)
        };
        let other_serial = self
            .serial
            .as_deref()
            .is_some_and(|wanted| !same_number(wanted, &certificate.serial_hex()));
        if differs(&self.iin, subject.iin()) || differs(&self.bin, subject.bin()) || other_serial {
            return Some(Unusable::OtherPerson);
        }
        let purposes = certificate.purposes();
        if self
            .purpose
            .is_some_and(|purpose| !purposes.contains(&purpose))
        {
            return Some(Unusable::Purpose);
        }
        // Nobody sees what a digest stands for: a key for signing in must not be tricked into a document (T-HSH-1).
        let blind = matches!(need, Need::Signatures(documents) if documents.iter().any(ToBeSigned::is_blind));
        if blind && purposes == [KeyPurpose::Authentication] {
            return Some(Unusable::Purpose);
        }
        for wanted in &self.extended_key_usage {
            let serves = certificate.extended_key_usage().contains(wanted)
                || (*wanted == CLIENT_AUTH && purposes.contains(&KeyPurpose::Authentication));
            if !serves {
                let is_purpose = [CLIENT_AUTH, EMAIL_PROTECTION].contains(wanted);
                return Some(if is_purpose {
                    Unusable::Purpose
                } else {
                    Unusable::Role
                });
            }
        }
        if let Some(authorities) = &self.authorities {
            // Dates are the next question; a certificate of the past had its path when it was valid.
            let validity = certificate.validity();
            let at = now.clamp(validity.not_before, validity.not_after);
            if build_path(certificate, chain, authorities, at, PathBudget::default()).is_err() {
                return Some(Unusable::Authority);
            }
        }
        (!self.allow_expired && is_expired(certificate, now)).then_some(Unusable::Expired)
    }

    /// Every key, those that may serve first, the newest first; [`KeyChoice::id`] is `first_id` plus the index in
    /// `entries`.
    pub(crate) fn choices(
        &self,
        entries: &[KeyEntry],
        first_id: usize,
        need: Need<'_>,
        now: UnixTime,
    ) -> Vec<KeyChoice> {
        let mut choices: Vec<_> = entries
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                let unusable = self.unusable(&entry.certificate, &entry.chain, need, now);
                choice(first_id + index, &entry.certificate, unusable, now)
            })
            .collect();
        choices.sort_by_key(|choice| (choice.unusable.is_some(), Reverse(choice.not_before)));
        choices
    }
}

/// A certificate as a person sees it.
pub(crate) fn choice(
    id: usize,
    certificate: &Certificate,
    unusable: Option<Unusable>,
    now: UnixTime,
) -> KeyChoice {
    let subject = certificate.subject();
    let issuer = certificate.issuer();
    let validity = certificate.validity();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    KeyChoice {
        id,
        name: owned(subject.common_name()).unwrap_or_else(|| subject.to_wire_text()),
        iin: owned(subject.iin()),
        bin: owned(subject.bin()),
        organization: owned(subject.organization()),
        issuer: owned(issuer.common_name()).unwrap_or_else(|| issuer.to_wire_text()),
        // A key outside the table shows its algorithm as the certificate names it.
        algorithm: certificate.key_scheme().map_or_else(
            || certificate.signature_algorithm().to_string(),
            |scheme| scheme.name().to_owned(),
        ),
        not_before: validity.not_before,
        not_after: validity.not_after,
        serial: certificate.serial_hex(),
        unusable,
        expired: is_expired(certificate, now),
    }
}

fn is_expired(certificate: &Certificate, now: UnixTime) -> bool {
    !certificate.validity().contains(now)
}

fn same_number(left: &str, right: &str) -> bool {
    let digits = |text: &str| text.trim_start_matches('0').to_ascii_lowercase();
    digits(left) == digits(right)
}
