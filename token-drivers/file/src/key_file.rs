//! Reading the bytes of a key file: regular files only, of limited size, without waiting.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path, Prefix};

use tamga_token_api::TokenError;

/// Largest key file read, in bytes; those of the NCA have 2 to 5 KB.
pub const MAX_FILE: u64 = 1024 * 1024;

/// Reads a whole key file.
///
/// Symbolic links are followed: people keep keys where they like. What is judged is the file that was opened, not
/// the path, so nothing can be swapped between the check and the reading.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, TokenError> {
    let unreadable = |error: io::Error| TokenError::Unreadable(error.kind());
    if is_on_another_machine(path) {
        return Err(TokenError::Unreadable(io::ErrorKind::Unsupported));
    }
    let file = open_without_waiting(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(TokenError::Unreadable(io::ErrorKind::IsADirectory));
    }
    if !metadata.is_file() {
        return Err(TokenError::Unreadable(io::ErrorKind::InvalidInput));
    }
    within_limit(metadata.len())?;
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // The file may grow while it is read.
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    within_limit(bytes.len() as u64)?;
    Ok(bytes)
}

fn within_limit(actual: u64) -> Result<(), TokenError> {
    if actual > MAX_FILE {
        return Err(TokenError::TooLarge {
            actual,
            limit: MAX_FILE,
        });
    }
    Ok(())
}

/// Opening `\\server\share` sends the user's credentials to a server somebody else chose.
fn is_on_another_machine(path: &Path) -> bool {
    match path.components().next() {
        Some(Component::Prefix(prefix)) => matches!(
            prefix.kind(),
            Prefix::UNC(..) | Prefix::VerbatimUNC(..) | Prefix::DeviceNS(..)
        ),
        _ => false,
    }
}

/// Opening a FIFO would wait for somebody to write into it.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}
