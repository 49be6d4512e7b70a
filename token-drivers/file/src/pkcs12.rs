//! PKCS#12: Personal Information Exchange Syntax v1.1 (RFC 7292), protected by a password.
//!
//! | read | algorithms |
//! |---|---|
//! | integrity | HMAC with SHA-1 or one of the SHA-2 family (RFC 7292 appendix B), or none |
//! | encryption, PKCS#12 | 3DES with three or two keys, RC2 with 128 or 40 bits (RFC 7292 appendix C) |
//! | encryption, PBES2 | AES-CBC with 128, 192, 256 bits, 3DES; PBKDF2 with HMAC-SHA-1 and HMAC-SHA-2 (RFC 8018) |
//!
//! Refused by name or number: RC4, the DES schemes of PKCS#5, scrypt, GOST 28147-89, PBMAC1 (RFC 9579).
//!
//! BER is accepted everywhere: files of the NCA use indefinite lengths. [`write()`] makes one form only.

mod budget;
mod encryption;
mod kdf;
mod mac;
mod oid;
mod reader;
mod sha1_lanes;
mod structures;
mod writer;

pub use budget::MAX_ITERATIONS;
pub use writer::{ITERATIONS_WRITTEN, write};

pub(crate) use reader::Sealed;

use crate::refusal::{damaged, unsupported};
