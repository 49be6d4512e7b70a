//! Loading a vendor's library: the file that was checked is the file that runs.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use tamga_scheme::DigestAlgorithm;
use tamga_token_api::LibraryError;

use crate::{calls::Calls, return_value::text};

#[cfg_attr(unix, path = "library/unix.rs")]
#[cfg_attr(windows, path = "library/windows.rs")]
mod platform;

/// A library that runs and was initialised.
pub(crate) struct LoadedLibrary {
    pub(crate) context: Pkcs11,
    pub(crate) calls: Calls,
    /// Kept open, so that nothing else comes to lie where it was loaded from.
    _file: File,
}

/// A file that nobody but its owner and the administrator can have written, open.
struct CheckedFile {
    file: File,
    /// The path under which the system's loader finds this very file.
    load_path: PathBuf,
}

impl LoadedLibrary {
    /// Checks, loads and initialises the library at an absolute path.
    ///
    /// # Errors
    /// [`LibraryError::Unsafe`] and [`LibraryError::Unreadable`] before anything of it is read,
    /// [`LibraryError::Changed`] before anything of it runs.
    pub(crate) fn load(path: &Path, sha256: Option<[u8; 32]>) -> Result<Self, LibraryError> {
        let named = || path.display().to_string();
        let does_not_start = |reason: String| LibraryError::DoesNotStart {
            path: named(),
            reason,
        };
        // The loader would look for anything else in the folders of its search path.
        if !path.is_absolute() {
            return Err(LibraryError::Unsafe { path: named() });
        }
        let mut checked = platform::open(path)?;
        if let Some(agreed) = sha256 {
            let found = hash(&mut checked.file).map_err(|error| unreadable(path, &error))?;
            if found != agreed {
                return Err(LibraryError::Changed { path: named() });
            }
        }
        let context =
            Pkcs11::new(&checked.load_path).map_err(|error| does_not_start(text(&error)))?;
        let calls = Calls::load(&checked.load_path).map_err(does_not_start)?;
        context
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .map_err(|error| does_not_start(text(&error)))?;
        Ok(Self {
            context,
            calls,
            _file: checked.file,
        })
    }
}

/// SHA-256 of what is left of a file.
fn hash(file: &mut File) -> io::Result<Vec<u8>> {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> LibraryError {
    LibraryError::Unreadable {
        path: path.display().to_string(),
        kind: error.kind(),
    }
}
