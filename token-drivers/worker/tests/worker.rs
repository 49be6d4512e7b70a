//! The agent's side against a child that crashes, hangs, lies or is killed: an error of that call, and nothing else.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod token;

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use tamga_scheme::{Reauthenticate, SignError, SignatureScheme, ToSign};
use tamga_token_api::{
    Attempts, Contents, Password, PinEntry, Slot, TokenDriver, TokenError, Unlock, UnlockError,
};
use tamga_token_worker::{Deadlines, Library, Problem, Worker, Workers};
use tempfile::TempDir;

/// Requests in the order in which one signature makes them.
const REQUESTS: [&str; 6] = ["Slots", "Contents", "Unlock", "Signer", "Sign", "Pin"];

/// For tests in which nothing is late.
const PATIENT: Duration = Duration::from_secs(20);

/// For tests in which something hangs.
const SHORT: Duration = Duration::from_millis(700);

fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let debug = test.ancestors().nth(2).unwrap();
    let program = debug
        .join("examples")
        .join(format!("misbehaving-token{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{}: build it with `cargo test`, or `cargo build --examples`",
        program.display()
    );
    program
}

fn deadlines(each: Duration) -> Deadlines {
    Deadlines {
        slots: each,
        contents: each,
        unlock: each,
        pin_pad: each,
        sign: each,
    }
}

fn library(folder: &Path, behaviour: &str) -> Library {
    Library {
        path: folder.join(behaviour),
        sha256: None,
        storages: vec!["AKKaztokenStore".to_owned()],
    }
}

fn worker(folder: &TempDir, behaviour: &str, each: Duration) -> Worker {
    Worker::with_deadlines(
        program(),
        library(folder.path(), behaviour),
        deadlines(each),
    )
}

/// Types the same PIN whenever asked.
struct Type(&'static str);

impl Reauthenticate for Type {
    fn reauthenticate(
        &mut self,
        enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError> {
        enter(self.0.as_bytes())
    }
}

/// Types none.
struct Cancel;

impl Reauthenticate for Cancel {
    fn reauthenticate(
        &mut self,
        _enter: &mut dyn FnMut(&[u8]) -> Result<(), SignError>,
    ) -> Result<(), SignError> {
        Err(SignError::Cancelled)
    }
}

#[derive(Debug, PartialEq)]
enum Failed {
    Sign(SignError),
    Token(TokenError),
    Unlock(UnlockError),
}

fn only_slot(driver: &dyn TokenDriver) -> Result<Slot, Failed> {
    let slots = driver.slots().map_err(Failed::Token)?;
    assert_eq!(slots.len(), 1);
    Ok(slots[0].clone())
}

/// Everything a signature needs; ends at the first failure.
fn walk(
    driver: &dyn TokenDriver,
    pin: &str,
    to_sign: ToSign<'_>,
    again: &mut dyn Reauthenticate,
) -> Result<(), Failed> {
    let slot = only_slot(driver)?;
    let mut keystore = driver.open(&slot).map_err(Failed::Token)?;
    let password = Password::new(pin.to_owned());
    let unlocked = keystore
        .unlock(Unlock::Password(&password))
        .map_err(Failed::Unlock)?;
    let signer = unlocked
        .signer(&unlocked.entries()[0])
        .map_err(Failed::Token)?;
    signer.sign(to_sign, again).map_err(Failed::Sign)?;
    Ok(())
}

fn sign_once(driver: &dyn TokenDriver) -> Result<(), Failed> {
    walk(
        driver,
        token::PIN,
        ToSign::Bytes(b"text"),
        &mut Type(token::PIN),
    )
}

/// What a failure at this request is, when its reason is `error`.
fn at(request: &str, error: TokenError) -> Failed {
    match request {
        "Slots" | "Contents" | "Signer" => Failed::Token(error),
        "Unlock" => Failed::Unlock(UnlockError::Token(error)),
        "Sign" | "Pin" => Failed::Sign(SignError::Stopped),
        other => panic!("{other}"),
    }
}

#[test]
fn a_signature_is_made_through_a_child_and_everything_shown_is_the_tokens() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "honest", PATIENT);
    assert_eq!(worker.process_id(), None);
    let slot = only_slot(&worker).unwrap();
    assert_eq!(slot.label, "Fake token");
    assert_eq!(slot.pin_entry, PinEntry::Window);
    assert_eq!(slot.attempts, Attempts::Low);
    // The storage's name is the agent's, whatever the child says.
    assert_eq!(slot.storages, ["AKKaztokenStore"]);
    assert!(slot.locator.ends_with("/0001/7"), "{}", slot.locator);

    let mut keystore = worker.open(&slot).unwrap();
    let Contents::Listed(listed) = keystore.contents() else {
        panic!("sealed")
    };
    let password = Password::new(token::PIN.to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&password)).unwrap();
    assert_eq!(unlocked.entries(), listed);
    let signer = unlocked.signer(&listed[0]).unwrap();
    assert_eq!(signer.scheme(), SignatureScheme::Gost2004);
    let key = listed[0].certificate.public_key().unwrap();
    assert_eq!(signer.public_key(), key);
    let digest = signer.scheme().digest().digest(b"text");
    let mut typing = Type(token::PIN);
    let value = signer.sign(ToSign::Digest(&digest), &mut typing).unwrap();
    tamga_scheme::verify(key, signer.scheme(), b"text", &value).unwrap();
    // Longer than any frame.
    let long = vec![0x5a; 700_001];
    let value = signer.sign(ToSign::Bytes(&long), &mut typing).unwrap();
    tamga_scheme::verify(key, signer.scheme(), &long, &value).unwrap();
    assert_eq!(
        signer.sign(ToSign::Digest(&[0; 31]), &mut typing),
        Err(SignError::DigestLength {
            expected: 32,
            actual: 31
        })
    );
}

#[test]
fn a_crash_at_any_request_is_an_error_of_that_call_and_the_next_call_works() {
    for request in REQUESTS {
        for deed in [
            "crash", "end", "garbage", "huge", "password", "wrong", "chatter",
        ] {
            let folder = TempDir::new().unwrap();
            let worker = worker(&folder, &format!("{deed}@{request}"), PATIENT);
            let failed = sign_once(&worker);
            assert_eq!(
                failed,
                Err(at(request, TokenError::Stopped)),
                "{deed} at {request}"
            );
            assert_eq!(sign_once(&worker), Ok(()), "after {deed} at {request}");
        }
    }
}

#[test]
fn a_hang_at_any_request_ends_at_the_deadline_and_the_next_call_works() {
    for request in REQUESTS {
        let folder = TempDir::new().unwrap();
        let worker = worker(&folder, &format!("hang@{request}"), SHORT);
        let started = Instant::now();
        let failed = sign_once(&worker);
        assert_eq!(
            failed,
            Err(at(request, TokenError::TimedOut(SHORT))),
            "{request}"
        );
        assert!(started.elapsed() < Duration::from_secs(5), "{request}");
        assert_eq!(sign_once(&worker), Ok(()), "after {request}");
    }
}

#[cfg(unix)]
#[test]
fn a_child_killed_in_any_request_is_an_error_of_that_call_and_the_next_call_works() {
    for request in REQUESTS {
        let folder = TempDir::new().unwrap();
        let behaviour = format!("hang@{request}");
        let worker = worker(&folder, &behaviour, PATIENT);
        let reached = library(folder.path(), &behaviour)
            .path
            .with_extension("done");
        thread::scope(|scope| {
            let call = scope.spawn(|| sign_once(&worker));
            while !reached.exists() {
                thread::sleep(Duration::from_millis(5));
            }
            let id = i32::try_from(worker.process_id().unwrap()).unwrap();
            let process = rustix::process::Pid::from_raw(id).unwrap();
            rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
            assert_eq!(
                call.join().unwrap(),
                Err(at(request, TokenError::Stopped)),
                "{request}"
            );
        });
        assert_eq!(sign_once(&worker), Ok(()), "after {request}");
    }
}

#[test]
fn a_list_without_end_is_cut_and_the_child_ended() {
    for request in ["Contents", "Unlock"] {
        let folder = TempDir::new().unwrap();
        let worker = worker(&folder, &format!("endless@{request}"), PATIENT);
        assert_eq!(sign_once(&worker), Err(at(request, TokenError::Stopped)));
        assert_eq!(worker.process_id(), None);
    }
}

#[test]
fn a_signature_that_does_not_verify_is_a_fault() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "forge@Sign", PATIENT);
    assert_eq!(sign_once(&worker), Err(Failed::Sign(SignError::Fault)));
}

#[test]
fn wrong_pins_count_and_cross_as_what_they_are() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "honest", PATIENT);
    let text = ToSign::Bytes(b"text");
    let mut typing = Type(token::PIN);
    let wrong = |retries_left| {
        Err(Failed::Unlock(UnlockError::WrongPassword {
            retries_left: Some(retries_left),
        }))
    };
    assert_eq!(walk(&worker, "wrong", text, &mut typing), wrong(2));
    assert_eq!(walk(&worker, token::PIN, text, &mut typing), Ok(()));
    assert_eq!(
        walk(&worker, token::PIN, text, &mut Type("wrong")),
        Err(Failed::Sign(SignError::WrongPin))
    );
    assert_eq!(
        walk(&worker, token::PIN, text, &mut Cancel),
        Err(Failed::Sign(SignError::Cancelled))
    );
    for left in [2, 1, 0] {
        assert_eq!(walk(&worker, "wrong", text, &mut typing), wrong(left));
    }
    assert_eq!(
        walk(&worker, token::PIN, text, &mut typing),
        Err(Failed::Unlock(UnlockError::Blocked))
    );
    let mut keystore = worker.open(&only_slot(&worker).unwrap()).unwrap();
    let Err(error) = keystore.unlock(Unlock::PinPad) else {
        panic!("unlocked without a PIN")
    };
    let no_keypad = TokenError::Unsupported("no keypad".to_owned());
    assert_eq!(error, UnlockError::Token(no_keypad));
    let long = Password::new("1".repeat(1025));
    let Err(error) = keystore.unlock(Unlock::Password(&long)) else {
        panic!("unlocked with a wrong PIN")
    };
    assert_eq!(error, UnlockError::PinLength);
}

#[test]
fn after_three_failures_the_library_rests_and_no_child_is_started() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "always-crash@Slots", PATIENT);
    for _ in 0..3 {
        assert_eq!(worker.slots(), Err(TokenError::Stopped));
    }
    let resting = TokenError::Driver(
        "the program of this library failed 3 times within 60 s and rests".to_owned(),
    );
    assert_eq!(worker.slots(), Err(resting));
    assert_eq!(worker.process_id(), None);
}

#[test]
fn a_child_that_ended_by_idleness_is_started_again_and_is_no_failure() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "brief", PATIENT);
    let mut processes = Vec::new();
    for _ in 0..5 {
        only_slot(&worker).unwrap();
        processes.push(worker.process_id().unwrap());
        thread::sleep(Duration::from_millis(250));
    }
    processes.dedup();
    assert_eq!(processes.len(), 5);
}

#[test]
fn an_unlocked_child_does_not_end_by_idleness() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "brief", PATIENT);
    let mut keystore = worker.open(&only_slot(&worker).unwrap()).unwrap();
    let password = Password::new(token::PIN.to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&password)).unwrap();
    thread::sleep(Duration::from_millis(400));
    let signer = unlocked.signer(&unlocked.entries()[0]).unwrap();
    let signed = signer.sign(ToSign::Bytes(b"text"), &mut Type(token::PIN));
    assert!(signed.is_ok(), "{signed:?}");
}

#[test]
fn a_goodbye_to_a_request_is_answered_by_a_new_child() {
    let folder = TempDir::new().unwrap();
    let once = worker(&folder, "goodbye@Slots", PATIENT);
    assert!(only_slot(&once).is_ok());
    let always = worker(&folder, "always-goodbye@Slots", PATIENT);
    assert_eq!(always.slots(), Err(TokenError::Stopped));
}

#[test]
fn while_a_call_runs_the_last_list_is_shown_at_once() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "hang@Sign", Duration::from_secs(3));
    let known = worker.slots().unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| sign_once(&worker));
        let reached = folder.path().join("hang@Sign").with_extension("done");
        while !reached.exists() {
            thread::sleep(Duration::from_millis(5));
        }
        let started = Instant::now();
        assert_eq!(worker.slots().unwrap(), known);
        assert!(started.elapsed() < Duration::from_millis(500));
        assert_eq!(call.join().unwrap(), Err(Failed::Sign(SignError::Stopped)));
    });
}

#[test]
fn unlocking_a_second_time_locks_the_first() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "honest", PATIENT);
    let slot = only_slot(&worker).unwrap();
    let password = Password::new(token::PIN.to_owned());
    let mut first = worker.open(&slot).unwrap();
    let first = first.unlock(Unlock::Password(&password)).unwrap();
    let signer = first.signer(&first.entries()[0]).unwrap();
    let mut second = worker.open(&slot).unwrap();
    let second = second.unlock(Unlock::Password(&password)).unwrap();
    assert_eq!(
        signer.sign(ToSign::Bytes(b"text"), &mut Type(token::PIN)),
        Err(SignError::Keystore(
            "locked, because another was unlocked".to_owned()
        ))
    );
    drop(signer);
    // Dropping the first does not lock the second.
    drop(first);
    let signer = second.signer(&second.entries()[0]).unwrap();
    let signed = signer.sign(ToSign::Bytes(b"text"), &mut Type(token::PIN));
    assert!(signed.is_ok(), "{signed:?}");
}

#[test]
fn a_signer_of_a_child_that_ended_says_so_even_when_another_child_runs() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "crash@Slots", PATIENT);
    // The deed is done once: let it pass.
    assert_eq!(worker.slots(), Err(TokenError::Stopped));
    let slot = only_slot(&worker).unwrap();
    let mut keystore = worker.open(&slot).unwrap();
    let password = Password::new(token::PIN.to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&password)).unwrap();
    let signer = unlocked.signer(&unlocked.entries()[0]).unwrap();
    std::fs::remove_file(folder.path().join("crash@Slots").with_extension("done")).unwrap();
    assert_eq!(worker.slots(), Err(TokenError::Stopped));
    assert!(only_slot(&worker).is_ok());
    assert_eq!(
        signer.sign(ToSign::Bytes(b"text"), &mut Type(token::PIN)),
        Err(SignError::Stopped)
    );
}

#[test]
fn dropping_an_unlocked_keystore_locks_it_and_waits_a_second_at_most() {
    let folder = TempDir::new().unwrap();
    let worker = worker(&folder, "hang@Lock", PATIENT);
    let slot = only_slot(&worker).unwrap();
    let mut keystore = worker.open(&slot).unwrap();
    let password = Password::new(token::PIN.to_owned());
    let unlocked = keystore.unlock(Unlock::Password(&password)).unwrap();
    let started = Instant::now();
    drop(unlocked);
    assert!(started.elapsed() < Duration::from_millis(1_500));
    let reached = folder.path().join("hang@Lock").with_extension("done");
    assert!(reached.exists(), "the child was not told to lock");
}

#[cfg(target_os = "linux")]
#[test]
fn dropping_the_worker_ends_its_child_even_in_a_call() {
    let gone = |id: u32| {
        let process = PathBuf::from(format!("/proc/{id}"));
        let started = Instant::now();
        while process.exists() {
            assert!(started.elapsed() < Duration::from_secs(5), "still there");
            thread::sleep(Duration::from_millis(10));
        }
    };
    let folder = TempDir::new().unwrap();
    let silent = worker(&folder, "honest", PATIENT);
    only_slot(&silent).unwrap();
    let id = silent.process_id().unwrap();
    drop(silent);
    gone(id);

    let hanging = worker(&folder, "hang@Unlock", PATIENT);
    let slot = only_slot(&hanging).unwrap();
    let mut keystore = hanging.open(&slot).unwrap();
    let id = hanging.process_id().unwrap();
    let call = thread::spawn(move || {
        let password = Password::new(token::PIN.to_owned());
        keystore.unlock(Unlock::Password(&password)).err()
    });
    let reached = folder.path().join("hang@Unlock").with_extension("done");
    while !reached.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    drop(hanging);
    gone(id);
    assert_eq!(
        call.join().unwrap(),
        Some(UnlockError::Token(TokenError::Stopped))
    );
}

#[test]
fn a_missing_program_is_named() {
    let folder = TempDir::new().unwrap();
    let worker = Worker::new(folder.path().join("absent"), library(folder.path(), "x"));
    let Err(TokenError::Driver(text)) = worker.slots() else {
        panic!("a program that is not there listed slots")
    };
    assert!(text.contains("absent"), "{text}");
}

#[test]
fn one_slow_and_one_crashing_library_delay_no_other_and_are_named() {
    let folder = TempDir::new().unwrap();
    let workers = Workers::with_patience(
        [
            worker(&folder, "always-hang@Slots", Duration::from_secs(4)),
            worker(&folder, "honest", PATIENT),
            worker(&folder, "always-crash@Slots", PATIENT),
        ],
        Duration::from_millis(1_500),
    );
    let started = Instant::now();
    let slot = only_slot(&workers).unwrap();
    assert!(started.elapsed() < Duration::from_secs(3));
    let crashed = Problem {
        library: folder.path().join("always-crash@Slots"),
        error: TokenError::Stopped,
    };
    assert_eq!(workers.problems(), [crashed]);
    assert!(workers.open(&slot).is_ok());
    assert_eq!(sign_once(&workers), Ok(()));
    let elsewhere = Slot {
        locator: "elsewhere/0001/7".to_owned(),
        ..slot
    };
    let Err(error) = workers.open(&elsewhere) else {
        panic!("opened a slot of no library")
    };
    assert_eq!(error, TokenError::Unreadable(std::io::ErrorKind::NotFound));
}
