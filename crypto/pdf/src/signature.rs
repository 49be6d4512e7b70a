//! The value of a signature field: what it covers, what it says, and the CMS inside (ISO 32000-1 section 12.8.1).

use std::ops::Range;

use tamga_cms::SignedData;
use tamga_scheme::DigestAlgorithm;
use tamga_x509::UnixTime;

use crate::document::{Document, Indirect};
use crate::form::Field;
use crate::object::{Dictionary, Object};
use crate::permissions::{self, DocMdp, FieldMdp};
use crate::syntax::hex;
use crate::{Error, Limits, SignatureError, text};

/// Form of a signature (`SubFilter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubFilter {
    /// `adbe.pkcs7.detached`: ISO 32000-1.
    AdbePkcs7Detached,
    /// `ETSI.CAdES.detached`: PAdES, EN 319 142-1.
    EtsiCadesDetached,
}

impl SubFilter {
    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::AdbePkcs7Detached => "adbe.pkcs7.detached",
            Self::EtsiCadesDetached => "ETSI.CAdES.detached",
        }
    }
}

/// The bytes a signature covers: everything in front of `Contents` and everything behind it, to the end of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByteRange {
    contents: Range<usize>,
    end: usize,
}

impl ByteRange {
    /// The two ranges, in bytes of the file.
    pub fn ranges(&self) -> [Range<usize>; 2] {
        [0..self.contents.start, self.contents.end..self.end]
    }

    /// Where `Contents` stands, with its angle brackets; the only bytes that are not covered.
    pub fn contents(&self) -> Range<usize> {
        self.contents.clone()
    }

    /// The digest of the ranges of `file`, in transmission order; nothing is copied.
    ///
    /// `None` if the file is shorter than the ranges: it is another file.
    pub fn digest(&self, file: &[u8], algorithm: DigestAlgorithm) -> Option<Vec<u8>> {
        let mut hasher = algorithm.hasher();
        for range in self.ranges() {
            hasher.update(file.get(range)?);
        }
        Some(hasher.finalize())
    }

    pub(crate) fn new(contents: Range<usize>, end: usize) -> Self {
        Self { contents, end }
    }
}

/// A signature of a person or an organisation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PdfSignature {
    /// Form.
    pub sub_filter: SubFilter,
    /// What it covers.
    pub byte_range: ByteRange,
    /// The revision it ends with, from 0.
    pub revision: usize,
    /// True if nothing follows what it covers: the file ends there.
    pub covers_whole_document: bool,
    /// The CMS: detached, exactly one signer.
    pub cms: SignedData,
    /// DER of the CMS, without padding.
    pub cms_der: Vec<u8>,
    /// Size of the decoded `Contents`, padding included, in bytes.
    pub reserve: usize,
    /// `Reason`.
    pub reason: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// `ContactInfo`.
    pub contact_info: Option<String>,
    /// `Name`: what the signer calls itself; the certificate says who it is.
    pub name: Option<String>,
    /// `M`: the time the signer claims; nobody else confirms it.
    pub claimed_time: Option<UnixTime>,
    /// What it allows later revisions, if it certifies the document.
    pub doc_mdp: Option<DocMdp>,
    /// Fields it locks.
    pub field_mdp: Option<FieldMdp>,
}

/// An archive time stamp (`ETSI.RFC3161`): a time-stamp token over the ranges, nobody's signature of the content.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DocumentTimeStamp {
    /// What it covers.
    pub byte_range: ByteRange,
    /// The revision it ends with, from 0.
    pub revision: usize,
    /// True if nothing follows what it covers.
    pub covers_whole_document: bool,
    /// The token; its content is the DER of a TSTInfo whose imprint is the digest of the ranges.
    pub token: SignedData,
    /// DER of the token, without padding.
    pub token_der: Vec<u8>,
}

/// What the field holds.
pub(crate) enum Read {
    Signature(Box<PdfSignature>),
    TimeStamp(Box<DocumentTimeStamp>),
}

/// Why it is not one.
pub(crate) enum Refused {
    /// The document cannot be read on.
    Document(Error),
    /// This value is no signature.
    Signature(SignatureError),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Document(error)
    }
}

impl From<SignatureError> for Refused {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error)
    }
}

pub(crate) fn read(
    document: &Document<'_>,
    field: &Field,
    value: &Object,
    limits: &Limits,
) -> Result<Read, Refused> {
    let last = document.last();
    let signature = match value.reference() {
        Some(named) => document.require(named, last)?,
        None => field.object.clone(),
    };
    let dictionary = match value.reference() {
        Some(_) => signature.dictionary(),
        None => value.dictionary(),
    };
    let dictionary = dictionary
        .filter(|_| signature.is_in_file())
        .ok_or(SignatureError::NotADictionary)?;
    let kind = read_type(document, dictionary, last)?;
    let (contents, octets) = read_contents(document.source.bytes, dictionary)?;
    let byte_range = read_byte_range(dictionary, contents)?;
    let (own, _) = document
        .defined(signature.number, last)
        .ok_or(SignatureError::NotADictionary)?;
    let revision = revision_that_ends_at(document, byte_range.end)?;
    if own != revision {
        let covered = revision;
        return Err(SignatureError::OtherRevision { covered, own }.into());
    }
    let covers_whole_document = byte_range.end == document.source.bytes.len();
    let der = without_padding(&octets)?;
    let cms = SignedData::parse(der, &limits.cms).map_err(SignatureError::Cms)?;
    if !cms.is_der() || cms.trailing_bytes() != 0 {
        return Err(SignatureError::NotDer.into());
    }
    if cms.signers().len() != 1 {
        return Err(SignatureError::Signers(cms.signers().len()).into());
    }
    let cms_der = der.to_vec();
    let Kind::Signature(sub_filter) = kind else {
        if cms.content().is_none() {
            return Err(SignatureError::NoTimeStampInfo.into());
        }
        return Ok(Read::TimeStamp(Box::new(DocumentTimeStamp {
            byte_range,
            revision,
            covers_whole_document,
            token: cms,
            token_der: cms_der,
        })));
    };
    if cms.content().is_some() {
        return Err(SignatureError::ContentInside.into());
    }
    let (doc_mdp, field_mdp) = permissions::read(document, dictionary, signature.number, revision)?;
    let claims = Claims {
        document,
        dictionary,
        signature: &signature,
        revision,
    };
    Ok(Read::Signature(Box::new(PdfSignature {
        sub_filter,
        byte_range,
        revision,
        covers_whole_document,
        cms,
        cms_der,
        reserve: octets.len(),
        reason: claims.text("Reason")?,
        location: claims.text("Location")?,
        contact_info: claims.text("ContactInfo")?,
        name: claims.text("Name")?,
        claimed_time: claims.bytes("M")?.and_then(|text| text::read_date(&text)),
        doc_mdp,
        field_mdp,
    })))
}

/// Entries nobody but the signer vouches for.
struct Claims<'d, 'a> {
    document: &'d Document<'a>,
    dictionary: &'d Dictionary,
    signature: &'d Indirect,
    revision: usize,
}

impl Claims<'_, '_> {
    fn bytes(&self, key: &'static str) -> Result<Option<Vec<u8>>, Error> {
        let number = self.signature.number;
        match self.document.entry(self.dictionary, key, self.revision)? {
            Some(value) => match value.text() {
                Some(text) => Ok(Some(text.to_vec())),
                None => Err(Error::MissingEntry { number, key }),
            },
            None => Ok(None),
        }
    }

    fn text(&self, key: &'static str) -> Result<Option<String>, Error> {
        Ok(self.bytes(key)?.map(|bytes| text::read(&bytes)))
    }
}

enum Kind {
    Signature(SubFilter),
    TimeStamp,
}

fn read_type(
    document: &Document<'_>,
    dictionary: &Dictionary,
    revision: usize,
) -> Result<Kind, Refused> {
    let name = document.entry(dictionary, "SubFilter", revision)?;
    match name.as_deref().and_then(Object::name) {
        Some(b"ETSI.CAdES.detached") => Ok(Kind::Signature(SubFilter::EtsiCadesDetached)),
        Some(b"adbe.pkcs7.detached") => Ok(Kind::Signature(SubFilter::AdbePkcs7Detached)),
        Some(b"ETSI.RFC3161") => Ok(Kind::TimeStamp),
        other => {
            let name = String::from_utf8_lossy(other.unwrap_or_default()).into_owned();
            Err(SignatureError::SubFilter(name).into())
        }
    }
}

/// Where `Contents` stands in the file, and its bytes: digits only, an even number of them.
fn read_contents(
    file: &[u8],
    dictionary: &Dictionary,
) -> Result<(Range<usize>, Vec<u8>), SignatureError> {
    let contents = dictionary
        .entry("Contents")
        .ok_or(SignatureError::Contents)?;
    let octets = contents.text().ok_or(SignatureError::Contents)?;
    let digits = file
        .get(contents.span.clone())
        .and_then(|text| text.strip_prefix(b"<")?.strip_suffix(b">"))
        .ok_or(SignatureError::Contents)?;
    // White space between the digits would be bytes that are neither covered nor signature.
    if digits.len() != 2 * octets.len() || digits.iter().any(|digit| hex(*digit).is_none()) {
        return Err(SignatureError::Contents);
    }
    Ok((contents.span.clone(), octets.to_vec()))
}

fn read_byte_range(
    dictionary: &Dictionary,
    contents: Range<usize>,
) -> Result<ByteRange, SignatureError> {
    let numbers: Option<Vec<usize>> = dictionary
        .entry("ByteRange")
        .and_then(Object::array)
        .and_then(|items| items.iter().map(Object::offset).collect());
    let Some(&[start, first, second, length]) = numbers.as_deref() else {
        return Err(SignatureError::ByteRange);
    };
    if start != 0 {
        return Err(SignatureError::NotFromStart { start });
    }
    if second < first {
        return Err(SignatureError::Overlap);
    }
    if (first, second) != (contents.start, contents.end) {
        return Err(SignatureError::GapIsNotContents {
            gap: (first, second),
            contents: (contents.start, contents.end),
        });
    }
    let end = second
        .checked_add(length)
        .ok_or(SignatureError::ByteRange)?;
    Ok(ByteRange { contents, end })
}

/// The ranges must end with `%%EOF` of a revision and nothing but white space behind it.
fn revision_that_ends_at(document: &Document<'_>, end: usize) -> Result<usize, SignatureError> {
    let ends_before = document
        .revisions
        .partition_point(|revision| revision.end <= end);
    let is_white = |revision: usize| {
        document
            .source
            .bytes
            .get(document.revisions[revision].end..end)
            .is_some_and(|rest| rest.iter().copied().all(crate::syntax::is_space))
    };
    ends_before
        .checked_sub(1)
        .filter(|revision| is_white(*revision))
        .ok_or(SignatureError::NotAtEndOfRevision { end })
}

/// The DER element at the beginning, when only zero bytes follow.
fn without_padding(octets: &[u8]) -> Result<&[u8], SignatureError> {
    let length = match *octets {
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(length),
        [0x30, count @ 0x81..=0x84, ..] => {
            let count = usize::from(count & 0x7f);
            let bytes = octets.get(2..2 + count).ok_or(SignatureError::NotDer)?;
            bytes
                .iter()
                .fold(0_usize, |length, byte| length << 8 | usize::from(*byte))
                .saturating_add(2 + count)
        }
        _ => return Err(SignatureError::NotDer),
    };
    let (der, padding) = octets
        .split_at_checked(length)
        .ok_or(SignatureError::NotDer)?;
    match padding.iter().position(|byte| *byte != 0) {
        Some(at) => Err(SignatureError::Padding {
            offset: length + at,
        }),
        None => Ok(der),
    }
}
