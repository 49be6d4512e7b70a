//! Keys used before, in a file that only this user's system key store can open.
//!
//! `recent-keys` in the settings folder is `[12 bytes nonce][ChaCha20-Poly1305 of JSON][16 bytes tag]`; its key is a
//! random 32 bytes in the key store (Secret Service, Windows Credential Manager, Keychain). Where there is none, recent
//! keys are remembered until the agent ends, and nothing is written. There is no secret in the list itself, but people.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use base64ct::{Base64, Encoding as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use tamga_agent_core::{KeyPlace, RECENT_KEYS, RecentKey, RecentKeys};
use tamga_x509::Certificate;
use zeroize::Zeroizing;

/// The list, in the settings folder.
const FILE: &str = "recent-keys";

/// Larger files are not ours: five certificates of 16 KiB and their paths.
const FILE_LIMIT: u64 = 256 * 1024;

/// What the key store calls the key.
const SERVICE: &str = "kz.tamga.Tamga";
const ACCOUNT: &str = "recent keys";

/// Bound into the encryption: another file of ours cannot take the list's place.
const CONTEXT: &[u8] = b"tamga recent keys 1";

/// The list, newest first.
pub(crate) struct RecentFile {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: Vec<RecentKey>,
    /// There once the key store answered.
    key: Option<LessSafeKey>,
}

/// Where the key of the list is kept.
pub(crate) trait KeyStore {
    /// The key, made if there is none; `None` without a key store.
    fn key(&self) -> Option<Zeroizing<Vec<u8>>>;

    /// Forgets the key.
    fn forget(&self);
}

/// The system's own.
pub(crate) struct SystemKeyStore;

impl KeyStore for SystemKeyStore {
    fn key(&self) -> Option<Zeroizing<Vec<u8>>> {
        let entry = keyring::v1::Entry::new(SERVICE, ACCOUNT).ok()?;
        match entry.get_secret() {
            Ok(key) if key.len() == CHACHA20_POLY1305.key_len() => return Some(key.into()),
            Ok(_) | Err(keyring::v1::Error::NoEntry) => {}
            Err(_) => return None,
        }
        let mut key = Zeroizing::new(vec![0; CHACHA20_POLY1305.key_len()]);
        getrandom::fill(&mut key).ok()?;
        entry.set_secret(&key).ok()?;
        Some(key)
    }

    fn forget(&self) {
        // Without a key store there was nothing to forget.
        if let Ok(entry) = keyring::v1::Entry::new(SERVICE, ACCOUNT) {
            let _ = entry.delete_credential();
        }
    }
}

impl RecentFile {
    /// The list of this settings folder. The key store may ask the person first, so it is opened on a thread of its
    /// own; until then the list is empty.
    pub(crate) fn open(settings: &Path, store: impl KeyStore + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            path: settings.join(FILE),
            state: Mutex::default(),
        });
        let opening = Arc::clone(&shared);
        thread::spawn(move || opening.take_key(&store));
        Self { shared }
    }
}

impl RecentKeys for RecentFile {
    fn list(&self) -> Vec<RecentKey> {
        self.shared.state().keys.clone()
    }

    fn remember(&self, key: RecentKey) {
        let mut state = self.shared.state();
        put_first(&mut state.keys, key);
        self.shared.write(&state);
    }
}

/// Erases list and key.
pub(crate) fn forget(settings: &Path, store: &impl KeyStore) -> io::Result<()> {
    store.forget();
    match fs::remove_file(settings.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A certificate is in the list once.
fn put_first(keys: &mut Vec<RecentKey>, key: RecentKey) {
    keys.retain(|known| known.certificate != key.certificate);
    keys.insert(0, key);
    keys.truncate(RECENT_KEYS);
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_key(&self, store: &impl KeyStore) {
        let Some(key) = store.key() else {
            tracing::info!("no key store of the system: recent keys are not kept");
            return;
        };
        let Ok(key) = UnboundKey::new(&CHACHA20_POLY1305, &key) else {
            return;
        };
        let key = LessSafeKey::new(key);
        let before = read(&self.path, &key);
        let mut state = self.state();
        // What was used while the key store was opening is newer.
        for known in before {
            if state.keys.len() < RECENT_KEYS
                && state
                    .keys
                    .iter()
                    .all(|one| one.certificate != known.certificate)
            {
                state.keys.push(known);
            }
        }
        state.key = Some(key);
    }

    fn write(&self, state: &State) {
        let Some(key) = &state.key else { return };
        if let Err(error) = write(&self.path, key, &state.keys) {
            tracing::warn!(kind = %error.kind(), "the list of recent keys was not written");
        }
    }
}

/// The list; empty if there is none, or none of ours.
fn read(path: &Path, key: &LessSafeKey) -> Vec<RecentKey> {
    let fits = fs::metadata(path).is_ok_and(|file| file.len() <= FILE_LIMIT);
    let Some(mut bytes) = fits.then(|| fs::read(path).ok()).flatten() else {
        return Vec::new();
    };
    let Some((nonce, sealed)) = bytes.split_at_mut_checked(NONCE_LEN) else {
        return Vec::new();
    };
    let Ok(nonce) = Nonce::try_assume_unique_for_key(nonce) else {
        return Vec::new();
    };
    let Ok(json) = key.open_in_place(nonce, Aad::from(CONTEXT), sealed) else {
        tracing::info!("the list of recent keys is another computer's, or damaged");
        return Vec::new();
    };
    let rows: Vec<Row> = serde_json::from_slice(json).unwrap_or_default();
    rows.into_iter()
        .filter_map(Row::into_key)
        .take(RECENT_KEYS)
        .collect()
}

fn write(path: &Path, key: &LessSafeKey, keys: &[RecentKey]) -> io::Result<()> {
    let rows: Vec<Row> = keys.iter().map(Row::from_key).collect();
    let mut bytes = serde_json::to_vec(&rows)?;
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(io::Error::other)?;
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(CONTEXT),
        &mut bytes,
    )
    .map_err(|_| io::Error::other("not encrypted"))?;
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    let mut file = options.open(&new)?;
    file.write_all(&nonce)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// The folder lies in the user's own profile and its list of rights is inherited.
#[cfg(not(unix))]
fn owner_only(_options: &mut OpenOptions) {}

#[derive(Serialize, Deserialize)]
struct Row {
    certificate: String,
    place: Place,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    File(PathBuf),
    Token {
        storages: Vec<String>,
        label: String,
        locator: String,
    },
}

impl Row {
    fn from_key(key: &RecentKey) -> Self {
        Self {
            certificate: Base64::encode_string(key.certificate.der()),
            place: match key.place.clone() {
                KeyPlace::File(path) => Place::File(path),
                KeyPlace::Token {
                    storages,
                    label,
                    locator,
                } => Place::Token {
                    storages,
                    label,
                    locator,
                },
            },
        }
    }

    fn into_key(self) -> Option<RecentKey> {
        let der = Base64::decode_vec(&self.certificate).ok()?;
        Some(RecentKey {
            certificate: Certificate::from_der(&der).ok()?,
            place: match self.place {
                Place::File(path) => KeyPlace::File(path),
                Place::Token {
                    storages,
                    label,
                    locator,
                } => KeyPlace::Token {
                    storages,
                    label,
                    locator,
                },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use tamga_test_pki::TestPki;
    use tamga_test_support::System;
    use tamga_x509::UnixTime;

    use super::*;

    struct Store(Option<u8>);

    impl KeyStore for Store {
        fn key(&self) -> Option<Zeroizing<Vec<u8>>> {
            Some(Zeroizing::new(vec![self.0?; 32]))
        }

        fn forget(&self) {}
    }

    fn keys() -> Vec<RecentKey> {
        let now = UnixTime::from(SystemTime::now());
        let pki = TestPki::generate(now, &System).unwrap();
        let certificates = pki.holders.into_iter().map(|holder| holder.certificate);
        certificates
            .take(RECENT_KEYS + 1)
            .enumerate()
            .map(|(number, certificate)| RecentKey {
                certificate,
                place: if number % 2 == 0 {
                    KeyPlace::File(format!("/keys/{number}.p12").into())
                } else {
                    KeyPlace::Token {
                        storages: vec!["AKKaztokenStore".into()],
                        label: "KAZTOKEN".into(),
                        locator: format!("bench/{number}"),
                    }
                },
            })
            .collect()
    }

    /// Opened, with the key store's answer.
    fn opened(folder: &Path, store: Option<u8>) -> RecentFile {
        let file = RecentFile::open(folder, Store(store));
        for _ in 0..500 {
            if store.is_none() || file.shared.state().key.is_some() {
                return file;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the key store never answered");
    }

    #[test]
    fn the_five_newest_are_kept_encrypted_and_come_back_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys();
        let file = opened(folder.path(), Some(1));
        for key in &keys {
            file.remember(key.clone());
        }
        let newest_first: Vec<_> = keys.iter().rev().take(RECENT_KEYS).cloned().collect();
        assert_eq!(file.list(), newest_first);
        assert_eq!(opened(folder.path(), Some(1)).list(), newest_first);
        let bytes = fs::read(folder.path().join(FILE)).unwrap();
        for secret in [&b"/keys/"[..], b"KAZTOKEN", b"certificate"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret));
        }
    }

    #[test]
    fn a_key_used_again_is_there_once_and_first() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys();
        let file = opened(folder.path(), Some(1));
        for index in [0, 1, 0] {
            file.remember(keys[index].clone());
        }
        assert_eq!(file.list(), [keys[0].clone(), keys[1].clone()]);
    }

    #[test]
    fn without_a_key_store_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(folder.path(), None);
        file.remember(keys().remove(0));
        assert_eq!(file.list().len(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_list_of_another_key_or_a_damaged_one_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        opened(folder.path(), Some(1)).remember(keys().remove(0));
        assert_eq!(opened(folder.path(), Some(2)).list(), []);
        let path = folder.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        for cut in [0, NONCE_LEN - 1, NONCE_LEN, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(opened(folder.path(), Some(1)).list(), [], "{cut}");
        }
    }

    #[test]
    fn forgetting_erases_the_file() {
        let folder = tempfile::tempdir().unwrap();
        opened(folder.path(), Some(1)).remember(keys().remove(0));
        forget(folder.path(), &Store(Some(1))).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        forget(folder.path(), &Store(Some(1))).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_list() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        opened(folder.path(), Some(1)).remember(keys().remove(0));
        let mode = fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
