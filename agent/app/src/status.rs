//! `tamga status`: running, version, port, certificate, trust per browser.

use std::{process::ExitCode, time::SystemTime};

use serde::Serialize;
use tamga_trust_store::{Anchor, Home, places};

use crate::{
    cli,
    failure::Failure,
    health::{self, Holder},
    identity, moment, say,
    texts::Texts,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    running: bool,
    version: Option<String>,
    port: u16,
    certificate: Option<Certificate>,
    trust: Vec<Trust>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Certificate {
    authority: String,
    not_after: String,
}

#[derive(Serialize)]
struct Trust {
    store: String,
    state: String,
}

/// Exit status 0 if the agent runs, 1 if not.
pub(crate) fn run(arguments: &cli::Status, texts: &Texts) -> Result<ExitCode, Failure> {
    let folder = identity::folder(arguments.settings.as_ref())?;
    // Without a usable pair the agent cannot be ours; the reason is for `tamga trust`.
    let pair = tamga_local_ca::load(&folder, SystemTime::now()).ok();
    let holder = health::holder(arguments.port, pair.as_ref().map(|pair| pair.ca_der()));
    let version = match holder {
        Holder::Agent(health) => Some(health.version),
        Holder::Nobody | Holder::Somebody => None,
    };
    let status = Status {
        running: version.is_some(),
        version,
        port: arguments.port,
        trust: pair.as_ref().map(trust).unwrap_or_default(),
        certificate: pair.as_ref().map(|pair| Certificate {
            authority: pair.ca_name().to_owned(),
            not_after: moment(pair.not_after().into()),
        }),
    };
    if arguments.json {
        let text = serde_json::to_string_pretty(&status)
            .map_err(|error| Failure::internal().about(error))?;
        say(&text);
    } else {
        print(&status, texts);
    }
    Ok(if status.running {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn trust(pair: &tamga_local_ca::LocalIdentity) -> Vec<Trust> {
    let anchor = Anchor {
        name: pair.ca_name().to_owned(),
        der: pair.ca_der().to_owned(),
    };
    let home = Home::of_this_user();
    home.as_ref()
        .map(places)
        .unwrap_or_default()
        .into_iter()
        .map(|place| Trust {
            state: match place.status(&anchor) {
                Ok(state) => state.to_string(),
                Err(error) => error.to_string(),
            },
            store: match place.path() {
                Some(path) => format!("{place} {}", path.display()),
                None => place.to_string(),
            },
        })
        .collect()
}

fn print(status: &Status, texts: &Texts) {
    let port = status.port.to_string();
    let (key, version) = match &status.version {
        Some(version) => ("status-running", version.as_str()),
        None => ("status-not-running", ""),
    };
    say(&texts.get(key, &[("port", &port), ("version", version)]));
    match &status.certificate {
        Some(certificate) => {
            say(&texts.get("status-certificate", &[("subject", &certificate.not_after)]));
        }
        None => say(&texts.get("status-no-certificate", &[])),
    }
    for trust in &status.trust {
        say(&format!("  {}: {}", trust.store, trust.state));
    }
}
