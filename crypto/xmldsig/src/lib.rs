//! Canonical XML and ds:Signature: parse, prepare, assemble, check.
//!
//! Signing: [`prepare`] an enveloped signature ([`prepare_with`] one over an element, or over a document first rid of
//! signatures or white space; [`prepare_wsse`] one over the Body of a SOAP envelope), give `to_sign()` to a signer,
//! `assemble` the document. The caller's bytes are spliced, never re-serialised.
//! Verifying: [`SignedXml::parse`] reads every `ds:Signature` completely; each [`XmlSignature`] then says what it
//! covers and whether its value fits a key. Certificates are returned, not judged.
//!
//! Standards: XML 1.0 (fifth edition), Namespaces in XML 1.0, Canonical XML 1.0 and 1.1,
//! Exclusive XML Canonicalization 1.0, XML Signature Syntax and Processing (second edition), WSS X.509 Token Profile 1.0.

pub mod c14n;
mod covered;
mod document;
mod element;
mod element_paths;
mod error;
mod identifiers;
mod key_info;
mod limits;
mod markup;
mod names;
mod placement;
mod prepare;
mod references;
mod signature;
mod signature_reader;
mod signature_text;
mod signed_xml;
mod source;
mod wsse;

pub use covered::{Covered, CoveredNode, CoveredReference, ElementPath, PathStep};
pub use error::{CheckError, Error, Part, Problem};
pub use limits::Limits;
pub use placement::{LocationPath, Placement};
pub use prepare::{BlankText, ExistingSignatures, Options, PreparedXml, prepare, prepare_with};
pub use signature::{Reference, XmlSignature};
pub use signature_text::{Form, LineEnd};
pub use signed_xml::SignedXml;
pub use wsse::{EnvelopeProblem, Timestamp, Token, WsseOptions, prepare_wsse};
