//! What is opened as a key file: regular files of limited size, nothing else, and without waiting.

mod setup;

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use setup::{PASSWORD, System, data, data_file, password};
use tamga_token_api::{Keystore, TokenError, Unlock};
use tamga_token_file::{FileKeyStores, FileKeystore, MAX_FILE};

fn refusal(path: &Path) -> Option<TokenError> {
    FileKeystore::open(path, Arc::new(System)).err()
}

#[test]
fn a_file_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ключ.p12");
    std::fs::write(&path, data("default")).unwrap();
    let mut file = FileKeystore::open(&path, Arc::new(System)).unwrap();
    assert_eq!(file.label(), "ключ.p12");
    std::fs::remove_file(&path).unwrap();
    let secret = password(PASSWORD);
    assert_eq!(
        file.unlock(Unlock::Password(&secret))
            .unwrap()
            .entries()
            .len(),
        1
    );
}

#[test]
fn missing_files_and_folders_are_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.p12");
    assert_eq!(
        refusal(&missing),
        Some(TokenError::Unreadable(ErrorKind::NotFound))
    );
    #[cfg(unix)]
    assert_eq!(
        refusal(folder.path()),
        Some(TokenError::Unreadable(ErrorKind::IsADirectory))
    );
}

#[test]
fn large_files_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.p12");
    // Sparse: nothing of it is ever written or read.
    std::fs::File::create(&path)
        .unwrap()
        .set_len(20 << 30)
        .unwrap();
    let too_large = TokenError::TooLarge {
        actual: 20 << 30,
        limit: MAX_FILE,
    };
    assert_eq!(refusal(&path), Some(too_large));
    std::fs::File::create(&path)
        .unwrap()
        .set_len(MAX_FILE)
        .unwrap();
    assert!(matches!(refusal(&path), Some(TokenError::Damaged(_))));
}

#[test]
fn many_files_share_one_source_of_randomness() {
    let stores = FileKeyStores::new(Arc::new(System));
    let secret = password(PASSWORD);
    for name in ["default", "chain"] {
        let mut store = stores.open(&data_file(name)).unwrap();
        assert_eq!(
            store
                .unlock(Unlock::Password(&secret))
                .unwrap()
                .entries()
                .len(),
            1
        );
    }
    let missing = stores.open(&data_file("missing")).err();
    assert_eq!(missing, Some(TokenError::Unreadable(ErrorKind::NotFound)));
}

#[cfg(unix)]
mod unix {
    use super::*;

    #[test]
    fn links_to_regular_files_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.p12");
        std::os::unix::fs::symlink(data_file("default"), &link).unwrap();
        assert_eq!(refusal(&link), None);
    }

    #[test]
    fn devices_are_not_read() {
        let zero = Path::new("/dev/zero");
        assert_eq!(
            refusal(zero),
            Some(TokenError::Unreadable(ErrorKind::InvalidInput))
        );
        // Its size is zero, as for all of /proc, and what it gives is no key file.
        #[cfg(target_os = "linux")]
        assert!(matches!(
            refusal(Path::new("/proc/self/mem")),
            Some(TokenError::Unreadable(_))
        ));
    }

    #[test]
    fn a_fifo_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo.p12");
        let made = std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap();
        assert!(made.success());
        let (done, wait) = std::sync::mpsc::channel();
        std::thread::spawn(move || done.send(refusal(&fifo)));
        let answer = wait
            .recv_timeout(std::time::Duration::from_secs(10))
            .expect("no waiting");
        assert_eq!(
            answer,
            Some(TokenError::Unreadable(ErrorKind::InvalidInput))
        );
    }
}
