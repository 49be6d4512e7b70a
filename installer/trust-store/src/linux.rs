//! The list of the whole system on Debian-like Linux: one file per anchor, joined by `update-ca-certificates`.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64ct::{Base64, Encoding as _};

use crate::{Anchor, Error, State};

const TOOL: &str = "update-ca-certificates";
const PACKAGE: &str = "ca-certificates";

/// Where the system keeps its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinuxSystem {
    folder: PathBuf,
    bundle: PathBuf,
    update_arguments: Vec<OsString>,
}

impl Default for LinuxSystem {
    fn default() -> Self {
        Self {
            folder: "/usr/local/share/ca-certificates".into(),
            bundle: "/etc/ssl/certs/ca-certificates.crt".into(),
            update_arguments: Vec::new(),
        }
    }
}

impl LinuxSystem {
    /// The folder of anchors added by hand.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn file(&self, anchor: &Anchor) -> PathBuf {
        let name: String = anchor
            .name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .collect();
        self.folder.join(format!("{}.crt", name.trim_matches('-')))
    }
}

/// Trusted when programs that read the joined list find the certificate in it.
pub(crate) fn status(system: &LinuxSystem, anchor: &Anchor) -> Result<State, Error> {
    match fs::read_to_string(&system.bundle) {
        Ok(bundle) if bundle.contains(pem(anchor).trim_end()) => Ok(State::Trusted),
        Ok(_) => Ok(State::Absent),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::Absent),
        Err(source) => Err(Error::Io {
            path: system.bundle.clone(),
            source,
        }),
    }
}

pub(crate) fn install(system: &LinuxSystem, anchor: &Anchor) -> Result<State, Error> {
    let path = system.file(anchor);
    match fs::write(&path, pem(anchor)) {
        Ok(()) => {}
        Err(error) if needs_administrator(&error) => return Ok(State::NeedsAdministrator),
        Err(source) => return Err(Error::Io { path, source }),
    }
    update(system)?;
    status(system, anchor)
}

pub(crate) fn remove(system: &LinuxSystem, anchor: &Anchor) -> Result<State, Error> {
    let path = system.file(anchor);
    match fs::read_to_string(&path) {
        Ok(text) if text == pem(anchor) => {}
        // Not ours, or not there: nothing to do here.
        Ok(_) => return status(system, anchor),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return status(system, anchor),
        Err(source) => return Err(Error::Io { path, source }),
    }
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if needs_administrator(&error) => return Ok(State::NeedsAdministrator),
        Err(source) => return Err(Error::Io { path, source }),
    }
    update(system)?;
    status(system, anchor)
}

fn update(system: &LinuxSystem) -> Result<(), Error> {
    // The program lives in /usr/sbin, which is not in every user's path.
    let output = Command::new("/usr/sbin/update-ca-certificates")
        .args(&system.update_arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::ToolMissing {
                tool: TOOL,
                package: PACKAGE,
            },
            _ => Error::Io {
                path: TOOL.into(),
                source,
            },
        })?;
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

fn needs_administrator(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// RFC 7468 section 5: lines of 64 characters.
pub(crate) fn pem(anchor: &Anchor) -> String {
    let base64 = Base64::encode_string(&anchor.der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::time::SystemTime;

    use tamga_local_ca::LocalIdentity;

    use super::*;

    /// The real program on folders of our own.
    fn system() -> (tempfile::TempDir, LinuxSystem) {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        for folder in ["local", "etc", "hooks"] {
            fs::create_dir(path(folder)).unwrap();
        }
        let system = LinuxSystem {
            folder: path("local"),
            bundle: path("etc/ca-certificates.crt"),
            update_arguments: vec![
                "--localcertsdir".into(),
                path("local").into(),
                "--etccertsdir".into(),
                path("etc").into(),
                "--hooksdir".into(),
                path("hooks").into(),
            ],
        };
        (root, system)
    }

    fn identity() -> (LocalIdentity, Anchor) {
        let identity = LocalIdentity::generate(SystemTime::now()).unwrap();
        let anchor = Anchor {
            name: identity.ca_name().to_owned(),
            der: identity.ca_der().to_owned(),
        };
        (identity, anchor)
    }

    #[test]
    fn pem_is_the_text_another_encoder_writes() {
        let (identity, anchor) = identity();
        assert_eq!(pem(&anchor), identity.ca_pem());
    }

    #[test]
    fn the_joined_list_gains_and_loses_exactly_our_certificate() {
        let ((_root, system), (_, anchor)) = (system(), identity());
        update(&system).unwrap();
        let before = fs::read_to_string(&system.bundle).unwrap();
        assert_eq!(status(&system, &anchor).unwrap(), State::Absent);
        assert_eq!(install(&system, &anchor).unwrap(), State::Trusted);
        assert!(fs::read_to_string(&system.bundle).unwrap().len() > before.len());
        assert_eq!(remove(&system, &anchor).unwrap(), State::Absent);
        assert_eq!(fs::read_to_string(&system.bundle).unwrap(), before);
        assert_eq!(fs::read_dir(system.folder()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_of_our_name_with_other_content_stays() {
        let ((_root, system), (_, anchor)) = (system(), identity());
        let file = system.file(&anchor);
        fs::write(&file, "somebody else's").unwrap();
        assert_eq!(remove(&system, &anchor).unwrap(), State::Absent);
        assert!(file.exists());
    }

    #[test]
    fn file_names_hold_no_spaces_or_brackets() {
        let ((_root, system), (_, mut anchor)) = (system(), identity());
        anchor.name = "Tamga local CA 1a2b3c4d (this computer only)".to_owned();
        let file = system.file(&anchor);
        assert_eq!(
            file.file_name().unwrap(),
            "tamga-local-ca-1a2b3c4d--this-computer-only.crt"
        );
    }
}
