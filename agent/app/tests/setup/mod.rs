//! What the suites of keystores share: people of a fresh test CA, and the program run in a folder of its own.

#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

pub(crate) mod bench;
#[path = "../../../../token-drivers/file/tests/setup/jks_writer.rs"]
pub(crate) mod jks_writer;
pub(crate) mod judges;
pub(crate) mod memory;
pub(crate) mod soft_token;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::SystemTime,
};

use tamga_test_pki::{Holder, TestPki};
use tamga_test_support::System;
use tamga_x509::UnixTime;
use tempfile::TempDir;

/// A GOST key of 512 bits, as the NCA issues today.
pub(crate) const GOST: &str = "gost2015_individual";

/// An RSA key.
pub(crate) const RSA: &str = "rsa_individual";

/// The test CA of this suite.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let now = UnixTime::from(SystemTime::now());
    let pki = TestPki::generate(now, &System).unwrap();
    let key_files = pki.key_files(&System).unwrap();
    World {
        pki,
        key_files,
        now,
    }
});

struct World {
    pki: TestPki,
    /// File name and bytes.
    key_files: Vec<(String, Vec<u8>)>,
    now: UnixTime,
}

/// Authorities and people.
pub(crate) fn pki() -> &'static TestPki {
    &WORLD.pki
}

/// The moment all certificates were made at.
pub(crate) fn now() -> UnixTime {
    WORLD.now
}

/// Somebody of the test CA.
pub(crate) fn holder(id: &str) -> &'static Holder {
    pki().holder(id).unwrap()
}

/// A folder where the program runs, with nothing of the user's own: home, settings and tokens are in it.
pub(crate) struct Desk {
    folder: TempDir,
    environment: Vec<(&'static str, PathBuf)>,
}

/// What a program said and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        Self {
            folder,
            environment: vec![("HOME", home)],
        }
    }

    /// One more variable for every program run here.
    pub(crate) fn set(&mut self, variable: &'static str, value: PathBuf) {
        self.environment.push((variable, value));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Puts the PKCS#12 file of a person here: `ID.p12`.
    pub(crate) fn key_file(&self, id: &str) -> String {
        let name = format!("{id}.p12");
        let (_, bytes) = WORLD
            .key_files
            .iter()
            .find(|(file, _)| *file == name)
            .unwrap();
        self.write(&name, bytes);
        name
    }

    /// A program with this folder's environment, not started yet; its messages are English.
    pub(crate) fn command(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("LC_ALL", "en_US.UTF-8")
            .env_remove("TAMGA_TOKEN_BENCH")
            .env_remove("SOFTHSM2_CONF")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// `tamga` with one line on its standard input.
    pub(crate) fn tamga(&self, arguments: &[&str], line: &str) -> Ran {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_tamga"), arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that needs no password may be gone before it is written.
        let _ = writeln!(child.stdin.take().unwrap(), "{line}");
        let output = child.wait_with_output().unwrap();
        Ran {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A program of others that must succeed; a missing one is named with its package.
    #[track_caller]
    pub(crate) fn run(&self, program: &str, package: &str, arguments: &[&str]) {
        let ran = self.ask(program, package, arguments);
        assert_eq!(ran.status, 0, "{program} {arguments:?}: {}", ran.stderr);
    }

    /// A program of others, whatever it says.
    #[track_caller]
    pub(crate) fn ask(&self, program: &str, package: &str, arguments: &[&str]) -> Ran {
        let output = self
            .command(program, arguments)
            .output()
            .unwrap_or_else(|error| panic!("{program}: {error}: apt-get install {package}"));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran {
            status: output.status.code().unwrap(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

impl Ran {
    /// It did what it was asked.
    #[track_caller]
    pub(crate) fn succeeded(&self) -> &Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// Exit status and stable code: `… [wrong-password]` at the end of the first line.
    pub(crate) fn failure(&self) -> (i32, &str) {
        let line = self.stderr.lines().next().unwrap_or_default();
        let code = line
            .strip_suffix(']')
            .and_then(|line| line.rsplit('[').next())
            .unwrap_or(line);
        (self.status, code)
    }
}

/// The program that holds token libraries, which must lie beside `tamga`. Cargo builds it before the tests of the
/// whole workspace, but not before those of this package alone.
pub(crate) fn token_program() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_tamga")).with_file_name("tamga-token");
    assert!(
        program.is_file(),
        "{} is missing: cargo build -p tamga-token-pkcs11",
        program.display()
    );
    program
}
