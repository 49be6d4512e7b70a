//! The real program in a home folder of its own, judged by what is on the disk before and after.
#![cfg(target_os = "linux")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

struct User {
    home: tempfile::TempDir,
}

impl User {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn setup(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_tamga-setup"))
            .args(arguments)
            .env("HOME", self.home.path())
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .output()
            .expect("the program starts")
    }

    fn json(&self, verb: &str) -> (bool, Value) {
        let output = self.setup(&[verb, "--json"]);
        let value = serde_json::from_slice(&output.stdout).expect("one JSON document");
        (output.status.success(), value)
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.home.path().join(relative)
    }

    /// A profile with somebody else's certificate in it; its list.
    fn firefox(&self) -> String {
        let profile = self.path(".mozilla/firefox/one.default");
        fs::create_dir_all(&profile).expect("a profile");
        let certificate = self.path("other.pem");
        run(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=Somebody else",
                "-keyout",
                "/dev/null",
                "-out",
                text(&certificate),
            ],
        );
        let database = format!("sql:{}", text(&profile));
        run("certutil", &["-d", &database, "-N", "--empty-password"]);
        run(
            "certutil",
            &[
                "-d",
                &database,
                "-A",
                "-t",
                "C,,",
                "-n",
                "Somebody else",
                "-i",
                text(&certificate),
            ],
        );
        fs::remove_file(certificate).expect("ours to remove");
        self.firefox_list()
    }

    fn firefox_list(&self) -> String {
        let database = format!("sql:{}", text(&self.path(".mozilla/firefox/one.default")));
        run("certutil", &["-d", &database, "-L"])
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(self.home.path(), &mut found);
        found.sort();
        found
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .expect("an installed program");
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn states(report: &Value) -> Vec<(&str, &str)> {
    let places = report["places"].as_array().expect("a list");
    places
        .iter()
        .map(|p| {
            (
                p["place"].as_str().unwrap_or(""),
                p["state"].as_str().unwrap_or(""),
            )
        })
        .collect()
}

#[test]
fn installing_is_trusted_everywhere_and_uninstalling_leaves_no_trace() {
    let user = User::new();
    let list = user.firefox();
    let files = user.files();

    let (good, report) = user.json("status");
    assert!(!good);
    assert_eq!(report["certificate"], Value::Null);

    let (good, report) = user.json("install");
    assert!(good, "{report:#}");
    assert_eq!(
        states(&report),
        [("chromium", "trusted"), ("firefox", "trusted")]
    );
    assert!(user.path(".local/share/tamga/identity/ca.pem").is_file());
    assert_ne!(user.firefox_list(), list);

    let (good, report) = user.json("status");
    assert!(good, "{report:#}");
    assert_eq!(
        states(&report),
        [
            ("chromium", "trusted"),
            ("firefox", "trusted"),
            ("linux-system", "absent")
        ]
    );

    let (good, report) = user.json("uninstall");
    assert!(good, "{report:#}");
    assert_eq!(user.firefox_list(), list);
    assert_eq!(user.files(), files);
    assert!(!user.path(".local/share/pki").exists());
    assert!(!user.path(".local/share/tamga").exists());
}

#[test]
fn installing_twice_keeps_the_certificate() {
    let user = User::new();
    let (_, first) = user.json("install");
    let (good, second) = user.json("install");
    assert!(good);
    assert_eq!(first["certificate"]["name"], second["certificate"]["name"]);
}

#[test]
fn a_spoiled_identity_is_made_again_and_the_old_ca_leaves_the_stores() {
    let user = User::new();
    let (_, first) = user.json("install");
    fs::write(user.path(".local/share/tamga/identity/leaf.key"), "").expect("writable");
    assert_eq!(user.setup(&["status"]).status.code(), Some(1));
    let (good, second) = user.json("install");
    assert!(good, "{second:#}");
    assert_ne!(first["certificate"]["name"], second["certificate"]["name"]);
    let database = format!("sql:{}", text(&user.path(".local/share/pki/nssdb")));
    let list = run("certutil", &["-d", &database, "-L"]);
    assert_eq!(list.matches("Tamga local CA").count(), 1, "{list}");
}

#[test]
fn a_store_that_fails_is_named_and_the_files_stay_until_it_is_mended() {
    let user = User::new();
    assert!(user.json("install").0);
    let profile = user.path(".mozilla/firefox/broken");
    fs::create_dir_all(&profile).expect("a profile");
    fs::write(profile.join("cert9.db"), "not a database").expect("writable");
    let (good, report) = user.json("uninstall");
    assert!(!good);
    let broken = &report["places"][1];
    assert_eq!(
        (&broken["place"], &broken["error"]["code"]),
        (&"firefox".into(), &"tool-failed".into())
    );
    assert!(user.path(".local/share/tamga/identity/ca.pem").is_file());
    fs::remove_dir_all(&profile).expect("ours to remove");
    assert!(user.json("uninstall").0);
    assert_eq!(user.files(), Vec::<PathBuf>::new());
}

#[test]
fn a_missing_certutil_is_named_with_its_package() {
    let user = User::new();
    let output = Command::new(env!("CARGO_BIN_EXE_tamga-setup"))
        .args(["install"])
        .env("HOME", user.home.path())
        .env("PATH", user.home.path())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("tool-missing") && text.contains("libnss3-tools"),
        "{text}"
    );
}

#[test]
fn version_and_wrong_words() {
    let user = User::new();
    let version = user.setup(&["--version"]);
    assert!(version.stdout.starts_with(b"tamga-setup "));
    assert_eq!(user.setup(&["frobnicate"]).status.code(), Some(2));
}
