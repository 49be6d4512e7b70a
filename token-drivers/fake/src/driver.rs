//! A driver with one slot.

use std::io::ErrorKind;

use tamga_token_api::{Keystore, Slot, TokenDriver, TokenError};

use crate::FakeKeystore;

/// Finds one [`FakeKeystore`] as long as it is not removed.
pub struct FakeDriver {
    slot: Slot,
    keystore: FakeKeystore,
}

impl FakeDriver {
    /// A driver whose only slot holds `keystore`.
    pub fn new(slot: Slot, keystore: FakeKeystore) -> Self {
        Self { slot, keystore }
    }
}

impl TokenDriver for FakeDriver {
    fn slots(&self) -> Result<Vec<Slot>, TokenError> {
        if self.keystore.is_removed() {
            return Ok(Vec::new());
        }
        Ok(vec![self.slot.clone()])
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        if *slot != self.slot || self.keystore.is_removed() {
            return Err(TokenError::Unreadable(ErrorKind::NotFound));
        }
        Ok(Box::new(self.keystore.clone()))
    }
}
