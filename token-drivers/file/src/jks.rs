//! JKS: Java's own key file, versions 1 and 2 (`sun.security.provider.JavaKeyStore` of OpenJDK).
//!
//! There is no standard. The file is a row of big-endian numbers and counted strings, as `java.io.DataOutput` writes
//! them:
//!
//! ```text
//! file    = u32 FEEDFEED, u32 version (1 | 2), u32 count, count * entry, 20 octets digest
//! entry   = u32 1, alias, u64 time, u32 length, EncryptedPrivateKeyInfo, u32 count, count * certificate
//!         | u32 2, alias, u64 time, certificate
//! certificate = type (version 2 only), u32 length, octets
//! alias, type = u16 length, modified UTF-8
//! digest  = SHA-1(password in UTF-16BE ‖ "Mighty Aphrodite" ‖ everything before the digest)
//! ```
//!
//! # Wrong password or damaged file?
//!
//! The digest covers the whole file and the password at once, so by itself it cannot say which of the two is wrong.
//! Everything readable without a password is therefore checked first: all lengths and kinds, aliases, certificates,
//! the frames of the encrypted keys; a file cut off anywhere, or with bytes behind it, is
//! [`Damaged`](tamga_token_api::TokenError::Damaged) at a position before anybody types a password. What is left,
//! changed bits that keep the structure (inside encrypted keys, dates, names, signatures of certificates, the digest
//! itself), looks exactly like a wrong password and is called
//! [`WrongPassword`](tamga_token_api::UnlockError::WrongPassword). Each key has a digest of its own that might tell
//! the two apart, but only after decryption, and nothing is decrypted before the digest of the file holds.
//!
//! Once it holds, the password is right and the file is whole. A key that still does not open has a password of its
//! own, which we do not ask for.

mod budget;
mod digest;
mod modified_utf8;
mod protector;
mod reader;
mod stream;

pub(crate) use reader::Sealed;
