//! What the window knows and what may be pressed: a pure model without toolkit, pipe or clock.

use std::path::Path;

use tamga_window_protocol::{Ask, Key, PASSWORD_LIMIT, PasswordBytes, Problem, ToAgent};

/// How far the person has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Path and password can be typed.
    Sealed,
    /// The agent opens the file.
    Opening,
    /// Keys are shown.
    Listed,
    /// The agent signs; it closes the window.
    Signing,
}

/// Something to be said to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The password is longer than a password frame.
    LongPassword,
    /// The file chooser gave nothing: refused, or there is none on this system.
    NoFile,
    /// Open was pressed without a password.
    NoPassword,
    /// Open was pressed without a path.
    NoPath,
    /// None of the keys fits the request.
    NoUsable,
    /// The path does not start at a root.
    NotFullPath,
    /// The agent could not open the file.
    Problem(Problem),
}

/// The window's state between two events.
pub struct Model {
    ask: Ask,
    phase: Phase,
    keys: Vec<Key>,
    chosen: Option<usize>,
    notice: Option<Notice>,
    awake: bool,
}

impl Model {
    /// A window that has just been asked.
    pub fn new(ask: Ask) -> Self {
        Self {
            ask,
            phase: Phase::Sealed,
            keys: Vec::new(),
            chosen: None,
            notice: None,
            awake: false,
        }
    }

    /// What was asked.
    pub fn ask(&self) -> &Ask {
        &self.ask
    }

    /// How far the person has come.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The keys found, in the agent's order.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Position of the chosen key in [`Self::keys`].
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// What is to be said now.
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// The window has been visible long enough to be decided in (T-UI-2).
    pub fn wake(&mut self) {
        self.awake = true;
    }

    /// Whether Open may be pressed.
    pub fn can_open(&self) -> bool {
        self.phase == Phase::Sealed
    }

    /// Whether Sign may be pressed: awake, and a usable key is chosen.
    pub fn can_sign(&self) -> bool {
        self.awake && self.phase == Phase::Listed && self.chosen_key().is_some()
    }

    /// Open was pressed: the message and the password to be sent, or a notice.
    pub fn open(&mut self, path: &str, password: &str) -> Option<(ToAgent, PasswordBytes)> {
        if !self.can_open() {
            return None;
        }
        let path = typed_path(path);
        let notice = if path.is_empty() {
            Notice::NoPath
        } else if !Path::new(path).is_absolute() {
            Notice::NotFullPath
        } else if password.is_empty() {
            Notice::NoPassword
        } else if password.len() > PASSWORD_LIMIT {
            Notice::LongPassword
        } else if let Ok(bytes) = PasswordBytes::new(password) {
            self.notice = None;
            self.phase = Phase::Opening;
            return Some((
                ToAgent::Open {
                    file: path.to_owned(),
                },
                bytes,
            ));
        } else {
            Notice::LongPassword
        };
        self.notice = Some(notice);
        None
    }

    /// The agent opened the file. A single usable key is chosen at once.
    pub fn show_keys(&mut self, keys: Vec<Key>) {
        self.keys = keys;
        self.phase = Phase::Listed;
        let first = self.usable().next();
        self.chosen = first.filter(|_| self.usable().nth(1).is_none());
        self.notice = if self.keys.is_empty() {
            Some(Notice::Problem(Problem::Empty))
        } else if first.is_none() {
            Some(Notice::NoUsable)
        } else {
            None
        };
    }

    /// The agent could not open the file; the person may try again.
    pub fn show_problem(&mut self, problem: Problem) {
        self.seal();
        self.notice = Some(Notice::Problem(problem));
    }

    /// Chooses the key at this position; a key that cannot serve is not chosen.
    pub fn choose(&mut self, position: usize) {
        let usable = self
            .keys
            .get(position)
            .is_some_and(|key| key.unusable.is_none());
        if self.phase == Phase::Listed && usable {
            self.chosen = Some(position);
        }
    }

    /// Chooses the next usable key below (or above), staying at the ends.
    pub fn choose_neighbour(&mut self, below: bool) {
        let neighbour = match (self.chosen, below) {
            (None, true) => self.usable().next(),
            (None, false) => self.usable().last(),
            (Some(from), true) => self.usable().find(|position| *position > from),
            (Some(from), false) => self.usable().take_while(|position| *position < from).last(),
        };
        if let Some(position) = neighbour {
            self.choose(position);
        }
    }

    /// "Choose another key": back to path and password.
    pub fn choose_other(&mut self) {
        if self.phase == Phase::Listed {
            self.seal();
            self.notice = None;
        }
    }

    /// The file chooser answered; true if it gave a file.
    pub fn file_chosen(&mut self, given: bool) {
        self.notice = if given { None } else { Some(Notice::NoFile) };
    }

    /// Sign was pressed: what to tell the agent, once.
    pub fn sign(&mut self) -> Option<ToAgent> {
        if !self.can_sign() {
            return None;
        }
        let key = self.chosen_key()?.id;
        self.phase = Phase::Signing;
        Some(ToAgent::Sign { key })
    }

    fn seal(&mut self) {
        self.phase = Phase::Sealed;
        self.keys.clear();
        self.chosen = None;
    }

    fn chosen_key(&self) -> Option<&Key> {
        self.keys
            .get(self.chosen?)
            .filter(|key| key.unusable.is_none())
    }

    fn usable(&self) -> impl Iterator<Item = usize> {
        self.keys
            .iter()
            .enumerate()
            .filter(|(_, key)| key.unusable.is_none())
            .map(|(position, _)| position)
    }
}

/// A path as people paste it: white space around it, or the quotes of a file manager.
fn typed_path(text: &str) -> &str {
    let text = text.trim();
    ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
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
            last_file: None,
        });
        model.wake();
        model
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
        assert_eq!(message, ToAgent::Open { file: FILE.into() });
        assert_eq!(password.as_str().unwrap(), "Qwerty12");
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
            let (message, _) = model().open(&path, "x").unwrap();
            assert_eq!(message, ToAgent::Open { file: FILE.into() });
        }
        assert_eq!(typed_path("\""), "\"");
    }

    #[test]
    fn a_single_usable_key_is_chosen_and_several_are_not() {
        let mut model = model();
        model.show_keys(vec![key(4, Some(Unusable::Expired)), key(7, None)]);
        assert_eq!(model.chosen(), Some(1));
        assert_eq!(model.sign(), Some(ToAgent::Sign { key: 7 }));
        model.show_keys(vec![key(4, None), key(7, None)]);
        assert_eq!(model.chosen(), None);
        assert_eq!(model.sign(), None);
    }

    #[test]
    fn an_unusable_key_cannot_be_chosen() {
        let mut model = model();
        model.show_keys(vec![
            key(0, Some(Unusable::Purpose)),
            key(1, None),
            key(2, None),
        ]);
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
        model.show_keys(keys);
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
        model.show_keys(vec![key(0, None)]);
        assert_eq!(model.sign(), None);
        model.wake();
        assert_eq!(model.sign(), Some(ToAgent::Sign { key: 0 }));
    }

    #[test]
    fn a_decision_is_sent_once() {
        let mut model = model();
        model.show_keys(vec![key(0, None)]);
        assert!(model.sign().is_some());
        assert_eq!(model.phase(), Phase::Signing);
        assert_eq!(model.sign(), None);
    }

    #[test]
    fn a_problem_takes_the_keys_away() {
        let mut model = model();
        model.show_keys(vec![key(0, None)]);
        model.show_problem(Problem::WrongPassword { retries_left: None });
        assert_eq!(model.phase(), Phase::Sealed);
        assert_eq!(model.keys().len(), 0);
        assert_eq!(model.sign(), None);
        assert!(model.can_open());
    }

    #[test]
    fn a_store_without_a_fitting_key_says_so() {
        let mut model = model();
        model.show_keys(vec![key(0, Some(Unusable::OtherPerson))]);
        assert_eq!(model.notice(), Some(Notice::NoUsable));
        model.show_keys(vec![]);
        assert_eq!(model.notice(), Some(Notice::Problem(Problem::Empty)));
    }
}
