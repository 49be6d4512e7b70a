//! CMS SignedData (RFC 5652 section 5): parse, prepare, assemble, check.
//!
//! The message is walked element by element and never decoded into a tree that would be encoded again:
//! certificates, names and attributes keep the bytes they came with. BER is rewritten as DER first.
//! Nothing here reads a clock, a file or a socket.

mod attributes;
mod content_digests;
mod encode;
mod error;
mod names;
mod prepare;
mod signed_data;
mod signer_info;
mod signing_certificate;
mod signing_time;
mod walk;

pub use attributes::Attribute;
pub use content_digests::ContentDigests;
pub use error::{CheckError, Error};
pub use prepare::{Content, PreparedCms, prepare};
pub use signed_data::{Limits, SignedData};
pub use signer_info::{ContentBound, SignerIdentifier, SignerInfo};
pub use signing_certificate::CertificateReference;
