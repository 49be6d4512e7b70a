//! Databases of NSS (`cert9.db`), through its own program `certutil`.
//!
//! `certutil -L -r` gives the certificate under a nickname, and the list `certutil -L` its flags: `C` in the first
//! column is a CA trusted for TLS servers.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::{Anchor, Error, State};

const TOOL: &str = "certutil";
const PACKAGE: &str = "libnss3-tools";

/// Says that we made the database, so that removing can unmake it.
const MADE_BY_US: &str = "made-by-tamga";

/// The files of a database, as `certutil -N` makes them.
const FILES: [&str; 3] = ["cert9.db", "key4.db", "pkcs11.txt"];

/// One database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NssDatabase {
    /// Whose it is.
    pub user: NssUser,
    /// The folder with `cert9.db`.
    pub folder: PathBuf,
}

/// The browser that reads a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NssUser {
    /// Chromium and its relatives: one database per user, made when missing.
    Chromium,
    /// Firefox: one database per profile, never made by us.
    Firefox,
}

pub(crate) fn status(database: &NssDatabase, anchor: &Anchor) -> Result<State, Error> {
    if !exists(database) || stored(database, anchor)? != Some(Match::Same) {
        return Ok(State::Absent);
    }
    let list = certutil(database, &["-L"], &[])?;
    let trusted = flags(&list, &anchor.name).is_some_and(|ssl| ssl.contains('C'));
    Ok(if trusted {
        State::Trusted
    } else {
        State::Absent
    })
}

pub(crate) fn install(database: &NssDatabase, anchor: &Anchor) -> Result<State, Error> {
    check_name(&anchor.name)?;
    if !exists(database) {
        create(database)?;
    }
    let before = stored(database, anchor)?;
    let added = certutil(
        database,
        &["-A", "-t", "C,,", "-n", &anchor.name],
        &anchor.der,
    );
    if let Err(error) = added {
        // With a password on the database the certificate is stored first and its trust refused afterwards.
        if before.is_none() && stored(database, anchor)?.is_some() {
            certutil(database, &["-D", "-n", &anchor.name], &[])?;
        }
        return Err(error);
    }
    status(database, anchor)
}

pub(crate) fn remove(database: &NssDatabase, anchor: &Anchor) -> Result<State, Error> {
    check_name(&anchor.name)?;
    if !exists(database) {
        return Ok(State::Absent);
    }
    if stored(database, anchor)? == Some(Match::Same) {
        certutil(database, &["-D", "-n", &anchor.name], &[])?;
    }
    let state = match stored(database, anchor)? {
        Some(Match::Same) => State::Trusted,
        _ => State::Absent,
    };
    unmake(database)?;
    Ok(state)
}

fn exists(database: &NssDatabase) -> bool {
    database.folder.join("cert9.db").is_file()
}

fn create(database: &NssDatabase) -> Result<(), Error> {
    let folder = &database.folder;
    create_private_dir(folder).map_err(|source| Error::Io {
        path: folder.clone(),
        source,
    })?;
    certutil(database, &["-N", "--empty-password"], &[])?;
    let marker = folder.join(MADE_BY_US);
    fs::write(&marker, "").map_err(|source| Error::Io {
        path: marker,
        source,
    })
}

/// Removes a database that we made and nobody else has used.
fn unmake(database: &NssDatabase) -> Result<(), Error> {
    let folder = &database.folder;
    let marker = folder.join(MADE_BY_US);
    if !marker.is_file() {
        return Ok(());
    }
    remove_file(&marker)?;
    if !is_empty(database)? {
        return Ok(());
    }
    for name in FILES {
        remove_file(&folder.join(name))?;
    }
    for folder in [Some(folder.as_path()), folder.parent()]
        .into_iter()
        .flatten()
    {
        match fs::remove_dir(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => break,
            Err(source) => {
                return Err(Error::Io {
                    path: folder.to_owned(),
                    source,
                });
            }
        }
    }
    Ok(())
}

/// Whether there are neither certificates nor keys.
fn is_empty(database: &NssDatabase) -> Result<bool, Error> {
    let list = certutil(database, &["-L"], &[])?;
    let certificates = String::from_utf8_lossy(&list)
        .lines()
        .filter_map(entry)
        .count();
    // "no keys found" is exit code 255; anything else on stdout is a key.
    let keys = run(database, &["-K"], &[])?;
    Ok(certificates == 0 && !keys.status.success())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    /// Another certificate has the nickname: never ours to remove.
    Other,
    Same,
}

fn stored(database: &NssDatabase, anchor: &Anchor) -> Result<Option<Match>, Error> {
    let list = certutil(database, &["-L"], &[])?;
    if flags(&list, &anchor.name).is_none() {
        return Ok(None);
    }
    let der = certutil(database, &["-L", "-r", "-n", &anchor.name], &[])?;
    Ok(Some(if der == anchor.der {
        Match::Same
    } else {
        Match::Other
    }))
}

/// The TLS column of the flags of the certificate with this nickname.
fn flags(list: &[u8], name: &str) -> Option<String> {
    let list = String::from_utf8_lossy(list);
    let (_, flags) = list
        .lines()
        .filter_map(entry)
        .find(|(nickname, _)| *nickname == name)?;
    flags.split(',').next().map(str::to_owned)
}

/// A line of `certutil -L`: `nickname   flags,flags,flags`. Headings have no such flags.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (nickname, flags) = line.trim_end().rsplit_once(' ')?;
    let is_flags = |flags: &str| {
        flags.matches(',').count() == 2 && flags.chars().all(|c| c == ',' || "pPcCTuwG".contains(c))
    };
    (is_flags(flags) && !nickname.is_empty()).then(|| (nickname.trim_end(), flags))
}

/// `certutil` would take a name that begins with a hyphen for an option, and one with a colon for a token's.
fn check_name(name: &str) -> Result<(), Error> {
    let bad = |c: char| c.is_control() || matches!(c, ':' | '/' | '\\');
    if name.is_empty() || name.starts_with('-') || name.trim() != name || name.contains(bad) {
        return Err(Error::Name {
            name: name.to_owned(),
        });
    }
    Ok(())
}

/// Standard output of a successful run.
fn certutil(database: &NssDatabase, verb: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
    let output = run(database, verb, input)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let stderr = String::from_utf8_lossy(&output.stderr[..output.stderr.len().min(2000)]);
    if stderr.contains("SEC_ERROR_BAD_PASSWORD") {
        return Err(Error::Locked {
            folder: database.folder.clone(),
        });
    }
    Err(Error::ToolFailed {
        tool: TOOL,
        status: output.status.code(),
        stderr: stderr.into_owned(),
    })
}

fn run(database: &NssDatabase, verb: &[&str], input: &[u8]) -> Result<Output, Error> {
    let failed = |source| Error::Io {
        path: PathBuf::from(TOOL),
        source,
    };
    let mut child = Command::new(TOOL)
        .arg("-d")
        .arg(sql(&database.folder))
        .args(verb)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::ToolMissing {
                tool: TOOL,
                package: PACKAGE,
            },
            _ => failed(source),
        })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A certificate fits into a pipe's buffer, so this cannot wait for a reader that waits for us. A program
        // that ends before reading says why in its exit code.
        match stdin.write_all(input) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(failed(error)),
            _ => {}
        }
    }
    child.wait_with_output().map_err(failed)
}

fn sql(folder: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from("sql:");
    argument.push(folder);
    argument
}

fn remove_file(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })
}

#[cfg(unix)]
fn create_private_dir(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn create_private_dir(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests;
