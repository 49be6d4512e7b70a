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
///
/// Of paths that Windows hands to its object manager unparsed, those of drives and volumes are taken: others reach the
/// network under names of their own (`\\?\GLOBALROOT\Device\Mup\server\share`, `\??\UNC\server\share`).
fn is_on_another_machine(path: &Path) -> bool {
    if cfg!(windows) && path.as_os_str().as_encoded_bytes().starts_with(br"\??\") {
        return true;
    }
    match path.components().next() {
        Some(Component::Prefix(prefix)) => {
            matches!(
                prefix.kind(),
                Prefix::UNC(..) | Prefix::VerbatimUNC(..) | Prefix::DeviceNS(..)
            ) || matches!(
                prefix.kind(),
                Prefix::Verbatim(name) if !name.as_encoded_bytes().starts_with(b"Volume{")
            )
        }
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

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_network_path_is_known() {
        for path in [
            r"\\server\share\key.p12",
            "//server/share/key.p12",
            r"\\?\UNC\server\share\key.p12",
            r"\\.\UNC\server\share\key.p12",
            r"\\?\GLOBALROOT\Device\Mup\server\share\key.p12",
            r"\??\UNC\server\share\key.p12",
        ] {
            assert!(is_on_another_machine(Path::new(path)), "{path}");
        }
        for path in [
            r"C:\key.p12",
            r"\\?\C:\key.p12",
            r"\\?\Volume{01234567-89ab-cdef-0123-456789abcdef}\key.p12",
            "key.p12",
        ] {
            assert!(!is_on_another_machine(Path::new(path)), "{path}");
        }
    }
}
