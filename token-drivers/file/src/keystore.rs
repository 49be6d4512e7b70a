//! A key file as a keystore.

use std::path::Path;
use std::sync::Arc;

use tamga_scheme::{PrivateKey, Random, Signer, SoftwareSigner};
use tamga_token_api::{Contents, KeyEntry, Keystore, TokenError, Unlock, UnlockError, Unlocked};

use crate::container::Sealed;
use crate::entries::{KeyWithEntry, match_keys};
use crate::key_file;

/// A key file, PKCS#12 (RFC 7292) or JKS (Java), read once and sealed until its password is given.
pub struct FileKeystore {
    sealed: Sealed,
    label: String,
    random: Arc<dyn Random>,
}

impl FileKeystore {
    /// Reads a key file; `random` serves the signatures made with its keys.
    ///
    /// The file is read here and never again. Its label is the file name.
    ///
    /// # Errors
    /// [`TokenError::Unreadable`] if it is not there, not a regular file or on a network share;
    /// [`TokenError::TooLarge`] above [`MAX_FILE`](crate::MAX_FILE); otherwise those of [`Self::from_bytes`].
    pub fn open(path: &Path, random: Arc<dyn Random>) -> Result<Self, TokenError> {
        let bytes = key_file::read(path)?;
        let label = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy();
        Self::from_bytes(&bytes, &label, random)
    }

    /// Takes the bytes of a key file; they say whether it is PKCS#12 or JKS, its name does not.
    ///
    /// # Errors
    /// [`TokenError::Damaged`] if they are no key file, or only a part of one;
    /// [`TokenError::Unsupported`] if the file is not protected by a password, or in a way we do not know, or is one of
    /// Java's and Bouncy Castle's other formats (JCEKS, BKS, BCFKS, DKS), which the text names.
    pub fn from_bytes(
        bytes: &[u8],
        label: &str,
        random: Arc<dyn Random>,
    ) -> Result<Self, TokenError> {
        Ok(Self {
            sealed: Sealed::parse(bytes)?,
            label: label.to_owned(),
            random,
        })
    }

    /// What people call it: the file name.
    pub fn label(&self) -> &str {
        &self.label
    }
}

impl std::fmt::Debug for FileKeystore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileKeystore")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

impl Keystore for FileKeystore {
    fn contents(&self) -> Contents {
        Contents::Sealed
    }

    /// Opens the file with its password.
    ///
    /// # Errors
    /// [`UnlockError::WrongPassword`] if the integrity check fails with it; a file without one says so when
    /// nothing sensible comes out of decryption. A JKS file whose bits were changed inside its structure cannot be told
    /// from a wrong password, see `jks`.
    /// [`TokenError::Empty`] without a key, [`TokenError::CertificateMissing`] without any certificate that could be a
    /// key's own, [`TokenError::Mismatch`] if all of them are other keys',
    /// [`TokenError::Unsupported`] if no key has a known algorithm, or none opens with the password of its JKS file, or
    /// for [`Unlock::PinPad`].
    fn unlock(&mut self, how: Unlock<'_>) -> Result<Box<dyn Unlocked + '_>, UnlockError> {
        let password = match how {
            Unlock::Password(password) => password,
            Unlock::PinPad => {
                return Err(TokenError::Unsupported("a key file has no keypad".into()).into());
            }
        };
        let opened = self.sealed.open(password)?;
        let (keys, entries) = match_keys(opened)?
            .into_iter()
            .map(KeyWithEntry::into_parts)
            .unzip();
        Ok(Box::new(OpenFile {
            keys,
            entries,
            random: &*self.random,
        }))
    }
}

/// Keys out of an opened file; dropping them wipes them.
struct OpenFile<'a> {
    #[expect(
        clippy::vec_box,
        reason = "a vector that grows would leave copies of the keys behind"
    )]
    keys: Vec<Box<PrivateKey>>,
    /// In the order of `keys`.
    entries: Vec<KeyEntry>,
    random: &'a dyn Random,
}

impl Unlocked for OpenFile<'_> {
    fn entries(&self) -> &[KeyEntry] {
        &self.entries
    }

    fn signer(&self, entry: &KeyEntry) -> Result<Box<dyn Signer + '_>, TokenError> {
        let index = self.position_of(entry)?;
        let key = &self.keys[index];
        // They were paired by their public keys; a signature under a foreign certificate would be worthless, so the
        // comparison stands here again, before the first use.
        if entry.certificate.public_key().ok() != Some(key.public_key()) {
            return Err(TokenError::Mismatch);
        }
        Ok(Box::new(SoftwareSigner::new(key, self.random)))
    }
}

/// Opens key files by their paths, all with one source of randomness.
#[derive(Clone)]
pub struct FileKeyStores {
    random: Arc<dyn Random>,
}

impl FileKeyStores {
    /// `random` serves the signatures made with keys of the files.
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self { random }
    }

    /// Reads a key file, see [`FileKeystore::open`].
    ///
    /// # Errors
    /// Those of [`FileKeystore::open`].
    pub fn open(&self, path: &Path) -> Result<Box<dyn Keystore>, TokenError> {
        Ok(Box::new(FileKeystore::open(
            path,
            Arc::clone(&self.random),
        )?))
    }
}
