//! Where keys live: drivers, slots, keystores, entries, passwords.
//!
//! A private key never leaves its keystore; whoever signs receives a [`tamga_scheme::Signer`]. The way there is
//! driver, [`Slot`], [`Keystore`], [`Unlocked`], signer; each borrows from the one before, so closing a keystore
//! ends every signature.

mod entry;
mod error;
mod password;
mod slot;

use tamga_scheme::Signer;

pub use entry::KeyEntry;
pub use error::{LibraryError, TokenError, UnlockError};
pub use password::Password;
pub use slot::{Attempts, PinEntry, Slot};

/// Code that talks to one kind of token, or to key files.
pub trait TokenDriver: Send + Sync {
    /// Places where a keystore is present now; empty if there is none.
    ///
    /// # Errors
    /// [`TokenError::Driver`] if the driver itself does not work, e.g. without its library or service.
    fn slots(&self) -> Result<Vec<Slot>, TokenError>;

    /// Opens the keystore in a slot; it stays locked.
    ///
    /// # Errors
    /// [`TokenError::Unreadable`] if nothing is there any more, and whatever makes the keystore unusable before any
    /// password.
    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError>;
}

/// Anything that lists entries and unlocks.
pub trait Keystore: Send {
    /// What can be seen without a password.
    fn contents(&self) -> Contents;

    /// Opens the keystore; dropping the result locks it again.
    ///
    /// One call is one attempt. Implementations never try a second time by themselves: tokens count attempts.
    ///
    /// # Errors
    /// [`UnlockError::WrongPassword`] is for wrong passwords alone, never for something unreadable; everything else
    /// says what it is.
    fn unlock(&mut self, how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError>;
}

/// What a keystore shows while locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// Certificates are public.
    Listed(Vec<KeyEntry>),
    /// Nothing is visible before the password (a PKCS#12 file).
    Sealed,
}

/// How a keystore is unlocked.
#[derive(Debug)]
pub enum Unlock<'a> {
    /// With a password or PIN typed in our window.
    Password(&'a Password),
    /// On the token's own keypad.
    PinPad,
}

/// An open keystore.
pub trait Unlocked {
    /// Keys with their certificates; at least one.
    fn entries(&self) -> &[KeyEntry];

    /// Where an entry stands in [`Self::entries`].
    ///
    /// # Errors
    /// [`TokenError::NoSuchEntry`] for an entry of another keystore.
    fn position_of(&self, entry: &KeyEntry) -> Result<usize, TokenError> {
        let mut entries = self.entries().iter();
        entries
            .position(|own| own == entry)
            .ok_or(TokenError::NoSuchEntry)
    }

    /// A signer for one of [`Self::entries`]; key and certificate were compared.
    ///
    /// # Errors
    /// [`TokenError::NoSuchEntry`] for an entry of another keystore, [`TokenError::Mismatch`] if its certificate does
    /// not belong to the key.
    fn signer(&self, entry: &KeyEntry) -> Result<Box<dyn Signer + '_>, TokenError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printing_how_to_unlock_prints_no_secret() {
        let password = Password::new("Qwerty12".to_owned());
        assert_eq!(format!("{password:?}"), "Password(..)");
        assert_eq!(
            format!("{:?}", Unlock::Password(&password)),
            "Password(Password(..))"
        );
        assert_eq!(format!("{:?}", Unlock::PinPad), "PinPad");
    }

    #[test]
    fn token_errors_pass_through_unlock_errors_unchanged() {
        let error = UnlockError::from(TokenError::Mismatch);
        assert_eq!(error, UnlockError::Token(TokenError::Mismatch));
        assert_eq!(error.to_string(), TokenError::Mismatch.to_string());
    }

    /// Keystores move between threads, drivers are shared by them, and all are used as `dyn`.
    #[test]
    fn the_traits_serve_as_objects() {
        fn is_send<T: Send + ?Sized>() {}
        fn is_shared<T: Send + Sync + ?Sized>() {}
        is_shared::<dyn TokenDriver>();
        is_send::<dyn Keystore>();
        is_shared::<Password>();
        fn unlocked(_: &dyn Unlocked) {}
        let _ = unlocked;
    }
}
