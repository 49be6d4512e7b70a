//! Which stores there are for one user of this computer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use directories::BaseDirs;

use crate::{LinuxSystem, NssDatabase, NssUser, Place};

/// The folders of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The home folder.
    pub home: PathBuf,
    /// `$XDG_DATA_HOME`, else `~/.local/share`; used on Linux only.
    pub data: PathBuf,
    /// `$XDG_CONFIG_HOME`, else `~/.config`; used on Linux only.
    pub config: PathBuf,
}

impl Home {
    /// The folders of the user who runs this program; `None` when the system names none.
    #[must_use]
    pub fn of_this_user() -> Option<Self> {
        let base = BaseDirs::new()?;
        Some(Self {
            home: base.home_dir().to_owned(),
            data: base.data_dir().to_owned(),
            config: base.config_dir().to_owned(),
        })
    }
}

/// Every store of the user's browsers, and the system's own list.
///
/// Chromium's database is named even when it does not exist yet (Chromium makes it with its first start, and an
/// installation before that must not be lost); profiles of Firefox and sandboxed browsers only when they exist.
#[must_use]
pub fn places(home: &Home) -> Vec<Place> {
    let mut places = Vec::new();
    if cfg!(target_os = "linux") {
        places.extend(nss_databases(home).into_iter().map(Place::Nss));
        places.push(Place::LinuxSystem(LinuxSystem::default()));
    }
    #[cfg(windows)]
    places.push(Place::WindowsUser);
    #[cfg(target_os = "macos")]
    places.push(Place::MacosUser);
    places
}

/// Chromium reads `~/.pki/nssdb` when that exists and only then; otherwise the one in the data folder.
fn chromium(home: &Path, data: &Path) -> PathBuf {
    let old = home.join(".pki/nssdb");
    if old.is_dir() {
        old
    } else {
        data.join("pki/nssdb")
    }
}

fn nss_databases(home: &Home) -> Vec<NssDatabase> {
    let mut found = vec![NssDatabase {
        user: NssUser::Chromium,
        folder: chromium(&home.home, &home.data),
    }];
    for sandbox in sandboxed_chromium_homes(&home.home) {
        let folder = chromium(&sandbox.home, &sandbox.data);
        if folder.join("cert9.db").is_file() {
            found.push(NssDatabase {
                user: NssUser::Chromium,
                folder,
            });
        }
    }
    let firefox = [
        home.home.join(".mozilla/firefox"),
        home.config.join("mozilla/firefox"),
        home.home.join("snap/firefox/common/.mozilla/firefox"),
        home.home
            .join(".var/app/org.mozilla.firefox/.mozilla/firefox"),
        home.home
            .join(".var/app/org.mozilla.firefox/config/mozilla/firefox"),
    ];
    for profile in firefox.iter().flat_map(|folder| subfolders(folder)) {
        if profile.join("cert9.db").is_file() {
            found.push(NssDatabase {
                user: NssUser::Firefox,
                folder: profile,
            });
        }
    }
    found
}

fn sandboxed_chromium_homes(home: &Path) -> Vec<Home> {
    let snap = [home.join("snap/chromium/current")];
    let flatpak = [
        "org.chromium.Chromium",
        "com.google.Chrome",
        "com.microsoft.Edge",
    ]
    .map(|app| home.join(".var/app").join(app));
    let homes = |root: &PathBuf, data: &str, config: &str| Home {
        home: root.clone(),
        data: root.join(data),
        config: root.join(config),
    };
    let snap = snap
        .iter()
        .map(|root| homes(root, ".local/share", ".config"));
    let flatpak = flatpak.iter().map(|root| homes(root, "data", "config"));
    snap.chain(flatpak).collect()
}

/// Sorted, so that reports of two runs can be compared. A folder we may not read has no profiles for us.
fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let root = tempfile::tempdir().unwrap();
        let home = root.path().to_owned();
        let (data, config) = (home.join(".local/share"), home.join(".config"));
        (root, Home { home, data, config })
    }

    fn folders(home: &Home) -> Vec<(NssUser, PathBuf)> {
        let relative = |path: PathBuf| path.strip_prefix(&home.home).unwrap().to_owned();
        nss_databases(home)
            .into_iter()
            .map(|db| (db.user, relative(db.folder)))
            .collect()
    }

    #[test]
    fn an_empty_home_has_only_the_database_chromium_will_make() {
        let (_root, home) = home();
        assert_eq!(
            folders(&home),
            [(NssUser::Chromium, ".local/share/pki/nssdb".into())]
        );
    }

    #[test]
    fn the_old_folder_of_chromium_wins_when_it_exists() {
        let (_root, home) = home();
        fs::create_dir_all(home.data.join("pki/nssdb")).unwrap();
        fs::create_dir_all(home.home.join(".pki/nssdb")).unwrap();
        assert_eq!(folders(&home), [(NssUser::Chromium, ".pki/nssdb".into())]);
    }

    #[test]
    fn profiles_count_when_they_have_a_certificate_database() {
        let (_root, home) = home();
        for profile in [
            ".mozilla/firefox/b.default",
            ".mozilla/firefox/a.work",
            "snap/firefox/common/.mozilla/firefox/c",
            ".var/app/org.mozilla.firefox/.mozilla/firefox/d",
            "snap/chromium/current/.local/share/pki/nssdb",
        ] {
            fs::create_dir_all(home.home.join(profile)).unwrap();
            fs::write(home.home.join(profile).join("cert9.db"), "").unwrap();
        }
        fs::create_dir_all(home.home.join(".mozilla/firefox/Crash Reports")).unwrap();
        assert_eq!(
            folders(&home),
            [
                (NssUser::Chromium, ".local/share/pki/nssdb".into()),
                (
                    NssUser::Chromium,
                    "snap/chromium/current/.local/share/pki/nssdb".into()
                ),
                (NssUser::Firefox, ".mozilla/firefox/a.work".into()),
                (NssUser::Firefox, ".mozilla/firefox/b.default".into()),
                (
                    NssUser::Firefox,
                    "snap/firefox/common/.mozilla/firefox/c".into()
                ),
                (
                    NssUser::Firefox,
                    ".var/app/org.mozilla.firefox/.mozilla/firefox/d".into()
                ),
            ]
        );
    }
}
