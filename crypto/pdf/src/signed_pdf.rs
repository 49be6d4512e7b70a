//! A document with its signature fields, and what happened to it after each signature.

use tamga_cms::{CheckError, ContentBound};

use crate::difference::{self, Change, Effect};
use crate::document::Document;
use crate::form;
use crate::signature::{self, DocumentTimeStamp, PdfSignature, Read, Refused};
use crate::{Error, Limits, SignatureError};

/// A parsed document.
#[derive(Debug, Clone)]
pub struct SignedPdf<'a> {
    file: &'a [u8],
    revisions: Vec<RevisionReport>,
    fields: Vec<SignatureField>,
}

/// What one revision did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevisionReport {
    /// Behind its `%%EOF`, in bytes from the beginning of the file.
    pub end: usize,
    /// What it changed; nothing for the first revision.
    pub changes: Vec<Change>,
}

/// A signature field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignatureField {
    /// Its full name.
    pub name: String,
    /// Number of its object.
    pub number: u32,
    /// What it holds.
    pub value: FieldValue,
}

/// What a signature field holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum FieldValue {
    /// Nothing yet.
    Empty,
    /// Something that is no signature one could check.
    Refused(SignatureError),
    /// A signature.
    Signature(Box<PdfSignature>),
    /// An archive time stamp.
    TimeStamp(Box<DocumentTimeStamp>),
}

/// What later revisions did to what a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaterChanges<'p> {
    /// All of them, in the order of the revisions.
    pub changes: Vec<&'p Change>,
    /// The gravest; `None` if nothing was changed.
    pub effect: Option<Effect>,
    /// The first one that the signature's own DocMDP or FieldMDP forbids.
    pub forbidden: Option<&'p Change>,
}

impl<'a> SignedPdf<'a> {
    /// Reads all revisions and all signature fields.
    ///
    /// Strict: cross-reference sections are believed and never rebuilt, because readers repair files differently, and
    /// attacks on signatures live on that.
    ///
    /// # Errors
    /// [`Error::NotPdf`], [`Error::Encrypted`], [`Error::TooLarge`], and the errors of structure.
    pub fn parse(file: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        let document = Document::open(file, limits)?;
        let mut fields = Vec::new();
        for field in form::fields(&document, document.last())? {
            if !field.is_signature {
                continue;
            }
            if fields.len() == limits.signatures {
                return Err(Error::TooLarge {
                    what: "signatures",
                    limit: limits.signatures,
                });
            }
            let value = match &field.value {
                None => FieldValue::Empty,
                Some(value) => match signature::read(&document, &field, value, limits) {
                    Ok(Read::Signature(signature)) => FieldValue::Signature(signature),
                    Ok(Read::TimeStamp(stamp)) => FieldValue::TimeStamp(stamp),
                    Err(Refused::Signature(error)) => FieldValue::Refused(error),
                    Err(Refused::Document(error)) => return Err(error),
                },
            };
            fields.push(SignatureField {
                name: field.name,
                number: field.object.number,
                value,
            });
        }
        let changes = difference::changes(&document)?;
        let mut revisions: Vec<RevisionReport> = document
            .revisions
            .iter()
            .zip(changes)
            .map(|(revision, changes)| RevisionReport {
                end: revision.end,
                changes,
            })
            .collect();
        if let Some(last) = revisions.last_mut()
            && let Some(appended) = bytes_after(file, last.end)
        {
            revisions.push(RevisionReport {
                end: file.len(),
                changes: vec![appended],
            });
        }
        Ok(Self {
            file,
            revisions,
            fields,
        })
    }

    /// Every signature field of the newest revision, in the order of the form.
    pub fn fields(&self) -> &[SignatureField] {
        &self.fields
    }

    /// The signatures among the values, without archive time stamps and without what was refused.
    pub fn signatures(&self) -> impl Iterator<Item = &PdfSignature> {
        self.fields.iter().filter_map(|field| match &field.value {
            FieldValue::Signature(signature) => Some(signature.as_ref()),
            FieldValue::Empty | FieldValue::Refused(_) | FieldValue::TimeStamp(_) => None,
        })
    }

    /// The revisions, the oldest first; bytes behind the last one count as one more.
    pub fn revisions(&self) -> &[RevisionReport] {
        &self.revisions
    }

    /// What came after a signature of this document.
    pub fn changes_after(&self, signature: &PdfSignature) -> LaterChanges<'_> {
        let later = self.revisions.iter().skip(signature.revision + 1);
        let changes: Vec<&Change> = later.flat_map(|revision| &revision.changes).collect();
        let is_forbidden = |change: &Change| {
            let by_document = signature
                .doc_mdp
                .is_some_and(|level| !level.allows(change.effect()));
            let by_field = match (change, &signature.field_mdp) {
                (
                    Change::FieldFilled { field }
                    | Change::FieldChanged { field, .. }
                    | Change::FieldRemoved { field },
                    Some(locks),
                ) => locks.locks(field),
                _ => false,
            };
            by_document || by_field
        };
        LaterChanges {
            effect: changes.iter().map(|change| change.effect()).max(),
            forbidden: changes.iter().copied().find(|change| is_forbidden(change)),
            changes,
        }
    }

    /// Checks that the bytes a signature covers are the ones its signer signed.
    ///
    /// The signature value is checked with [`tamga_cms::SignerInfo::check_signature`] and what comes back here.
    ///
    /// # Errors
    /// [`CheckError::MessageDigest`] for other bytes, and the errors of [`tamga_cms::SignerInfo::check_digest`].
    pub fn check_content(&self, signature: &PdfSignature) -> Result<ContentBound, CheckError> {
        // Exactly one: SignedPdf refuses the others.
        let signer = &signature.cms.signers()[0];
        let algorithm = signer.scheme()?.digest();
        let digest = signature
            .byte_range
            .digest(self.file, algorithm)
            .ok_or(CheckError::MessageDigest)?;
        signer.check_digest(&digest)
    }
}

/// Anything but white space behind the last revision.
fn bytes_after(file: &[u8], end: usize) -> Option<Change> {
    let rest = &file[end..];
    let first = rest
        .iter()
        .position(|byte| !crate::syntax::is_space(*byte))?;
    Some(Change::BytesAppended {
        offset: end + first,
        length: rest.len() - first,
    })
}
