//! Logins, attempts and keypads.

use cryptoki::context::Function;
use cryptoki::error::RvError;
use cryptoki::session::UserType;
use cryptoki::slot::TokenInfo;

use crate::support::{Bench, Keys, PIN, login, private_keys, refused, token};

fn info(bench: &Bench) -> TokenInfo {
    bench.library().get_token_info(bench.slot()).unwrap()
}

/// Flags for one wrong PIN or more, for one attempt left, for none.
fn flags(bench: &Bench) -> [bool; 3] {
    let info = info(bench);
    [
        info.user_pin_count_low(),
        info.user_pin_final_try(),
        info.user_pin_locked(),
    ]
}

#[test]
fn wrong_pins_are_counted_until_the_token_is_locked_for_the_right_one_too() {
    let bench = Bench::playing(&token("1"));
    let session = bench.session();
    let wrong = |code| refused(login(&session, "654321"), code, Function::Login);
    assert_eq!(flags(&bench), [false, false, false]);
    wrong(RvError::PinIncorrect);
    assert_eq!(flags(&bench), [true, false, false]);
    wrong(RvError::PinIncorrect);
    assert_eq!(flags(&bench), [true, true, false]);
    wrong(RvError::PinLocked);
    assert_eq!(flags(&bench), [true, false, true]);
    refused(login(&session, PIN), RvError::PinLocked, Function::Login);
}

#[test]
fn a_right_pin_restores_all_attempts() {
    let bench = Bench::playing(&token("1"));
    let session = bench.session();
    for _ in 0..2 {
        let wrong = login(&session, "654321");
        refused(wrong, RvError::PinIncorrect, Function::Login);
    }
    login(&session, PIN).unwrap();
    assert_eq!(flags(&bench), [false, false, false]);
}

#[test]
fn attempts_are_kept_when_the_library_starts_again() {
    let mut bench = Bench::playing(&(token("1") + &token("2")));
    let wrong = login(&bench.session(), "654321");
    refused(wrong, RvError::PinIncorrect, Function::Login);
    let counters = std::fs::read_to_string(bench.file(".pins")).unwrap();
    assert_eq!(counters, "1 = 2\n");

    bench.finalize();
    bench.initialize().unwrap();
    assert_eq!(flags(&bench), [true, false, false]);
    let second = bench.library().get_slots_with_token().unwrap()[1];
    let info = bench.library().get_token_info(second).unwrap();
    assert!(!info.user_pin_count_low());
    std::fs::remove_file(bench.file(".pins")).unwrap();
    assert_eq!(flags(&bench), [false, false, false]);
}

#[test]
fn counters_that_cannot_be_read_are_a_broken_token() {
    let bench = Bench::playing(&token("1"));
    let session = bench.session();
    std::fs::write(bench.file(".pins"), "1 = 'many'").unwrap();
    refused(login(&session, PIN), RvError::DeviceError, Function::Login);
}

#[test]
fn a_pin_of_impossible_length_costs_no_attempt() {
    let bench = Bench::playing(&(token("1") + "pin_length = [6, 8]\n"));
    let session = bench.session();
    for pin in ["12345", "123456789"] {
        refused(login(&session, pin), RvError::PinLenRange, Function::Login);
    }
    let info = info(&bench);
    assert_eq!((info.min_pin_length(), info.max_pin_length()), (6, 8));
    assert_eq!(flags(&bench), [false, false, false]);
}

#[test]
fn a_pin_that_must_be_set_or_changed_first_opens_nothing() {
    let bench = Bench::playing(&(token("1") + "pin_state = 'not-set'\n"));
    assert!(!info(&bench).user_pin_initialized());
    let session = bench.session();
    let code = RvError::UserPinNotInitialized;
    refused(login(&session, PIN), code, Function::Login);
    drop((session, bench));

    let bench = Bench::playing(&(token("1") + "pin_state = 'to-be-changed'\n"));
    assert!(info(&bench).user_pin_to_be_changed());
    let session = bench.session();
    refused(login(&session, PIN), RvError::PinExpired, Function::Login);
    refused(session.logout(), RvError::UserNotLoggedIn, Function::Logout);
}

#[test]
fn at_a_keypad_the_person_decides_and_no_pin_is_taken_from_a_program() {
    for (pad, expected) in [
        ("right", None),
        ("wrong", Some(RvError::PinIncorrect)),
        ("cancel", Some(RvError::FunctionCanceled)),
    ] {
        let lines = format!("pin_pad = true\npad_pin = '{pad}'\n");
        let bench = Bench::playing(&(token("1") + &lines));
        assert!(info(&bench).protected_authentication_path());
        let session = bench.session();
        let typed = login(&session, PIN);
        refused(typed, RvError::ArgumentsBad, Function::Login);
        let result = session.login(UserType::User, None);
        match expected {
            Some(code) => refused(result, code, Function::Login),
            None => result.unwrap(),
        }
        assert_eq!(flags(&bench), [pad == "wrong", false, false]);
    }
}

#[test]
fn without_a_keypad_a_login_needs_a_pin() {
    let bench = Bench::playing(&token("1"));
    assert!(!info(&bench).protected_authentication_path());
    let result = bench.session().login(UserType::User, None);
    refused(result, RvError::ArgumentsBad, Function::Login);
    assert_eq!(flags(&bench), [false, false, false]);
}

#[test]
fn login_belongs_to_the_token_and_ends_with_its_last_session() {
    let key = Keys::get().bare("rsa_individual");
    let bench = Bench::playing(&(token("1") + &key + &token("2") + &key));
    let (first, second) = (bench.logged_in(), bench.session());
    let code = RvError::UserAlreadyLoggedIn;
    refused(login(&second, PIN), code, Function::Login);
    first.close().unwrap();
    assert_eq!(private_keys(&second).len(), 1);

    let slots = bench.library().get_slots_with_token().unwrap();
    let other = bench.library().open_ro_session(slots[1]).unwrap();
    assert_eq!(private_keys(&other), []);

    second.close().unwrap();
    assert_eq!(private_keys(&bench.session()), []);
}

#[test]
fn nobody_but_the_person_logs_in() {
    let bench = Bench::playing(&token("1"));
    let result = bench.session().login(UserType::So, Some(&PIN.into()));
    refused(result, RvError::UserTypeInvalid, Function::Login);
}

#[test]
fn the_journal_knows_every_attempt_and_no_pin() {
    let bench = Bench::playing(&token("1"));
    let session = bench.session();
    let calls = bench.journal_of(|| {
        login(&session, "654321").unwrap_err();
        login(&session, PIN).unwrap();
        session.logout().unwrap();
        session.close().unwrap();
    });
    assert_eq!(
        calls,
        [
            "C_Login CKR_PIN_INCORRECT",
            "C_Login CKR_OK",
            "C_Logout CKR_OK",
            "C_CloseSession CKR_OK",
        ]
    );
    for file in std::fs::read_dir(bench.folder()).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let is_script = path.extension().is_some_and(|end| end == "toml");
        assert_eq!(text.contains(PIN), is_script, "{}", path.display());
        assert!(!text.contains("654321"), "{}", path.display());
    }
}
