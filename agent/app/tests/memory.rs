//! Passwords, PINs and keys leave the memory of our programs when the keystore is locked again (T-PIN-2).
//!
//! `tamga sign` is held at the word it says last, on a standard output that is full: by then the job is over and its
//! keystore locked, and the process still lives. The program of a token library is asked by the agent's own worker,
//! over SoftHSM2: the token bench has the PIN in its script and would be found guilty of that.
//! Every test sees the secret in the same process first, by the same search.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use std::{
    fs,
    io::{PipeReader, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use setup::{
    Desk, GOST, bench, holder,
    memory::{self, Secret, places},
    soft_token, token_program,
};
use tamga_scheme::{AskNobody, ToSign};
use tamga_test_pki::PASSWORD;
use tamga_token_api::{Password, TokenDriver as _, Unlock};
use tamga_token_worker::{Library, Worker};

/// What a pipe holds (`pipe(7)`).
const PIPE: usize = 65_536;

/// `tamga` that cannot end, because nobody reads what it says at its end.
struct Held {
    child: Child,
    _unread: PipeReader,
}

impl Held {
    fn start(mut command: Command, secret: &str) -> Self {
        let (unread, mut full) = std::io::pipe().unwrap();
        full.write_all(&vec![b'-'; PIPE]).unwrap();
        let mut child = command.stdin(Stdio::piped()).stdout(full).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{secret}").unwrap();
        Self {
            child,
            _unread: unread,
        }
    }

    fn id(&self) -> u32 {
        self.child.id()
    }

    /// Looks again and again while the keystore is open, with the process held still meanwhile, until `wanted` holds.
    #[track_caller]
    fn shows(&self, secrets: &[Secret], wanted: impl Fn(&[String]) -> bool) {
        let limit = Instant::now() + Duration::from_secs(60);
        while !threads(self.id()).contains(&"tamga-keystore".to_owned()) {
            assert!(Instant::now() < limit, "no keystore was opened");
            thread::sleep(Duration::from_millis(1));
        }
        loop {
            signal("STOP", self.id());
            let found = places(self.id(), secrets);
            let open = threads(self.id()).contains(&"tamga-keystore".to_owned());
            signal("CONT", self.id());
            if wanted(&found) {
                return;
            }
            assert!(open, "locked again: {found:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the signed document; the process is alive then, and stays so.
    fn wait_for(&mut self, signed: PathBuf) {
        let limit = Instant::now() + Duration::from_secs(60);
        while fs::metadata(&signed).map_or(0, |file| file.len()) == 0 {
            assert_eq!(self.child.try_wait().unwrap(), None, "it ended");
            assert!(Instant::now() < limit, "nothing was signed");
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.child.try_wait().unwrap(), None, "it ended");
    }

    /// Waits until nothing is left, and looks once more.
    #[track_caller]
    fn forgets(mut self, secrets: &[Secret]) {
        memory::until(self.id(), secrets, <[String]>::is_empty);
        assert_eq!(self.child.try_wait().unwrap(), None, "it ended");
        assert_eq!(places(self.id(), secrets), [""; 0]);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Names of the threads of a process.
fn threads(process: u32) -> Vec<String> {
    fs::read_dir(format!("/proc/{process}/task"))
        .unwrap()
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect()
}

fn signal(name: &str, process: u32) {
    let arguments = ["-s", name, &process.to_string()];
    let status = Command::new("kill").args(arguments).status().unwrap();
    assert!(status.success(), "kill {arguments:?}");
}

#[test]
fn a_pin_is_in_the_agents_program_while_its_token_signs_and_gone_afterwards() {
    let bench = bench::Bench::new(bench::Script {
        calls: "delay = { C_Sign = 3000 }",
        ..bench::Script::default()
    });
    bench.desk.write("contract.txt", "the contract");
    let sign = "sign contract.txt --format cms --token AKKaztokenStore --settings settings --password-stdin";
    let arguments: Vec<&str> = sign.split(' ').collect();
    let command = bench.desk.command(env!("CARGO_BIN_EXE_tamga"), &arguments);
    let secrets = memory::password(bench::PIN);
    let mut tamga = Held::start(command, bench::PIN);
    let seen = memory::until(tamga.id(), &secrets, |found| !found.is_empty());
    assert!(
        seen.iter()
            .all(|place| place.starts_with("password in UTF-8 ")),
        "{seen:?}"
    );
    tamga.wait_for(bench.desk.path("contract.txt.cms"));
    tamga.forgets(&secrets);
}

#[test]
fn the_password_and_the_key_of_a_file_are_gone_when_it_was_signed_with() {
    let desk = Desk::new();
    let file = desk.key_file(GOST);
    // Enough to be looked at while they are signed.
    let names: Vec<String> = (0..500).map(|number| format!("{number}.txt")).collect();
    for name in &names {
        desk.write(name, "text");
    }
    fs::create_dir(desk.path("signed")).unwrap();
    let options = [
        "--format",
        "cms",
        "--key",
        &file,
        "-o",
        "signed",
        "--password-stdin",
    ];
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let arguments = [&["sign"], &names[..], &options].concat();
    let command = desk.command(env!("CARGO_BIN_EXE_tamga"), &arguments);
    let scalar = memory::scalar(&secret_number());
    let secrets: Vec<Secret> = memory::password(PASSWORD)
        .into_iter()
        .chain(scalar)
        .collect();
    let mut tamga = Held::start(command, PASSWORD);
    let has = |found: &[String], what: &str| found.iter().any(|place| place.starts_with(what));
    tamga.shows(&secrets, |found| {
        has(found, "password in UTF-8 ")
            && has(found, "d at work, low half ")
            && has(found, "d at work, high half ")
            && has(found, "q - d at work, low half ")
    });
    tamga.wait_for(desk.path("signed/499.txt.cms"));
    tamga.forgets(&secrets);
}

/// The private number of the key, 64 bytes little-endian: OCTET STRING { OCTET STRING } at the end of its PKCS#8.
fn secret_number() -> Vec<u8> {
    let pkcs8 = holder(GOST).key.to_pkcs8_der();
    let head = [0x04, 0x42, 0x04, 0x40];
    let at = pkcs8.windows(4).position(|four| four == head).unwrap() + head.len();
    pkcs8[at..at + 64].to_vec()
}

#[test]
fn the_program_of_a_token_library_keeps_no_pin_after_the_token_was_locked() {
    let desk = soft_token::desk();
    // The worker passes on the environment of this process, which other tests share.
    let program = desk.write(
        "start-token",
        format!(
            "#!/bin/sh\nSOFTHSM2_CONF='{}' exec '{}' \"$@\"\n",
            desk.path("softhsm2.conf").display(),
            token_program().display()
        ),
    );
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let library = Library {
        path: soft_token::LIBRARY.into(),
        sha256: None,
        storages: Vec::new(),
    };
    let worker = Worker::new(program, library);
    let slot = worker.slots().unwrap().remove(0);
    let process = worker.process_id().unwrap();
    let mut keystore = worker.open(&slot).unwrap();
    let pin = Password::new(soft_token::PIN.to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&pin)).unwrap();
    let signer = unlocked.signer(&unlocked.entries()[0]).unwrap();
    signer.sign(ToSign::Bytes(b"text"), &mut AskNobody).unwrap();
    // The search reaches what this process was given: its arguments, and the copy it works with.
    let given = [Secret::new("library", soft_token::LIBRARY.as_bytes())];
    let seen = places(process, &given);
    for mapping in ["[stack]", "[heap]"] {
        let place = format!("library in {mapping},");
        assert!(seen.iter().any(|one| one.starts_with(&place)), "{seen:?}");
    }
    drop(signer);
    drop(unlocked);
    let secrets = memory::password(soft_token::PIN);
    assert_eq!(places(process, &secrets), [""; 0]);
    assert_eq!(worker.process_id(), Some(process), "it was another process");
}

#[test]
fn a_pin_is_found_in_the_program_of_a_token_library_that_is_comparing_it() {
    let bench = bench::Bench::new(bench::Script {
        calls: "hang = ['C_Login']",
        ..bench::Script::default()
    });
    let program = bench.desk.write(
        "start-token",
        format!(
            "#!/bin/sh\nTAMGA_TOKEN_BENCH='{}' exec '{}' \"$@\"\n",
            bench.desk.path("script.toml").display(),
            token_program().display()
        ),
    );
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let library = Library {
        path: bench.desk.path(bench::LIBRARY),
        sha256: None,
        storages: Vec::new(),
    };
    // The wrong one: the right one is in the script.
    let wrong = "8150397246";
    let secrets = memory::password(wrong);
    let worker = Worker::new(program, library);
    let slot = worker.slots().unwrap().remove(0);
    let process = worker.process_id().unwrap();
    thread::scope(|scope| {
        let unlocking = scope.spawn(|| {
            let pin = Password::new(wrong.to_owned());
            worker
                .open(&slot)
                .unwrap()
                .unlock(Unlock::Password(&pin))
                .map(drop)
        });
        memory::until(process, &secrets, |found| !found.is_empty());
        bench
            .desk
            .run("kill", "procps", &["-9", &process.to_string()]);
        assert!(unlocking.join().unwrap().is_err());
    });
}
