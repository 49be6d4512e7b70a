//! `tamga tokens`: which libraries speak to tokens, and which tokens are there; and finding a token by name.

use std::path::{Path, PathBuf};

use serde::Serialize;
use tamga_agent_core::Tokens as _;
use tamga_token_api::{Attempts, LibraryError, PinEntry, Slot, TokenDriver as _};
use tamga_token_catalogue::Catalogue;
use tamga_token_worker::Worker;

use crate::{
    cli,
    failure::Failure,
    identity, say,
    system::beside,
    texts::Texts,
    token_libraries::{self, AddedLibraries, AddedLibrary, Patience, PluggedTokens},
};

/// One library.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Library {
    path: PathBuf,
    storages: Vec<String>,
    added: bool,
    problem: Option<String>,
    tokens: Vec<Token>,
}

/// One token that is plugged in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    label: String,
    pin_pad: bool,
    attempts: &'static str,
}

/// One verb.
pub(crate) fn run(action: cli::Tokens, texts: &Texts) -> Result<(), Failure> {
    match action {
        cli::Tokens::List { json, settings } => list(json, &identity::folder(settings.as_ref())?),
        cli::Tokens::Add {
            library,
            storage,
            settings,
        } => {
            let settings = identity::folder(settings.as_ref())?;
            add(&library, storage, &settings)?;
            done(texts, "tokens-added", &library);
            Ok(())
        }
        cli::Tokens::Remove { library, settings } => {
            remove(&library, &identity::folder(settings.as_ref())?)?;
            done(texts, "tokens-removed", &library);
            Ok(())
        }
    }
}

/// Tokens of these settings.
pub(crate) fn plugged(settings: PathBuf, patience: Patience) -> Result<PluggedTokens, Failure> {
    let program = beside("tamga-token")?;
    Ok(PluggedTokens::new(settings, program, patience))
}

/// The slot of the token with this label or storage name.
pub(crate) fn find(tokens: &PluggedTokens, name: &str) -> Result<Slot, Failure> {
    let present = tokens.present();
    let is_meant = |slot: &&Slot| slot.label == name || slot.storages.iter().any(|one| one == name);
    if let Some(slot) = present.slots.iter().find(is_meant) {
        return Ok(slot.clone());
    }
    // A library that fails may hide the very token.
    Err(match present.failing.into_iter().next() {
        Some(failing) => Failure::from(failing.error).about(failing.library),
        None => Failure::no_token().about(name),
    })
}

fn list(json: bool, settings: &Path) -> Result<(), Failure> {
    let libraries: Vec<Library> = libraries(settings)?
        .into_iter()
        .map(look)
        .collect::<Result<_, _>>()?;
    if json {
        let text = serde_json::to_string_pretty(&libraries)
            .map_err(|error| Failure::internal().about(error))?;
        say(&text);
        return Ok(());
    }
    for library in libraries {
        let storages = library.storages.join(", ");
        say(&format!("{}  {storages}", library.path.display()));
        for token in &library.tokens {
            say(&format!("  {}  {}", token.label, token.attempts));
        }
        if let Some(problem) = &library.problem {
            say(&format!("  ! {problem}"));
        }
    }
    Ok(())
}

fn libraries(settings: &Path) -> Result<Vec<tamga_token_worker::Library>, Failure> {
    token_libraries::libraries(settings).map_err(|error| Failure::settings().about(error))
}

fn look(library: tamga_token_worker::Library) -> Result<Library, Failure> {
    let found = Worker::new(beside("tamga-token")?, library.clone()).slots();
    let (tokens, problem) = match found {
        Ok(slots) => (slots.iter().map(token).collect(), None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Ok(Library {
        path: library.path,
        storages: library.storages,
        added: library.sha256.is_some(),
        problem,
        tokens,
    })
}

fn token(slot: &Slot) -> Token {
    Token {
        label: slot.label.clone(),
        pin_pad: slot.pin_entry == PinEntry::PinPad,
        attempts: match slot.attempts {
            Attempts::Last => "last",
            Attempts::Low => "low",
            Attempts::None => "locked",
            Attempts::Unworried => "",
        },
    }
}

/// The library is loaded once before it is added: what does not start is not kept.
fn add(library: &Path, storage: Option<String>, settings: &Path) -> Result<(), Failure> {
    let about = |failure: Failure| failure.about(library.display());
    let catalogue = Catalogue::built_in();
    if storage
        .as_deref()
        .is_some_and(|name| catalogue.token(name).is_none())
    {
        let names: Vec<&str> = catalogue
            .tokens()
            .iter()
            .map(|token| token.storage.as_str())
            .collect();
        return Err(Failure::no_storage().about(names.join(", ")));
    }
    let sha256 = token_libraries::digest(library).map_err(|error| {
        about(Failure::from(LibraryError::Unreadable {
            path: library.display().to_string(),
            kind: error.kind(),
        }))
    })?;
    let tried = tamga_token_worker::Library {
        path: library.to_owned(),
        sha256: Some(sha256),
        storages: Vec::new(),
    };
    Worker::new(beside("tamga-token")?, tried)
        .slots()
        .map_err(|error| about(error.into()))?;
    change(settings, |added| {
        added.libraries.retain(|known| known.path != library);
        added.libraries.push(AddedLibrary {
            path: library.to_owned(),
            sha256,
            storage,
        });
        Ok(())
    })
}

fn remove(library: &Path, settings: &Path) -> Result<(), Failure> {
    change(settings, |added| {
        let before = added.libraries.len();
        added.libraries.retain(|known| known.path != library);
        if added.libraries.len() == before {
            return Err(Failure::not_added().about(library.display()));
        }
        Ok(())
    })
}

fn change(
    settings: &Path,
    change: impl FnOnce(&mut AddedLibraries) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::settings().about(error);
    let mut added = AddedLibraries::load(settings).map_err(failed)?;
    change(&mut added)?;
    added.save(settings).map_err(failed)
}

fn done(texts: &Texts, key: &str, library: &Path) {
    say(&texts.get(key, &[("subject", &library.display().to_string())]));
}
