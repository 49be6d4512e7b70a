//! CMS SignedData (RFC 5652 section 5) and time stamps (RFC 3161): parse, prepare, assemble, check.
//!
//! The message is walked element by element and never decoded into a tree that would be encoded again:
//! certificates, names and attributes keep the bytes they came with. BER is rewritten as DER first.
//! [`SignedData::parse`] reads what is in memory, [`SignedDataReader`] what arrives in pieces; both cut the content out and
//! read the structure around it with the same code. Nothing here reads a clock, a file or a socket.

mod attributes;
mod cades_values;
mod content_digests;
mod draft;
mod encode;
mod error;
mod names;
mod octets;
mod prepare;
mod prepared_signer;
mod profile;
mod reader;
mod revocation_info;
mod signed_data;
mod signer_info;
mod signing_certificate;
mod signing_time;
pub mod time_stamp;
mod walk;

pub use attributes::Attribute;
pub use cades_values::RevocationValues;
pub use content_digests::{ContentDigester, ContentDigests};
pub use draft::{Draft, Envelope};
pub use error::{CheckError, Error};
pub use octets::Octets;
pub use prepare::{Content, PreparedCms, prepare};
pub use prepared_signer::{FinishedSigner, NewSigner, PreparedSigner};
pub use profile::{AlgorithmForm, Profile, SignedAttributesForm};
pub use reader::{SignedDataReader, StreamedMessage};
pub use signed_data::{Limits, SignedData};
pub use signer_info::{ContentBound, SignerIdentifier, SignerInfo};
pub use signing_certificate::CertificateReference;
