//! The national container: a manifest of digests, and signatures over the manifest.

use std::collections::HashSet;

use tamga_cms::SignedData;
use tamga_scheme::DigestAlgorithm;

use crate::archive::Archive;
use crate::manifest::{Manifest, Reference};
use crate::{Error, Limits, SignatureError};

/// Where the manifest is.
const MANIFEST: &str = "META-INF/NCAManifest.xml";

/// A read container: every file of it has been read and its digest compared.
#[derive(Debug, Clone)]
pub struct Container {
    manifest: Vec<u8>,
    signatures: Vec<ContainerSignature>,
    objects: Vec<DataObject>,
    not_covered: Vec<String>,
    stray: StrayBytes,
}

/// A signature the manifest names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ContainerSignature {
    /// Name of its file.
    pub uri: String,
    /// The CMS over the exact bytes of the manifest; who signed, and whether it holds, is the caller's to check.
    pub message: Result<SignedData, SignatureError>,
}

/// A file the manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DataObject {
    /// Name of the file.
    pub uri: String,
    /// The digest the manifest uses for it.
    pub algorithm: DigestAlgorithm,
    /// What was found.
    pub state: ObjectState,
}

/// Whether a file is the one the manifest means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectState {
    /// The file has the digest of the manifest.
    Covered,
    /// It has another one.
    Mismatch {
        /// The digest of the manifest.
        expected: Vec<u8>,
        /// The digest of the file.
        actual: Vec<u8>,
    },
    /// The archive has no such file.
    Missing,
}

/// Bytes that no entry of the archive accounts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StrayBytes {
    /// In front of the archive.
    pub leading: usize,
    /// Between entries, or between the last one and the directory.
    pub between: usize,
    /// Behind the archive.
    pub trailing: usize,
}

impl Container {
    /// Reads a container and everything in it.
    ///
    /// # Errors
    /// [`Error::NoManifest`] and [`Error::Manifest`]; the others for archives that readers could understand
    /// differently, that would write outside a folder, or that exceed a budget.
    pub fn open(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        let archive = Archive::open(bytes, limits)?;
        let entry = archive.entry(MANIFEST).ok_or(Error::NoManifest)?;
        let manifest = archive.read_whole(entry, "bytes of the manifest", limits.manifest)?;
        let read = Manifest::parse(&manifest)?;

        let mut signatures = Vec::new();
        for uri in &read.signatures {
            let message = read_signature(&archive, uri, &manifest, limits)?;
            let uri = uri.clone();
            signatures.push(ContainerSignature { uri, message });
        }
        let mut objects = Vec::new();
        for reference in &read.objects {
            objects.push(compare(&archive, reference)?);
        }
        let known: HashSet<&str> = read
            .signatures
            .iter()
            .chain(read.objects.iter().map(|object| &object.uri))
            .map(String::as_str)
            .chain([MANIFEST])
            .collect();
        let not_covered = archive
            .entries()
            .iter()
            .filter(|entry| !entry.is_folder() && !known.contains(entry.name.as_str()))
            .map(|entry| entry.name.clone())
            .collect();
        let stray = StrayBytes {
            leading: archive.leading,
            between: archive.between,
            trailing: archive.trailing,
        };
        Ok(Self {
            manifest,
            signatures,
            objects,
            not_covered,
            stray,
        })
    }

    /// The manifest's exact bytes: what the signatures sign.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// The signatures, in the order of the manifest; never empty.
    pub fn signatures(&self) -> &[ContainerSignature] {
        &self.signatures
    }

    /// The files of the manifest, in its order.
    pub fn objects(&self) -> &[DataObject] {
        &self.objects
    }

    /// Files of the archive that nothing vouches for.
    pub fn not_covered(&self) -> &[String] {
        &self.not_covered
    }

    /// Bytes that belong to no file.
    pub fn stray_bytes(&self) -> StrayBytes {
        self.stray
    }

    /// True if every file is covered, and every covered file is there.
    pub fn is_complete(&self) -> bool {
        self.not_covered.is_empty()
            && self
                .objects
                .iter()
                .all(|object| object.state == ObjectState::Covered)
    }
}

fn read_signature(
    archive: &Archive<'_>,
    uri: &str,
    manifest: &[u8],
    limits: &Limits,
) -> Result<Result<SignedData, SignatureError>, Error> {
    let Some(entry) = archive.entry(uri) else {
        return Ok(Err(SignatureError::Missing));
    };
    let der = archive.read_whole(entry, "bytes of a signature", limits.signature)?;
    Ok(match SignedData::parse(&der, &limits.cms) {
        Ok(message) if message.content().is_some_and(|content| content != manifest) => {
            Err(SignatureError::OtherContent)
        }
        Ok(message) => Ok(message),
        Err(error) => Err(error.into()),
    })
}

fn compare(archive: &Archive<'_>, reference: &Reference) -> Result<DataObject, Error> {
    let state = match archive.entry(&reference.uri) {
        None => ObjectState::Missing,
        Some(entry) => {
            let mut hasher = reference.algorithm.hasher();
            archive.read(entry, &mut |piece| hasher.update(piece))?;
            let actual = hasher.finalize();
            if actual == reference.digest {
                ObjectState::Covered
            } else {
                ObjectState::Mismatch {
                    expected: reference.digest.clone(),
                    actual,
                }
            }
        }
    };
    Ok(DataObject {
        uri: reference.uri.clone(),
        algorithm: reference.algorithm,
        state,
    })
}
