//! One token: its certificates, the PIN, and its keys once it is unlocked.

use std::{cell::Cell, sync::Arc};

use cryptoki::{
    error::{Error, RvError},
    session::{Session, UserType},
    slot::{Slot as SlotId, TokenInfo},
    types::AuthPin,
};
use tamga_scheme::{SignatureScheme, Signer};
use tamga_token_api::{
    Attempts, Contents, KeyEntry, Keystore, TokenError, Unlock, UnlockError, Unlocked,
};

use crate::{
    library::LoadedLibrary,
    object::{self, Fit, FoundCertificate, FoundKey},
    return_value::{token_error, unlock_error},
    signer::{Habit, Pkcs11Signer},
    slots::attempts,
};

/// A token whose public certificates were read.
pub(crate) struct Pkcs11Keystore {
    token: Token,
    contents: Contents,
}

/// A token in a slot, as long as it is the same one.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) library: Arc<LoadedLibrary>,
    pub(crate) slot: SlotId,
    serial: String,
}

impl Pkcs11Keystore {
    pub(crate) fn open(
        library: Arc<LoadedLibrary>,
        slot: SlotId,
        serial: String,
    ) -> Result<Self, TokenError> {
        let token = Token {
            library,
            slot,
            serial,
        };
        let certificates = token
            .session()
            .and_then(|session| object::certificates(&session))
            .map_err(|error| token_error(&error))?;
        let entries: Vec<_> = object::entries(&certificates)
            .into_iter()
            .map(|(_, entry)| entry)
            .collect();
        let contents = if entries.is_empty() {
            // They may be visible after the PIN only.
            Contents::Sealed
        } else {
            Contents::Listed(entries)
        };
        Ok(Self { token, contents })
    }
}

impl Keystore for Pkcs11Keystore {
    fn contents(&self) -> Contents {
        self.contents.clone()
    }

    fn unlock(&mut self, how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError> {
        let token = &self.token;
        let failed = |error: Error| token.unlock_error(&error);
        let info = token.info().map_err(failed)?;
        if info.serial_number() != token.serial {
            return Err(UnlockError::Removed);
        }
        // Whatever the token says before an attempt saves one.
        if attempts(&info) == Attempts::None {
            return Err(UnlockError::Blocked);
        }
        if !info.user_pin_initialized() || info.user_pin_to_be_changed() {
            return Err(UnlockError::PinNotSet);
        }
        let pin = match how {
            Unlock::Password(password) => {
                let text = password.expose();
                if !(info.min_pin_length()..=info.max_pin_length()).contains(&text.len()) {
                    return Err(UnlockError::PinLength);
                }
                // One allocation of its own, wiped when dropped.
                Some(AuthPin::new(text.into()))
            }
            Unlock::PinPad if info.protected_authentication_path() => None,
            Unlock::PinPad => return Err(TokenError::Unsupported("no keypad".to_owned()).into()),
        };
        let session = token.session().map_err(failed)?;
        login(&session, pin.as_ref()).map_err(failed)?;
        drop(pin);
        // From here on dropping locks again.
        let mut open = OpenToken {
            session,
            token: token.clone(),
            pin_pad: info.protected_authentication_path(),
            entries: Vec::new(),
            keys: Vec::new(),
        };
        let keys = object::private_keys(&open.session).map_err(failed)?;
        let certificates = object::certificates(&open.session).map_err(failed)?;
        if keys.is_empty() {
            return Err(TokenError::Empty.into());
        }
        for (index, entry) in object::entries(&certificates) {
            if let Some(key) = key_of(&certificates[index], &keys) {
                open.entries.push(entry);
                open.keys.push(key);
            }
        }
        if open.entries.is_empty() {
            return Err(TokenError::CertificateMissing.into());
        }
        Ok(Box::new(open))
    }
}

/// A token whose PIN was accepted; dropping it logs out.
pub(crate) struct OpenToken {
    pub(crate) session: Session,
    pub(crate) token: Token,
    pub(crate) pin_pad: bool,
    entries: Vec<KeyEntry>,
    /// The key of the entry in the same place.
    keys: Vec<Key>,
}

/// A private key and what was learnt of it since the token was unlocked.
pub(crate) struct Key {
    pub(crate) found: FoundKey,
    pub(crate) habit: Cell<Habit>,
}

impl Unlocked for OpenToken {
    fn entries(&self) -> &[KeyEntry] {
        &self.entries
    }

    fn signer(&self, entry: &KeyEntry) -> Result<Box<dyn Signer + '_>, TokenError> {
        let index = self.position_of(entry)?;
        let key = &self.keys[index];
        let public_key = self.entries[index]
            .certificate
            .public_key()
            .map_err(|error| TokenError::Unsupported(error.to_string()))?;
        if key.found.fits(public_key) == Fit::No {
            return Err(TokenError::Mismatch);
        }
        let scheme = SignatureScheme::for_key(public_key.kind());
        Ok(Box::new(Pkcs11Signer::new(self, key, scheme, public_key)?))
    }
}

impl Drop for OpenToken {
    fn drop(&mut self) {
        // A token that is gone is logged out; closing the session, which follows, logs out as well.
        let _ = self.session.logout();
    }
}

impl Token {
    pub(crate) fn session(&self) -> Result<Session, Error> {
        self.library.context.open_ro_session(self.slot)
    }

    /// Whether a token still is in the slot.
    pub(crate) fn is_present(&self) -> bool {
        self.library
            .context
            .get_slot_info(self.slot)
            .is_ok_and(|slot| slot.token_present())
    }

    /// Whether the last wrong PIN locked it.
    pub(crate) fn is_locked(&self) -> bool {
        self.info()
            .is_ok_and(|info| attempts(&info) == Attempts::None)
    }

    fn info(&self) -> Result<TokenInfo, Error> {
        self.library.context.get_token_info(self.slot)
    }

    fn unlock_error(&self, error: &Error) -> UnlockError {
        unlock_error(error, self.is_present(), || {
            match attempts(&self.info().ok()?) {
                Attempts::Last => Some(1),
                Attempts::None => Some(0),
                Attempts::Low | Attempts::Unworried => None,
            }
        })
    }
}

/// One attempt. A login that somebody left behind is ended first: the library refused without comparing the PIN.
fn login(session: &Session, pin: Option<&AuthPin>) -> Result<(), Error> {
    match session.login(UserType::User, pin) {
        Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
            session.logout()?;
            session.login(UserType::User, pin)
        }
        outcome => outcome,
    }
}

/// The key with the certificate's identifier; of several the one that fits best.
fn key_of(certificate: &FoundCertificate, keys: &[FoundKey]) -> Option<Key> {
    let public_key = certificate.certificate.public_key().ok();
    keys.iter()
        .filter(|key| !key.id.is_empty() && key.id == certificate.id)
        .max_by_key(|key| public_key.map(|public_key| key.fits(public_key)))
        .map(|found| Key {
            found: found.clone(),
            habit: Cell::default(),
        })
}
