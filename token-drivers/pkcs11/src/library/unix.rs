//! Unix: owner and mode bits of the file and of the folders above it; one open handle is checked, hashed and loaded.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};
use tamga_token_api::LibraryError;

use super::{CheckedFile, unreadable};

/// Group and others may write.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// In such a folder only owners rename and remove (`/tmp`).
const STICKY: u32 = 0o1000;

/// Opens a regular file that belongs to the administrator or to the person, as does its folder, and that nobody else
/// may write; further up, folders may be shared where only owners may move what is theirs.
pub(super) fn open(path: &Path) -> Result<CheckedFile, LibraryError> {
    let named = || LibraryError::Unsafe {
        path: path.display().to_string(),
    };
    // Links are followed once, here; what they lead to is opened without following any.
    let real = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file: File = rustix::fs::open(&real, flags, Mode::empty())
        .map_err(|error| unreadable(path, &io::Error::from(error)))?
        .into();
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(unreadable(path, &io::ErrorKind::InvalidInput.into()));
    }
    if !is_ours(&metadata) || metadata.mode() & WRITABLE_BY_OTHERS != 0 {
        return Err(named());
    }
    for (level, folder) in real.ancestors().skip(1).enumerate() {
        let metadata = fs::metadata(folder).map_err(|error| unreadable(path, &error))?;
        let writable = metadata.mode() & WRITABLE_BY_OTHERS != 0;
        let only_owners_move = level > 0 && metadata.mode() & STICKY != 0;
        if !is_ours(&metadata) || (writable && !only_owners_move) {
            return Err(named());
        }
    }
    let load_path = load_path(&file, real);
    Ok(CheckedFile { file, load_path })
}

/// Owned by the administrator or by the person.
fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == 0 || metadata.uid() == rustix::process::geteuid().as_raw()
}

/// The open file itself, whatever lies under its name by now.
#[cfg(target_os = "linux")]
fn load_path(file: &File, _real: PathBuf) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// Other loaders take names only: between check and loading the file is safe because nobody else may write its folder.
#[cfg(not(target_os = "linux"))]
fn load_path(_file: &File, real: PathBuf) -> PathBuf {
    real
}
