//! Keystores that fail in the middle of a job.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
#[path = "support/jobs.rs"]
mod support_jobs;

use support::{
    EMAIL_PROTECTION, Files, PASSWORD, Person, Seen, Step, System, desk, holder, signing_keystore,
};
use support_jobs::{GOST, attached, given, job, one_signature};
use tamga_agent_core::{JobError, StoreProblem};
use tamga_scheme::{
    PrivateKey, PublicKey, Reauthenticate, SignError, SignatureScheme, SignatureValue, Signer,
    SoftwareSigner, ToSign,
};
use tamga_token_api::{Contents, KeyEntry, Keystore, TokenError, Unlock, UnlockError, Unlocked};
use tamga_token_fake::FakeKeystore;

#[tokio::test]
async fn a_keystore_that_loses_its_token_while_signing_says_so_and_signs_when_it_is_back() {
    let store = signing_keystore();
    let person = Person::new(vec![vec![
        Step::Open("/leaving.p12", PASSWORD),
        Step::Sign,
        Step::Open("/k.p12", PASSWORD),
        Step::Sign,
    ]]);
    let mut files = Files::default().with("/k.p12", &signing_keystore());
    let removed = store.clone();
    files.0.insert(
        "/leaving.p12".into(),
        Box::new(move || Box::new(Leaving(removed.clone()))),
    );
    let desk = desk(&person, files);
    given(desk.sign(job(vec![attached(b"x")])).await.unwrap());
    assert_eq!(person.seen()[2], Seen::Problem(StoreProblem::Removed));
    assert_eq!(
        person.course(),
        ["opened", "keys", "problem", "keys", "closed"]
    );
}

/// A token pulled out right after it was unlocked.
struct Leaving(FakeKeystore);

impl Keystore for Leaving {
    fn contents(&self) -> Contents {
        self.0.contents()
    }

    fn unlock(&mut self, how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError> {
        let handle = self.0.clone();
        let unlocked = self.0.unlock(how)?;
        handle.remove();
        Ok(unlocked)
    }
}

#[tokio::test]
async fn a_signature_that_does_not_hold_under_the_certificate_never_leaves() {
    let person = Person::new(vec![one_signature()]);
    let mut files = Files::default();
    files
        .0
        .insert("/k.p12".into(), Box::new(|| Box::new(Faulty::new())));
    let desk = desk(&person, files);
    let error = desk.sign(job(vec![attached(b"x")])).await.unwrap_err();
    assert_eq!(error, JobError::Sign(SignError::Fault));
    assert_eq!(person.course(), ["opened", "keys", "closed"]);
}

/// A keystore whose device signs something else than it was given.
struct Faulty {
    key: PrivateKey,
    entries: Vec<KeyEntry>,
}

impl Faulty {
    fn new() -> Self {
        let (key, certificate) = holder(GOST, "faulty", &[EMAIL_PROTECTION], false);
        let entry = KeyEntry {
            alias: "1".into(),
            certificate,
            chain: Vec::new(),
        };
        Self {
            key,
            entries: vec![entry],
        }
    }
}

impl Keystore for Faulty {
    fn contents(&self) -> Contents {
        Contents::Sealed
    }

    fn unlock(&mut self, _how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError> {
        Ok(Box::new(FaultyOpen(self)))
    }
}

struct FaultyOpen<'a>(&'a Faulty);

impl Unlocked for FaultyOpen<'_> {
    fn entries(&self) -> &[KeyEntry] {
        &self.0.entries
    }

    fn signer(&self, _entry: &KeyEntry) -> Result<Box<dyn Signer + '_>, TokenError> {
        Ok(Box::new(FaultySigner(&self.0.key)))
    }
}

struct FaultySigner<'a>(&'a PrivateKey);

impl Signer for FaultySigner<'_> {
    fn scheme(&self) -> SignatureScheme {
        GOST
    }

    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    fn sign(
        &self,
        _to_sign: ToSign<'_>,
        again: &mut dyn Reauthenticate,
    ) -> Result<SignatureValue, SignError> {
        SoftwareSigner::new(self.0, &System).sign(ToSign::Bytes(b"something else"), again)
    }
}
