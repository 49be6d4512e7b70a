//! The driver of one loaded library: its slots with a token in them.

use std::{io::ErrorKind, path::Path, sync::Arc};

use cryptoki::slot::{Slot as SlotId, TokenInfo};
use tamga_token_api::{Attempts, Keystore, LibraryError, PinEntry, Slot, TokenDriver, TokenError};
use tamga_token_worker::SLOT_LIMIT;

use crate::{keystore::Pkcs11Keystore, library::LoadedLibrary, return_value::token_error};

/// A vendor's PKCS#11 library, loaded into this process.
pub struct Pkcs11Driver {
    library: Arc<LoadedLibrary>,
}

impl Pkcs11Driver {
    /// Loads the library at an absolute path; with `sha256` only if these are its bytes.
    ///
    /// One library is loaded once per process, because PKCS#11 initialises it for the process as a whole.
    ///
    /// # Errors
    /// Whatever makes the library unsafe or unusable; nothing of it has run unless it is
    /// [`LibraryError::DoesNotStart`].
    pub fn load(path: &Path, sha256: Option<[u8; 32]>) -> Result<Self, LibraryError> {
        Ok(Self {
            library: Arc::new(LoadedLibrary::load(path, sha256)?),
        })
    }

    /// Tokens that can be used, with the numbers of their slots; a slot that fails does not hide the others.
    fn tokens(&self) -> Result<Vec<(SlotId, TokenInfo)>, TokenError> {
        let slots = self
            .library
            .context
            .get_slots_with_token()
            .map_err(|error| token_error(&error))?;
        Ok(slots
            .into_iter()
            .take(SLOT_LIMIT)
            .filter_map(|slot| Some((slot, self.library.context.get_token_info(slot).ok()?)))
            .filter(|(_, token)| token.token_initialized())
            .collect())
    }
}

impl TokenDriver for Pkcs11Driver {
    fn slots(&self) -> Result<Vec<Slot>, TokenError> {
        let tokens = self.tokens()?;
        Ok(tokens
            .iter()
            .map(|(slot, token)| described(*slot, token))
            .collect())
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        let (id, token) = self
            .tokens()?
            .into_iter()
            .find(|(id, token)| locator(*id, token) == slot.locator)
            .ok_or(TokenError::Unreadable(ErrorKind::NotFound))?;
        let keystore = Pkcs11Keystore::open(
            Arc::clone(&self.library),
            id,
            token.serial_number().to_owned(),
        )?;
        Ok(Box::new(keystore))
    }
}

/// Attempts left, as far as a token tells.
pub(crate) fn attempts(token: &TokenInfo) -> Attempts {
    if token.user_pin_locked() {
        Attempts::None
    } else if token.user_pin_final_try() {
        Attempts::Last
    } else if token.user_pin_count_low() {
        Attempts::Low
    } else {
        Attempts::Unworried
    }
}

/// The storage's name is not known here: it belongs to the library, not to what its token says.
fn described(slot: SlotId, token: &TokenInfo) -> Slot {
    let label = token.label().trim();
    Slot {
        storages: Vec::new(),
        label: if label.is_empty() {
            token.model()
        } else {
            label
        }
        .to_owned(),
        locator: locator(slot, token),
        pin_entry: if token.protected_authentication_path() {
            PinEntry::PinPad
        } else {
            PinEntry::Window
        },
        attempts: attempts(token),
    }
}

/// Another token in the same slot has another locator, and so has the same token in another slot.
fn locator(slot: SlotId, token: &TokenInfo) -> String {
    format!("{}/{}", token.serial_number().trim(), slot.id())
}
