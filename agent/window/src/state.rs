//! What the window knows and what may be pressed: a pure model without toolkit, pipe or clock.

#[cfg(test)]
mod tests;

use std::path::Path;

use tamga_window_protocol::{
    Ask, Attempts, Key, Offered, Open, PasswordBytes, Place, Problem, Recent, Store, ToAgent,
    Token, Tokens, Unlock, Wanted,
};

/// How far the person has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A keystore and its password can be named.
    Sealed,
    /// The agent opens the keystore.
    Opening,
    /// Keys are shown.
    Listed,
    /// The agent signs; it closes the window.
    Signing,
    /// The token wants its PIN for the next signature.
    PinAgain,
}

/// Where the key is, as far as the person has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the file whose path is typed.
    File,
    /// Where the recent key at this place of the list was.
    Recent(usize),
    /// On the token with this id.
    Token(usize),
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
    /// Open was pressed before a keystore was chosen.
    NoSource,
    /// None of the keys fits the request.
    NoUsable,
    /// The path does not start at a root.
    NotFullPath,
    /// The agent could not open the keystore, or not sign with it.
    Problem(Problem),
    /// The recent key is not in the keystore any more.
    RecentGone,
}

/// The window's state between two events.
pub struct Model {
    ask: Ask,
    phase: Phase,
    tokens: Tokens,
    source: Option<Source>,
    last_attempt: bool,
    keys: Vec<Key>,
    chosen: Option<usize>,
    progress: Option<(u64, u64)>,
    notice: Option<Notice>,
    awake: bool,
}

impl Model {
    /// A window that has just been asked. The recent key used last is chosen if it can serve.
    pub fn new(ask: Ask) -> Self {
        let files = ask.offered != Offered::Tokens;
        let mut model = Self {
            ask,
            phase: Phase::Sealed,
            tokens: Tokens::default(),
            source: files.then_some(Source::File),
            last_attempt: false,
            keys: Vec::new(),
            chosen: None,
            progress: None,
            notice: None,
            awake: false,
        };
        // A token has not been looked for yet; until then its key waits in the list.
        if model.can_use(Source::Recent(0)) {
            model.source = Some(Source::Recent(0));
        }
        model
    }

    /// What was asked.
    pub fn ask(&self) -> &Ask {
        &self.ask
    }

    /// How far the person has come.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Tokens that are plugged in.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Where the key is, if the person has said so.
    pub fn source(&self) -> Option<Source> {
        self.source
    }

    /// Everything the person may point at beside the path of a file, in the order shown.
    pub fn sources(&self) -> Vec<Source> {
        let recent = (0..self.ask.recent.len()).map(Source::Recent);
        let tokens = self
            .tokens
            .tokens
            .iter()
            .map(|token| Source::Token(token.id));
        // What was just plugged in is probably meant.
        tokens.chain(recent).collect()
    }

    /// The path to be shown: of the recent key pointed at, if it is in a file.
    pub fn path(&self) -> Option<&str> {
        let Some(Source::Recent(index)) = self.source else {
            return None;
        };
        match &self.ask.recent.get(index)?.place {
            Place::File(path) => Some(path),
            Place::Token { .. } => None,
        }
    }

    /// Whether key files may serve.
    pub fn files_offered(&self) -> bool {
        self.ask.offered != Offered::Tokens
    }

    /// Whether this source can be chosen: allowed, and there.
    pub fn can_use(&self, source: Source) -> bool {
        match source {
            Source::File => self.files_offered(),
            Source::Recent(index) => self.ask.recent.get(index).is_some_and(|recent| {
                recent.key.unusable.is_none()
                    && match &recent.place {
                        Place::File(_) => true,
                        Place::Token { token, .. } => self.can_use(Source::Token(*token)),
                    }
            }),
            Source::Token(id) => self
                .token_with(id)
                .is_some_and(|token| token.allowed && token.attempts != Attempts::None),
        }
    }

    /// The token that the source stands for, if it is plugged in.
    pub fn token_of(&self, source: Source) -> Option<&Token> {
        match source {
            Source::File => None,
            Source::Token(id) => self.token_with(id),
            Source::Recent(index) => match self.ask.recent.get(index)?.place {
                Place::File(_) => None,
                Place::Token { token, .. } => self.token_with(token),
            },
        }
    }

    /// The token whose PIN is asked for, if the source is one.
    pub fn token(&self) -> Option<&Token> {
        self.token_of(self.source?)
    }

    /// Whether the person has said that the last attempt may be made.
    pub fn last_attempt(&self) -> bool {
        self.last_attempt
    }

    /// The keys found, in the agent's order.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Position of the chosen key in [`Self::keys`].
    pub fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// Documents signed, and all of them.
    pub fn progress(&self) -> Option<(u64, u64)> {
        self.progress
    }

    /// What is to be said now.
    pub fn notice(&self) -> Option<Notice> {
        self.notice
    }

    /// The window has been visible long enough to be decided in (T-UI-2).
    pub fn wake(&mut self) {
        self.awake = true;
    }

    /// Whether another source may be pointed at, a path typed.
    pub fn can_choose(&self) -> bool {
        self.phase == Phase::Sealed
    }

    /// Whether Open may be pressed.
    pub fn can_open(&self) -> bool {
        matches!(self.phase, Phase::Sealed | Phase::PinAgain)
    }

    /// Whether Sign may be pressed: awake, and a usable key is chosen.
    pub fn can_sign(&self) -> bool {
        self.awake && self.phase == Phase::Listed && self.chosen_key().is_some()
    }

    /// Tokens came or went. What was pointed at and is gone is not pointed at any more; nothing takes its place.
    pub fn show_tokens(&mut self, tokens: Tokens) {
        let attempts = |model: &Self| model.token().map(|token| (token.id, token.attempts));
        let before = attempts(self);
        self.tokens = tokens;
        if attempts(self) != before {
            self.last_attempt = false;
        }
        match self.source {
            Some(source) if !self.can_use(source) => self.source = None,
            // The recent key used last is on a token that has just come.
            None if self.can_use(Source::Recent(0)) => self.source = Some(Source::Recent(0)),
            _ => {}
        }
    }

    /// Points at a source; one that cannot be used is not taken.
    pub fn choose_source(&mut self, source: Source) {
        if self.can_choose() && self.can_use(source) && self.source != Some(source) {
            self.source = Some(source);
            self.last_attempt = false;
            self.notice = None;
        }
    }

    /// Points at the next source below (or above) that can be used, staying at the ends.
    pub fn choose_neighbouring_source(&mut self, below: bool) {
        let sources = self.sources();
        let usable = |source: &&Source| self.can_use(**source);
        let current = sources.iter().position(|one| Some(*one) == self.source);
        let neighbour = match (current, below) {
            (None, true) => sources.iter().find(usable),
            (None, false) => sources.iter().rfind(usable),
            (Some(from), true) => sources[from + 1..].iter().find(usable),
            (Some(from), false) => sources[..from].iter().rfind(usable),
        };
        if let Some(source) = neighbour.copied() {
            self.choose_source(source);
        }
    }

    /// The person says that the last attempt may be made, or takes it back.
    pub fn allow_last_attempt(&mut self, allowed: bool) {
        self.last_attempt = allowed;
    }

    /// Open was pressed: the message, and the password to be sent behind it; or a notice.
    pub fn open(&mut self, path: &str, password: &str) -> Option<(ToAgent, Option<PasswordBytes>)> {
        if !self.can_open() {
            return None;
        }
        let message = match self.opening(path) {
            Ok(message) => message,
            Err(notice) => {
                self.notice = Some(notice);
                return None;
            }
        };
        let password = match &message {
            ToAgent::Open(Open {
                unlock: Unlock::PinPad,
                ..
            }) => None,
            _ if password.is_empty() => {
                self.notice = Some(Notice::NoPassword);
                return None;
            }
            _ => match PasswordBytes::new(password) {
                Ok(bytes) => Some(bytes),
                Err(_) => {
                    self.notice = Some(Notice::LongPassword);
                    return None;
                }
            },
        };
        self.notice = None;
        self.phase = match self.phase {
            Phase::PinAgain => Phase::Signing,
            _ => Phase::Opening,
        };
        Some((message, password))
    }

    /// The agent opened the keystore. A single usable key is chosen at once, unless another one was meant.
    pub fn show_keys(&mut self, keys: Vec<Key>, wanted: Wanted) {
        self.keys = keys;
        self.phase = Phase::Listed;
        let first = self.usable().next();
        self.chosen = match wanted {
            Wanted::Any => first.filter(|_| self.usable().nth(1).is_none()),
            Wanted::Gone => None,
            Wanted::Key(id) => self.usable().find(|position| self.keys[*position].id == id),
        };
        self.notice = if self.keys.is_empty() {
            Some(Notice::Problem(Problem::Empty))
        } else if first.is_none() {
            Some(Notice::NoUsable)
        } else if wanted == Wanted::Gone {
            Some(Notice::RecentGone)
        } else {
            None
        };
    }

    /// The agent could not open the keystore, or not sign with it; the person may try again.
    pub fn show_problem(&mut self, problem: Problem) {
        self.seal();
        self.notice = Some(Notice::Problem(problem));
    }

    /// The token wants its PIN for the next signature.
    pub fn ask_pin_again(&mut self) {
        if self.phase == Phase::Signing {
            self.phase = Phase::PinAgain;
        }
    }

    /// So many documents are signed.
    pub fn show_progress(&mut self, signed: u64, of: u64) {
        self.progress = Some((signed, of));
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

    /// "Choose another key": back to keystore and password.
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

    /// What Open says to the agent.
    fn opening(&self, path: &str) -> Result<ToAgent, Notice> {
        if self.phase == Phase::PinAgain {
            return Ok(ToAgent::PinAgain);
        }
        let source = self.source.ok_or(Notice::NoSource)?;
        let recent = match source {
            Source::Recent(index) => self.ask.recent.get(index),
            Source::File | Source::Token(_) => None,
        };
        let (store, unlock) = match (self.token_of(source), recent) {
            (Some(token), _) => {
                if token.attempts == Attempts::Last && !self.last_attempt {
                    return Err(Notice::Problem(Problem::LastAttempt));
                }
                let unlock = if token.pin_pad {
                    Unlock::PinPad
                } else {
                    Unlock::Password
                };
                (Store::Token(token.id), unlock)
            }
            (
                None,
                Some(Recent {
                    place: Place::File(file),
                    ..
                }),
            ) => (Store::File(file.clone()), Unlock::Password),
            (None, Some(_)) => return Err(Notice::Problem(Problem::Removed)),
            (None, None) => (Store::File(file_path(path)?), Unlock::Password),
        };
        Ok(ToAgent::Open(Open {
            store,
            unlock,
            recent: recent.map(|recent| recent.key.id),
            last_attempt: self.last_attempt,
        }))
    }

    fn token_with(&self, id: usize) -> Option<&Token> {
        self.tokens.tokens.iter().find(|token| token.id == id)
    }

    fn seal(&mut self) {
        self.phase = Phase::Sealed;
        self.last_attempt = false;
        self.keys.clear();
        self.chosen = None;
        self.progress = None;
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

/// The path typed, if it is a full one.
fn file_path(text: &str) -> Result<String, Notice> {
    let path = typed_path(text);
    if path.is_empty() {
        Err(Notice::NoPath)
    } else if !Path::new(path).is_absolute() {
        Err(Notice::NotFullPath)
    } else {
        Ok(path.to_owned())
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
