//! The token behind the child: one GOST key that wants its PIN again for each signature.

#![allow(dead_code, reason = "each test program uses its part")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::sync::Arc;

use tamga_scheme::{PrivateKey, SignatureScheme};
use tamga_test_pki::self_issued;
use tamga_test_support::System;
use tamga_token_api::{Attempts, PinEntry, Slot};
use tamga_token_fake::{FakeDriver, FakeKeystore};
use tamga_x509::Certificate;

/// The right PIN.
pub(crate) const PIN: &str = "right";

/// A driver with one slot, and a handle on the token in it.
pub(crate) struct Token {
    pub(crate) driver: FakeDriver,
    pub(crate) keystore: FakeKeystore,
}

impl Token {
    pub(crate) fn new() -> Self {
        let keystore = FakeKeystore::new(vec![pair()], PIN, Arc::new(System))
            .listed()
            .with_retries(3)
            .asking_again();
        let slot = Slot {
            storages: vec!["AKLieStore".to_owned()],
            label: "Fake\u{202e} token\n".to_owned(),
            locator: "0001/7".to_owned(),
            pin_entry: PinEntry::Window,
            attempts: Attempts::Low,
        };
        Self {
            driver: FakeDriver::new(slot, keystore.clone()),
            keystore,
        }
    }
}

/// A new key with a certificate signed by itself.
fn pair() -> (PrivateKey, Certificate) {
    self_issued(SignatureScheme::Gost2004, "FAKE", &System).unwrap()
}
