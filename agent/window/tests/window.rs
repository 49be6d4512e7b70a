//! The window driven like a person drives it: by accessible names, through the toolkit's own events,
//! with real frames on the agent's side.

use std::{
    cell::{Cell, RefCell},
    io::Write,
    rc::Rc,
    time::Duration,
};

use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, init_no_event_loop, mock_elapsed_time,
};
use slint::{ComponentHandle, platform::Key as KeyCode, platform::WindowEvent};
use tamga_window::view::{View, WAKING};
use tamga_window_protocol::{
    Ask, Attempts, Documents, Frame, Key, Language, Offered, Open, Origin, Place, Problem, Recent,
    Store, ToAgent, ToWindow, Token, Tokens, Unlock, Unusable, Wanted, Wish, decode, read_frame,
};

const FILE: &str = if cfg!(windows) {
    r"C:\keys\a.p12"
} else {
    "/keys/a.p12"
};

/// What the agent receives.
#[derive(Clone, Default)]
struct Agent(Rc<RefCell<Vec<u8>>>);

impl Write for Agent {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[derive(Debug, PartialEq)]
enum Heard {
    Message(ToAgent),
    Password(String),
}

struct Stage {
    view: View,
    agent: Agent,
    finished: Rc<Cell<bool>>,
}

impl Stage {
    /// A window that has been shown and is awake.
    fn new(ask: Ask) -> Self {
        let stage = Self::fresh(ask);
        mock_elapsed_time(WAKING);
        stage
    }

    /// A window that has been shown this very moment.
    fn fresh(ask: Ask) -> Self {
        Self::with_chooser(ask, || None)
    }

    fn with_chooser(ask: Ask, choose: fn() -> Option<String>) -> Self {
        init_no_event_loop();
        let agent = Agent::default();
        let finished = Rc::new(Cell::new(false));
        let set = finished.clone();
        let view = View::new(
            Language::Ru,
            agent.clone(),
            Box::new(move |_, _, answer| answer(choose())),
            move || set.set(true),
        )
        .expect("a window");
        view.receive(ToWindow::Show(ask)).expect("shown");
        Self {
            view,
            agent,
            finished,
        }
    }

    fn tell(&self, message: ToWindow) {
        self.view.receive(message).expect("received");
    }

    fn all(&self, role: AccessibleRole, label: &str) -> Vec<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.view.window(), label)
            .filter(|it| it.accessible_role() == Some(role))
            .collect()
    }

    /// The only element with this role and name.
    fn one(&self, role: AccessibleRole, label: &str) -> ElementHandle {
        let mut found = self.all(role, label);
        assert_eq!(found.len(), 1, "{role:?} {label}");
        found.remove(0)
    }

    fn press(&self, label: &str) {
        self.one(AccessibleRole::Button, label)
            .invoke_accessible_default_action();
    }

    fn enabled(&self, label: &str) -> bool {
        self.one(AccessibleRole::Button, label).accessible_enabled() == Some(true)
    }

    fn fill(&self, label: &str, text: &str) {
        self.one(AccessibleRole::TextInput, label)
            .set_accessible_value(text);
    }

    fn says(&self, text: &str) -> bool {
        ElementHandle::find_by_accessible_label(self.view.window(), text)
            .next()
            .is_some()
    }

    fn key(&self, text: impl Into<slint::SharedString>) {
        let text = text.into();
        let window = self.view.window().window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
    }

    fn type_keys(&self, text: &str) {
        for c in text.chars() {
            self.key(c);
        }
    }

    /// Row of a key: the list item whose name begins with this.
    fn row(&self, name: &str) -> ElementHandle {
        let name = name.to_owned();
        rows(self.view.window())
            .into_iter()
            .find(|it| {
                it.accessible_label()
                    .is_some_and(|label| label.starts_with(&name))
            })
            .expect("a row with this name")
    }

    fn heard(&self) -> Vec<Heard> {
        let bytes = self.agent.0.borrow();
        let mut rest = bytes.as_slice();
        let mut heard = Vec::new();
        while let Some(frame) = read_frame(&mut rest).expect("a frame") {
            heard.push(match frame {
                Frame::Message(payload) => Heard::Message(decode(&payload).expect("a message")),
                Frame::Password(it) => Heard::Password(it.as_str().expect("UTF-8").to_owned()),
            });
        }
        heard
    }
}

fn rows(root: &tamga_window::markup::SigningWindow) -> Vec<ElementHandle> {
    i_slint_backend_testing::ElementQuery::from_root(root)
        .match_descendants()
        .match_accessible_role(AccessibleRole::ListItem)
        .find_all()
}

fn ask(language: Language) -> Ask {
    Ask {
        origin: Origin::Site("https://portal.example.kz".into()),
        wish: Wish::Sign(Documents {
            count: 1,
            bytes: 2048,
            blind: 0,
            formats: vec!["CMS".into()],
        }),
        language,
        offered: Offered::FilesAndTokens,
        recent: vec![],
        last_file: None,
    }
}

fn keys(keys: Vec<Key>) -> ToWindow {
    ToWindow::Keys {
        keys,
        wanted: Wanted::Any,
    }
}

fn open_file() -> Heard {
    Heard::Message(ToAgent::Open(Open {
        store: Store::File(FILE.into()),
        unlock: Unlock::Password,
        recent: None,
        last_attempt: false,
    }))
}

fn open_token(id: usize, unlock: Unlock, last_attempt: bool) -> Heard {
    Heard::Message(ToAgent::Open(Open {
        store: Store::Token(id),
        unlock,
        recent: None,
        last_attempt,
    }))
}

fn token(id: usize, label: &str) -> Token {
    Token {
        id,
        label: label.into(),
        people: vec!["ТЕСТОВ ТЕСТ".into()],
        pin_pad: false,
        attempts: Attempts::Unworried,
        allowed: true,
    }
}

fn plugged(tokens: Vec<Token>) -> ToWindow {
    ToWindow::Tokens(Tokens {
        tokens,
        failing: vec![],
    })
}

fn key(id: usize, name: &str) -> Key {
    Key {
        id,
        name: name.into(),
        iin: Some("123456789011".into()),
        bin: None,
        organization: None,
        issuer: "Тестовый УЦ".into(),
        algorithm: "GOST-2015-512".into(),
        not_before: 1_735_671_600,
        not_after: 1_767_207_600,
        serial: "01".into(),
        unusable: None,
        expired: false,
    }
}

#[test]
fn the_whole_way_works_by_accessible_names_in_three_languages() {
    struct Words {
        language: Language,
        path: &'static str,
        password: &'static str,
        open: &'static str,
        sign: &'static str,
        origin: &'static str,
    }
    for words in [
        Words {
            language: Language::Kk,
            path: "Сақтау орнының жолы",
            password: "Құпиясөз",
            open: "Ашу",
            sign: "Қол қою",
            origin: "Сайт: https://portal.example.kz",
        },
        Words {
            language: Language::Ru,
            path: "Путь к хранилищу",
            password: "Пароль",
            open: "Открыть",
            sign: "Подписать",
            origin: "Сайт: https://portal.example.kz",
        },
        Words {
            language: Language::En,
            path: "Container path",
            password: "Password",
            open: "Open",
            sign: "Sign",
            origin: "Site: https://portal.example.kz",
        },
    ] {
        // Each language in a thread of its own: one toolkit backend per thread.
        std::thread::spawn(move || {
            let stage = Stage::new(ask(words.language));
            assert!(stage.says(words.origin));
            stage.fill(words.path, FILE);
            stage.fill(words.password, "Qwerty12");
            stage.press(words.open);
            stage.tell(keys(vec![key(5, "ТЕСТОВ ТЕСТ"), key(6, "ТЕСТОВА ТЕСТА")]));
            assert!(!stage.enabled(words.sign));
            stage
                .row("ТЕСТОВА ТЕСТА")
                .invoke_accessible_default_action();
            assert!(stage.enabled(words.sign));
            stage.press(words.sign);
            assert_eq!(
                stage.heard(),
                [
                    open_file(),
                    Heard::Password("Qwerty12".into()),
                    Heard::Message(ToAgent::Sign { key: 6 }),
                ]
            );
        })
        .join()
        .unwrap();
    }
}

#[test]
fn the_password_is_in_no_message_and_leaves_the_field() {
    let stage = Stage::new(ask(Language::Ru));
    stage.fill("Путь к хранилищу", FILE);
    stage.fill("Пароль", "Sekret-777");
    stage.press("Открыть");
    let bytes = stage.agent.0.borrow().clone();
    let mut rest = bytes.as_slice();
    let mut frames = 0;
    while let Some(frame) = read_frame(&mut rest).unwrap() {
        frames += 1;
        if let Frame::Message(payload) = frame {
            assert!(!payload.windows(10).any(|it| it == b"Sekret-777"));
        }
    }
    assert_eq!(frames, 2);
    assert_eq!(stage.view.window().get_password(), "");
}

#[test]
fn sign_is_refused_through_accessibility_while_it_is_disabled() {
    let stage = Stage::new(ask(Language::Ru));
    assert!(!stage.enabled("Подписать"));
    stage.press("Подписать");
    stage.tell(keys(vec![key(0, "А"), key(1, "Б")]));
    assert!(!stage.enabled("Подписать"));
    stage.press("Подписать");
    assert_eq!(stage.heard(), []);
}

#[test]
fn nothing_is_signed_in_the_first_half_second() {
    assert!(WAKING >= Duration::from_millis(500));
    let stage = Stage::fresh(ask(Language::Ru));
    stage.tell(keys(vec![key(0, "А")]));
    mock_elapsed_time(Duration::from_millis(499));
    assert!(!stage.enabled("Подписать"));
    stage.press("Подписать");
    assert_eq!(stage.heard(), []);
    mock_elapsed_time(WAKING);
    stage.press("Подписать");
    assert_eq!(stage.heard(), [Heard::Message(ToAgent::Sign { key: 0 })]);
}

#[test]
fn a_second_press_of_sign_sends_nothing() {
    let stage = Stage::new(ask(Language::Ru));
    stage.tell(keys(vec![key(0, "А")]));
    stage.press("Подписать");
    stage.press("Подписать");
    assert_eq!(stage.heard(), [Heard::Message(ToAgent::Sign { key: 0 })]);
    assert!(stage.says("Формирование ЭЦП…"));
}

#[test]
fn enter_in_the_password_field_opens_and_never_signs() {
    let stage = Stage::new(Ask {
        last_file: Some(FILE.into()),
        ..ask(Language::Ru)
    });
    stage.type_keys("Qwerty12");
    stage.key(KeyCode::Return);
    assert_eq!(
        stage.heard(),
        [open_file(), Heard::Password("Qwerty12".into())]
    );
    stage.tell(keys(vec![key(0, "А")]));
    mock_elapsed_time(WAKING);
    assert!(stage.enabled("Подписать"));
    stage.key(KeyCode::Return);
    stage.key(KeyCode::Return);
    assert_eq!(stage.heard().len(), 2);
}

#[test]
fn a_wrong_password_is_said_with_what_to_do_and_can_be_tried_again() {
    let stage = Stage::new(Ask {
        last_file: Some(FILE.into()),
        ..ask(Language::Ru)
    });
    stage.fill("Пароль", "bad");
    stage.press("Открыть");
    stage.tell(ToWindow::Problem(Problem::WrongPassword {
        retries_left: None,
    }));
    assert!(stage.says(
        "Неверный пароль. Проверьте раскладку клавиатуры и Caps Lock и введите пароль ещё раз."
    ));
    // The field has the focus again.
    stage.type_keys("good");
    stage.key(KeyCode::Return);
    assert_eq!(stage.heard().last(), Some(&Heard::Password("good".into())));
    assert!(!stage.says("Неверный пароль."));
}

#[test]
fn an_unusable_key_cannot_be_chosen_and_says_why() {
    let stage = Stage::new(ask(Language::Ru));
    let other = Key {
        unusable: Some(Unusable::OtherPerson),
        ..key(0, "ЧУЖОЙ")
    };
    stage.tell(keys(vec![other, key(1, "А"), key(2, "Б")]));
    let row = stage.row("ЧУЖОЙ");
    assert_eq!(row.accessible_enabled(), Some(false));
    assert!(
        row.accessible_label()
            .unwrap()
            .contains("сайт просит ключ с другим ИИН")
    );
    row.invoke_accessible_default_action();
    stage.press("Подписать");
    assert_eq!(stage.heard(), []);
}

#[test]
fn a_certificate_is_sent_and_not_signed() {
    let stage = Stage::new(Ask {
        wish: Wish::ReadCertificate,
        ..ask(Language::Kk)
    });
    assert_eq!(stage.all(AccessibleRole::Button, "Қол қою").len(), 0);
    stage.tell(keys(vec![key(3, "ТЕСТОВ ТЕСТ")]));
    stage.press("Жіберу");
    assert_eq!(stage.heard(), [Heard::Message(ToAgent::Sign { key: 3 })]);
}

#[test]
fn cancel_escape_and_closing_are_one_and_the_same() {
    for how in [
        (|stage: &Stage| stage.press("Отмена")) as fn(&Stage),
        |stage| stage.key(KeyCode::Escape),
        |stage| {
            stage
                .view
                .window()
                .window()
                .dispatch_event(WindowEvent::CloseRequested)
        },
    ] {
        std::thread::spawn(move || {
            let stage = Stage::fresh(ask(Language::Ru));
            how(&stage);
            assert_eq!(stage.heard(), [Heard::Message(ToAgent::Cancelled)]);
            assert!(stage.finished.get());
        })
        .join()
        .unwrap();
    }
}

#[test]
fn the_language_can_be_switched() {
    let stage = Stage::new(ask(Language::Ru));
    stage
        .one(AccessibleRole::RadioButton, "Қазақша")
        .invoke_accessible_default_action();
    assert!(stage.enabled("Болдырмау"));
    assert_eq!(stage.all(AccessibleRole::Button, "Отмена").len(), 0);
    assert_eq!(
        stage.view.window().get_window_title(),
        "Tamga. Деректерге қол қою"
    );
}

#[test]
fn a_password_in_other_letters_is_warned_about() {
    const WARNING: &str = "Внимание! Пароль вводится не латинскими буквами";
    let stage = Stage::new(Ask {
        last_file: Some(FILE.into()),
        ..ask(Language::Ru)
    });
    stage.type_keys("Qw1!");
    assert!(!stage.says(WARNING));
    stage.type_keys("й");
    assert!(stage.says(WARNING));
}

#[test]
fn the_file_chooser_fills_the_path() {
    let stage = Stage::with_chooser(ask(Language::Ru), || Some(FILE.into()));
    stage.press("Выбрать ключ");
    stage.type_keys("x");
    stage.key(KeyCode::Return);
    assert_eq!(stage.heard(), [open_file(), Heard::Password("x".into())]);
}

#[test]
fn without_a_file_chooser_the_person_is_told_to_type_the_path() {
    let stage = Stage::with_chooser(ask(Language::Ru), || None);
    stage.press("Выбрать ключ");
    assert!(stage.says(
        "Файл не выбран. Если окно выбора файла не открывается, введите полный путь в поле «Путь к хранилищу»."
    ));
    stage.fill("Путь к хранилищу", FILE);
    stage.fill("Пароль", "x");
    stage.press("Открыть");
    assert_eq!(stage.heard().len(), 2);
}

#[test]
fn another_key_file_can_be_chosen_after_the_first() {
    let stage = Stage::new(ask(Language::Ru));
    stage.tell(keys(vec![key(0, "А")]));
    stage.press("Выбрать другой ключ");
    assert!(!stage.enabled("Подписать"));
    assert!(stage.enabled("Открыть"));
    stage.press("Подписать");
    assert_eq!(stage.heard(), []);
}

#[test]
fn loud_lines_and_the_blind_warning_are_shown() {
    let stage = Stage::new(Ask {
        origin: Origin::Site("http://192.0.2.7\u{202e}".into()),
        wish: Wish::Sign(Documents {
            count: 1,
            bytes: 32,
            blind: 1,
            formats: vec![],
        }),
        ..ask(Language::En)
    });
    assert!(stage.says("Site: http://192.0.2.7"));
    assert!(stage.says(
        "The connection to this site is not protected (http): the page may have been replaced. Do not sign if you are not sure."
    ));
    assert!(
        stage.says(
            "The site sent only the hash of the document: nobody can see here what is signed."
        )
    );
}

#[test]
fn the_password_cannot_be_copied_or_cut() {
    let stage = Stage::new(Ask {
        last_file: Some(FILE.into()),
        ..ask(Language::Ru)
    });
    stage.type_keys("Qwerty12");
    let window = stage.view.window().window();
    let control = slint::SharedString::from(KeyCode::Control);
    window.dispatch_event(WindowEvent::KeyPressed {
        text: control.clone(),
    });
    stage.key('a');
    stage.key('x');
    window.dispatch_event(WindowEvent::KeyReleased { text: control });
    assert_eq!(stage.view.window().get_password(), "Qwerty12");
}

#[test]
fn a_key_used_before_is_a_person_who_only_types_the_password() {
    let stage = Stage::new(Ask {
        recent: vec![Recent {
            key: key(4, "ТЕСТОВ ТЕСТ"),
            place: Place::File(FILE.into()),
        }],
        ..ask(Language::Ru)
    });
    let row = stage.row("ТЕСТОВ ТЕСТ").accessible_label().unwrap();
    assert!(row.contains("ИИН 1234••••••11"), "{row}");
    assert!(row.contains("В файле a.p12"), "{row}");
    assert_eq!(stage.view.window().get_path(), FILE);
    // The password has the focus.
    stage.type_keys("Qwerty12");
    stage.key(KeyCode::Return);
    let opened = Heard::Message(ToAgent::Open(Open {
        store: Store::File(FILE.into()),
        unlock: Unlock::Password,
        recent: Some(4),
        last_attempt: false,
    }));
    assert_eq!(stage.heard(), [opened, Heard::Password("Qwerty12".into())]);
    stage.tell(ToWindow::Keys {
        keys: vec![key(0, "А"), key(1, "ТЕСТОВ ТЕСТ")],
        wanted: Wanted::Key(1),
    });
    stage.press("Подписать");
    assert_eq!(
        stage.heard().last(),
        Some(&Heard::Message(ToAgent::Sign { key: 1 }))
    );
}

#[test]
fn another_file_can_be_chosen_beside_the_recent_keys() {
    let stage = Stage::new(Ask {
        recent: vec![Recent {
            key: key(4, "ТЕСТОВ ТЕСТ"),
            place: Place::File("/recent.p12".into()),
        }],
        ..ask(Language::Ru)
    });
    stage.type_keys("typed for the other one");
    stage.view.window().invoke_focus_path();
    stage.type_keys("x");
    assert_eq!(stage.view.window().get_password(), "");
    stage.fill("Путь к хранилищу", FILE);
    stage.fill("Пароль", "x");
    stage.press("Открыть");
    assert_eq!(stage.heard(), [open_file(), Heard::Password("x".into())]);
}

#[test]
fn a_token_appears_by_itself_with_the_people_on_it_and_opens_with_its_pin() {
    let stage = Stage::new(ask(Language::Ru));
    stage.tell(plugged(vec![token(7, "KAZTOKEN")]));
    let row = stage.row("Токен KAZTOKEN");
    assert!(row.accessible_label().unwrap().contains("ТЕСТОВ ТЕСТ"));
    row.invoke_accessible_default_action();
    stage.fill("ПИН-код токена", "12345678");
    stage.press("Открыть");
    assert_eq!(
        stage.heard(),
        [
            open_token(7, Unlock::Password, false),
            Heard::Password("12345678".into())
        ]
    );
}

#[test]
fn a_token_that_went_takes_its_typed_pin_with_it() {
    let stage = Stage::new(ask(Language::Ru));
    stage.tell(plugged(vec![token(7, "KAZTOKEN"), token(8, "JACARTA")]));
    stage
        .row("Токен KAZTOKEN")
        .invoke_accessible_default_action();
    stage.fill("ПИН-код токена", "12345678");
    stage.tell(plugged(vec![token(8, "JACARTA")]));
    assert_eq!(stage.view.window().get_password(), "");
    assert_eq!(stage.all(AccessibleRole::Button, "Открыть").len(), 0);
    stage
        .row("Токен JACARTA")
        .invoke_accessible_default_action();
    assert!(stage.enabled("Открыть"));
}

#[test]
fn where_only_tokens_serve_there_is_no_path_and_the_window_waits_for_one() {
    let stage = Stage::new(Ask {
        offered: Offered::Tokens,
        ..ask(Language::Ru)
    });
    assert_eq!(
        stage
            .all(AccessibleRole::TextInput, "Путь к хранилищу")
            .len(),
        0
    );
    assert!(stage.says("Подключите токен…"));
    stage.tell(plugged(vec![token(7, "KAZTOKEN")]));
    assert!(!stage.says("Подключите токен…"));
}

#[test]
fn the_last_attempt_is_loud_and_wants_a_tick() {
    let stage = Stage::new(ask(Language::Ru));
    let last = Token {
        attempts: Attempts::Last,
        ..token(7, "KAZTOKEN")
    };
    stage.tell(plugged(vec![last]));
    stage
        .row("Токен KAZTOKEN")
        .invoke_accessible_default_action();
    stage.fill("ПИН-код токена", "1234");
    stage.press("Открыть");
    assert_eq!(stage.heard(), []);
    assert!(stage.says(
        "Осталась одна попытка. Неверный ПИН-код заблокирует токен. Если уверены, поставьте отметку и нажмите «Открыть» ещё раз."
    ));
    stage
        .one(
            AccessibleRole::Checkbox,
            "Я знаю, что неверный ПИН-код заблокирует токен",
        )
        .invoke_accessible_default_action();
    stage.press("Открыть");
    assert_eq!(
        stage.heard(),
        [
            open_token(7, Unlock::Password, true),
            Heard::Password("1234".into())
        ]
    );
}

#[test]
fn a_keypad_is_used_instead_of_the_field() {
    let stage = Stage::new(ask(Language::Ru));
    let pad = Token {
        pin_pad: true,
        ..token(7, "PAD")
    };
    stage.tell(plugged(vec![pad]));
    stage.row("Токен PAD").invoke_accessible_default_action();
    assert!(stage.says("Нажмите «Открыть» и наберите ПИН-код на клавиатуре токена."));
    stage.press("Открыть");
    assert_eq!(stage.heard(), [open_token(7, Unlock::PinPad, false)]);
}

#[test]
fn a_pin_for_each_signature_is_asked_for_in_place() {
    let stage = Stage::new(ask(Language::Ru));
    stage.tell(plugged(vec![token(7, "KAZTOKEN")]));
    stage
        .row("Токен KAZTOKEN")
        .invoke_accessible_default_action();
    stage.tell(keys(vec![key(0, "А")]));
    stage.press("Подписать");
    stage.tell(ToWindow::Progress { signed: 1, of: 3 });
    assert!(stage.says("Формирование ЭЦП: 1 из 3…"));
    stage.tell(ToWindow::PinAgain);
    assert!(stage.says("Токен просит ПИН-код для каждой подписи."));
    stage.type_keys("1234");
    stage.press("Продолжить");
    assert_eq!(
        stage.heard()[1..],
        [
            Heard::Message(ToAgent::PinAgain),
            Heard::Password("1234".into())
        ]
    );
}

#[test]
fn a_library_that_does_not_work_is_named() {
    let stage = Stage::new(ask(Language::Ru));
    stage.tell(ToWindow::Tokens(Tokens {
        tokens: vec![],
        failing: vec!["libbroken.so".into()],
    }));
    assert!(stage.says("Не работает библиотека токена: libbroken.so"));
}
