//! The model between two events.

use tamga_window_protocol::{Documents, Language, Origin, Unusable, Wish};

use super::*;

const FILE: &str = if cfg!(windows) { r"C:\k.p12" } else { "/k.p12" };

fn model() -> Model {
    let mut model = Model::new(Ask {
        origin: Origin::Site("https://portal.example.kz".into()),
        wish: Wish::Sign(Documents {
            count: 1,
            bytes: 1,
            blind: 0,
            formats: vec![],
        }),
        language: Language::Ru,
        offered: Offered::FilesAndTokens,
        recent: vec![],
        last_file: None,
    });
    model.wake();
    model
}

/// The newest key in a file, one on the token 1.
fn with_recent(offered: Offered) -> Model {
    let place = |place| Recent {
        key: key(5, None),
        place,
    };
    let Model { ask, .. } = model();
    Model::new(Ask {
        offered,
        recent: vec![
            place(Place::File("/recent.p12".into())),
            Recent {
                key: key(6, None),
                ..place(Place::Token {
                    label: "KAZTOKEN".into(),
                    token: 1,
                })
            },
        ],
        ..ask
    })
}

fn token(id: usize) -> Token {
    Token {
        id,
        label: "KAZTOKEN".into(),
        people: vec![],
        pin_pad: false,
        attempts: Attempts::Unworried,
        allowed: true,
    }
}

fn plugged(tokens: Vec<Token>) -> Tokens {
    Tokens {
        tokens,
        failing: vec![],
    }
}

fn opened(model: &mut Model, path: &str, password: &str) -> Option<ToAgent> {
    model.open(path, password).map(|(message, _)| message)
}

fn open_file() -> ToAgent {
    ToAgent::Open(Open {
        store: Store::File(FILE.into()),
        unlock: Unlock::Password,
        recent: None,
        last_attempt: false,
    })
}

fn key(id: usize, unusable: Option<Unusable>) -> Key {
    Key {
        id,
        name: "ТЕСТОВ ТЕСТ".into(),
        iin: None,
        bin: None,
        organization: None,
        issuer: String::new(),
        algorithm: String::new(),
        not_before: 0,
        not_after: 0,
        serial: String::new(),
        unusable,
        expired: false,
    }
}

#[test]
fn open_sends_path_and_password_apart_and_only_once() {
    let mut model = model();
    let (message, password) = model.open(FILE, "Qwerty12").unwrap();
    assert_eq!(message, open_file());
    assert_eq!(password.unwrap().as_str().unwrap(), "Qwerty12");
    assert_eq!(model.phase(), Phase::Opening);
    assert!(model.open(FILE, "Qwerty12").is_none());
}

#[test]
fn open_says_what_is_missing() {
    for (path, password, notice) in [
        ("", "x", Notice::NoPath),
        ("  ", "x", Notice::NoPath),
        ("k.p12", "x", Notice::NotFullPath),
        (FILE, "", Notice::NoPassword),
        (FILE, &"x".repeat(1025), Notice::LongPassword),
    ] {
        let mut model = model();
        assert!(model.open(path, password).is_none());
        assert_eq!(model.notice(), Some(notice), "{path:?}");
        assert_eq!(model.phase(), Phase::Sealed);
    }
}

#[test]
fn pasted_quotes_and_spaces_are_not_part_of_a_path() {
    for path in [
        format!(" {FILE} "),
        format!("\"{FILE}\""),
        format!("'{FILE}'"),
    ] {
        assert_eq!(opened(&mut model(), &path, "x"), Some(open_file()));
    }
    assert_eq!(typed_path("\""), "\"");
}

#[test]
fn a_single_usable_key_is_chosen_and_several_are_not() {
    let mut model = model();
    model.show_keys(
        vec![key(4, Some(Unusable::Expired)), key(7, None)],
        Wanted::Any,
    );
    assert_eq!(model.chosen(), Some(1));
    assert_eq!(model.sign(), Some(ToAgent::Sign { key: 7 }));
    model.show_keys(vec![key(4, None), key(7, None)], Wanted::Any);
    assert_eq!(model.chosen(), None);
    assert_eq!(model.sign(), None);
}

#[test]
fn an_unusable_key_cannot_be_chosen() {
    let mut model = model();
    model.show_keys(
        vec![key(0, Some(Unusable::Purpose)), key(1, None), key(2, None)],
        Wanted::Any,
    );
    model.choose(0);
    assert_eq!(model.chosen(), None);
    model.choose(9);
    assert_eq!(model.chosen(), None);
    model.choose(2);
    model.choose(0);
    assert_eq!(model.chosen(), Some(2));
}

#[test]
fn arrows_pass_over_unusable_keys_and_stay_at_the_ends() {
    let mut model = model();
    let keys = vec![key(0, None), key(1, Some(Unusable::Role)), key(2, None)];
    model.show_keys(keys, Wanted::Any);
    let mut walk = |below| {
        model.choose_neighbour(below);
        model.chosen()
    };
    assert_eq!(
        [walk(true), walk(true), walk(true)],
        [Some(0), Some(2), Some(2)]
    );
    assert_eq!([walk(false), walk(false)], [Some(0), Some(0)]);
}

#[test]
fn nothing_is_signed_before_the_window_is_awake() {
    let mut model = Model {
        awake: false,
        ..model()
    };
    model.show_keys(vec![key(0, None)], Wanted::Any);
    assert_eq!(model.sign(), None);
    model.wake();
    assert_eq!(model.sign(), Some(ToAgent::Sign { key: 0 }));
}

#[test]
fn a_decision_is_sent_once() {
    let mut model = model();
    model.show_keys(vec![key(0, None)], Wanted::Any);
    assert!(model.sign().is_some());
    assert_eq!(model.phase(), Phase::Signing);
    assert_eq!(model.sign(), None);
}

#[test]
fn a_problem_takes_the_keys_away() {
    let mut model = model();
    model.show_keys(vec![key(0, None)], Wanted::Any);
    model.show_problem(Problem::WrongPassword { retries_left: None });
    assert_eq!(model.phase(), Phase::Sealed);
    assert_eq!(model.keys().len(), 0);
    assert_eq!(model.sign(), None);
    assert!(model.can_open());
}

#[test]
fn a_store_without_a_fitting_key_says_so() {
    let mut model = model();
    model.show_keys(vec![key(0, Some(Unusable::OtherPerson))], Wanted::Any);
    assert_eq!(model.notice(), Some(Notice::NoUsable));
    model.show_keys(vec![], Wanted::Any);
    assert_eq!(model.notice(), Some(Notice::Problem(Problem::Empty)));
}

#[test]
fn the_recent_key_used_last_needs_only_its_password() {
    let mut model = with_recent(Offered::FilesAndTokens);
    assert_eq!(model.source(), Some(Source::Recent(0)));
    let expected = ToAgent::Open(Open {
        store: Store::File("/recent.p12".into()),
        unlock: Unlock::Password,
        recent: Some(5),
        last_attempt: false,
    });
    assert_eq!(opened(&mut model, "", "x"), Some(expected));
}

#[test]
fn a_recent_key_is_chosen_where_it_is_and_nothing_where_it_is_gone() {
    let mut model = with_recent(Offered::FilesAndTokens);
    model.show_keys(vec![key(0, None), key(1, None)], Wanted::Key(1));
    assert_eq!(model.chosen(), Some(1));
    model.show_keys(vec![key(0, None)], Wanted::Gone);
    assert_eq!(model.chosen(), None);
    assert_eq!(model.notice(), Some(Notice::RecentGone));
}

#[test]
fn a_recent_key_on_a_token_waits_for_its_token() {
    let mut model = with_recent(Offered::FilesAndTokens);
    model.choose_source(Source::Recent(1));
    assert_eq!(model.source(), Some(Source::Recent(0)), "it is not there");
    model.show_tokens(plugged(vec![token(1)]));
    model.choose_source(Source::Recent(1));
    let expected = ToAgent::Open(Open {
        store: Store::Token(1),
        unlock: Unlock::Password,
        recent: Some(6),
        last_attempt: false,
    });
    assert_eq!(opened(&mut model, "", "1234"), Some(expected));
}

#[test]
fn where_files_are_not_asked_for_a_token_has_to_be_pointed_at() {
    let mut model = Model::new(Ask {
        offered: Offered::Tokens,
        ..model().ask().clone()
    });
    assert_eq!(opened(&mut model, FILE, "1234"), None);
    assert_eq!(model.notice(), Some(Notice::NoSource));
    model.choose_source(Source::File);
    assert_eq!(model.source(), None);
    model.show_tokens(plugged(vec![token(1)]));
    assert_eq!(model.sources(), [Source::Token(1)]);
    model.choose_source(Source::Token(1));
    assert!(opened(&mut model, "", "1234").is_some());
}

#[test]
fn nothing_takes_the_place_of_a_token_that_was_taken_out() {
    let mut model = model();
    model.show_tokens(plugged(vec![token(1), token(2)]));
    model.choose_source(Source::Token(1));
    model.show_tokens(plugged(vec![token(2)]));
    assert_eq!(model.source(), None);
    assert_eq!(opened(&mut model, FILE, "1234"), None);
    assert_eq!(model.notice(), Some(Notice::NoSource));
}

#[test]
fn tokens_that_may_not_serve_or_are_locked_cannot_be_pointed_at() {
    let mut model = model();
    let refused = Token {
        allowed: false,
        ..token(1)
    };
    let locked = Token {
        attempts: Attempts::None,
        ..token(2)
    };
    model.show_tokens(plugged(vec![refused, locked]));
    for id in [1, 2, 3] {
        model.choose_source(Source::Token(id));
        assert_eq!(model.source(), Some(Source::File));
    }
}

#[test]
fn the_last_attempt_is_made_only_after_it_was_allowed_for_this_token() {
    let mut model = model();
    let last = |id| Token {
        attempts: Attempts::Last,
        ..token(id)
    };
    model.show_tokens(plugged(vec![last(1), last(2)]));
    model.choose_source(Source::Token(1));
    assert_eq!(opened(&mut model, "", "1234"), None);
    let notice = Notice::Problem(Problem::LastAttempt);
    assert_eq!(model.notice(), Some(notice));
    model.allow_last_attempt(true);
    model.choose_source(Source::Token(2));
    assert!(!model.last_attempt(), "allowed for the other one");
    model.allow_last_attempt(true);
    let expected = ToAgent::Open(Open {
        store: Store::Token(2),
        unlock: Unlock::Password,
        recent: None,
        last_attempt: true,
    });
    assert_eq!(opened(&mut model, "", "1234"), Some(expected));
}

#[test]
fn a_keypad_takes_the_place_of_the_password() {
    let mut model = model();
    let pad = Token {
        pin_pad: true,
        ..token(1)
    };
    model.show_tokens(plugged(vec![pad]));
    model.choose_source(Source::Token(1));
    let (message, password) = model.open("", "typed all the same").unwrap();
    assert!(matches!(
        message,
        ToAgent::Open(Open {
            unlock: Unlock::PinPad,
            ..
        })
    ));
    assert!(password.is_none());
}

#[test]
fn a_pin_is_given_again_only_when_the_token_asks() {
    let mut model = model();
    model.ask_pin_again();
    assert_eq!(model.phase(), Phase::Sealed);
    model.show_keys(vec![key(0, None)], Wanted::Any);
    model.sign();
    model.ask_pin_again();
    let (message, pin) = model.open("", "1234").unwrap();
    assert_eq!(message, ToAgent::PinAgain);
    assert_eq!(pin.unwrap().as_str().unwrap(), "1234");
    assert_eq!(model.phase(), Phase::Signing);
}

#[test]
fn arrows_walk_over_keystores_that_can_be_used() {
    let mut model = with_recent(Offered::FilesAndTokens);
    model.show_tokens(plugged(vec![token(2)]));
    let sources = [Source::Token(2), Source::Recent(0), Source::Recent(1)];
    assert_eq!(model.sources(), sources);
    let mut walk = |below| {
        model.choose_neighbouring_source(below);
        model.source()
    };
    assert_eq!(
        walk(true),
        Some(Source::Recent(0)),
        "Recent(1) is not there"
    );
    assert_eq!(walk(false), Some(Source::Token(2)));
    assert_eq!(walk(false), Some(Source::Token(2)));
    assert_eq!(walk(true), Some(Source::Recent(0)));
}
