//! The person opens keystores until one of their keys is chosen.

use std::sync::Arc;

use tamga_x509::Certificate;

use crate::{
    Answer, Ask, Change, Desk, Event, JobError, KeyFilter, KeyPlace, Language, Offered, Opening,
    Origin, RecentChoice, RecentKey, RecentPlace, StoreChoice, StoreProblem, Stores, Unusable,
    Wanted, Wish,
    consent::Consent,
    keys::{self, Need},
    tokens::TokenWatch,
    unlock::{OpenStore, Opened, Source},
};

/// An open window, what may be chosen in it, and the keystore that is open.
pub(crate) struct Choosing<'j> {
    desk: &'j Desk,
    pub(crate) consent: Consent<'j>,
    tokens: TokenWatch,
    filter: &'j KeyFilter,
    stores: &'j Stores,
    need: Need<'j>,
    recent: Vec<RecentKey>,
    open: Option<OpenStore>,
    /// Ids are not used twice in one window: a click meant for a list that is gone chooses nothing.
    first_id: usize,
}

/// What a window is opened for.
pub(crate) struct Question<'j> {
    pub(crate) origin: Origin,
    pub(crate) language: Language,
    pub(crate) wish: Wish,
    pub(crate) filter: &'j KeyFilter,
    pub(crate) stores: &'j Stores,
    pub(crate) need: Need<'j>,
}

impl<'j> Choosing<'j> {
    /// Opens the window when it is the job's turn.
    pub(crate) async fn start(
        desk: &'j Desk,
        question: Question<'j>,
    ) -> Result<Answer<Self>, JobError> {
        let Question {
            origin,
            language,
            wish,
            filter,
            stores,
            need,
        } = question;
        let turn = match Consent::turn(desk, &origin).await {
            Answer::Given(turn) => turn,
            Answer::Cancelled => return Ok(Answer::Cancelled),
        };
        let recent = desk.recent_keys().await?;
        let offered = stores.offered();
        let last_file = desk.last_file().or_else(|| {
            recent.iter().find_map(|key| match &key.place {
                KeyPlace::File(file) => Some(file.clone()),
                KeyPlace::Token { .. } => None,
            })
        });
        let ask = Ask {
            origin,
            wish,
            language,
            offered,
            recent: recent_choices(desk, &recent, filter, stores, need),
            last_file: last_file.filter(|_| offered != Offered::Tokens),
        };
        let consent = Consent::open(desk, turn, ask).await?;
        Ok(Answer::Given(Self {
            desk,
            consent,
            tokens: TokenWatch::start(&desk.ports.tokens, &desk.token_numbers, stores)?,
            filter,
            stores,
            need,
            recent,
            open: None,
            first_id: 0,
        }))
    }

    /// Waits until the person chose a key that may serve; the index is one of the store's entries.
    pub(crate) async fn next(&mut self) -> Result<Answer<(OpenStore, usize)>, JobError> {
        loop {
            let event = tokio::select! {
                event = self.consent.next() => event,
                now = self.tokens.changed() => {
                    self.consent.show(Change::Tokens(now)).await;
                    self.lock_if_removed().await;
                    continue;
                }
            };
            match event {
                Event::Cancelled => return Ok(Answer::Cancelled),
                Event::Open(opening) => {
                    let change = match self.unlock(opening).await? {
                        Answer::Given(change) => change,
                        Answer::Cancelled => return Ok(Answer::Cancelled),
                    };
                    self.consent.show(change).await;
                }
                // Buttons can be reached while they look disabled (accessibility), so the choice is checked here.
                Event::Sign { key } => {
                    let Some(store) = self.open.take() else {
                        continue;
                    };
                    if let Some(index) = self.index_of(&store, key) {
                        self.first_id += store.entries().len();
                        return Ok(Answer::Given((store, index)));
                    }
                    let keys = self.keys(&store, Wanted::Any);
                    self.open = Some(store);
                    self.consent.show(keys).await;
                }
                // Nobody asked.
                Event::PinAgain(_) => {}
            }
        }
    }

    /// Says why the chosen key did not serve; the person may choose again.
    pub(crate) async fn problem(&mut self, problem: StoreProblem) {
        self.consent.show(Change::Problem(problem)).await;
    }

    /// Opens a keystore; the one opened before is locked again first.
    async fn unlock(&mut self, opening: Opening) -> Result<Answer<Change>, JobError> {
        self.lock();
        let source = match self.source(opening.store) {
            Ok(source) => source,
            Err(problem) => return Ok(Answer::Given(Change::Problem(problem))),
        };
        let place = source.place();
        let work = OpenStore::open(source, opening.unlock, opening.last_attempt);
        let store = match self.consent.unless_cancelled(work).await {
            Answer::Cancelled => return Ok(Answer::Cancelled),
            Answer::Given(opened) => match opened? {
                Opened::Problem(problem) => return Ok(Answer::Given(Change::Problem(problem))),
                Opened::Store(store) => store,
            },
        };
        if let KeyPlace::File(file) = place {
            self.desk.remember_file(file);
        }
        let wanted = match opening.recent.and_then(|index| self.recent.get(index)) {
            None => Wanted::Any,
            Some(recent) => self.find(&store, &recent.certificate),
        };
        let keys = self.keys(&store, wanted);
        self.open = Some(store);
        Ok(Answer::Given(keys))
    }

    /// Locks the open keystore; its ids are used up.
    fn lock(&mut self) {
        self.first_id += self.open.take().map_or(0, |store| store.entries().len());
    }

    /// Only what the page allows is opened, whatever the window sent.
    fn source(&self, store: StoreChoice) -> Result<Source, StoreProblem> {
        match store {
            StoreChoice::File(_) if !self.stores.take_files() => Err(StoreProblem::Unsupported),
            StoreChoice::File(file) => {
                Ok(Source::File(Arc::clone(&self.desk.ports.key_files), file))
            }
            StoreChoice::Token(id) => match self.tokens.slot(id) {
                Some(slot) => Ok(Source::Token(Arc::clone(&self.desk.ports.tokens), slot)),
                None => Err(StoreProblem::Removed),
            },
        }
    }

    async fn lock_if_removed(&mut self) {
        let removed = self.open.as_ref().is_some_and(|store| match store.place() {
            KeyPlace::File(_) => false,
            KeyPlace::Token { locator, .. } => !self.tokens.is_present(locator),
        });
        if removed {
            self.lock();
            self.problem(StoreProblem::Removed).await;
        }
    }

    fn keys(&self, store: &OpenStore, wanted: Wanted) -> Change {
        let now = self.desk.ports.clock.now();
        Change::Keys {
            keys: self
                .filter
                .choices(store.entries(), self.first_id, self.need, now),
            wanted,
        }
    }

    fn find(&self, store: &OpenStore, certificate: &Certificate) -> Wanted {
        let id = store
            .entries()
            .iter()
            .position(|entry| entry.certificate == *certificate)
            .map(|index| self.first_id + index);
        match id {
            Some(id) if self.index_of(store, id).is_some() => Wanted::Key(id),
            _ => Wanted::Gone,
        }
    }

    /// The entry with this id, if it may serve.
    fn index_of(&self, store: &OpenStore, id: usize) -> Option<usize> {
        let now = self.desk.ports.clock.now();
        let index = id.checked_sub(self.first_id)?;
        let entry = store.entries().get(index)?;
        let unusable = self
            .filter
            .unusable(&entry.certificate, &entry.chain, self.need, now);
        unusable.is_none().then_some(index)
    }
}

fn recent_choices(
    desk: &Desk,
    recent: &[RecentKey],
    filter: &KeyFilter,
    stores: &Stores,
    need: Need<'_>,
) -> Vec<RecentChoice> {
    let now = desk.ports.clock.now();
    recent
        .iter()
        .enumerate()
        .map(|(id, key)| {
            let (place, allowed) = match &key.place {
                KeyPlace::File(file) => (RecentPlace::File(file.clone()), stores.take_files()),
                KeyPlace::Token {
                    storages,
                    label,
                    locator,
                } => {
                    let place = RecentPlace::Token {
                        label: label.clone(),
                        token: desk.token_numbers.of(locator),
                    };
                    (place, stores.take_any(storages))
                }
            };
            let unusable = if allowed {
                filter.unusable(&key.certificate, &[], need, now)
            } else {
                Some(Unusable::Store)
            };
            RecentChoice {
                key: keys::choice(id, &key.certificate, unusable, now),
                place,
            }
        })
        .collect()
}
