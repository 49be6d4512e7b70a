//! What is done with a revocation list: read, asked for everything that could be a serial number, used as evidence.
//! Whatever the bytes, it ends without a panic.

use tamga_x509::{Crl, Error, RevocationStatus, UnixTime, revocation_status};

use crate::issued::{GOOD, ISSUING, REVOKED};

/// When the lists of the corpus are used: 1 January 2026.
const AT: UnixTime = UnixTime(1_767_225_600);

/// What a list said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) entries: usize,
    pub(crate) good: RevocationStatus,
    pub(crate) revoked: RevocationStatus,
}

/// Reads a list and asks it about everybody.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    let list = Crl::from_der(bytes)?;
    assert_eq!(list.der(), bytes);
    let _ = (list.issuer(), list.is_delta(), list.next_update());
    let found = integers(bytes).filter(|serial| list.entry(serial).is_some());
    let found = found.count();
    assert_eq!(
        list.is_empty(),
        found == 0,
        "a serial number of the list is an INTEGER in it"
    );

    let key = ISSUING.public_key().expect("a key");
    let lists = [list];
    let status = |certificate| revocation_status(certificate, key, &lists, AT);
    let (good, revoked) = (status(&GOOD), status(&REVOKED));
    let proven = lists[0].verify_signed_by(key).is_ok();
    for answer in [&good, &revoked] {
        assert!(
            proven
                || !matches!(
                    answer,
                    RevocationStatus::Good { .. } | RevocationStatus::Revoked(_)
                ),
            "{answer:?} by a list that nobody signed"
        );
    }
    Ok(Read {
        entries: lists[0].len(),
        good,
        revoked,
    })
}

/// Contents of whatever looks like a short INTEGER.
fn integers(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).filter_map(|at| match bytes.get(at..at + 2) {
        Some(&[2, length]) if length < 128 => bytes.get(at + 2..at + 2 + usize::from(length)),
        _ => None,
    })
}
