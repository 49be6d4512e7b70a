//! Windows: a regular file by its real name, held open so that nobody writes or replaces it while it is loaded.
//!
//! Checked here: the file is regular, its name is absolute after links were followed, and until the process ends no
//! other process may write, rename or remove it (the handle shares reading only; the loader needs no more). Not
//! checked here: the access control lists of the file and its folder. Who agrees to a library outside of
//! `%ProgramFiles%` and `%SystemRoot%` agrees to its SHA-256, which is compared through this handle.

use std::{
    fs::{self, OpenOptions},
    io,
    os::windows::fs::OpenOptionsExt,
    path::Path,
};

use tamga_token_api::LibraryError;

use super::{CheckedFile, unreadable};

/// `FILE_SHARE_READ`.
const SHARE_READ: u32 = 1;

pub(super) fn open(path: &Path) -> Result<CheckedFile, LibraryError> {
    let real = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    let file = OpenOptions::new()
        .read(true)
        .share_mode(SHARE_READ)
        .open(&real)
        .map_err(|error| unreadable(path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(unreadable(path, &io::ErrorKind::InvalidInput.into()));
    }
    Ok(CheckedFile {
        file,
        load_path: real,
    })
}
