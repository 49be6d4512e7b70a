//! Which PKCS#11 libraries serve the tokens used in Kazakhstan: data only.
//!
//! [`Catalogue::built_in`] reads `catalogue.toml`, whose head explains its fields. Several tokens may share a library;
//! [`Catalogue::libraries`] lists each library once with all its storages. Nothing here looks at the disk.

use std::path::PathBuf;

use serde::Deserialize;

/// All rows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "token")]
    tokens: Vec<Token>,
}

/// One kind of token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Name on the wire, e.g. `AKKaztokenStore`.
    pub storage: String,
    /// What people call it.
    pub name: String,
    /// Where the facts of this row come from; `unknown` if there are none.
    pub known: String,
    /// Paths of its library on Linux.
    pub linux: Vec<PathBuf>,
    /// Paths of its library on Windows, with `%SystemRoot%`.
    pub windows: Vec<PathBuf>,
    /// Paths of its library on macOS.
    pub macos: Vec<PathBuf>,
    /// Answers to reset as hexadecimal digits, `.` for any digit.
    pub atr: Vec<String>,
}

/// A system a library is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// Where a library may be, and the storages it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLibrary {
    /// Absolute path, with `%SystemRoot%` on Windows.
    pub path: PathBuf,
    /// Names on the wire, at least one.
    pub storages: Vec<String>,
}

/// A catalogue file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token catalogue is damaged: {0}")]
pub struct Damaged(String);

impl Catalogue {
    /// The rows of this version of Tamga.
    ///
    /// # Panics
    /// Never: a test reads the same file.
    pub fn built_in() -> Self {
        Self::from_toml(include_str!("../catalogue.toml")).expect("tested")
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`Damaged`] if it is not TOML of this shape.
    pub fn from_toml(text: &str) -> Result<Self, Damaged> {
        toml::from_str(text).map_err(|error| Damaged(error.to_string()))
    }

    /// All rows.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The row with this storage name.
    pub fn token(&self, storage: &str) -> Option<&Token> {
        self.tokens.iter().find(|token| token.storage == storage)
    }

    /// Every place where a library of this system may be, each once.
    pub fn libraries(&self, system: System) -> Vec<KnownLibrary> {
        let mut libraries: Vec<KnownLibrary> = Vec::new();
        for token in &self.tokens {
            let paths = match system {
                System::Linux => &token.linux,
                System::MacOs => &token.macos,
                System::Windows => &token.windows,
            };
            for path in paths {
                let storage = token.storage.clone();
                match libraries.iter_mut().find(|known| known.path == *path) {
                    Some(known) => known.storages.push(storage),
                    None => libraries.push(KnownLibrary {
                        path: path.clone(),
                        storages: vec![storage],
                    }),
                }
            }
        }
        libraries
    }
}

impl System {
    /// The system this program was made for, if catalogues have a column for it.
    pub fn this() -> Option<Self> {
        if cfg!(target_os = "linux") {
            Some(Self::Linux)
        } else if cfg!(target_os = "macos") {
            Some(Self::MacOs)
        } else if cfg!(windows) {
            Some(Self::Windows)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_storages_of_the_wire_have_a_row_each() {
        let catalogue = Catalogue::built_in();
        let storages: Vec<_> = catalogue
            .tokens()
            .iter()
            .map(|token| token.storage.as_str())
            .collect();
        assert_eq!(
            storages,
            [
                "AKKaztokenStore",
                "AKKZIDCardStore",
                "AKEToken72KStore",
                "AKEToken5110Store",
                "AKJaCartaStore",
                "AKAKEYStore"
            ]
        );
    }

    #[test]
    fn what_is_unknown_names_no_library_and_what_names_one_says_who_told() {
        for token in Catalogue::built_in().tokens() {
            let names_any = [&token.linux, &token.windows, &token.macos]
                .iter()
                .any(|paths| !paths.is_empty());
            assert_eq!(token.known == "unknown", !names_any, "{}", token.storage);
        }
    }

    #[test]
    fn a_library_that_serves_two_tokens_is_listed_once_with_both() {
        let libraries = Catalogue::built_in().libraries(System::Windows);
        let safenet = KnownLibrary {
            path: r"%SystemRoot%\System32\eTPKCS11.dll".into(),
            storages: vec!["AKEToken72KStore".into(), "AKEToken5110Store".into()],
        };
        assert_eq!(libraries.iter().filter(|one| **one == safenet).count(), 1);
        let paths = libraries.iter().map(|one| &one.path);
        assert_eq!(
            paths.collect::<std::collections::BTreeSet<_>>().len(),
            libraries.len()
        );
    }

    #[test]
    fn paths_are_absolute() {
        let catalogue = Catalogue::built_in();
        for system in [System::Linux, System::MacOs] {
            for library in catalogue.libraries(system) {
                assert!(
                    library.path.to_string_lossy().starts_with('/'),
                    "{library:?}"
                );
            }
        }
        for library in catalogue.libraries(System::Windows) {
            let path = library.path.to_string_lossy().into_owned();
            assert!(path.starts_with(r"%SystemRoot%\"), "{path}");
        }
    }

    #[test]
    fn a_catalogue_with_unknown_fields_is_refused() {
        let text = "[[token]]\nstorage = \"X\"\nname = \"X\"\nknown = \"unknown\"\nlinux = []\nwindows = []\n\
                    macos = []\natr = []\nurl = \"http://example.kz\"\n";
        assert!(Catalogue::from_toml(text).is_err());
        assert!(Catalogue::from_toml(&text.replace("url", "# url")).is_ok());
    }
}
