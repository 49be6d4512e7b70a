//! Token libraries of this computer: those of the catalogue that are installed, and those the person added.

use std::{
    fs::{self, File},
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use tamga_agent_core::{FailingLibrary, Present, Tokens};
use tamga_scheme::DigestAlgorithm;
use tamga_token_api::{Keystore, Slot, TokenDriver as _, TokenError};
use tamga_token_catalogue::{Catalogue, System};
use tamga_token_worker::{Deadlines, Library, Worker, Workers};

/// The list of added libraries, in the settings folder.
const FILE: &str = "tokens.toml";

/// Larger lists are not ours.
const FILE_LIMIT: u64 = 64 * 1024;

/// Vendors' libraries need this to start.
const MOMENT: Duration = Duration::from_secs(3);

/// Larger files are no PKCS#11 library.
const LIBRARY_LIMIT: u64 = 256 * 1024 * 1024;

/// Libraries the person added.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddedLibraries {
    #[serde(rename = "library", default)]
    pub(crate) libraries: Vec<AddedLibrary>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddedLibrary {
    /// Absolute path.
    pub(crate) path: PathBuf,
    /// SHA-256 of the file when it was added; other bytes are not loaded.
    #[serde(with = "hex::serde")]
    pub(crate) sha256: [u8; 32],
    /// The storage pages mean by its tokens, e.g. `AKKaztokenStore`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) storage: Option<String>,
}

impl AddedLibraries {
    /// Reads the list; no file is an empty list.
    pub(crate) fn load(settings: &Path) -> io::Result<Self> {
        let mut text = String::new();
        match File::open(settings.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
            Ok(file) => file.take(FILE_LIMIT).read_to_string(&mut text)?,
        };
        toml::from_str(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))
    }

    /// Writes the list, whole or not at all.
    pub(crate) fn save(&self, settings: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        fs::create_dir_all(settings)?;
        let new = settings.join(format!("{FILE}.new"));
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, settings.join(FILE))
    }
}

/// SHA-256 of a file that a person wants to add.
pub(crate) fn digest(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?.take(LIBRARY_LIMIT);
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    hasher
        .finalize()
        .try_into()
        .map_err(|_| io::Error::other("a digest of another length"))
}

/// Every library that may be loaded: an added one in place of the catalogue's at the same path.
pub(crate) fn libraries(settings: &Path) -> io::Result<Vec<Library>> {
    let added = AddedLibraries::load(settings)?.libraries;
    let mut libraries: Vec<Library> = added
        .into_iter()
        .map(|added| Library {
            path: added.path,
            sha256: Some(added.sha256),
            storages: added.storage.into_iter().collect(),
        })
        .collect();
    let known = System::this().map(|system| Catalogue::built_in().libraries(system));
    for known in known.unwrap_or_default() {
        let Some(path) = on_this_computer(&known.path) else {
            continue;
        };
        if path.exists() && libraries.iter().all(|library| library.path != path) {
            libraries.push(Library {
                path,
                // Only the administrator can have put it there: the child checks who may write to it.
                sha256: None,
                storages: known.storages,
            });
        }
    }
    Ok(libraries)
}

/// A path of the catalogue with the folder of Windows filled in.
fn on_this_computer(path: &Path) -> Option<PathBuf> {
    let text = path.to_str()?;
    match text.strip_prefix(r"%SystemRoot%\") {
        Some(rest) => Some(Path::new(&std::env::var_os("SystemRoot")?).join(rest)),
        None => Some(path.to_owned()),
    }
}

/// Tokens behind all libraries; the list is read again when it changes.
pub(crate) struct PluggedTokens {
    settings: PathBuf,
    program: PathBuf,
    patience: Patience,
    running: Mutex<Running>,
}

/// How long a look waits for slow libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Until each has answered or failed: a command line looks once, and a vendor's library may need seconds to start.
    EachLibrary,
    /// A moment: windows look again every second, but a page that asks for a token is told once that there is none.
    Moment,
}

struct Running {
    /// When the list was changed last.
    changed: Option<SystemTime>,
    workers: Arc<Workers>,
}

impl PluggedTokens {
    /// Libraries of this settings folder, each in the program `tamga-token` beside ours.
    pub(crate) fn new(settings: PathBuf, program: PathBuf, patience: Patience) -> Self {
        let running = Running::start(&settings, &program, patience);
        Self {
            settings,
            program,
            patience,
            running: Mutex::new(running),
        }
    }

    fn workers(&self) -> Arc<Workers> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.changed != changed(&self.settings) {
            *running = Running::start(&self.settings, &self.program, self.patience);
        }
        Arc::clone(&running.workers)
    }
}

impl Running {
    fn start(settings: &Path, program: &Path, patience: Patience) -> Self {
        let changed = changed(settings);
        let libraries = libraries(settings).unwrap_or_else(|error| {
            tracing::warn!(kind = %error.kind(), "the list of token libraries cannot be read");
            Vec::new()
        });
        let workers = libraries
            .into_iter()
            .map(|library| Worker::new(program.to_owned(), library));
        Self {
            changed,
            workers: Arc::new(match patience {
                // The worker itself gives up after its deadline; a second more lets it say so.
                Patience::EachLibrary => {
                    let longest = Deadlines::default().slots + Duration::from_secs(1);
                    Workers::with_patience(workers, longest)
                }
                Patience::Moment => Workers::with_patience(workers, MOMENT),
            }),
        }
    }
}

fn changed(settings: &Path) -> Option<SystemTime> {
    fs::metadata(settings.join(FILE)).ok()?.modified().ok()
}

impl Tokens for PluggedTokens {
    fn present(&self) -> Present {
        let workers = self.workers();
        // A list that fails is told library by library.
        let slots = workers.slots().unwrap_or_default();
        let failing = workers.problems().into_iter().map(|problem| {
            let name = problem.library.file_name().unwrap_or_default();
            FailingLibrary {
                library: name.to_string_lossy().into_owned(),
                error: problem.error,
            }
        });
        Present {
            slots,
            failing: failing.collect(),
        }
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        self.workers().open(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(path: &str) -> AddedLibrary {
        AddedLibrary {
            path: path.into(),
            sha256: [7; 32],
            storage: Some("AKKaztokenStore".into()),
        }
    }

    #[test]
    fn added_libraries_are_written_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            AddedLibraries::load(folder.path()).unwrap(),
            AddedLibraries::default()
        );
        let added = AddedLibraries {
            libraries: vec![
                library("/opt/a.so"),
                AddedLibrary {
                    storage: None,
                    ..library("/opt/b.so")
                },
            ],
        };
        added.save(folder.path()).unwrap();
        assert_eq!(AddedLibraries::load(folder.path()).unwrap(), added);
    }

    #[test]
    fn a_damaged_list_is_an_error_and_not_an_empty_list() {
        let folder = tempfile::tempdir().unwrap();
        for text in [
            "[[library]]\npath = \"/a\"\nsha256 = \"00\"\n",
            "[[library]]\npath = \"/a\"\n",
            "other = 1\n",
        ] {
            fs::write(folder.path().join(FILE), text).unwrap();
            let error = AddedLibraries::load(folder.path()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text}");
        }
    }

    #[test]
    fn the_digest_is_sha_256() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, b"abc").unwrap();
        assert_eq!(
            hex::encode(digest(&path).unwrap()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
