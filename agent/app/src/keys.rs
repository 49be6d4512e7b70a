//! `tamga keys`: the entries of a key file or token as people and programs read them.

use serde::Serialize;
use tamga_agent_core::Clock as _;
use tamga_token_api::{Contents, KeyEntry};
use tamga_x509::{Certificate, KeyPurpose, UnixTime};

use crate::{
    cli, failure::Failure, key_source::KeySource, moment, say, system::SystemClock, texts::Texts,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    alias: String,
    algorithm: Option<&'static str>,
    subject: String,
    name: Option<String>,
    iin: Option<String>,
    bin: Option<String>,
    organization: Option<String>,
    roles: Vec<&'static str>,
    purposes: Vec<&'static str>,
    issuer: String,
    serial: String,
    not_before: String,
    not_after: String,
    usable: bool,
    reason: Option<&'static str>,
}

/// Lists the keys.
pub(crate) fn run(arguments: &cli::Keys, texts: &Texts) -> Result<(), Failure> {
    let now = SystemClock.now();
    let describe_all = |entries: &[KeyEntry]| -> Vec<Key> {
        entries.iter().map(|entry| describe(entry, now)).collect()
    };
    let source = KeySource::new(arguments.file.as_deref(), &arguments.token)?;
    let about = |failure: Failure| failure.about(source.name());
    let mut keystore = source.open().map_err(about)?;
    let keys = match keystore.contents() {
        // A token shows its certificates without a PIN: none is asked for.
        Contents::Listed(entries) => describe_all(&entries),
        Contents::Sealed => {
            let secret = source.read_secret(&arguments.password, texts)?;
            let unlocked = keystore
                .unlock(secret.unlock())
                .map_err(|error| about(error.into()))?;
            describe_all(unlocked.entries())
        }
    };
    if arguments.json {
        let text = serde_json::to_string_pretty(&keys)
            .map_err(|error| Failure::internal().about(error))?;
        say(&text);
    } else {
        for key in &keys {
            say(&line(key));
        }
    }
    Ok(())
}

/// Why a key cannot sign today: its word, or `None`.
fn obstacle(certificate: &Certificate, now: UnixTime) -> Option<&'static str> {
    let validity = certificate.validity();
    if certificate.public_key().is_err() {
        Some("algorithm")
    } else if now < validity.not_before {
        Some("not-yet-valid")
    } else if validity.not_after < now {
        Some("expired")
    } else {
        None
    }
}

fn describe(entry: &KeyEntry, now: UnixTime) -> Key {
    let certificate = &entry.certificate;
    let subject = certificate.subject();
    let validity = certificate.validity();
    let reason = obstacle(certificate, now);
    Key {
        alias: entry.alias.clone(),
        algorithm: certificate.key_scheme().map(|scheme| scheme.name()),
        subject: subject.to_wire_text(),
        name: subject.common_name().map(str::to_owned),
        iin: subject.iin().map(str::to_owned),
        bin: subject.bin().map(str::to_owned),
        organization: subject.organization().map(str::to_owned),
        roles: certificate
            .roles()
            .into_iter()
            .map(|role| role.word())
            .collect(),
        purposes: certificate
            .purposes()
            .into_iter()
            .map(purpose_word)
            .collect(),
        issuer: certificate.issuer().to_wire_text(),
        serial: certificate.serial_hex(),
        not_before: moment(validity.not_before),
        not_after: moment(validity.not_after),
        usable: reason.is_none(),
        reason,
    }
}

fn purpose_word(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Authentication => "auth",
        KeyPurpose::Signing => "sign",
    }
}

/// `ALIAS  ALGORITHM  NAME  IIN … BIN …  purposes  until DATE  [reason]`.
fn line(key: &Key) -> String {
    let mut parts = vec![
        key.alias.clone(),
        key.algorithm.unwrap_or("?").to_owned(),
        key.name.clone().unwrap_or_default(),
    ];
    parts.extend(key.iin.as_ref().map(|iin| format!("IIN {iin}")));
    parts.extend(key.bin.as_ref().map(|bin| format!("BIN {bin}")));
    parts.extend(key.organization.clone());
    parts.push(key.purposes.join("+"));
    parts.push(format!("{} – {}", key.not_before, key.not_after));
    parts.extend(key.reason.map(|reason| format!("[{reason}]")));
    parts.join("  ")
}
