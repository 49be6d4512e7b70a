//! PKCS#12 files as keystores.
//!
//! A [`FileKeystore`] is read once from its path and stays sealed until the password opens it. The integrity check
//! of the file comes before any decryption, so a wrong password is told from a damaged file. Writing such files is
//! [`pkcs12::write`].
//!
//! Nothing decrypted is left behind: buffers of passwords, derived keys and decrypted contents are wiped when
//! dropped, and private keys live in [`tamga_scheme::PrivateKey`], which wipes itself.

mod entries;
mod key_file;
mod keystore;
pub mod pkcs12;

pub use key_file::MAX_FILE;
pub use keystore::{FileKeyStores, FileKeystore};
