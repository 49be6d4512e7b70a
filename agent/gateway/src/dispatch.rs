//! The table of what a browser can call.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tamga_agent_core::{BoxFuture, Desk, Language, Origin};
use tamga_protocol::{Envelope, Reply, module_not_found};

use crate::{
    Settings,
    handlers::{Accessory, Basics, CommonUtils},
};

/// Something reachable by its name on the wire.
pub trait Module: Send + Sync {
    /// The name pages use.
    fn name(&self) -> &'static str;

    /// Answers one request. Dropping the future gives the request up: the page left.
    fn handle<'a>(&'a self, request: &'a Envelope, caller: &'a Caller) -> BoxFuture<'a, Reply>;
}

/// Who asks, for as long as a session lasts.
#[derive(Debug)]
pub struct Caller {
    /// The page or program behind the session.
    pub origin: Origin,
    language: Mutex<Language>,
}

impl Caller {
    pub(crate) fn new(origin: Origin) -> Self {
        // Russian until the page says otherwise, like the original.
        Self {
            origin,
            language: Mutex::new(Language::Ru),
        }
    }

    /// Language of windows where the request itself names none.
    pub fn language(&self) -> Language {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `changeLocale`, for this session.
    pub fn set_language(&self, language: Language) {
        *self.language.lock().unwrap_or_else(PoisonError::into_inner) = language;
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::LocalProgram => f.write_str("local program"),
            Origin::Opaque => f.write_str("null"),
            Origin::Site(site) => f.write_str(site),
        }
    }
}

/// Module names and what answers to them.
pub(crate) struct Table {
    modules: BTreeMap<&'static str, Box<dyn Module>>,
}

impl Table {
    /// The families built into the agent.
    pub(crate) fn built_in(desk: Arc<Desk>, settings: Settings) -> Self {
        let mut modules: Vec<Box<dyn Module>> = vec![
            Box::new(Basics::new(Arc::clone(&desk), settings.authorities)),
            Box::new(CommonUtils::new(desk, settings.line_end)),
        ];
        let names = modules.iter().map(|module| module.name()).collect();
        modules.push(Box::new(Accessory::new(names)));
        Self {
            modules: modules
                .into_iter()
                .map(|module| (module.name(), module))
                .collect(),
        }
    }

    /// Answers a request; an absent module means the applet, which is not here (docs/protocol/coverage.md).
    pub(crate) async fn answer(&self, request: &Envelope, caller: &Caller) -> Reply {
        match request.module().and_then(|name| self.modules.get(name)) {
            Some(module) => module.handle(request, caller).await,
            None => module_not_found(),
        }
    }
}
