//! Which files are loaded as a library, and which are refused before anything of them runs.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use tamga_token_api::{LibraryError, TokenDriver, TokenError};
use tamga_token_worker::{Library, Worker};
use tempfile::TempDir;

/// A folder of the person's own; the temporary one above it belongs to everybody.
fn folder() -> (TempDir, PathBuf) {
    let outer = TempDir::new().unwrap();
    let folder = outer.path().join("own");
    fs::create_dir(&folder).unwrap();
    mode(&folder, 0o755);
    (outer, folder)
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The error of the program that is to load it.
fn refused(path: &Path) -> LibraryError {
    let library = Library {
        path: path.to_owned(),
        sha256: None,
        storages: Vec::new(),
    };
    let program = env!("CARGO_BIN_EXE_tamga-token").into();
    match Worker::new(program, library).slots() {
        Err(TokenError::Library(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn unsafe_library(path: &Path) -> LibraryError {
    LibraryError::Unsafe {
        path: path.display().to_string(),
    }
}

/// The next step after all checks: this text is no library.
fn does_not_start(error: &LibraryError) -> bool {
    matches!(error, LibraryError::DoesNotStart { .. })
}

#[test]
fn a_file_of_the_persons_own_is_given_to_the_loader() {
    let (_outer, folder) = folder();
    let path = folder.join("token.so");
    fs::write(&path, "text").unwrap();
    mode(&path, 0o644);
    assert!(does_not_start(&refused(&path)));
    // A link is followed to what it names.
    let link = folder.join("link.so");
    symlink(&path, &link).unwrap();
    assert!(does_not_start(&refused(&link)));
}

#[test]
fn a_file_others_may_write_is_refused() {
    let (_outer, folder) = folder();
    let path = folder.join("token.so");
    fs::write(&path, "text").unwrap();
    for bits in [0o664, 0o646] {
        mode(&path, bits);
        assert_eq!(refused(&path), unsafe_library(&path), "{bits:o}");
    }
}

#[test]
fn a_folder_others_may_write_is_refused_even_when_only_owners_may_move() {
    let (_outer, folder) = folder();
    let path = folder.join("token.so");
    fs::write(&path, "text").unwrap();
    mode(&path, 0o644);
    for bits in [0o775, 0o757, 0o1777] {
        mode(&folder, bits);
        assert_eq!(refused(&path), unsafe_library(&path), "{bits:o}");
    }
    mode(&folder, 0o755);
    assert!(does_not_start(&refused(&path)));
}

#[test]
fn a_folder_further_up_that_anybody_may_rename_is_refused() {
    let (outer, folder) = folder();
    let path = folder.join("token.so");
    fs::write(&path, "text").unwrap();
    mode(&path, 0o644);
    mode(outer.path(), 0o777);
    assert_eq!(refused(&path), unsafe_library(&path));
    mode(outer.path(), 0o1777);
    assert!(does_not_start(&refused(&path)));
}

#[test]
fn a_link_out_of_a_safe_folder_is_judged_by_where_it_leads() {
    let (_outer, folder) = folder();
    let (_other, open) = self::folder();
    let path = open.join("token.so");
    fs::write(&path, "text").unwrap();
    mode(&path, 0o644);
    mode(&open, 0o777);
    let link = folder.join("link.so");
    symlink(&path, &link).unwrap();
    assert_eq!(refused(&link), unsafe_library(&link));
}

#[test]
fn a_relative_path_is_refused_because_the_loader_would_search() {
    let path = Path::new("libsofthsm2.so");
    assert_eq!(refused(path), unsafe_library(path));
}

#[test]
fn a_missing_file_and_a_folder_are_unreadable() {
    let (_outer, folder) = folder();
    let path = folder.join("absent.so");
    let unreadable = |path: &Path, kind| LibraryError::Unreadable {
        path: path.display().to_string(),
        kind,
    };
    assert_eq!(refused(&path), unreadable(&path, ErrorKind::NotFound));
    // The child says three kinds only.
    assert_eq!(refused(&folder), unreadable(&folder, ErrorKind::Other));
}

/// The loader's own refusal arrives although the library printed to where the protocol runs.
#[test]
fn what_a_library_prints_does_not_disturb_the_protocol() {
    const SOURCE: &str = r#"
        #include <unistd.h>
        __attribute__((constructor)) static void chatter(void) {
            char byte;
            write(1, "Vendor Crypto Suite\n", 20);
            while (read(0, &byte, 1) == 1) {}
        }
    "#;
    let (_outer, folder) = folder();
    let (source, path) = (folder.join("chatty.c"), folder.join("chatty.so"));
    fs::write(&source, SOURCE).unwrap();
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-w", "-o"])
        .args([&path, &source])
        .status()
        .unwrap_or_else(|error| panic!("cc: {error}: apt-get install gcc"));
    assert!(compiled.success());
    mode(&path, 0o755);
    let expected = LibraryError::DoesNotStart {
        path: path.display().to_string(),
        reason: "Missing PKCS#11 symbol: C_GetFunctionList".to_owned(),
    };
    assert_eq!(refused(&path), expected);
}
