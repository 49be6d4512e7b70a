//! Saved pairs, and every way in which a saved pair can be spoiled.

use std::time::Duration;

use super::*;

struct Folder {
    root: tempfile::TempDir,
    dir: PathBuf,
}

fn now() -> SystemTime {
    SystemTime::now()
}

fn saved() -> (Folder, LocalIdentity) {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("tamga").join("identity");
    let identity = LocalIdentity::generate(now()).unwrap();
    save(&identity, &dir).unwrap();
    (Folder { root, dir }, identity)
}

fn problem(folder: &Folder) -> Damage {
    match load(&folder.dir, now()) {
        Err(Error::Damaged { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("loaded"),
    }
}

#[test]
fn a_saved_pair_is_read_back_byte_for_byte() {
    let (folder, identity) = saved();
    let read = load(&folder.dir, now()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.chain_der(), identity.chain_der());
    assert_eq!(read.leaf_key(), identity.leaf_key());
    assert_eq!(read.ca_name(), identity.ca_name());
    assert_eq!(read.not_after(), identity.not_after());
}

#[test]
fn saving_again_replaces_the_whole_pair() {
    let (folder, _) = saved();
    let second = LocalIdentity::generate(now()).unwrap();
    save(&second, &folder.dir).unwrap();
    let read = load(&folder.dir, now()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.chain_der(), second.chain_der());
    let mut names: Vec<_> = fs::read_dir(&folder.dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, [CA_FILE, KEY_FILE, LEAF_FILE]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = saved();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.dir.join(KEY_FILE)), 0o600);
    assert_eq!(mode(&folder.dir), 0o700);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _) = saved();
    let key = folder.dir.join(KEY_FILE);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    match load(&folder.dir, now()) {
        Err(Error::KeyExposed { path, mode }) => assert_eq!((path, mode), (key, 0o640)),
        other => panic!("{:?}", other.err()),
    }
}

#[test]
fn an_empty_folder_has_no_identity() {
    let root = tempfile::tempdir().unwrap();
    match load(root.path(), now()) {
        Err(Error::Missing { dir }) => assert_eq!(dir, root.path()),
        other => panic!("{:?}", other.err()),
    }
}

#[test]
fn a_pair_is_refused_before_and_after_its_time() {
    let (folder, identity) = saved();
    for moment in [
        identity.not_after() + Duration::from_secs(1),
        SystemTime::UNIX_EPOCH + Duration::from_secs(1),
    ] {
        match load(&folder.dir, moment) {
            Err(Error::OutsideValidity { not_after, now, .. }) => {
                assert_eq!((not_after, now), (identity.not_after(), moment));
            }
            other => panic!("{:?}", other.err()),
        }
    }
    assert!(load(&folder.dir, identity.not_after()).is_ok());
}

#[test]
fn halves_of_two_pairs_are_refused() {
    for (name, expected) in [
        (CA_FILE, Damage::LeafOfAnotherCa),
        (LEAF_FILE, Damage::LeafOfAnotherCa),
        (KEY_FILE, Damage::KeyOfAnotherCertificate),
    ] {
        let ((one, _), (other, _)) = (saved(), saved());
        fs::copy(other.dir.join(name), one.dir.join(name)).unwrap();
        assert_eq!(problem(&one), expected, "{name}");
    }
}

#[test]
fn a_leaf_beside_a_ca_that_did_not_issue_it_is_refused() {
    let ((one, identity), (_, other)) = (saved(), saved());
    fs::write(one.dir.join(CA_FILE), other.ca_pem()).unwrap();
    let leaf = identity
        .chain_pem()
        .replace(&identity.ca_pem(), &other.ca_pem());
    fs::write(one.dir.join(LEAF_FILE), leaf).unwrap();
    assert_eq!(problem(&one), Damage::LeafOfAnotherCa);
}

#[test]
fn files_that_hold_something_else_are_refused() {
    for (name, content, expected) in [
        (CA_FILE, b"".as_slice(), Damage::NotACertificate),
        (
            LEAF_FILE,
            b"-----BEGIN CERTIFICATE-----\nAAAA\n",
            Damage::NotACertificate,
        ),
        (
            KEY_FILE,
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            Damage::NotAKey,
        ),
        (
            KEY_FILE,
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            Damage::KeyOfAnotherCertificate,
        ),
        (CA_FILE, &[b'A'; MAX_FILE as usize + 1], Damage::TooLarge),
    ] {
        let (folder, _) = saved();
        fs::write(folder.dir.join(name), content).unwrap();
        assert_eq!(problem(&folder), expected, "{name}");
    }
}

#[test]
fn a_leaf_without_our_names_is_refused() {
    use crate::identity::{Authority, loopback_names};
    let root = tempfile::tempdir().unwrap();
    let folder = Folder {
        dir: root.path().join("identity"),
        root,
    };
    let ca = Authority::generate(now()).unwrap();
    let names = &loopback_names()[..2];
    let leaf = ca
        .sign_leaf(names, &[rcgen::ExtendedKeyUsagePurpose::ServerAuth])
        .unwrap();
    let identity = LocalIdentity {
        ca_der: ca.der,
        leaf_der: leaf.der,
        leaf_key: leaf.key,
        not_after: now(),
        ca_name: String::new(),
    };
    save(&identity, &folder.dir).unwrap();
    assert_eq!(problem(&folder), Damage::Names);
    assert!(folder.root.path().exists());
}

#[test]
fn the_ca_alone_is_found_when_leaf_and_key_are_lost() {
    let (folder, identity) = saved();
    fs::remove_file(folder.dir.join(KEY_FILE)).unwrap();
    fs::write(folder.dir.join(LEAF_FILE), "").unwrap();
    let ca = load_ca(&folder.dir).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (ca.der.as_slice(), ca.name.as_str()),
        (identity.ca_der(), identity.ca_name())
    );
}

#[test]
fn deleting_leaves_no_trace_and_can_be_repeated() {
    let (folder, _) = saved();
    delete(&folder.dir).unwrap();
    delete(&folder.dir).unwrap();
    assert_eq!(fs::read_dir(folder.root.path()).unwrap().count(), 0);
}

#[test]
fn deleting_removes_every_folder_of_ours_and_none_of_others() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("Local/tamga/Tamga/data/identity");
    let identity = LocalIdentity::generate(now()).unwrap();
    save(&identity, &dir).unwrap();
    delete(&dir).unwrap();
    assert!(!root.path().join("Local/tamga").exists());
    assert!(root.path().join("Local").exists());
}

#[test]
fn deleting_keeps_files_of_others() {
    let (folder, _) = saved();
    let foreign = folder.dir.parent().unwrap().join("settings.toml");
    fs::write(&foreign, "").unwrap();
    delete(&folder.dir).unwrap();
    assert!(foreign.exists());
    assert!(!folder.dir.exists());
}
