//! Why a job ended without an answer, sorted by who can act.

use tamga_scheme::SignError;
use tamga_token_api::TokenError;

use crate::UiError;

/// Why a job failed. Cancelling is no failure ([`crate::Answer::Cancelled`]), and what a person can mend in the window
/// (a wrong password, another file) never leaves it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The page: one of its documents cannot be signed.
    #[error("document {index}: {source}")]
    Document {
        /// Position in the job.
        index: usize,
        /// What is wrong with it.
        source: DocumentError,
    },
    /// The page: it sent nothing to sign.
    #[error("nothing to sign")]
    NoDocuments,
    /// The device: the keystore or its driver failed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The device or us: the signature was not made.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Us: no window could be opened.
    #[error(transparent)]
    Window(#[from] UiError),
    /// Us: a thread could not be started or ended early.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

/// Why a document cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is a CMS already; adding a signer is not built.
    #[error("the document is a CMS already")]
    AlreadySigned,
    /// The CMS cannot be built around it.
    #[error(transparent)]
    Cms(tamga_cms::Error),
    /// A digest that no scheme signs.
    #[error("a digest of {actual} bytes fits no scheme")]
    DigestLength {
        /// Length given, in bytes.
        actual: usize,
    },
    /// A document type declaration.
    #[error("line {line}, column {column}: a document type declaration is not accepted")]
    Doctype {
        /// Line, from 1.
        line: usize,
        /// Column of `<!DOCTYPE`, from 1.
        column: usize,
    },
    /// Not well-formed XML.
    #[error("line {line}, column {column}: {problem}")]
    NotWellFormed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1, as Java's parsers count.
        column: usize,
        /// What is wrong; displays in the words of Java's parser.
        problem: tamga_xmldsig::Problem,
    },
    /// Anything else about an XML document.
    #[error(transparent)]
    Xml(tamga_xmldsig::Error),
}

impl From<tamga_xmldsig::Error> for DocumentError {
    fn from(error: tamga_xmldsig::Error) -> Self {
        match error {
            tamga_xmldsig::Error::NotWellFormed {
                line,
                column,
                problem,
            } => Self::NotWellFormed {
                line,
                column,
                problem,
            },
            tamga_xmldsig::Error::DoctypePresent { line, column } => Self::Doctype { line, column },
            other => Self::Xml(other),
        }
    }
}
