//! The folder in which this user's identity lives.

use std::path::PathBuf;

use directories::ProjectDirs;

use crate::Error;

/// The folder of the local identity of the current user; it need not exist yet.
///
/// | system  | folder |
/// |---------|--------|
/// | Linux   | `$XDG_DATA_HOME/tamga/identity`, else `~/.local/share/tamga/identity` |
/// | Windows | `%LOCALAPPDATA%\tamga\Tamga\data\identity` |
/// | macOS   | `~/Library/Application Support/kz.tamga.Tamga/identity` |
///
/// # Errors
/// [`Error::NoHome`] when the system names no home folder for this user.
pub fn default_dir() -> Result<PathBuf, Error> {
    let project = ProjectDirs::from("kz", "tamga", "Tamga").ok_or(Error::NoHome)?;
    Ok(project.data_local_dir().join("identity"))
}
