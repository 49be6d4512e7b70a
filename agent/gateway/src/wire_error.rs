//! The one place where an error becomes words of the wire.
//!
//! Pages know few words. What only a person can mend was said in the window; what reaches a page here is either a text
//! the original sends (`storage.empty`, SAX texts) or a short English sentence for the page's developer.

use tamga_agent_core::{DocumentError, JobError};
use tamga_protocol::{
    Reply,
    basics::{self, FailureCode},
};

/// A storage whose token is not connected.
pub(crate) const STORAGE_EMPTY: &str = "storage.empty";

/// `signXml` with paths.
pub(crate) const PLACEMENT_NOT_BUILT: &str =
    "tbsElementXPath and signatureParentElementXPath are not supported yet";

/// basics `format: raw`
pub(crate) const RAW_NOT_BUILT: &str = "format raw is not supported yet";

/// basics `tsaProfile: {}`
pub(crate) const TIME_STAMP_NOT_BUILT: &str = "time stamps (tsaProfile) are not supported yet";

/// `message` of commonUtils; an empty digest has none, as recorded.
pub(crate) fn common_utils(error: &JobError) -> Option<String> {
    match error {
        JobError::Document {
            source: DocumentError::DigestLength { actual: 0 },
            ..
        } => None,
        other => Some(text(other)),
    }
}

/// Failure of basics.
pub(crate) fn basics(error: &JobError) -> Reply {
    basics::failed(FailureCode::SigningFailure, Some(text(error)))
}

fn text(error: &JobError) -> String {
    match error {
        JobError::Document { index, source } => document(*index, source),
        JobError::NoDocuments => "nothing to sign".into(),
        JobError::Token(_) => "the keystore failed".into(),
        JobError::Sign(_) => "the signature could not be made".into(),
        JobError::Window(_) => "the signing window could not be opened".into(),
        // Internal errors, and kinds born after this was written.
        _ => "internal error of the agent".into(),
    }
}

fn document(index: usize, error: &DocumentError) -> String {
    match error {
        DocumentError::NotWellFormed {
            line,
            column,
            problem,
        } => sax(*line, *column, problem),
        DocumentError::Doctype { line, column } => sax(
            *line,
            // Java counts behind the keyword.
            *column + "<!DOCTYPE".len(),
            &"DOCTYPE is disallowed when the feature \
              \"http://apache.org/xml/features/disallow-doctype-decl\" set to true.",
        ),
        DocumentError::AlreadySigned => {
            "the content is a CMS already; adding a signer is not supported yet".into()
        }
        DocumentError::DigestLength { actual } => {
            format!("document {index}: a digest of {actual} bytes fits no algorithm")
        }
        DocumentError::Xml(_) => format!("document {index} cannot be signed as XML"),
        // A CMS that cannot be built around content of any bytes, and kinds born after this was written.
        _ => format!("document {index} cannot be signed"),
    }
}

/// `SAXParseException.toString()`, as recorded.
fn sax(line: usize, column: usize, problem: &dyn std::fmt::Display) -> String {
    format!("org.xml.sax.SAXParseException; lineNumber: {line}; columnNumber: {column}; {problem}")
}
