//! The fixtures folder beside the checkout, as certificates and lists.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tamga_test_support::{fixtures_dir, read, read_json};
use tamga_x509::{Certificate, Crl, UnixTime};

use crate::pkcs12;

/// The folder; `None` only when it is absent as a whole.
pub(crate) struct Fixtures {
    dir: PathBuf,
    pub(crate) manifest: Manifest,
}

impl Fixtures {
    pub(crate) fn open() -> Option<Self> {
        let dir = fixtures_dir()?;
        Some(Self {
            manifest: read_json(dir.join("MANIFEST.json")),
            dir,
        })
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, file: &str) -> T {
        read_json(self.dir.join(file))
    }

    /// A certificate file, or the certificate inside a key container.
    pub(crate) fn certificate(&self, file: &str) -> Certificate {
        let bytes = read(self.dir.join(file));
        let bytes = if file.starts_with("p12/") {
            let entry = self
                .manifest
                .entries
                .iter()
                .find(|entry| entry.file == file);
            let password = entry.unwrap().password.as_deref().unwrap();
            pkcs12::certificate(&bytes, password)
        } else {
            bytes
        };
        Certificate::from_der_or_pem(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub(crate) fn list(&self, file: &str) -> Crl {
        Crl::from_der(&read(self.dir.join(file))).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub(crate) fn bytes(&self, file: &str) -> Vec<u8> {
        read(self.dir.join(file))
    }

    /// True if the manifest lists the file; a vector may speak of files that were not taken.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.manifest.entries.iter().any(|entry| entry.file == file)
    }

    /// Every authority of a folder (`ca/prod`, `ca/test`), by file.
    pub(crate) fn authorities(&self, folder: &str) -> BTreeMap<String, Certificate> {
        self.manifest
            .entries
            .iter()
            .filter(|entry| Path::new(&entry.file).parent() == Some(Path::new(folder)))
            .map(|entry| (entry.file.clone(), self.certificate(&entry.file)))
            .collect()
    }

    /// What `vectors/certificate_fields.json` says, for the files that are here.
    pub(crate) fn fields(&self) -> Vec<Fields> {
        let all: Vec<Fields> = self.json("vectors/certificate_fields.json");
        all.into_iter()
            .filter(|fields| self.has(&fields.file))
            .collect()
    }
}

/// The parts of `MANIFEST.json` that matter here.
#[derive(Deserialize)]
pub(crate) struct Manifest {
    pub(crate) entries: Vec<Entry>,
}

/// One file of the manifest.
#[derive(Deserialize)]
pub(crate) struct Entry {
    pub(crate) file: String,
    pub(crate) kind: String,
    pub(crate) password: Option<String>,
    pub(crate) expected: Expected,
    /// Lines of a list.
    pub(crate) entries: Option<usize>,
    /// `good` or `revoked`, of an OCSP answer.
    pub(crate) status: Option<String>,
    /// When an OCSP answer was made.
    pub(crate) produced_at: Option<String>,
    /// Content of an OCSP nonce extension, in hex; a number where it is a time stamp's.
    pub(crate) nonce: Option<Nonce>,
    /// Serial numbers an OCSP answer is about, in hex.
    #[serde(default)]
    pub(crate) cert_serials: Vec<String>,
    /// Files of the certificates an OCSP answer is about.
    #[serde(default)]
    pub(crate) for_certificate: Vec<String>,
    /// Command lines of an independent program that judged the file.
    #[serde(default)]
    pub(crate) oracle: Vec<Vec<String>>,
}

/// What the manifest calls a nonce.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Nonce {
    Hex(String),
    Other(serde::de::IgnoredAny),
}

/// `verifies` or `fails`, among others.
#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) result: String,
}

/// One row of `vectors/certificate_fields.json`.
#[derive(Deserialize)]
pub(crate) struct Fields {
    pub(crate) file: String,
    pub(crate) cert_sha256: String,
    pub(crate) subject: Vec<(String, String)>,
    pub(crate) iin: Option<String>,
    pub(crate) bin: Option<String>,
    pub(crate) key_usage: Option<Vec<String>>,
    pub(crate) eku: Vec<String>,
    pub(crate) policies: Vec<String>,
    pub(crate) role: Option<String>,
    pub(crate) serial: String,
    pub(crate) ski: Option<String>,
    pub(crate) aki: Option<String>,
    pub(crate) ocsp: Vec<String>,
    pub(crate) ca_issuers: Vec<String>,
    pub(crate) crl: Vec<String>,
    pub(crate) delta_crl: Vec<String>,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
}

pub(crate) fn time(text: &str) -> UnixTime {
    UnixTime::from_rfc3339(text).unwrap()
}
