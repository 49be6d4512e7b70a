//! When a pair is kept and when a new one is made.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use crate::{Error, InstalledCa, LocalIdentity, load, load_ca, save};

/// A pair with less than this left is renewed at the next opportunity.
pub const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What [`load_or_make`] found.
pub enum Found {
    /// The saved pair is good; its CA may be trusted already.
    Kept(LocalIdentity),
    /// A new pair was made and saved: its CA is not trusted anywhere yet.
    Made {
        /// The new pair.
        identity: LocalIdentity,
        /// The CA it takes the place of; to be removed from the trust stores.
        replaced: Option<InstalledCa>,
    },
}

impl Found {
    /// The pair, kept or made.
    #[must_use]
    pub fn identity(&self) -> &LocalIdentity {
        match self {
            Self::Kept(identity) | Self::Made { identity, .. } => identity,
        }
    }

    /// The pair, kept or made.
    #[must_use]
    pub fn into_identity(self) -> LocalIdentity {
        match self {
            Self::Kept(identity) | Self::Made { identity, .. } => identity,
        }
    }
}

/// The pair in `dir`, or a new one, saved there, when it is missing, spoiled, or about to expire.
///
/// # Errors
/// [`Error::Io`] when the folder cannot be read or written, [`Error::Generate`] and [`Error::Clock`] as
/// [`LocalIdentity::generate`].
pub fn load_or_make(dir: &Path, now: SystemTime) -> Result<Found, Error> {
    match load(dir, now) {
        Ok(identity) if now + RENEW_BEFORE < identity.not_after() => {
            return Ok(Found::Kept(identity));
        }
        // About to expire.
        Ok(_) => {}
        Err(
            Error::Missing { .. }
            | Error::Damaged { .. }
            | Error::KeyExposed { .. }
            | Error::OutsideValidity { .. },
        ) => {}
        Err(error) => return Err(error),
    }
    // A CA that cannot be read any more cannot be looked for either.
    let replaced = load_ca(dir).ok();
    let identity = LocalIdentity::generate(now)?;
    save(&identity, dir)?;
    Ok(Found::Made { identity, replaced })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KEY_FILE, LIFETIME};

    fn made(found: Found) -> (LocalIdentity, Option<InstalledCa>) {
        match found {
            Found::Made { identity, replaced } => (identity, replaced),
            Found::Kept(_) => panic!("kept"),
        }
    }

    fn step(dir: &Path, now: SystemTime) -> Found {
        load_or_make(dir, now).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_good_pair_is_kept() {
        let (root, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let (first, replaced) = made(step(root.path(), now));
        assert_eq!(replaced, None);
        match step(root.path(), now) {
            Found::Kept(second) => assert_eq!(second.ca_der(), first.ca_der()),
            Found::Made { .. } => panic!("made again"),
        }
    }

    #[test]
    fn a_pair_in_its_last_month_is_replaced_and_the_old_ca_named() {
        let (root, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let (first, _) = made(step(root.path(), now));
        let (second, replaced) = made(step(root.path(), now + LIFETIME - RENEW_BEFORE));
        let replaced = replaced.unwrap();
        assert_eq!(
            (replaced.der.as_slice(), replaced.name.as_str()),
            (first.ca_der(), first.ca_name())
        );
        assert_ne!(second.ca_der(), first.ca_der());
    }

    #[test]
    fn a_spoiled_pair_is_replaced() {
        let (root, now) = (tempfile::tempdir().unwrap(), SystemTime::now());
        let (first, _) = made(step(root.path(), now));
        std::fs::write(root.path().join(KEY_FILE), "").unwrap();
        let (_, replaced) = made(step(root.path(), now));
        assert_eq!(replaced.map(|ca| ca.der), Some(first.ca_der().to_owned()));
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_an_error_and_not_a_reason_for_a_new_pair() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        std::fs::write(&file, "").unwrap();
        match load_or_make(&file.join("identity"), SystemTime::now()) {
            Err(Error::Io { path, .. }) => assert_eq!(path, file.join("identity/ca.pem")),
            other => panic!("{:?}", other.err()),
        }
    }
}
