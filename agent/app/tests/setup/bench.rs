//! A token of the token bench, its library added to the settings of a desk.

use std::{fs, os::unix::fs::PermissionsExt as _};

use tamga_test_pki::PASSWORD;

use super::{Desk, GOST, Ran, token_program};

/// PIN of the token; long enough to be found nowhere by chance.
pub(crate) const PIN: &str = "7319024685";

/// The token's label.
pub(crate) const LABEL: &str = "Bench token";

/// What pages call it.
pub(crate) const STORAGE: &str = "AKKaztokenStore";

/// The library, in the desk's folder.
pub(crate) const LIBRARY: &str = "bench.so";

/// The desk's settings.
const SETTINGS: &str = "settings";

/// Lines of the bench's script: of the token, its key, calls about its slot, and all calls.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Script<'a> {
    pub(crate) token: &'a str,
    pub(crate) key: &'a str,
    pub(crate) calls: &'a str,
    pub(crate) all_calls: &'a str,
}

/// A desk with a token.
pub(crate) struct Bench {
    pub(crate) desk: Desk,
}

impl Bench {
    /// A token with a GOST key of 512 bits and its certificate; its library was added while it behaved.
    pub(crate) fn new(script: Script<'_>) -> Self {
        let bench = Self::not_added();
        bench.add().succeeded();
        bench.follow(script);
        bench
    }

    /// The same before its library is added.
    pub(crate) fn not_added() -> Self {
        token_program();
        let mut desk = Desk::new();
        desk.set("TAMGA_TOKEN_BENCH", desk.path("script.toml"));
        desk.key_file(GOST);
        // A copy, because a build's folder may be writable to a group.
        fs::copy(tamga_token_bench::library_path(), desk.path(LIBRARY)).unwrap();
        fs::set_permissions(desk.path(LIBRARY), fs::Permissions::from_mode(0o755)).unwrap();
        let bench = Self { desk };
        bench.follow(Script::default());
        bench
    }

    /// From now on the bench does what this script says, and its journal is empty.
    pub(crate) fn follow(&self, script: Script<'_>) {
        let Script {
            token,
            key,
            calls,
            all_calls,
        } = script;
        let text = format!(
            "[behaviour]\n{all_calls}\n[[slot]]\nreader = 'Reader'\n[slot.token]\nserial = '0001'\nlabel = '{LABEL}'\n\
             pin = '{PIN}'\n{token}\n[[slot.token.key]]\nfile = '{GOST}.p12'\npassword = '{PASSWORD}'\nid = '01'\n{key}\n\
             [slot.behaviour]\n{calls}\n"
        );
        self.desk.write("script.toml", text);
        if self.desk.exists("script.toml.log") {
            fs::remove_file(self.desk.path("script.toml.log")).unwrap();
        }
    }

    /// `tamga tokens add`.
    pub(crate) fn add(&self) -> Ran {
        let library = self.desk.path(LIBRARY);
        let library = library.to_str().unwrap();
        self.tamga(&["tokens", "add", library, "--storage", STORAGE], "")
    }

    /// `tamga` with the desk's settings.
    pub(crate) fn tamga(&self, arguments: &[&str], line: &str) -> Ran {
        let settings = ["--settings", SETTINGS];
        self.desk.tamga(&[arguments, &settings].concat(), line)
    }

    /// `tamga keys` of the token.
    pub(crate) fn keys(&self) -> Ran {
        self.tamga(&["keys", "--token", LABEL, "--json"], "")
    }

    /// `tamga sign` of `contract.txt` with this PIN.
    pub(crate) fn sign(&self, pin: &str, more: &[&str]) -> Ran {
        self.desk.write("contract.txt", "the contract");
        let arguments = ["sign", "contract.txt", "--format", "cms", "--token", LABEL];
        self.tamga(&[&arguments, &["--password-stdin"][..], more].concat(), pin)
    }

    /// Signs and gives exit status and code; nothing may have been written.
    pub(crate) fn refuses_to_sign(&self, pin: &str, more: &[&str]) -> (i32, String) {
        let ran = self.sign(pin, more);
        assert!(!self.desk.exists("contract.txt.cms"), "{ran:?}");
        let (status, code) = ran.failure();
        (status, code.to_owned())
    }

    /// How often a function was called, or how often with this result.
    pub(crate) fn calls(&self, line: &str) -> usize {
        let journal = self.desk.read("script.toml.log");
        journal
            .lines()
            .filter(|one| *one == line || one.split(' ').next() == Some(line))
            .count()
    }

    /// Attempts left, as the bench keeps them; it has all of them until one is used.
    pub(crate) fn attempts(&self) -> Option<String> {
        let kept = "script.toml.pins";
        self.desk
            .exists(kept)
            .then(|| self.desk.read(kept).trim().to_owned())
    }

    /// Leaves so many attempts.
    pub(crate) fn leave_attempts(&self, left: u32) {
        self.desk
            .write("script.toml.pins", format!("0001 = {left}\n"));
    }

    /// Pulls the token out of its reader.
    pub(crate) fn unplug(&self) {
        self.desk.write("script.toml.plug", "");
    }
}
