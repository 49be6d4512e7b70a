//! Readers and tokens that come and go.

use cryptoki::context::Function;
use cryptoki::error::RvError;
use cryptoki::mechanism::Mechanism;

use crate::support::{Bench, Keys, PIN, login, private_keys, refused, token};

const EMPTY: &str = "[[slot]]\nreader = 'Empty reader'\n";

#[test]
fn readers_are_slots_and_an_empty_one_has_no_token() {
    let bench = Bench::playing(&(EMPTY.to_owned() + &token("0001")));
    let library = bench.library();
    let all = library.get_all_slots().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(library.get_slots_with_token().unwrap(), all[1..]);
    let described = |index: usize| {
        let info = library.get_slot_info(all[index]).unwrap();
        (info.slot_description().to_owned(), info.token_present())
    };
    assert_eq!(described(0), ("Empty reader".to_owned(), false));
    assert_eq!(described(1), ("Reader 0001".to_owned(), true));
    let code = RvError::TokenNotPresent;
    refused(library.get_token_info(all[0]), code, Function::GetTokenInfo);
    let code = RvError::TokenNotPresent;
    refused(library.open_ro_session(all[0]), code, Function::OpenSession);
    let info = library.get_token_info(all[1]).unwrap();
    assert_eq!(info.label(), "Token 0001");
    assert_eq!(info.serial_number(), "0001");
    assert_eq!(info.manufacturer_id(), "Tamga");
    assert_eq!(info.model(), "Bench");
    assert!(info.token_initialized() && info.login_required() && info.write_protected());
}

#[test]
fn tokens_are_there_that_the_plug_file_names() {
    let bench = Bench::playing(&(token("1") + &token("2")));
    let there = || {
        let library = bench.library();
        let slots = library.get_slots_with_token().unwrap();
        let serial = |slot| {
            let info = library.get_token_info(slot).unwrap();
            info.serial_number().to_owned()
        };
        slots.into_iter().map(serial).collect::<Vec<_>>()
    };
    assert_eq!(there(), ["1", "2"]);
    std::fs::write(bench.file(".plug"), "2\n").unwrap();
    assert_eq!(there(), ["2"]);
    std::fs::write(bench.file(".plug"), "").unwrap();
    assert_eq!(there(), [""; 0]);
    std::fs::write(bench.file(".plug"), "1\n2\n").unwrap();
    assert_eq!(there(), ["1", "2"]);
}

#[test]
fn a_token_that_is_gone_takes_its_sessions_along_and_comes_back_logged_out() {
    let bench = Bench::playing(&(token("1") + &Keys::get().bare("rsa_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    std::fs::write(bench.file(".plug"), "").unwrap();
    let sign = || session.sign(&Mechanism::RsaPkcs, key, b"x");
    refused(sign(), RvError::DeviceRemoved, Function::SignInit);
    refused(sign(), RvError::SessionHandleInvalid, Function::SignInit);

    std::fs::remove_file(bench.file(".plug")).unwrap();
    refused(sign(), RvError::SessionHandleInvalid, Function::SignInit);
    let session = bench.session();
    assert_eq!(private_keys(&session), []);
    login(&session, PIN).unwrap();
    assert_eq!(private_keys(&session).len(), 1);
}

#[test]
fn a_token_pulled_out_inside_a_call_is_gone_for_everybody() {
    let behaviour = "[slot.behaviour]\nremove = { call = 'C_Sign' }\n";
    let script = token("1") + &Keys::get().bare("rsa_individual") + behaviour + &token("2");
    let bench = Bench::playing(&script);
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let signed = session.sign(&Mechanism::RsaPkcs, key, b"x");
    refused(signed, RvError::DeviceRemoved, Function::Sign);
    let plugged = std::fs::read_to_string(bench.file(".plug")).unwrap();
    assert_eq!(plugged, "2\n");
    let code = RvError::SessionHandleInvalid;
    refused(session.logout(), code, Function::Logout);
    let info = bench.library().get_token_info(bench.slot()).unwrap();
    assert_eq!(info.serial_number(), "2");
}

#[test]
fn a_token_pulled_out_while_a_call_is_slow_is_noticed_by_that_call() {
    let behaviour = "[slot.behaviour]\ndelay = { C_Login = 500 }\n";
    let bench = Bench::playing(&(token("1") + behaviour));
    let session = bench.session();
    let plug = bench.file(".plug");
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(100));
            std::fs::write(plug, "").unwrap();
        });
        login(&session, PIN)
    });
    refused(result, RvError::DeviceRemoved, Function::Login);
}
