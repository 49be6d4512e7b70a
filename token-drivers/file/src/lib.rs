//! Key files as keystores: PKCS#12, and JKS of Java.
//!
//! A [`FileKeystore`] is read once from its path and stays sealed until the password opens it. Its bytes decide which
//! format it has, never its name. Structure is read before the password and the integrity check of the file comes
//! before any decryption, so a wrong password is told from a damaged file as well as each format allows: `pkcs12` and
//! `jks` say how well that is. Writing is [`pkcs12::write`]; JKS is read only.
//!
//! Nothing decrypted is left behind: buffers of passwords, derived keys and decrypted contents are wiped when
//! dropped, and private keys live in [`tamga_scheme::PrivateKey`], which wipes itself.

mod container;
mod entries;
mod jks;
mod key_file;
mod keystore;
mod opened;
mod password_octets;
pub mod pkcs12;
mod pkcs8;
mod refusal;

pub use key_file::MAX_FILE;
pub use keystore::{FileKeyStores, FileKeystore};
