//! Budgets for an archive from outside.

/// How much of an archive is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the archive.
    pub size: usize,
    /// Entries of the archive.
    pub entries: usize,
    /// Bytes of one file, decompressed.
    pub file: u64,
    /// Bytes of all files, decompressed.
    pub files: u64,
    /// How many times larger than its compressed bytes a file may be.
    pub ratio: u64,
    /// Bytes of the manifest.
    pub manifest: u64,
    /// Bytes of one signature.
    pub signature: u64,
    /// Budgets of each CMS.
    pub cms: tamga_cms::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 1 << 30,
            entries: 10_000,
            file: 1 << 30,
            files: 2 << 30,
            // Deflate reaches 1032.
            ratio: 1_100,
            manifest: 4 << 20,
            signature: 4 << 20,
            cms: tamga_cms::Limits::default(),
        }
    }
}
