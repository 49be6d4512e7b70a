//! What lists say about one certificate at one time (RFC 5280 section 6.3, and the rules of the national PKI).

use tamga_scheme::PublicKey;

use crate::{Certificate, Crl, RevocationReason, RevokedEntry, UnixTime};

/// Lists of the issuer whose signature is checked for one answer. The caller's own lists come first, so that lists
/// out of a hostile message cannot crowd them out.
const MAX_LISTS: usize = 32;

/// A list may be this much "younger" than the time asked and still be the list of that time: clocks differ. Seconds.
///
/// Source: the ± 5 minutes of the checking rules for receipts (order № 1187 of 9 December 2015 as implemented).
pub(crate) const CLOCK_TOLERANCE: i64 = 5 * 60;

/// What the evidence says about one certificate at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationStatus {
    /// A fresh list of the issuer does not name it.
    Good {
        /// thisUpdate of the list.
        this_update: UnixTime,
        /// nextUpdate of the list.
        next_update: UnixTime,
    },
    /// It is revoked, at or before the time asked, or for a reason that works backwards.
    Revoked(RevokedEntry),
    /// No list of the issuer covers the time asked.
    Unknown,
}

/// Judges `certificate`, issued by the holder of `issuer_key`, at `at`, by the lists given.
///
/// Lists of other issuers, of another scope, without nextUpdate, with a critical extension that is not processed or
/// with a signature that does not hold are passed over; none left means [`RevocationStatus::Unknown`]. At most 32
/// lists of the issuer are looked at, in the order given.
///
/// 1. **Final entries count in every list**, also in a stale one and in a delta without its full list: only
///    certificateHold can be taken back (RFC 5280 section 5.3.1).
/// 2. An entry counts if the certificate was revoked at or before `at`. An entry of a later date counts unless its reason is
///    affiliationChanged, superseded, cessationOfOperation or privilegeWithdrawn ([`RevokedEntry::works_backwards`];
///    the checking services of the national PKI).
/// 3. A *view* is a full list, alone or with a delta whose base is not above the full list's number (section 5.2.4) and
///    which is not older. The standard also wants the delta's number to be above the full list's; the NCA counts the two
///    kinds separately (a published delta has number 5 and base 10), so the dates decide.
/// 4. A view covers `at` if it was the current one (thisUpdate ≤ `at` + 5 minutes, `at` ≤ nextUpdate), or if it is
///    later: a later list still names what was revoked before.
/// 5. A view is evidence of *not* being revoked only if it was made before the certificate expired, because expired
///    certificates leave the lists (section 5); or if it names the certificate with an entry that does not count.
/// 6. A hold counts if the last view before `at` has it; a view that ended before `at` has the last word here only
///    while an older one is still current (a short-lived delta after its full list). In later views a hold counts if
///    it began at or before `at`, or if the latest view of all still has it: then nobody has taken it back.
/// 7. removeFromCRL in a delta takes back a hold of the full list (section 5.3.1), and nothing else.
///
/// A list older than the certificate is evidence too: it is complete until its nextUpdate (section 6.3.3).
pub fn revocation_status(
    certificate: &Certificate,
    issuer_key: &PublicKey,
    lists: &[Crl],
    at: UnixTime,
) -> RevocationStatus {
    let lists: Vec<&Crl> = lists
        .iter()
        .filter(|list| list.covers(certificate) && list.next_update().is_some())
        .take(MAX_LISTS)
        .filter(|list| list.verify_signed_by(issuer_key).is_ok())
        .collect();
    let serial = certificate.serial();

    let finals = lists
        .iter()
        .filter_map(|list| list.entry(serial))
        .filter(is_final);
    if let Some(entry) = finals
        .filter(|entry| counts(entry, at))
        .min_by_key(|it| it.revoked_at)
    {
        return RevocationStatus::Revoked(entry);
    }

    let mut views = views(&lists, serial);
    views.sort_by_key(|view| view.this_update);
    let latest = views.last().map(|view| view.this_update);
    let (mut current, later): (Vec<View>, Vec<View>) = views
        .into_iter()
        .partition(|view| view.this_update <= at.plus_seconds(CLOCK_TOLERANCE));
    let newest_then = current.last().copied();
    current.retain(|view| at <= view.next_update);
    let current = current.last().copied();

    let held_then = current.and(newest_then).and_then(|view| view.hold());
    let held_later = later.iter().find_map(|view| {
        view.hold()
            .filter(|hold| hold.revoked_at <= at || Some(view.this_update) == latest)
    });
    if let Some(entry) = held_then.or(held_later) {
        return RevocationStatus::Revoked(entry);
    }

    let expires = certificate.validity().not_after;
    current
        .into_iter()
        .chain(later)
        .find(|view| view.entry.is_some() || view.this_update <= expires)
        .map_or(RevocationStatus::Unknown, |view| RevocationStatus::Good {
            this_update: view.this_update,
            next_update: view.next_update,
        })
}

/// What a full list, alone or with a delta, says about the certificate.
#[derive(Debug, Clone, Copy)]
struct View {
    this_update: UnixTime,
    next_update: UnixTime,
    entry: Option<RevokedEntry>,
}

impl View {
    fn hold(&self) -> Option<RevokedEntry> {
        self.entry
            .filter(|entry| entry.reason == Some(RevocationReason::CertificateHold))
    }
}

/// Every full list alone, and with every delta that fits.
fn views(lists: &[&Crl], serial: &[u8]) -> Vec<View> {
    let mut views = Vec::new();
    for full in lists.iter().filter(|list| !list.is_delta()) {
        let own = full.entry(serial);
        views.extend(view(full, own));
        for delta in lists.iter().filter(|delta| fits(delta, full)) {
            views.extend(view(delta, merged(own, delta.entry(serial))));
        }
    }
    views
}

fn view(list: &Crl, entry: Option<RevokedEntry>) -> Option<View> {
    Some(View {
        this_update: list.this_update(),
        next_update: list.next_update()?,
        entry,
    })
}

/// RFC 5280 section 5.2.4 (b) and (c), with the dates in the place of (d).
fn fits(delta: &Crl, full: &Crl) -> bool {
    let base_reached = match (delta.delta_base(), full.number()) {
        (Some(base), Some(number)) => base <= number,
        _ => false,
    };
    base_reached && full.this_update() <= delta.this_update() && delta.same_scope(full)
}

/// A final entry that counts has been judged before, by itself: a removal here takes back nothing but holds.
fn merged(full: Option<RevokedEntry>, delta: Option<RevokedEntry>) -> Option<RevokedEntry> {
    match delta {
        Some(delta) if is_removal(&delta) => None,
        _ => delta.or(full),
    }
}

fn is_removal(entry: &RevokedEntry) -> bool {
    entry.reason == Some(RevocationReason::RemoveFromCrl)
}

fn is_final(entry: &RevokedEntry) -> bool {
    !is_removal(entry) && entry.reason != Some(RevocationReason::CertificateHold)
}

fn counts(entry: &RevokedEntry, at: UnixTime) -> bool {
    entry.revoked_at <= at || entry.works_backwards()
}
