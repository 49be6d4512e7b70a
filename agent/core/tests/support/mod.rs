//! A person who follows a script, their key files, and a record of everything the window showed.

#![allow(
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "shared by several test programs"
)]

use std::{
    collections::{HashMap, VecDeque},
    future::pending,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use tamga_agent_core::{
    Ask, BoxFuture, Change, Clock, Desk, Dialog, Event, KeyChoice, KeyFiles, Opening, Ports,
    Present, RecentKey, RecentKeys, StoreChoice, StoreProblem, Tokens, TokensNow, Ui, UiError,
    UnlockBy, Wanted,
};
use tamga_scheme::{PrivateKey, SignatureScheme};
use tamga_test_pki::{Issuer, Profile, issue};
pub use tamga_test_support::System;
use tamga_token_api::{Attempts, Keystore, Password, PinEntry, Slot, TokenError};
use tamga_token_fake::FakeKeystore;
use tamga_x509::{Certificate, UnixTime, Validity};

/// The time of every test: 2026-09-21.
pub const NOW: UnixTime = UnixTime(1_790_000_000);

pub const PASSWORD: &str = "Tamga-test-1";

pub const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
pub const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
pub const INDIVIDUAL: &str = "1.2.398.3.3.4.1.1";
pub const FIRST_HEAD: &str = "1.2.398.3.3.4.1.2.1";

pub const IIN: &str = "900101300017";

/// What the person does next.
#[derive(Debug)]
pub enum Step {
    Cancel,
    /// Opens a key file and waits until the window says something.
    Open(&'static str, &'static str),
    /// Opens the file of this recent key.
    OpenRecent(&'static str, usize),
    /// Opens the token with this label.
    OpenToken(&'static str, Pin),
    /// Types a PIN again.
    PinAgain(&'static str),
    /// Waits until the window shows tokens.
    AwaitTokens,
    /// Presses Sign with the first usable key of the list shown.
    Sign,
    /// Presses Sign with this id, whatever the list says.
    SignId(usize),
}

/// How a token is opened.
#[derive(Debug, Clone, Copy)]
pub enum Pin {
    Pad,
    Typed(&'static str),
    /// Knowing that a wrong one locks the token.
    Daring(&'static str),
}

/// What the window did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Opened(Ask),
    Keys(Vec<KeyChoice>),
    /// With the key that was wanted.
    KeysFor(Vec<KeyChoice>, Wanted),
    PinAgain,
    Problem(StoreProblem),
    Progress(usize, usize),
    Tokens(TokensNow),
    Closed,
}

/// One script per window; a window without one waits for ever.
#[derive(Clone, Default)]
pub struct Person {
    scripts: Arc<Mutex<VecDeque<Vec<Step>>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Person {
    pub fn new(scripts: Vec<Vec<Step>>) -> Self {
        Self {
            scripts: Arc::new(Mutex::new(scripts.into())),
            seen: Arc::default(),
        }
    }

    /// Everything the windows showed so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The kinds of [`Self::seen`], for tests that only follow the course. Progress is left out: how much of it is
    /// seen before the end depends on threads.
    pub fn course(&self) -> Vec<&'static str> {
        let word = |seen: &Seen| match seen {
            Seen::Opened(_) => "opened",
            Seen::Keys(_) | Seen::KeysFor(..) => "keys",
            Seen::PinAgain => "pin again",
            Seen::Problem(_) => "problem",
            Seen::Progress(..) => "progress",
            Seen::Tokens(_) => "tokens",
            Seen::Closed => "closed",
        };
        self.seen()
            .iter()
            .filter(|seen| !matches!(seen, Seen::Progress(..)))
            .map(word)
            .collect()
    }

    /// Waits until the course is this.
    pub async fn until(&self, course: &[&str]) {
        for _ in 0..500 {
            if self.course() == course {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the course is {:?}, not {course:?}", self.course());
    }
}

impl Ui for Person {
    fn open<'a>(&'a self, ask: Ask) -> BoxFuture<'a, Result<Box<dyn Dialog>, UiError>> {
        self.seen.lock().unwrap().push(Seen::Opened(ask));
        let steps = self.scripts.lock().unwrap().pop_front().unwrap_or_default();
        let window = Window {
            steps: steps.into(),
            listening: false,
            keys: Vec::new(),
            tokens: TokensNow::default(),
            seen: Arc::clone(&self.seen),
        };
        Box::pin(async move { Ok(Box::new(window) as Box<dyn Dialog>) })
    }
}

struct Window {
    steps: VecDeque<Step>,
    /// The person waits for the window.
    listening: bool,
    keys: Vec<KeyChoice>,
    tokens: TokensNow,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Window {
    fn open(&mut self, store: StoreChoice, pin: Pin, recent: Option<usize>) -> Event {
        self.listening = true;
        let (unlock, last_attempt) = match pin {
            Pin::Pad => (UnlockBy::PinPad, false),
            Pin::Typed(text) => (UnlockBy::Password(Password::new(text.to_owned())), false),
            Pin::Daring(text) => (UnlockBy::Password(Password::new(text.to_owned())), true),
        };
        Event::Open(Opening {
            store,
            unlock,
            recent,
            last_attempt,
        })
    }
}

impl Dialog for Window {
    fn show<'a>(&'a mut self, change: Change) -> BoxFuture<'a, ()> {
        // A person who waits for keys goes on waiting while tokens come and go.
        if !matches!(change, Change::Tokens(_) | Change::Progress { .. })
            || matches!(self.steps.front(), Some(Step::AwaitTokens))
        {
            self.listening = false;
        }
        self.seen.lock().unwrap().push(match change {
            Change::Keys { keys, wanted } => {
                self.keys = keys.clone();
                match wanted {
                    Wanted::Any => Seen::Keys(keys),
                    wanted => Seen::KeysFor(keys, wanted),
                }
            }
            Change::PinAgain => Seen::PinAgain,
            Change::Problem(problem) => Seen::Problem(problem),
            Change::Progress { signed, of } => Seen::Progress(signed, of),
            Change::Tokens(now) => {
                if matches!(self.steps.front(), Some(Step::AwaitTokens)) {
                    self.steps.pop_front();
                }
                self.tokens = now.clone();
                Seen::Tokens(now)
            }
        });
        Box::pin(async {})
    }

    fn next<'a>(&'a mut self) -> BoxFuture<'a, Event> {
        if self.listening {
            return Box::pin(pending());
        }
        let event = match self.steps.pop_front() {
            None => return Box::pin(pending()),
            Some(Step::Cancel) => Event::Cancelled,
            Some(Step::AwaitTokens) => {
                self.steps.push_front(Step::AwaitTokens);
                return Box::pin(pending());
            }
            Some(Step::Open(file, password)) => {
                self.open(StoreChoice::File(file.into()), Pin::Typed(password), None)
            }
            Some(Step::OpenRecent(file, recent)) => self.open(
                StoreChoice::File(file.into()),
                Pin::Typed(PASSWORD),
                Some(recent),
            ),
            Some(Step::OpenToken(label, pin)) => {
                let token = self.tokens.tokens.iter().find(|token| token.label == label);
                let id = token.map_or(usize::MAX, |token| token.id);
                self.open(StoreChoice::Token(id), pin, None)
            }
            Some(Step::PinAgain(pin)) => {
                self.listening = true;
                Event::PinAgain(Password::new(pin.to_owned()))
            }
            Some(Step::Sign) => {
                self.listening = true;
                let key = self.keys.iter().find(|key| key.unusable.is_none());
                Event::Sign {
                    key: key.expect("a usable key is shown").id,
                }
            }
            Some(Step::SignId(key)) => Event::Sign { key },
        };
        Box::pin(async move { event })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.seen.lock().unwrap().push(Seen::Closed);
    }
}

/// Key files by path.
#[derive(Default)]
pub struct Files(pub HashMap<PathBuf, Box<dyn Fn() -> Box<dyn Keystore> + Send + Sync>>);

impl Files {
    pub fn with(mut self, path: &str, keystore: &FakeKeystore) -> Self {
        let keystore = keystore.clone();
        self.0
            .insert(path.into(), Box::new(move || Box::new(keystore.clone())));
        self
    }
}

impl KeyFiles for Files {
    fn open(&self, file: &Path) -> Result<Box<dyn Keystore>, TokenError> {
        match self.0.get(file) {
            Some(open) => Ok(open()),
            None => Err(TokenError::Unreadable(std::io::ErrorKind::NotFound)),
        }
    }
}

/// Tokens by label, plugged in and out by tests.
#[derive(Clone, Default)]
pub struct Plugged(pub Arc<Mutex<Vec<(Slot, FakeKeystore)>>>);

impl Plugged {
    pub fn plug(&self, label: &str, storage: Option<&str>, keystore: &FakeKeystore) {
        let slot = Slot {
            storages: storage.map(str::to_owned).into_iter().collect(),
            label: label.to_owned(),
            locator: format!("bench/{label}"),
            pin_entry: PinEntry::Window,
            attempts: Attempts::Unworried,
        };
        self.0.lock().unwrap().push((slot, keystore.clone()));
    }

    /// Changes what a token says of itself.
    pub fn say(&self, label: &str, change: impl Fn(&mut Slot)) {
        let mut slots = self.0.lock().unwrap();
        let found = slots.iter_mut().find(|(slot, _)| slot.label == label);
        change(&mut found.unwrap().0);
    }

    pub fn unplug(&self, label: &str) {
        self.0
            .lock()
            .unwrap()
            .retain(|(slot, _)| slot.label != label);
    }
}

impl Tokens for Plugged {
    fn present(&self) -> Present {
        let slots = self.0.lock().unwrap();
        Present {
            slots: slots.iter().map(|(slot, _)| slot.clone()).collect(),
            failing: Vec::new(),
        }
    }

    fn open(&self, slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        let slots = self.0.lock().unwrap();
        match slots.iter().find(|(own, _)| own.locator == slot.locator) {
            Some((_, keystore)) => Ok(Box::new(keystore.clone())),
            None => Err(TokenError::Unreadable(std::io::ErrorKind::NotFound)),
        }
    }
}

/// Recent keys in memory.
#[derive(Clone, Default)]
pub struct Remembered(pub Arc<Mutex<Vec<RecentKey>>>);

impl RecentKeys for Remembered {
    fn list(&self) -> Vec<RecentKey> {
        self.0.lock().unwrap().clone()
    }

    fn remember(&self, key: RecentKey) {
        let mut keys = self.0.lock().unwrap();
        keys.retain(|known| known.certificate != key.certificate);
        keys.insert(0, key);
    }
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> UnixTime {
        NOW
    }
}

pub fn desk(person: &Person, files: Files) -> Desk {
    desk_with(person, files, &Plugged::default(), &Remembered::default())
}

pub fn desk_with(person: &Person, files: Files, tokens: &Plugged, recent: &Remembered) -> Desk {
    Desk::new(Ports {
        ui: Arc::new(person.clone()),
        key_files: Arc::new(files),
        tokens: Arc::new(tokens.clone()),
        recent: Arc::new(recent.clone()),
        clock: Arc::new(FixedClock),
    })
}

/// A key with a certificate of these usages, valid around [`NOW`] unless expired.
pub fn holder(
    scheme: SignatureScheme,
    name: &str,
    usages: &[&'static str],
    expired: bool,
) -> (PrivateKey, Certificate) {
    let issuer_key = PrivateKey::generate(SignatureScheme::Gost2015With512, &System).unwrap();
    let issuer_name = vec![
        ("2.5.4.6", "KZ".to_owned()),
        ("2.5.4.3", "СЫНАҚ КО".to_owned()),
    ];
    let profile = Profile {
        subject: vec![
            ("2.5.4.3", name.to_owned()),
            ("2.5.4.5", format!("IIN{IIN}")),
            ("2.5.4.6", "KZ".to_owned()),
        ],
        key_usage: 0xc0,
        extended_key_usage: usages.to_vec(),
        authority: false,
    };
    let day = 86_400;
    let last_day = if expired { -1 } else { 100 };
    let validity = Validity {
        not_before: UnixTime(NOW.0 - 200 * day),
        not_after: UnixTime(NOW.0 + last_day * day),
    };
    let key = PrivateKey::generate(scheme, &System).unwrap();
    let issuer = Issuer {
        name: &issuer_name,
        key: &issuer_key,
    };
    let certificate = issue(&profile, validity, key.public_key(), &issuer, &System).unwrap();
    (key, certificate)
}

pub fn keystore(holders: Vec<(PrivateKey, Certificate)>) -> FakeKeystore {
    FakeKeystore::new(holders, PASSWORD, Arc::new(System))
}

/// One GOST-2015 key that signs.
pub fn signing_keystore() -> FakeKeystore {
    let usages = [EMAIL_PROTECTION, INDIVIDUAL];
    keystore(vec![holder(
        SignatureScheme::Gost2015With512,
        "ҮЛГІ ҚАЙРАТ",
        &usages,
        false,
    )])
}
