//! Budgets for a document from outside.

/// How much of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the document.
    pub size: usize,
    /// Cross-reference entries of all revisions together.
    pub entries: usize,
    /// Cross-reference sections, that is, revisions.
    pub revisions: usize,
    /// Arrays and dictionaries inside each other.
    pub depth: usize,
    /// Bytes that come out of compressed streams, together.
    pub decompressed: usize,
    /// Signature fields.
    pub signatures: usize,
    /// Budgets of each CMS.
    pub cms: tamga_cms::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 256 << 20,
            entries: 1 << 20,
            revisions: 128,
            depth: 64,
            decompressed: 64 << 20,
            signatures: 64,
            cms: tamga_cms::Limits::default(),
        }
    }
}
