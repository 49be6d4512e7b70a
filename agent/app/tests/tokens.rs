//! Tokens at the command line: what is listed, which PIN is tried, and what every failure says.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use setup::{
    GOST, Ran,
    bench::{Bench, LABEL, LIBRARY, PIN, STORAGE, Script},
    holder,
};

/// The right length, the wrong digits.
const WRONG: &str = "7319024686";

fn refusal(status: i32, code: &str) -> (i32, String) {
    (status, code.to_owned())
}

fn libraries(ran: &Ran) -> Value {
    serde_json::from_str(&ran.succeeded().stdout).unwrap()
}

#[test]
fn keys_of_a_token_are_listed_without_its_pin() {
    let bench = Bench::new(Script::default());
    let ran = bench.keys();
    let keys: Value = serde_json::from_str(&ran.succeeded().stdout).unwrap();
    assert_eq!(keys.as_array().map(Vec::len), Some(1));
    assert_eq!(keys[0]["serial"], holder(GOST).certificate.serial_hex());
    assert_eq!(keys[0]["algorithm"], "GOST-2015-512");
    assert_eq!(keys[0]["usable"], true);
    assert_eq!(bench.calls("C_Login"), 0);
    assert!(bench.calls("C_GetSlotList") > 0);
}

#[test]
fn a_wrong_pin_is_told_and_costs_one_attempt() {
    let bench = Bench::new(Script::default());
    assert_eq!(
        bench.refuses_to_sign(WRONG, &[]),
        refusal(10, "wrong-password")
    );
    assert_eq!(bench.attempts().as_deref(), Some("0001 = 2"));
    assert_eq!(bench.calls("C_Login"), 1);
    assert_eq!(bench.calls("C_Login CKR_PIN_INCORRECT"), 1);
}

#[test]
fn a_pin_of_an_impossible_length_is_told_and_costs_no_attempt() {
    let bench = Bench::new(Script::default());
    assert_eq!(bench.refuses_to_sign("123", &[]), refusal(10, "pin-length"));
    assert_eq!(bench.attempts(), None);
}

#[test]
fn the_last_attempt_is_made_only_when_told() {
    let bench = Bench::new(Script::default());
    bench.leave_attempts(1);
    // The right PIN makes no difference: nobody can know.
    for pin in [PIN, WRONG] {
        assert_eq!(bench.refuses_to_sign(pin, &[]), refusal(13, "last-attempt"));
    }
    assert_eq!(bench.calls("C_Login"), 0);
    assert_eq!(bench.attempts().as_deref(), Some("0001 = 1"));
    bench.sign(PIN, &["--last-attempt"]).succeeded();
    assert_eq!(bench.attempts().as_deref(), Some("0001 = 3"));
    assert!(bench.desk.exists("contract.txt.cms"));
}

#[test]
fn the_last_attempt_used_up_locks_the_token_and_a_locked_one_is_not_tried() {
    let bench = Bench::new(Script::default());
    bench.leave_attempts(1);
    assert_eq!(
        bench.refuses_to_sign(WRONG, &["--last-attempt"]),
        refusal(13, "locked")
    );
    assert_eq!(bench.attempts().as_deref(), Some("0001 = 0"));
    assert_eq!(bench.calls("C_Login"), 1);
    for more in [&[][..], &["--last-attempt"]] {
        assert_eq!(bench.refuses_to_sign(PIN, more), refusal(13, "locked"));
    }
    assert_eq!(bench.calls("C_Login"), 1);
}

#[test]
fn a_token_with_a_keypad_signs_without_a_pin_of_ours() {
    let bench = Bench::new(Script {
        token: "pin_pad = true",
        ..Script::default()
    });
    bench.desk.write("contract.txt", "the contract");
    let sign = ["sign", "contract.txt", "--format", "cms", "--token", LABEL];
    bench.tamga(&sign, "").succeeded();
    assert!(bench.desk.exists("contract.txt.cms"));
}

#[test]
fn a_token_that_is_not_there_is_no_token() {
    let bench = Bench::new(Script::default());
    bench.unplug();
    assert_eq!(bench.refuses_to_sign(PIN, &[]), refusal(14, "no-token"));
    assert_eq!(bench.keys().failure(), (14, "no-token"));
    let other = bench.tamga(&["keys", "--token", "AKKZIDCardStore"], "");
    assert_eq!(other.failure(), (14, "no-token"));
}

#[test]
fn a_token_pulled_out_while_it_signs_is_no_token_and_nothing_is_written() {
    let bench = Bench::new(Script {
        calls: "remove = { call = 'C_Sign' }",
        ..Script::default()
    });
    assert_eq!(bench.refuses_to_sign(PIN, &[]), refusal(14, "no-token"));
}

#[test]
fn a_library_that_changed_after_it_was_added_is_not_loaded() {
    let bench = Bench::new(Script::default());
    let path = bench.desk.path(LIBRARY);
    let mut library = OpenOptions::new().append(true).open(path).unwrap();
    library.write_all(b"\0").unwrap();
    drop(library);
    assert_eq!(
        bench.refuses_to_sign(PIN, &[]),
        refusal(19, "library-changed")
    );
    assert!(!bench.desk.exists("script.toml.log"), "it was loaded");
    // Agreed to once more, it serves.
    bench.add().succeeded();
    bench.sign(PIN, &[]).succeeded();
}

#[test]
fn a_library_that_others_could_replace_is_not_loaded() {
    let bench = Bench::new(Script::default());
    let folder = bench.desk.path("");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
    assert_eq!(
        bench.refuses_to_sign(PIN, &[]),
        refusal(19, "library-unsafe")
    );
    assert!(!bench.desk.exists("script.toml.log"), "it was loaded");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    bench.sign(PIN, &[]).succeeded();
}

#[test]
fn a_library_that_crashes_while_it_signs_is_told_and_the_pin_is_not_tried_again() {
    let bench = Bench::new(Script {
        calls: "crash = ['C_Sign']",
        ..Script::default()
    });
    assert_eq!(bench.refuses_to_sign(PIN, &[]), refusal(19, "token-driver"));
    assert_eq!(bench.calls("C_Sign crash"), 1);
    assert_eq!(bench.calls("C_Login"), 1);
}

#[test]
fn a_library_that_hangs_is_told_within_its_deadline() {
    let bench = Bench::new(Script {
        all_calls: "hang = ['C_GetSlotList']",
        ..Script::default()
    });
    let started = Instant::now();
    assert_eq!(bench.refuses_to_sign(PIN, &[]), refusal(19, "token-driver"));
    assert!(started.elapsed() < Duration::from_secs(20));
    let listed = libraries(&bench.tamga(&["tokens", "list", "--json"], ""));
    assert_eq!(listed[0]["tokens"], json!([]));
    assert!(listed[0]["problem"].is_string());
}

#[test]
fn a_library_that_takes_its_time_is_waited_for() {
    let bench = Bench::new(Script {
        all_calls: "delay = { C_Initialize = 1500 }",
        ..Script::default()
    });
    bench.sign(PIN, &[]).succeeded();
    assert!(bench.desk.exists("contract.txt.cms"));
}

#[test]
fn what_is_no_library_is_not_added() {
    let bench = Bench::not_added();
    let path = bench.desk.write(LIBRARY, "no library");
    assert_eq!(bench.add().failure(), (19, "library-does-not-start"));
    fs::remove_file(path).unwrap();
    assert_eq!(bench.add().failure(), (19, "library-unreadable"));
    assert!(!bench.desk.exists("settings"));
}

#[test]
fn a_storage_no_page_knows_is_refused_with_the_names_there_are() {
    let bench = Bench::not_added();
    let path = bench.desk.path(LIBRARY);
    let library = path.to_str().unwrap();
    let ran = bench.tamga(&["tokens", "add", library, "--storage", "MyStore"], "");
    assert_eq!(ran.failure(), (2, "no-storage"));
    assert!(ran.stderr.contains(STORAGE), "{ran:?}");
    assert!(!bench.desk.exists("settings"));
}

#[test]
fn tokens_are_listed_with_their_libraries_and_what_is_wrong_with_them() {
    let bench = Bench::new(Script::default());
    let path = bench.desk.path(LIBRARY);
    let list = || libraries(&bench.tamga(&["tokens", "list", "--json"], ""));
    let library = |attempts: Option<&str>| {
        let token = |attempts| json!({"label": LABEL, "pinPad": false, "attempts": attempts});
        json!([{
            "path": path,
            "storages": [STORAGE],
            "added": true,
            "problem": null,
            "tokens": attempts.map(token).into_iter().collect::<Vec<_>>(),
        }])
    };
    assert_eq!(list(), library(Some("")));
    for (left, word) in [(2, "low"), (1, "last"), (0, "locked")] {
        bench.leave_attempts(left);
        assert_eq!(list(), library(Some(word)));
    }
    bench.unplug();
    assert_eq!(list(), library(None));
    fs::remove_file(&path).unwrap();
    let listed = list();
    assert_eq!(listed[0]["tokens"], json!([]));
    assert!(listed[0]["problem"].is_string());
}

#[test]
fn a_removed_library_is_forgotten() {
    let bench = Bench::new(Script::default());
    let path = bench.desk.path(LIBRARY);
    let remove = ["tokens", "remove", path.to_str().unwrap()];
    bench.tamga(&remove, "").succeeded();
    let listed = libraries(&bench.tamga(&["tokens", "list", "--json"], ""));
    assert_eq!(listed, json!([]));
    assert_eq!(bench.keys().failure(), (14, "no-token"));
    assert_eq!(bench.tamga(&remove, "").failure(), (14, "not-added"));
}
