//! What is done with a PDF document: every revision and every signature field read, every signature checked. Whatever the
//! bytes, it ends without a panic.

use tamga_pdf::{ByteRange, Error, FieldValue, Limits, PdfSignature, SignedPdf};
use tamga_scheme::DigestAlgorithm;

/// What a document held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) revisions: usize,
    /// Changes that revisions after the first one made.
    pub(crate) changes: usize,
    pub(crate) fields: usize,
    pub(crate) signatures: usize,
    /// Signatures that hold under a certificate they bring along.
    pub(crate) hold: usize,
}

/// Reads a document.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    let mut limits = Limits::default();
    // As much as a small file may ask for, so that millions are read in a minute.
    limits.decompressed = 1 << 20;
    let pdf = SignedPdf::parse(bytes, &limits)?;
    let ends = pdf.revisions().iter().map(|revision| revision.end);
    assert!(ends.is_sorted_by(|earlier, later| earlier < later));
    let mut hold = 0;
    for field in pdf.fields() {
        match &field.value {
            FieldValue::Signature(signature) => hold += usize::from(holds(&pdf, signature, bytes)),
            FieldValue::TimeStamp(stamp) => {
                within(&stamp.byte_range, stamp.covers_whole_document, bytes)
            }
            _ => {}
        }
    }
    Ok(Read {
        revisions: pdf.revisions().len(),
        changes: pdf
            .revisions()
            .iter()
            .map(|revision| revision.changes.len())
            .sum(),
        fields: pdf.fields().len(),
        signatures: pdf.signatures().count(),
        hold,
    })
}

fn holds(pdf: &SignedPdf<'_>, signature: &PdfSignature, bytes: &[u8]) -> bool {
    within(
        &signature.byte_range,
        signature.covers_whole_document,
        bytes,
    );
    assert!(signature.revision < pdf.revisions().len());
    assert!(signature.cms_der.len() <= signature.reserve);
    let later = pdf.changes_after(signature);
    assert_eq!(later.effect.is_some(), !later.changes.is_empty());
    assert_eq!(
        later.effect,
        later.changes.iter().map(|change| change.effect()).max()
    );
    if signature.covers_whole_document {
        assert_eq!(later.changes, Vec::<&tamga_pdf::Change>::new());
    }
    let Ok(bound) = pdf.check_content(signature) else {
        return false;
    };
    let [signer] = signature.cms.signers() else {
        panic!("a signature without its one signer");
    };
    let certificates = signature.cms.certificates().iter();
    let mut candidates = certificates
        .filter(|certificate| signer.matches(certificate))
        .take(4);
    candidates.any(|certificate| {
        let key = certificate.public_key();
        key.is_ok_and(|key| signer.check_signature(key, &bound).is_ok())
    })
}

/// Ranges lie in the file and leave out nothing but `Contents`.
fn within(range: &ByteRange, whole: bool, bytes: &[u8]) {
    let [before, behind] = range.ranges();
    assert_eq!((before.start, before.end), (0, range.contents().start));
    assert_eq!(range.contents().end, behind.start);
    let contents = &bytes[range.contents()];
    assert!(contents.starts_with(b"<") && contents.ends_with(b">"));
    assert!(behind.end <= bytes.len() && (!whole || bytes[behind.end..].trim_ascii().is_empty()));
    assert!(range.digest(bytes, DigestAlgorithm::Sha256).is_some());
    assert_eq!(
        range.digest(&bytes[..behind.end - 1], DigestAlgorithm::Sha256),
        None
    );
}
