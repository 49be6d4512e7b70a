//! Trust anchors as rows of data (`anchors/*.toml`): production and test sets never mix.

use std::{collections::HashSet, fmt::Write, sync::LazyLock};

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use tamga_scheme::PublicKey;

use crate::{Certificate, Error, Name, UnixTime, Validity};

/// Largest anchor file read, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

const WHAT: &str = "anchor file";

static NCA: LazyLock<AnchorSet> = LazyLock::new(|| built_in(include_str!("../anchors/nca.toml")));
static NCA_TEST: LazyLock<AnchorSet> =
    LazyLock::new(|| built_in(include_str!("../anchors/nca-test.toml")));

/// One authority: subject name, public key, validity and the SHA-256 of its certificate.
///
/// Any row may end a path, roots and intermediates alike (RFC 5280 section 6.1.1 d). What counts is the content of
/// the row, never the name alone: a test root of the NCA has a name without "TEST" in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Short name of the row, e.g. `root_gost_2022`.
    pub id: String,
    /// Root or intermediate; for people, path building treats both alike.
    pub role: AnchorRole,
    /// Subject name.
    pub subject: Name,
    /// Public key.
    pub public_key: PublicKey,
    /// Validity of the authority's certificate.
    pub validity: Validity,
    /// Path length of the authority's certificate (RFC 5280 section 4.2.1.9); `None` is any.
    pub path_length: Option<u8>,
    /// SHA-256 over the authority's certificate.
    pub certificate_sha256: [u8; 32],
}

/// Where an authority stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnchorRole {
    /// Issued by another authority.
    Intermediate,
    /// Issued by itself.
    Root,
}

impl Anchor {
    /// The row for an authority's certificate.
    ///
    /// Refused if the certificate is not an authority's or its key is not in the table. Its signature is not looked
    /// at: trusting a certificate is the decision of whoever makes the row.
    pub fn from_certificate(
        id: impl Into<String>,
        certificate: &Certificate,
    ) -> Result<Self, Error> {
        let constraints = certificate
            .basic_constraints()
            .filter(|constraints| constraints.ca)
            .ok_or_else(|| Error::malformed("anchor", "not a certificate of an authority"))?;
        let role = match certificate.is_self_issued() {
            true => AnchorRole::Root,
            false => AnchorRole::Intermediate,
        };
        Ok(Self {
            id: id.into(),
            role,
            subject: certificate.subject().clone(),
            public_key: certificate.public_key()?.clone(),
            validity: certificate.validity(),
            path_length: constraints.path_length,
            certificate_sha256: certificate.sha256(),
        })
    }
}

/// A named set of anchors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorSet {
    name: String,
    anchors: Vec<Anchor>,
}

impl AnchorSet {
    /// The production authorities of the NCA.
    pub fn nca() -> Self {
        NCA.clone()
    }

    /// The authorities of the NCA's public test PKI.
    pub fn nca_test() -> Self {
        NCA_TEST.clone()
    }

    /// A set of this crate by its name: `nca` or `nca-test`.
    pub fn built_in(name: &str) -> Option<Self> {
        [&*NCA, &*NCA_TEST]
            .into_iter()
            .find(|set| set.name == name)
            .cloned()
    }

    /// A set of rows made by [`Anchor::from_certificate`].
    pub fn new(name: impl Into<String>, anchors: Vec<Anchor>) -> Self {
        Self {
            name: name.into(),
            anchors,
        }
    }

    /// Reads an anchor file of at most 1 MiB; every row is checked.
    ///
    /// ```toml
    /// name = "nca"
    ///
    /// [[anchor]]
    /// id = "nca_gost_2022"
    /// role = "intermediate"                 # or "root"
    /// not_before = "2022-06-15T05:01:09Z"
    /// not_after = "2045-09-07T05:01:09Z"
    /// path_length = 0                       # optional
    /// sha256 = "64 hex digits over the certificate"
    /// subject = "base64 of the DER of the name"
    /// spki = "base64 of the DER of SubjectPublicKeyInfo"
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES {
            return Err(Error::TooLarge {
                what: WHAT,
                actual: text.len(),
                limit: MAX_BYTES,
            });
        }
        let file: File = toml::from_str(text).map_err(|error| Error::malformed(WHAT, error))?;
        let anchors = file
            .anchor
            .iter()
            .map(Anchor::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let mut ids = HashSet::new();
        let mut certificates = HashSet::new();
        for anchor in &anchors {
            if !ids.insert(anchor.id.as_str()) || !certificates.insert(anchor.certificate_sha256) {
                return Err(Error::malformed(
                    WHAT,
                    format!("row {} is there twice", anchor.id),
                ));
            }
        }
        Ok(Self {
            name: file.name,
            anchors,
        })
    }

    /// Writes the file read by [`Self::from_toml`], with the common name of each authority as a comment.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = writeln!(text, "name = {}", toml::Value::from(self.name.as_str()));
        for anchor in &self.anchors {
            text.push_str("\n[[anchor]]\n");
            if let Some(name) = anchor.subject.common_name() {
                let name: String = name.chars().filter(|char| !char.is_control()).collect();
                let _ = writeln!(text, "# {name}");
            }
            text.push_str(
                &toml::to_string(&Row::from(anchor))
                    .expect("a row of strings and one number is TOML"),
            );
        }
        text
    }

    /// Name of the set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rows.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// The row made from exactly this certificate, by SHA-256.
    pub fn find(&self, certificate: &Certificate) -> Option<&Anchor> {
        let sha256 = certificate.sha256();
        self.anchors
            .iter()
            .find(|anchor| anchor.certificate_sha256 == sha256)
    }
}

fn built_in(text: &str) -> AnchorSet {
    AnchorSet::from_toml(text).expect("both built-in files are read by a test")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    anchor: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    role: AnchorRole,
    not_before: String,
    not_after: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_length: Option<u8>,
    sha256: String,
    subject: String,
    spki: String,
}

impl From<&Anchor> for Row {
    fn from(anchor: &Anchor) -> Self {
        let time = |time: UnixTime| {
            time.to_rfc3339()
                .expect("times of certificates lie between 1970 and 9999")
        };
        Self {
            id: anchor.id.clone(),
            role: anchor.role,
            not_before: time(anchor.validity.not_before),
            not_after: time(anchor.validity.not_after),
            path_length: anchor.path_length,
            sha256: hex::encode(anchor.certificate_sha256),
            subject: Base64::encode_string(anchor.subject.der()),
            spki: Base64::encode_string(anchor.public_key.spki_der()),
        }
    }
}

impl TryFrom<&Row> for Anchor {
    type Error = Error;

    fn try_from(row: &Row) -> Result<Self, Error> {
        let wrong = |field: &str| Error::malformed(WHAT, format!("{field} of row {:?}", row.id));
        let time = |text: &str, field| UnixTime::from_rfc3339(text).ok_or_else(|| wrong(field));
        let bytes = |text: &str, field| Base64::decode_vec(text).map_err(|_| wrong(field));
        let validity = Validity {
            not_before: time(&row.not_before, "not_before")?,
            not_after: time(&row.not_after, "not_after")?,
        };
        if validity.not_before > validity.not_after {
            return Err(wrong("validity"));
        }
        let mut certificate_sha256 = [0; 32];
        hex::decode_to_slice(&row.sha256, &mut certificate_sha256).map_err(|_| wrong("sha256"))?;
        Ok(Self {
            id: row.id.clone(),
            role: row.role,
            subject: Name::from_der(&bytes(&row.subject, "subject")?)?,
            public_key: PublicKey::from_spki_der(&bytes(&row.spki, "spki")?)?,
            validity,
            path_length: row.path_length,
            certificate_sha256,
        })
    }
}
