//! `tamga sign`: the agent's own job with the terminal in the window's place.

mod terminal;

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use tamga_agent_core::{
    Answer, CmsContent, Desk, DocumentError, ExistingCms, Form, JobError, KeyFilter, Language,
    LineEnd, Origin, Ports, RecentKey, RecentKeys, SignJob, SignedDocument, Stores, ToBeSigned,
    Tokens,
};
use tamga_token_api::{Contents, KeyEntry, TokenError};
use tamga_x509::KeyPurpose;

use self::terminal::{Target, Terminal};
use crate::{
    cli::{self, Format, Purpose},
    failure::Failure,
    key_source::{KeySource, NoTokens, OnlyToken, Secret},
    say,
    system::{Disk, SystemClock},
    texts::Texts,
};

/// The agent's own limit for one document.
const DOCUMENT_LIMIT: u64 = 64 << 20;

/// Signs every file, or none: nothing is written before all signatures are made.
pub(crate) fn run(arguments: &cli::Sign, texts: &Texts) -> Result<(), Failure> {
    let places = places(arguments)?;
    let documents = arguments
        .files
        .iter()
        .map(|file| document(arguments, file))
        .collect::<Result<_, _>>()?;
    let source = KeySource::new(arguments.key.as_deref(), &arguments.token)?;
    let secret = source.read_secret(&arguments.password, texts)?;
    let serial = match &arguments.alias {
        Some(alias) => Some(serial_of(&source, alias, &secret)?),
        None => None,
    };
    let job = SignJob {
        origin: Origin::LocalProgram,
        language: Language::default(),
        documents,
        stores: Stores::all(),
        filter: KeyFilter {
            purpose: Some(match arguments.purpose {
                Purpose::Auth => KeyPurpose::Authentication,
                Purpose::Sign => KeyPurpose::Signing,
            }),
            serial,
            allow_expired: arguments.allow_expired,
            ..KeyFilter::default()
        },
    };
    let signed = perform(arguments, job, source, secret)?;
    write_all_or_none(&places, &signed)?;
    for place in &places {
        let subject = place.display().to_string();
        say(&texts.get("sign-done", &[("subject", &subject)]));
    }
    Ok(())
}

/// Files that are there already are never overwritten: they may be somebody's only copy. When one file cannot be
/// written, those written before it are taken back.
fn write_all_or_none(places: &[PathBuf], documents: &[SignedDocument]) -> Result<(), Failure> {
    for (index, (place, document)) in places.iter().zip(documents).enumerate() {
        let bytes = match document {
            SignedDocument::Cms(der) => der.as_slice(),
            SignedDocument::Xml(text) => text.as_bytes(),
        };
        let created = OpenOptions::new().write(true).create_new(true).open(place);
        let ours = index + usize::from(created.is_ok());
        if created.and_then(|mut file| file.write_all(bytes)).is_err() {
            for written in &places[..ours] {
                // The failure to write is what the person has to know; a file left behind is the lesser one.
                let _ = fs::remove_file(written);
            }
            return Err(Failure::unwritable().about(place.display()));
        }
    }
    Ok(())
}

fn perform(
    arguments: &cli::Sign,
    job: SignJob,
    source: KeySource,
    secret: Secret,
) -> Result<Vec<SignedDocument>, Failure> {
    let name = source.name();
    let (target, tokens): (_, Arc<dyn Tokens>) = match source {
        KeySource::File(file) => (Target::File(file), Arc::new(NoTokens)),
        KeySource::Token { tokens, slot, .. } => {
            (Target::Token, Arc::new(OnlyToken { tokens, slot }))
        }
    };
    let terminal = Arc::new(Terminal::new(target, secret, arguments.token.last_attempt));
    let desk = Desk::new(Ports {
        ui: terminal.clone(),
        key_files: Arc::new(Disk),
        tokens,
        recent: Arc::new(NothingRecent),
        clock: Arc::new(SystemClock),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| Failure::internal().about(error))?;
    match runtime.block_on(desk.sign(job)) {
        Ok(Answer::Given(signed)) => Ok(signed.documents),
        Ok(Answer::Cancelled) => Err(terminal.failure().unwrap_or_else(Failure::no_suitable_key))
            .map_err(|failure| failure.about(name)),
        Err(JobError::Document { index, source }) => {
            let file = arguments
                .files
                .get(index)
                .map(|file| file.display().to_string());
            let position = match source {
                DocumentError::NotWellFormed { line, column, .. }
                | DocumentError::Doctype { line, column } => format!(":{line}:{column}"),
                _ => String::new(),
            };
            Err(Failure::broken_document().about(file.unwrap_or_default() + &position))
        }
        Err(JobError::Token(error)) => Err(Failure::from(error).about(name)),
        Err(error) => Err(Failure::internal().about(error)),
    }
}

/// Where each signed document goes; checked before anything is asked.
fn places(arguments: &cli::Sign) -> Result<Vec<PathBuf>, Failure> {
    let beside = |file: &Path| match arguments.format {
        Format::Cms => file.with_added_extension("cms"),
        Format::Xml => file.with_extension("signed.xml"),
    };
    let several = arguments.files.len() > 1;
    let mut places = Vec::with_capacity(arguments.files.len());
    for file in &arguments.files {
        let place = match &arguments.out {
            Some(folder) if several || folder.is_dir() => {
                let name = file
                    .file_name()
                    .ok_or_else(|| Failure::unreadable().about(file.display()))?;
                folder.join(beside(Path::new(name)))
            }
            Some(place) => place.clone(),
            None => beside(file),
        };
        if place.exists() || places.contains(&place) {
            return Err(Failure::unwritable().about(place.display()));
        }
        places.push(place);
    }
    Ok(places)
}

fn document(arguments: &cli::Sign, file: &Path) -> Result<ToBeSigned, Failure> {
    let unreadable = || Failure::unreadable().about(file.display());
    let size = fs::metadata(file).map_err(|_| unreadable())?.len();
    if size > DOCUMENT_LIMIT {
        return Err(Failure::broken_document().about(file.display()));
    }
    let bytes = fs::read(file).map_err(|_| unreadable())?;
    match arguments.format {
        Format::Cms => Ok(ToBeSigned::Cms {
            content: if arguments.attached {
                CmsContent::Attached(bytes)
            } else {
                CmsContent::Detached(bytes)
            },
            existing: ExistingCms::SignAsContent,
        }),
        Format::Xml => {
            let text = String::from_utf8(bytes)
                .map_err(|_| Failure::broken_document().about(file.display()))?;
            Ok(ToBeSigned::Xml {
                text,
                form: Form::Lines(LineEnd::Lf),
            })
        }
    }
}

/// The serial number of the key with this alias: jobs know certificates, not names inside files.
fn serial_of(source: &KeySource, alias: &str, secret: &Secret) -> Result<String, Failure> {
    let about = |failure: Failure| failure.about(source.name());
    let mut keystore = source.open().map_err(about)?;
    let entries = match keystore.contents() {
        Contents::Listed(entries) => entries,
        Contents::Sealed => keystore
            .unlock(secret.unlock())
            .map_err(|error| about(error.into()))?
            .entries()
            .to_vec(),
    };
    let serial = entries
        .iter()
        .find(|entry| entry.alias == alias)
        .map(|entry| entry.certificate.serial_hex())
        .ok_or_else(|| about(TokenError::NoSuchEntry.into()))?;
    let same = |entry: &&KeyEntry| entry.certificate.serial_hex() == serial;
    if entries.iter().filter(same).count() > 1 {
        // Two authorities gave the same number: rather no signature than one by the wrong key.
        return Err(about(TokenError::NoSuchEntry.into()));
    }
    Ok(serial)
}

/// A command line asks for its key by name.
struct NothingRecent;

impl RecentKeys for NothingRecent {
    fn list(&self) -> Vec<RecentKey> {
        Vec::new()
    }

    fn remember(&self, _key: RecentKey) {}
}
