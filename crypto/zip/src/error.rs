//! Why an archive cannot be read as a container, and why one of its signatures is none.

/// Errors of reading a container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is more than one end of central directory; readers choose differently.
    #[error("offset {offset}: a second end of central directory")]
    AmbiguousEnd {
        /// Where the second one stands.
        offset: usize,
    },
    /// The decompressed bytes have another checksum than the directory says.
    #[error("{name:?} has another CRC-32 than the directory says")]
    Checksum {
        /// Name of the entry.
        name: String,
    },
    /// Compressed bytes are broken, or are more or fewer than the directory says.
    #[error("{name:?} cannot be decompressed")]
    Deflate {
        /// Name of the entry.
        name: String,
    },
    /// The header in front of the file says something else than the central directory.
    #[error("{name:?}: {field} of the local header differs from the directory")]
    Differs {
        /// Name in the central directory.
        name: String,
        /// Which field of APPNOTE section 4.3.7.
        field: &'static str,
    },
    /// Two entries have one name, letter case aside.
    #[error("{name:?} occurs twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// Two references of the manifest name one file.
    #[error("the manifest names {uri:?} twice")]
    DuplicateReference {
        /// The name.
        uri: String,
    },
    /// An entry is encrypted.
    #[error("{name:?} is encrypted")]
    Encrypted {
        /// Name of the entry.
        name: String,
    },
    /// Not the structure of APPNOTE.
    #[error("offset {offset}: {expected} expected")]
    Malformed {
        /// Where.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// Not the manifest of the national container.
    #[error("the manifest cannot be read: {problem}")]
    Manifest {
        /// What is wrong.
        problem: String,
    },
    /// A name is not UTF-8.
    #[error("offset {offset}: the name is not UTF-8")]
    NameEncoding {
        /// Where the name stands.
        offset: usize,
    },
    /// There is no `META-INF/NCAManifest.xml`.
    #[error("the archive has no manifest")]
    NoManifest,
    /// Two entries share bytes.
    #[error("{name:?} shares bytes with another entry or the directory")]
    Overlap {
        /// The later one's name.
        name: String,
    },
    /// A budget of [`crate::Limits`] is exhausted.
    #[error("{what}: at most {limit} accepted")]
    TooLarge {
        /// "bytes", "entries", "bytes of a file", "bytes of all files", "compression ratio", "bytes of the manifest",
        /// "bytes of a signature".
        what: &'static str,
        /// Its size.
        limit: u64,
    },
    /// A name that leads out of the folder it is extracted to, or means something to a file system.
    #[error("{name:?} is not a plain path")]
    UnsafeName {
        /// The name.
        name: String,
    },
    /// Something that is not read.
    #[error("{what} is not supported")]
    Unsupported {
        /// What: "ZIP64", "several disks", a compression method, a digest method.
        what: String,
    },
}

/// Why a signature of the manifest cannot be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The CMS cannot be read.
    #[error("the CMS cannot be read")]
    Cms(#[from] tamga_cms::Error),
    /// The archive has no such file.
    #[error("the archive has no such file")]
    Missing,
    /// The CMS carries a content that is not the manifest.
    #[error("the CMS carries a content that is not the manifest")]
    OtherContent,
}
