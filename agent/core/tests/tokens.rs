//! Tokens and keys used before: what the window shows of them, and what happens to PINs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
#[path = "support/jobs.rs"]
mod support_jobs;

use support::{
    EMAIL_PROTECTION, Files, INDIVIDUAL, PASSWORD, Person, Pin, Plugged, Remembered, Seen, Step,
    desk_with, holder, keystore, signing_keystore,
};
use support_jobs::{GOST, attached, given, job, one_signature};
use tamga_agent_core::{
    Answer, Desk, KeyPlace, Offered, RecentPlace, SignJob, StoreProblem, Stores, Unusable, Wanted,
};
use tamga_token_api::{Attempts, PinEntry};
use tamga_token_fake::{FakeKeystore, Record};

const KAZTOKEN: Option<&str> = Some("AKKaztokenStore");

fn desk(person: &Person, tokens: &Plugged) -> Desk {
    desk_with(person, Files::default(), tokens, &Remembered::default())
}

async fn sign(desk: &Desk) -> Answer<tamga_agent_core::Signed> {
    desk.sign(job(vec![attached(b"tamga")])).await.unwrap()
}

fn opening(steps: Vec<Step>) -> Person {
    let mut script = vec![Step::AwaitTokens];
    script.extend(steps);
    Person::new(vec![script])
}

#[tokio::test]
async fn a_token_is_shown_by_the_names_on_it_and_signs() {
    let person = opening(vec![
        Step::OpenToken("KAZTOKEN", Pin::Typed(PASSWORD)),
        Step::Sign,
    ]);
    let token = signing_keystore().listed().with_retries(3);
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);

    given(sign(&desk(&person, &tokens)).await);

    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    assert_eq!(ask.offered, Offered::FilesAndTokens);
    let Seen::Tokens(now) = &seen[1] else {
        panic!("{seen:?}")
    };
    assert_eq!(now.failing, []);
    let [shown] = now.tokens.as_slice() else {
        panic!("{now:?}")
    };
    assert_eq!(shown.people, ["ҮЛГІ ҚАЙРАТ"]);
    assert_eq!(shown.pin_entry, PinEntry::Window);
    assert!(shown.allowed);
    assert_eq!(token.record().signatures, 1);
}

#[tokio::test]
async fn a_token_comes_and_goes_without_a_button() {
    let person = Person::new(vec![vec![]]);
    let tokens = Plugged::default();
    let desk = desk(&person, &tokens);
    let came_and_went = async {
        person.until(&["opened"]).await;
        tokens.plug("KAZTOKEN", KAZTOKEN, &signing_keystore());
        person.until(&["opened", "tokens"]).await;
        tokens.unplug("KAZTOKEN");
        person.until(&["opened", "tokens", "tokens"]).await;
    };
    tokio::select! {
        _ = sign(&desk) => panic!("nobody signed"),
        () = came_and_went => {}
    }
    let seen = person.seen();
    assert_eq!(seen[2], Seen::Tokens(Default::default()));
}

#[tokio::test]
async fn keys_of_a_token_that_was_taken_out_cannot_be_chosen_any_more() {
    let person = opening(vec![Step::OpenToken("KAZTOKEN", Pin::Typed(PASSWORD))]);
    let tokens = Plugged::default();
    let token = signing_keystore();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);
    let desk = desk(&person, &tokens);
    tokio::select! {
        _ = sign(&desk) => panic!("nobody signed"),
        () = async {
            person.until(&["opened", "tokens", "keys"]).await;
            tokens.unplug("KAZTOKEN");
            person.until(&["opened", "tokens", "keys", "tokens", "problem"]).await;
        } => {}
    }
    assert_eq!(person.seen()[4], Seen::Problem(StoreProblem::Removed));
}

#[tokio::test]
async fn the_last_attempt_is_made_only_by_a_person_who_knows_it() {
    let person = opening(vec![
        Step::OpenToken("KAZTOKEN", Pin::Typed("wrong")),
        Step::OpenToken("KAZTOKEN", Pin::Daring(PASSWORD)),
        Step::Sign,
    ]);
    let token = signing_keystore().with_retries(1);
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);
    tokens.say("KAZTOKEN", |slot| slot.attempts = Attempts::Last);

    given(sign(&desk(&person, &tokens)).await);

    assert_eq!(person.seen()[2], Seen::Problem(StoreProblem::LastAttempt));
    let record = Record {
        unlocked: 1,
        wrong_passwords: 0,
        signatures: 1,
    };
    assert_eq!(token.record(), record, "the first PIN was never tried");
}

#[tokio::test]
async fn a_locked_token_is_never_asked() {
    let person = opening(vec![
        Step::OpenToken("KAZTOKEN", Pin::Daring(PASSWORD)),
        Step::Cancel,
    ]);
    let token = signing_keystore();
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);
    tokens.say("KAZTOKEN", |slot| slot.attempts = Attempts::None);
    assert_eq!(sign(&desk(&person, &tokens)).await, Answer::Cancelled);
    assert_eq!(person.seen()[2], Seen::Problem(StoreProblem::Locked));
    assert_eq!(token.record(), Record::default());
}

#[tokio::test]
async fn a_wrong_pin_is_tried_once_and_said_with_what_is_left() {
    let person = opening(vec![
        Step::OpenToken("KAZTOKEN", Pin::Typed("wrong")),
        Step::Cancel,
    ]);
    let token = signing_keystore().with_retries(3);
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);
    assert_eq!(sign(&desk(&person, &tokens)).await, Answer::Cancelled);
    let wrong = StoreProblem::WrongPassword {
        retries_left: Some(2),
    };
    assert_eq!(person.seen()[2], Seen::Problem(wrong));
    assert_eq!(token.record().wrong_passwords, 1);
}

#[tokio::test]
async fn a_token_with_a_keypad_takes_no_pin_from_the_window() {
    let token: FakeKeystore = signing_keystore().with_pin_pad();
    let tokens = Plugged::default();
    tokens.plug("PAD", None, &token);
    tokens.say("PAD", |slot| slot.pin_entry = PinEntry::PinPad);
    let person = opening(vec![
        Step::OpenToken("PAD", Pin::Typed(PASSWORD)),
        Step::OpenToken("PAD", Pin::Pad),
        Step::Sign,
    ]);
    given(sign(&desk(&person, &tokens)).await);
    assert_eq!(person.seen()[2], Seen::Problem(StoreProblem::Unsupported));
    assert_eq!(token.record().signatures, 1);
}

#[tokio::test]
async fn a_key_that_asks_for_each_signature_gets_its_pin_each_time() {
    let person = opening(vec![
        Step::OpenToken("KAZTOKEN", Pin::Typed(PASSWORD)),
        Step::Sign,
        Step::PinAgain(PASSWORD),
        Step::PinAgain(PASSWORD),
    ]);
    let token = signing_keystore().asking_again();
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);
    let documents = vec![attached(b"one"), attached(b"two")];
    let desk = desk(&person, &tokens);
    let signed = given(desk.sign(job(documents)).await.unwrap());
    assert_eq!(signed.documents.len(), 2);
    assert_eq!(token.record().signatures, 2);
    let asked = person
        .course()
        .iter()
        .filter(|&&step| step == "pin again")
        .count();
    assert_eq!(asked, 2);
    assert!(person.seen().contains(&Seen::Progress(1, 2)));
}

#[tokio::test]
async fn a_wrong_pin_for_a_signature_signs_nothing_and_is_said() {
    let person = opening(vec![
        Step::OpenToken("KAZTOKEN", Pin::Typed(PASSWORD)),
        Step::Sign,
        Step::PinAgain("wrong"),
        Step::Cancel,
    ]);
    let token = signing_keystore().asking_again();
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &token);
    assert_eq!(sign(&desk(&person, &tokens)).await, Answer::Cancelled);
    let wrong = StoreProblem::WrongPassword { retries_left: None };
    assert!(person.seen().contains(&Seen::Problem(wrong)));
    assert_eq!(token.record().signatures, 0);
}

#[tokio::test]
async fn a_page_gets_keys_only_from_the_stores_it_named() {
    let person = opening(vec![
        Step::Open("/k.p12", PASSWORD),
        Step::OpenToken("JACARTA", Pin::Typed(PASSWORD)),
        Step::OpenToken("KAZTOKEN", Pin::Typed(PASSWORD)),
        Step::Sign,
    ]);
    let (kaztoken, jacarta, file) = (signing_keystore(), signing_keystore(), signing_keystore());
    let tokens = Plugged::default();
    tokens.plug("JACARTA", Some("AKJaCartaStore"), &jacarta);
    tokens.plug("KAZTOKEN", KAZTOKEN, &kaztoken);
    let files = Files::default().with("/k.p12", &file);
    let recent = Remembered::default();
    let desk = desk_with(&person, files, &tokens, &recent);
    let only = Stores::only(false, vec!["AKKaztokenStore".to_owned()]).unwrap();
    given(
        desk.sign(SignJob {
            stores: only,
            ..job(vec![attached(b"x")])
        })
        .await
        .unwrap(),
    );
    let seen = person.seen();
    assert!(matches!(&seen[0], Seen::Opened(ask) if ask.offered == Offered::Tokens));
    assert_eq!(seen[2], Seen::Problem(StoreProblem::Unsupported));
    assert_eq!(seen[3], Seen::Problem(StoreProblem::Removed));
    assert_eq!((jacarta.record(), file.record()), Default::default());
    assert_eq!(kaztoken.record().signatures, 1);
}

#[tokio::test]
async fn a_page_that_takes_files_only_never_makes_us_look_at_tokens() {
    let person = Person::new(vec![one_signature()]);
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", KAZTOKEN, &signing_keystore());
    let files = Files::default().with("/k.p12", &signing_keystore());
    let desk = desk_with(&person, files, &tokens, &Remembered::default());
    let stores = Stores::only(true, Vec::new()).unwrap();
    given(
        desk.sign(SignJob {
            stores,
            ..job(vec![attached(b"x")])
        })
        .await
        .unwrap(),
    );
    assert_eq!(person.course(), ["opened", "keys", "closed"]);
}

#[tokio::test]
async fn pages_may_ask_which_kinds_of_token_are_there() {
    let tokens = Plugged::default();
    let desk = desk(&Person::default(), &tokens);
    assert_eq!(desk.token_storages().await, Ok(vec![]));
    for label in ["a", "b"] {
        tokens.plug(label, KAZTOKEN, &signing_keystore());
    }
    tokens.plug("nameless", None, &signing_keystore());
    assert_eq!(
        desk.token_storages().await,
        Ok(vec!["AKKaztokenStore".to_owned()])
    );
}

#[tokio::test]
async fn the_key_used_last_is_offered_first_as_a_person_and_chosen_when_it_is_there() {
    let pairs = || holder(GOST, "ҮЛГІ АЙГҮЛ", &[EMAIL_PROTECTION, INDIVIDUAL], false);
    let store = keystore(vec![pairs(), pairs()]);
    let files = || Files::default().with("/two.p12", &store);
    let recent = Remembered::default();
    let tokens = Plugged::default();

    let person = Person::new(vec![vec![Step::Open("/two.p12", PASSWORD), Step::Sign]]);
    let used = given(sign(&desk_with(&person, files(), &tokens, &recent)).await).certificate;
    for _ in 0..100 {
        if !recent.0.lock().unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }

    let person = Person::new(vec![vec![Step::OpenRecent("/two.p12", 0), Step::Cancel]]);
    sign(&desk_with(&person, files(), &tokens, &recent)).await;
    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    let [first] = ask.recent.as_slice() else {
        panic!("{ask:?}")
    };
    assert_eq!(first.key.name, "ҮЛГІ АЙГҮЛ");
    assert_eq!(first.key.serial, used.serial_hex());
    assert_eq!(first.place, RecentPlace::File("/two.p12".into()));
    assert_eq!(first.key.unusable, None);
    assert_eq!(ask.last_file, Some("/two.p12".into()));
    let Seen::KeysFor(keys, Wanted::Key(id)) = &seen[1] else {
        panic!("{seen:?}")
    };
    let chosen = keys.iter().find(|key| key.id == *id).unwrap();
    assert_eq!(chosen.serial, used.serial_hex());
}

#[tokio::test]
async fn no_other_key_takes_the_place_of_a_recent_one_that_is_gone() {
    let recent = Remembered::default();
    let (_, gone) = holder(GOST, "gone", &[EMAIL_PROTECTION], false);
    let place = KeyPlace::File("/k.p12".into());
    recent.0.lock().unwrap().push(tamga_agent_core::RecentKey {
        certificate: gone,
        place,
    });
    let person = Person::new(vec![vec![Step::OpenRecent("/k.p12", 0), Step::Cancel]]);
    let files = Files::default().with("/k.p12", &signing_keystore());
    sign(&desk_with(&person, files, &Plugged::default(), &recent)).await;
    assert!(matches!(&person.seen()[1], Seen::KeysFor(_, Wanted::Gone)));
}

#[tokio::test]
async fn a_recent_key_that_cannot_serve_says_why() {
    let recent = Remembered::default();
    let (_, expired) = holder(GOST, "expired", &[EMAIL_PROTECTION], true);
    let (_, token) = holder(GOST, "token", &[EMAIL_PROTECTION], false);
    let places = [
        KeyPlace::File("/k.p12".into()),
        KeyPlace::Token {
            storages: vec!["AKJaCartaStore".into()],
            label: "JC".into(),
            locator: "bench/JC".into(),
        },
    ];
    let keys = [expired, token].into_iter().zip(places);
    recent.0.lock().unwrap().extend(
        keys.map(|(certificate, place)| tamga_agent_core::RecentKey { certificate, place }),
    );
    let person = Person::new(vec![vec![Step::Cancel]]);
    let desk = desk_with(&person, Files::default(), &Plugged::default(), &recent);
    let stores = Stores::only(true, vec!["AKKaztokenStore".into()]).unwrap();
    let answer = desk
        .sign(SignJob {
            stores,
            ..job(vec![attached(b"x")])
        })
        .await;
    assert_eq!(answer, Ok(Answer::Cancelled));
    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    let reasons: Vec<_> = ask.recent.iter().map(|one| one.key.unusable).collect();
    assert_eq!(reasons, [Some(Unusable::Expired), Some(Unusable::Store)]);
}
