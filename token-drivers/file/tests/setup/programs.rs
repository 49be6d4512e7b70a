//! Running the programs of others that write and read key files; one that is missing fails the test.

use std::process::{Command, Output};

fn output(program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        // Java takes its arguments in the encoding of the locale.
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("the program {program}: {error}"))
}

fn text(output: &Output) -> String {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    lossy(&output.stdout) + &lossy(&output.stderr)
}

/// What a program said; it must succeed.
#[track_caller]
fn told(program: &str, arguments: &[&str]) -> String {
    let output = output(program, arguments);
    let text = text(&output);
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

/// `openssl` of OpenSSL 3.
#[track_caller]
pub(crate) fn openssl(arguments: &[&str]) -> String {
    told("openssl", arguments)
}

/// `keytool` of a Java development kit; its words are English.
#[track_caller]
pub(crate) fn keytool(arguments: &[&str]) -> String {
    told("keytool", &[&["-J-Duser.language=en"], arguments].concat())
}

/// A folder of its own for the files of one test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Full path of a file inside.
    pub(crate) fn at(&self, name: &str) -> String {
        let path = self.0.path().join(name);
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        tamga_test_support::read(self.at(name))
    }

    /// Writes a file and says where.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.at(name);
        std::fs::write(&path, bytes).expect("a writable folder");
        path
    }
}
