//! A document with its signatures.

use tamga_x509::Certificate;

use crate::c14n::{self, Apex, Budget};
use crate::document::{SignatureElement, WellFormed};
use crate::element::Element;
use crate::element_paths::ElementPaths;
use crate::identifiers::Identifiers;
use crate::key_info::{self, KeySource};
use crate::references::{Follower, Uri};
use crate::signature_reader::{SignatureReader, WrittenSignature};
use crate::{Error, Limits, XmlSignature};

/// A parsed document: every `ds:Signature` in it, wherever it stands and whatever its prefix.
#[derive(Debug, Clone)]
pub struct SignedXml {
    signatures: Vec<XmlSignature>,
    has_comments: bool,
}

impl SignedXml {
    /// Reads UTF-8 XML (a byte order mark is allowed) and all its signatures, and follows their references.
    ///
    /// Nothing is judged here: a signature whose digest or value does not fit is read like any other.
    ///
    /// The document is read in passes and never copied: one that proves it well-formed and finds the signatures, one
    /// for each reference, two more when references name elements.
    ///
    /// # Errors
    /// Anything outside the accepted set, in any of the signatures, refuses the document.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let document = WellFormed::from_bytes(bytes, limits)?;
        let written = document.signatures.iter().zip(0..);
        let written = written
            .map(|(signature, index)| {
                let element = Element::read(&document, &signature.place)?;
                SignatureReader { index, limits }.read(&element)
            })
            .collect::<Result<Vec<WrittenSignature>, Error>>()?;
        let sought = written.iter().flat_map(identifiers_of);
        let identifiers = Identifiers::find_all(&document, sought, limits)?;
        let follower = Follower {
            document: &document,
            paths: &ElementPaths::find_all(&document, identifiers.targets())?,
            identifiers: &identifiers,
        };
        let mut budget = Budget::new(limits);
        let elements = document.signatures.iter().zip(written).zip(0..);
        let signatures = elements.map(|((element, written), index)| {
            let reader = SignatureReader { index, limits };
            complete(&reader, &follower, element, written, &mut budget)
        });
        Ok(Self {
            signatures: signatures.collect::<Result<_, _>>()?,
            has_comments: document.has_comments,
        })
    }

    /// The signatures, in document order; empty for an unsigned document.
    pub fn signatures(&self) -> &[XmlSignature] {
        &self.signatures
    }

    /// True if the document has comments. No signature covers them (XMLDSig section 4.3.3.3), and a comment put into a
    /// text splits it for readers that take the first piece for the whole.
    pub fn has_comments(&self) -> bool {
        self.has_comments
    }
}

fn identifiers_of(signature: &WrittenSignature) -> impl Iterator<Item = String> + '_ {
    let references = signature.references.iter();
    let of_references = references.filter_map(|reference| match &reference.uri {
        Uri::Empty => None,
        Uri::Identifier(id) => Some(id.clone()),
    });
    let of_tokens = signature.key_info.iter().filter_map(|source| match source {
        KeySource::Certificate(_) => None,
        KeySource::Token(id) => Some(id.clone()),
    });
    of_references.chain(of_tokens)
}

/// Follows what a signature refers to.
fn complete<'a>(
    reader: &SignatureReader<'_>,
    follower: &Follower<'_, 'a>,
    element: &SignatureElement<'a>,
    written: WrittenSignature,
    budget: &mut Budget,
) -> Result<XmlSignature, Error> {
    let references = written.references.iter();
    let references = references
        .map(|reference| follower.follow(reader.index, reference, budget))
        .collect::<Result<_, _>>()?;
    let apex = Apex::Element {
        from: &element.place,
        at: written.signed_info,
    };
    let mut signed_info = Vec::new();
    let method = &written.canonicalization;
    c14n::write(
        follower.document,
        apex,
        method,
        &[],
        budget,
        &mut signed_info,
    )?;
    let certificates = written.key_info.into_iter();
    let certificates = certificates.map(|source| match source {
        KeySource::Certificate(certificate) => Ok(*certificate),
        KeySource::Token(id) => security_token(reader, follower, &id),
    });
    Ok(XmlSignature {
        scheme: written.scheme,
        certificates: certificates.collect::<Result<_, _>>()?,
        canonicalization: written.canonicalization,
        signed_info,
        references,
        value: written.value,
    })
}

fn security_token(
    reader: &SignatureReader<'_>,
    follower: &Follower<'_, '_>,
    id: &str,
) -> Result<Certificate, Error> {
    match follower.identifiers.find(id)? {
        Some(target) => {
            let element = Element::read(follower.document, &target.place)?;
            key_info::security_token(reader, &element)
        }
        None => Err(key_info::no_token(reader)),
    }
}
