//! A document with its signatures.

use std::collections::HashMap;

use tamga_x509::Certificate;

use crate::c14n::{self, Apex, Budget};
use crate::document::WellFormed;
use crate::element::Element;
use crate::element_paths::ElementPaths;
use crate::identifiers::Identifiers;
use crate::key_info::{self, KeySource};
use crate::references::{Followed, Follower, Uri};
use crate::signature_reader::{SignatureReader, WrittenSignature};
use crate::{Error, Limits, Reference, XmlSignature};

/// A parsed document: every `ds:Signature` in it, wherever it stands and whatever its prefix.
#[derive(Debug, Clone)]
pub struct SignedXml {
    signatures: Vec<XmlSignature>,
    has_comments: bool,
    has_outer_instructions: bool,
}

impl SignedXml {
    /// Reads UTF-8 XML (a byte order mark is allowed) and all its signatures, and follows their references.
    ///
    /// Nothing is judged here: a signature whose digest or value does not fit is read like any other.
    ///
    /// The document is read in passes and never copied: one that proves it well-formed and finds the signatures, one
    /// or two for each reference, two more when references name elements. [`Limits::canonical`] bounds their sum.
    ///
    /// # Errors
    /// Anything outside the accepted set, in any of the signatures, refuses the document.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        Self::read(&WellFormed::from_bytes(bytes, limits)?, limits)
    }

    /// Reads the signatures of a document proved well-formed.
    pub(crate) fn read(document: &WellFormed<'_>, limits: &Limits) -> Result<Self, Error> {
        let mut budget = Budget::new(limits);
        let written = document.signatures.iter().zip(0..);
        let written = written
            .map(|(signature, index)| {
                budget.spend(signature.span.len())?;
                let element = Element::read(document, &signature.place)?;
                SignatureReader { index, limits }.read(&element)
            })
            .collect::<Result<Vec<WrittenSignature>, Error>>()?;
        let sought = written.iter().flat_map(identifiers_of);
        let identifiers = &Identifiers::find_all(document, sought, limits, &mut budget)?;
        let follower = Follower {
            document,
            identifiers,
        };
        let mut followed = Vec::with_capacity(written.len());
        for (written, index) in written.iter().zip(0..) {
            let references = written.references.iter();
            let references =
                references.map(|reference| follower.follow(index, reference, &mut budget));
            followed.push(references.collect::<Result<Vec<Followed<'_, '_>>, Error>>()?);
        }
        let targets = followed.iter().flatten().filter_map(Followed::target);
        let paths = ElementPaths::find_all(document, targets, &mut budget)?;
        let mut completion = Completion {
            document,
            limits,
            identifiers,
            tokens: HashMap::new(),
            budget,
        };
        let mut signatures = Vec::with_capacity(written.len());
        for ((written, followed), index) in written.into_iter().zip(followed).zip(0..) {
            let references = followed.into_iter().map(|one| one.complete(&paths));
            signatures.push(completion.complete(index, written, references.collect())?);
        }
        Ok(Self {
            signatures,
            has_comments: document.has_comments,
            has_outer_instructions: document.has_outer_instructions,
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

    /// True if processing instructions stand outside the root element. Only a reference to the whole document
    /// ([`crate::CoveredNode::Document`]) covers them; one to the root by its identifier does not.
    pub fn has_outer_instructions(&self) -> bool {
        self.has_outer_instructions
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

/// What completing signatures takes once their references are followed.
struct Completion<'c, 'a> {
    document: &'c WellFormed<'a>,
    limits: &'c Limits,
    identifiers: &'c Identifiers<'a>,
    /// Security tokens read already, by identifier.
    tokens: HashMap<String, Certificate>,
    budget: Budget,
}

impl Completion<'_, '_> {
    /// Canonicalises SignedInfo and finds the certificates.
    fn complete(
        &mut self,
        index: usize,
        written: WrittenSignature,
        references: Vec<Reference>,
    ) -> Result<XmlSignature, Error> {
        let apex = Apex::Element {
            from: &self.document.signatures[index].place,
            at: written.signed_info,
        };
        let mut signed_info = Vec::new();
        let method = &written.canonicalization;
        c14n::write(
            self.document,
            apex,
            method,
            &[],
            &mut self.budget,
            &mut signed_info,
        )?;
        let reader = SignatureReader {
            index,
            limits: self.limits,
        };
        let certificates = written.key_info.into_iter();
        let certificates = certificates.map(|source| match source {
            KeySource::Certificate(certificate) => Ok(*certificate),
            KeySource::Token(id) => self.security_token(&reader, id),
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

    /// The token with an identifier, read and charged once for all that refer to it.
    fn security_token(
        &mut self,
        reader: &SignatureReader<'_>,
        id: String,
    ) -> Result<Certificate, Error> {
        if let Some(known) = self.tokens.get(&id) {
            return Ok(known.clone());
        }
        let target = self.identifiers.find(&id)?;
        let target = target.ok_or_else(|| key_info::no_token(reader))?;
        self.budget.spend(target.span.len())?;
        let element = Element::read(self.document, &target.place)?;
        let certificate = key_info::security_token(reader, &element)?;
        self.tokens.insert(id, certificate.clone());
        Ok(certificate)
    }
}
