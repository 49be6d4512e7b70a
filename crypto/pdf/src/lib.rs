//! Signatures in PDF documents (ISO 32000-1 section 12.8, ETSI EN 319 142-1): prepare, assemble, parse, check.
//!
//! Signing: [`prepare`] appends a revision with a signature field, give `to_sign()` to a signer, `assemble` the
//! document. What the file consisted of stays byte for byte.
//! Verifying: [`SignedPdf::parse`] reads every revision and every signature field; it says what each signature covers,
//! and what later revisions changed. Certificates are returned, not judged.

mod difference;
mod document;
mod error;
mod form;
mod limits;
mod object;
mod permissions;
mod prepare;
mod signature;
mod signed_pdf;
mod source;
mod syntax;
mod text;
mod xref;

pub use difference::{Change, Effect};
pub use error::{Error, SignatureError};
pub use limits::Limits;
pub use permissions::{DocMdp, FieldMdp};
pub use prepare::{PreparedPdf, SigningOptions, UnfilledPdf, prepare};
pub use signature::{ByteRange, DocumentTimeStamp, PdfSignature, SubFilter};
pub use signed_pdf::{FieldValue, LaterChanges, RevisionReport, SignatureField, SignedPdf};
