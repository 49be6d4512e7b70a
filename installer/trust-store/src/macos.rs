//! The current user's login keychain, through the program `security`. Written from its manual; not run.

use std::{
    fs, io,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use crate::{Anchor, Error, State, linux::pem};

const TOOL: &str = "security";

pub(crate) fn status(anchor: &Anchor) -> Result<State, Error> {
    let found = security(&["find-certificate", "-a", "-p", "-c", &anchor.name])?;
    let listed = String::from_utf8_lossy(&found.stdout).contains(pem(anchor).trim_end());
    if !listed {
        return Ok(State::Absent);
    }
    let file = PemFile::write(anchor)?;
    let verified = security(&["verify-cert", "-l", "-L", "-c", file.argument()?])?;
    Ok(if verified.status.success() {
        State::Trusted
    } else {
        State::Absent
    })
}

/// The system asks the user for the password of the session.
pub(crate) fn install(anchor: &Anchor) -> Result<State, Error> {
    let file = PemFile::write(anchor)?;
    checked(security(&[
        "add-trusted-cert",
        "-r",
        "trustRoot",
        "-p",
        "ssl",
        file.argument()?,
    ])?)?;
    status(anchor)
}

pub(crate) fn remove(anchor: &Anchor) -> Result<State, Error> {
    let found = security(&["find-certificate", "-a", "-p", "-c", &anchor.name])?;
    if !String::from_utf8_lossy(&found.stdout).contains(pem(anchor).trim_end()) {
        return Ok(State::Absent);
    }
    let file = PemFile::write(anchor)?;
    checked(security(&["remove-trusted-cert", file.argument()?])?)?;
    checked(security(&["delete-certificate", "-c", &anchor.name])?)?;
    status(anchor)
}

/// `security` reads certificates from files only. The name is ours alone; the file goes with this value.
struct PemFile(PathBuf);

impl PemFile {
    fn write(anchor: &Anchor) -> Result<Self, Error> {
        let path = std::env::temp_dir().join(format!("tamga-ca-{}.pem", std::process::id()));
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|source| Error::Io {
                path: path.clone(),
                source,
            })?;
        let this = Self(path);
        io::Write::write_all(&mut file, pem(anchor).as_bytes()).map_err(|source| Error::Io {
            path: this.0.clone(),
            source,
        })?;
        Ok(this)
    }

    fn argument(&self) -> Result<&str, Error> {
        self.0.to_str().ok_or_else(|| Error::Name {
            name: self.0.display().to_string(),
        })
    }
}

impl Drop for PemFile {
    fn drop(&mut self) {
        // A public certificate left in the folder for temporary files harms nobody.
        let _ = fs::remove_file(&self.0);
    }
}

fn security(arguments: &[&str]) -> Result<Output, Error> {
    Command::new("/usr/bin/security")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Io {
            path: TOOL.into(),
            source,
        })
}

fn checked(output: Output) -> Result<(), Error> {
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr[..output.stderr.len().min(2000)]);
    Err(Error::ToolFailed {
        tool: TOOL,
        status: output.status.code(),
        stderr: stderr.into_owned(),
    })
}
