//! What is signed: documents before and after.

use tamga_cms::{Content, SignedData};
use tamga_scheme::{Prepared, Reauthenticate, SignError, SignatureScheme, Signer, ToSign};
use tamga_x509::{Certificate, UnixTime};
use tamga_xmldsig::{Form, SignedXml};

use crate::{Document, DocumentError};

/// A document a page wants signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToBeSigned {
    /// CMS SignedData, CAdES-BES.
    Cms {
        /// What is signed and where it goes.
        content: CmsContent,
        /// What to do with content that is a CMS itself.
        existing: ExistingCms,
    },
    /// An enveloped signature in an XML document.
    Xml {
        /// The document.
        text: String,
        /// Layout of the signature.
        form: Form,
    },
}

/// Content of a CMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CmsContent {
    /// Travels in the CMS.
    Attached(Vec<u8>),
    /// Stays outside.
    Detached(Vec<u8>),
    /// Only its digest is known, in transmission order.
    Digest(Vec<u8>),
}

/// A page may hand over a CMS and mean "add my signature", which is not built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingCms {
    /// Refuse it, rather than sign something the page did not mean.
    Refuse,
    /// Sign it as any other content.
    SignAsContent,
}

/// A signed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedDocument {
    /// DER of a ContentInfo.
    Cms(Vec<u8>),
    /// The whole document.
    Xml(String),
}

impl ToBeSigned {
    /// Everything that can be refused before a key is known, so that no window opens for it.
    pub(crate) fn check(&self) -> Result<(), DocumentError> {
        match self {
            Self::Cms {
                content: CmsContent::Digest(digest),
                ..
            } => {
                let fits = |scheme: SignatureScheme| scheme.digest().output_len() == digest.len();
                if !SignatureScheme::all().any(fits) {
                    return Err(DocumentError::DigestLength {
                        actual: digest.len(),
                    });
                }
                Ok(())
            }
            Self::Cms {
                content: CmsContent::Attached(bytes) | CmsContent::Detached(bytes),
                existing: ExistingCms::Refuse,
            } => match SignedData::parse(bytes, &tamga_cms::Limits::default()) {
                Ok(_) => Err(DocumentError::AlreadySigned),
                Err(_) => Ok(()),
            },
            Self::Cms { .. } => Ok(()),
            Self::Xml { text, .. } => {
                match SignedXml::parse(text.as_bytes(), &tamga_xmldsig::Limits::default()) {
                    Ok(_) => Ok(()),
                    Err(error) if concerns_a_signature(&error) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    /// Whether a key of this scheme can sign it.
    pub(crate) fn fits(&self, scheme: SignatureScheme) -> bool {
        match self {
            Self::Cms {
                content: CmsContent::Digest(digest),
                ..
            } => scheme.digest().output_len() == digest.len(),
            Self::Cms { .. } | Self::Xml { .. } => true,
        }
    }

    /// Whether only a digest of it is known.
    pub(crate) fn is_blind(&self) -> bool {
        matches!(
            self,
            Self::Cms {
                content: CmsContent::Digest(_),
                ..
            }
        )
    }

    /// What the window shows of it.
    pub(crate) fn summary(&self) -> Document {
        let (format, size) = match self {
            Self::Cms {
                content:
                    CmsContent::Attached(bytes)
                    | CmsContent::Detached(bytes)
                    | CmsContent::Digest(bytes),
                ..
            } => ("CMS", bytes.len()),
            Self::Xml { text, .. } => ("XML", text.len()),
        };
        Document {
            format,
            size,
            blind: self.is_blind(),
        }
    }

    /// Prepares, signs, checks the signature against the certificate, assembles.
    pub(crate) fn sign(
        &self,
        signer: &dyn Signer,
        certificate: &Certificate,
        at: UnixTime,
        again: &mut dyn Reauthenticate,
    ) -> Result<SignedDocument, SignFailure> {
        match self {
            Self::Cms { content, .. } => {
                let content = match content {
                    CmsContent::Attached(bytes) => Content::Attached(bytes),
                    CmsContent::Detached(bytes) => Content::Detached(bytes),
                    CmsContent::Digest(digest) => Content::DetachedDigest(digest),
                };
                let prepared = tamga_cms::prepare(content, signer.scheme(), certificate, at)
                    .map_err(DocumentError::Cms)?;
                Ok(SignedDocument::Cms(complete(
                    prepared,
                    signer,
                    certificate,
                    again,
                )?))
            }
            Self::Xml { text, form } => {
                let prepared = tamga_xmldsig::prepare(text, *form, signer.scheme(), certificate)
                    .map_err(DocumentError::from)?;
                Ok(SignedDocument::Xml(complete(
                    prepared,
                    signer,
                    certificate,
                    again,
                )?))
            }
        }
    }
}

/// The document or the key.
pub(crate) enum SignFailure {
    Document(DocumentError),
    Sign(SignError),
}

impl From<DocumentError> for SignFailure {
    fn from(error: DocumentError) -> Self {
        Self::Document(error)
    }
}

impl From<SignError> for SignFailure {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

/// A signature that does not hold under the certificate's own key never leaves, whatever device made it.
fn complete<P: Prepared>(
    prepared: P,
    signer: &dyn Signer,
    certificate: &Certificate,
    again: &mut dyn Reauthenticate,
) -> Result<P::Signed, SignError> {
    let value = signer.sign(ToSign::Bytes(prepared.to_sign()), again)?;
    let key = certificate.public_key().map_err(|_| SignError::Key)?;
    tamga_scheme::verify(key, signer.scheme(), prepared.to_sign(), &value)
        .map_err(|_| SignError::Fault)?;
    Ok(prepared.assemble(value))
}

/// A signature already in the document that we cannot read does not hinder another one.
fn concerns_a_signature(error: &tamga_xmldsig::Error) -> bool {
    matches!(
        error,
        tamga_xmldsig::Error::Certificate { .. }
            | tamga_xmldsig::Error::DuplicateId { .. }
            | tamga_xmldsig::Error::Malformed { .. }
            | tamga_xmldsig::Error::Unsupported { .. }
    )
}
