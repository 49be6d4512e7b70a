//! What was done or found, as text and as JSON.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde_json::{Value, json};
use tamga_local_ca::LocalIdentity;
use tamga_trust_store::{Error, Place, State};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// What a verb did or found.
pub struct Report {
    pub(crate) certificate: Option<Certificate>,
    pub(crate) lines: Vec<Line>,
    pub(crate) good: bool,
}

/// The local certificate.
pub(crate) struct Certificate {
    name: String,
    folder: PathBuf,
    not_after: SystemTime,
}

/// One store and what became of it.
pub(crate) struct Line {
    place: String,
    path: Option<PathBuf>,
    result: Result<State, Error>,
}

impl Certificate {
    pub(crate) fn of(identity: &LocalIdentity, folder: &Path) -> Self {
        Self {
            name: identity.ca_name().to_owned(),
            folder: folder.to_owned(),
            not_after: identity.not_after(),
        }
    }

    fn until(&self) -> String {
        OffsetDateTime::from(self.not_after)
            .format(&Rfc3339)
            .expect("certificates carry years from 1970 to 9999")
    }
}

impl Line {
    pub(crate) fn new(place: &Place, result: Result<State, Error>) -> Self {
        Self {
            place: place.to_string(),
            path: place.path(),
            result,
        }
    }

    pub(crate) fn state(&self) -> Option<State> {
        self.result.as_ref().ok().copied()
    }
}

impl Report {
    /// Whether the state is the one that was asked for; the exit status.
    pub fn is_good(&self) -> bool {
        self.good
    }

    /// One line a store, for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = match &self.certificate {
            Some(certificate) => writeln!(
                text,
                "{}\n  valid until {}\n  files in {}",
                certificate.name,
                certificate.until(),
                certificate.folder.display()
            ),
            None => writeln!(text, "There is no local certificate."),
        };
        for line in &self.lines {
            let path = line.path.as_deref().map(Path::display);
            let path = path.map(|path| format!(" ({path})")).unwrap_or_default();
            let _ = match &line.result {
                Ok(state) => writeln!(text, "{}{path}: {state}", line.place),
                Err(error) => writeln!(text, "{}{path}: {}: {error}", line.place, error.code()),
            };
        }
        text
    }

    /// `{good, certificate, places}`.
    pub fn json(&self) -> Value {
        let certificate = self.certificate.as_ref().map(|certificate| {
            json!({
                "name": certificate.name,
                "folder": certificate.folder,
                "notAfter": certificate.until(),
            })
        });
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| match &line.result {
                Ok(state) => {
                    json!({"place": line.place, "path": line.path, "state": state.to_string()})
                }
                Err(error) => json!({
                    "place": line.place,
                    "path": line.path,
                    "error": {"code": error.code(), "text": error.to_string()},
                }),
            })
            .collect();
        json!({"good": self.good, "certificate": certificate, "places": lines})
    }
}
