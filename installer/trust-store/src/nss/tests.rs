//! Real databases in temporary folders, judged by `certutil` itself.

use std::time::SystemTime;

use tamga_local_ca::LocalIdentity;

use super::*;

struct Bench {
    root: tempfile::TempDir,
    database: NssDatabase,
}

fn bench(user: NssUser) -> Bench {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("pki/nssdb");
    Bench {
        root,
        database: NssDatabase { user, folder },
    }
}

fn anchor() -> Anchor {
    let identity = LocalIdentity::generate(SystemTime::now()).unwrap();
    Anchor {
        name: identity.ca_name().to_owned(),
        der: identity.ca_der().to_owned(),
    }
}

fn list(database: &NssDatabase) -> Vec<(String, String)> {
    let text = certutil(database, &["-L"], &[]).unwrap();
    let text = String::from_utf8(text).unwrap();
    text.lines()
        .filter_map(entry)
        .map(|(name, flags)| (name.to_owned(), flags.to_owned()))
        .collect()
}

/// A database that was there before us, with somebody else's CA.
fn used(bench: &Bench) -> Anchor {
    fs::create_dir_all(&bench.database.folder).unwrap();
    certutil(&bench.database, &["-N", "--empty-password"], &[]).unwrap();
    let foreign = anchor();
    certutil(
        &bench.database,
        &["-A", "-t", "CT,c,", "-n", "Somebody else"],
        &foreign.der,
    )
    .unwrap();
    foreign
}

#[test]
fn a_missing_database_is_made_trusted_and_unmade() {
    let (bench, anchor) = (bench(NssUser::Chromium), anchor());
    assert_eq!(status(&bench.database, &anchor).unwrap(), State::Absent);
    assert!(!bench.database.folder.exists(), "status changes nothing");
    assert_eq!(install(&bench.database, &anchor).unwrap(), State::Trusted);
    assert_eq!(
        list(&bench.database),
        [(anchor.name.clone(), "C,,".to_owned())]
    );
    assert_eq!(remove(&bench.database, &anchor).unwrap(), State::Absent);
    assert_eq!(
        fs::read_dir(bench.root.path()).unwrap().count(),
        0,
        "no trace"
    );
}

#[test]
fn a_used_database_is_left_as_it_was() {
    let bench = bench(NssUser::Firefox);
    used(&bench);
    let (before, anchor) = (list(&bench.database), anchor());
    assert_eq!(before, [("Somebody else".to_owned(), "CT,c,".to_owned())]);
    assert_eq!(install(&bench.database, &anchor).unwrap(), State::Trusted);
    assert_eq!(list(&bench.database).len(), 2);
    assert_eq!(remove(&bench.database, &anchor).unwrap(), State::Absent);
    assert_eq!(list(&bench.database), before);
}

#[test]
fn a_database_we_made_stays_when_somebody_else_used_it_since() {
    let (bench, anchor, foreign) = (bench(NssUser::Chromium), anchor(), anchor());
    install(&bench.database, &anchor).unwrap();
    certutil(
        &bench.database,
        &["-A", "-t", "C,,", "-n", "Somebody else"],
        &foreign.der,
    )
    .unwrap();
    assert_eq!(remove(&bench.database, &anchor).unwrap(), State::Absent);
    assert_eq!(
        list(&bench.database),
        [("Somebody else".to_owned(), "C,,".to_owned())]
    );
    assert!(!bench.database.folder.join(MADE_BY_US).exists());
}

#[test]
fn installing_and_removing_twice_is_the_same_as_once() {
    let bench = bench(NssUser::Firefox);
    used(&bench);
    let anchor = anchor();
    for _ in 0..2 {
        assert_eq!(install(&bench.database, &anchor).unwrap(), State::Trusted);
        assert_eq!(list(&bench.database).len(), 2);
    }
    for _ in 0..2 {
        assert_eq!(remove(&bench.database, &anchor).unwrap(), State::Absent);
        assert_eq!(list(&bench.database).len(), 1);
    }
}

#[test]
fn a_certificate_without_trust_counts_as_absent_and_is_mended() {
    let bench = bench(NssUser::Firefox);
    used(&bench);
    let anchor = anchor();
    certutil(
        &bench.database,
        &["-A", "-t", ",,", "-n", &anchor.name],
        &anchor.der,
    )
    .unwrap();
    assert_eq!(status(&bench.database, &anchor).unwrap(), State::Absent);
    assert_eq!(install(&bench.database, &anchor).unwrap(), State::Trusted);
}

#[test]
fn another_certificate_under_our_name_is_not_removed() {
    let bench = bench(NssUser::Firefox);
    used(&bench);
    let (ours, theirs) = (anchor(), anchor());
    certutil(
        &bench.database,
        &["-A", "-t", "C,,", "-n", &ours.name],
        &theirs.der,
    )
    .unwrap();
    assert_eq!(status(&bench.database, &ours).unwrap(), State::Absent);
    assert_eq!(remove(&bench.database, &ours).unwrap(), State::Absent);
    assert_eq!(list(&bench.database).len(), 2);
}

#[test]
fn a_database_with_a_password_is_named_and_left_as_it_was() {
    let bench = bench(NssUser::Firefox);
    fs::create_dir_all(&bench.database.folder).unwrap();
    let password = bench.root.path().join("password");
    fs::write(&password, "correct horse\n").unwrap();
    certutil(
        &bench.database,
        &["-N", "-f", password.to_str().unwrap()],
        &[],
    )
    .unwrap();
    match install(&bench.database, &anchor()) {
        Err(Error::Locked { folder }) => assert_eq!(folder, bench.database.folder),
        other => panic!("{other:?}"),
    }
    assert_eq!(list(&bench.database), []);
}

#[test]
fn a_damaged_database_is_an_error_and_stays() {
    let bench = bench(NssUser::Firefox);
    fs::create_dir_all(&bench.database.folder).unwrap();
    let file = bench.database.folder.join("cert9.db");
    fs::write(&file, "not a database").unwrap();
    match status(&bench.database, &anchor()) {
        Err(Error::ToolFailed {
            tool: TOOL,
            status: Some(255),
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(&file).unwrap(), b"not a database");
}

#[test]
fn names_that_certutil_would_misread_are_refused() {
    let bench = bench(NssUser::Chromium);
    for name in ["", "-D", " padded", "token:name", "a/b", "line\nbreak"] {
        let anchor = Anchor {
            name: name.to_owned(),
            ..anchor()
        };
        assert!(
            matches!(install(&bench.database, &anchor), Err(Error::Name { .. })),
            "{name:?}"
        );
        assert!(!bench.database.folder.exists());
    }
}
