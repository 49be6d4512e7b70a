//! The test CA: authorities, people and revocation lists in the form of the national PKI, made anew by one call.
//!
//! Everybody here is fictitious, every key is thrown away with the folder it was written to; nothing of this is
//! trusted by any product default.

mod der;
mod issue;
mod list;
mod people;
mod responder;
mod time_stamps;

use tamga_scheme::{KeyError, PrivateKey, Random, RandomError, SignError, SignatureScheme};
use tamga_token_api::{Password, TokenError};
use tamga_x509::{Anchor, AnchorSet, Certificate, RevocationReason, UnixTime, Validity};

pub use issue::{Attribute, Issuer, Profile, issue, self_issued};
pub use list::{Revocation, full_list};
pub use people::{Person, State};
pub use responder::{OcspFault, OcspResponder};
pub use time_stamps::{TimeStampAuthority, TimeStampFault};

/// Password of every key file of the test CA.
pub const PASSWORD: &str = "Tamga-test-1";

const DAY: i64 = 86_400;

/// An authority with its key.
pub struct Authority {
    /// Short name: file names and anchor rows are made of it.
    pub id: &'static str,
    /// Its subject.
    pub name: Vec<Attribute>,
    /// Its key.
    pub key: PrivateKey,
    /// Its certificate.
    pub certificate: Certificate,
}

/// Somebody's key and certificate.
pub struct Holder {
    /// Who.
    pub person: Person,
    /// The key.
    pub key: PrivateKey,
    /// The certificate.
    pub certificate: Certificate,
}

/// Two families of authorities, GOST and RSA, each root and issuing, and the people under them.
pub struct TestPki {
    /// Root and issuing authority with GOST R 34.10-2015 keys.
    pub gost: [Authority; 2],
    /// Root and issuing authority with RSA keys.
    pub rsa: [Authority; 2],
    /// Key holders.
    pub holders: Vec<Holder>,
    now: UnixTime,
}

impl TestPki {
    /// Makes everything, valid around `now`.
    pub fn generate(now: UnixTime, random: &dyn Random) -> Result<Self, Error> {
        let gost = family(
            SignatureScheme::Gost2015With512,
            ["root_gost", "nca_gost"],
            "GOST",
            now,
            random,
        )?;
        let rsa = family(
            SignatureScheme::RsaSha256,
            ["root_rsa", "nca_rsa"],
            "RSA",
            now,
            random,
        )?;
        let mut holders = Vec::new();
        for person in people::all() {
            let issuing = if person.scheme == SignatureScheme::RsaSha256 {
                &rsa[1]
            } else {
                &gost[1]
            };
            let key = PrivateKey::generate(person.scheme, random)?;
            let certificate = issue(
                &person.profile(),
                person.validity(now),
                key.public_key(),
                &Issuer {
                    name: &issuing.name,
                    key: &issuing.key,
                },
                random,
            )?;
            holders.push(Holder {
                person,
                key,
                certificate,
            });
        }
        Ok(Self {
            gost,
            rsa,
            holders,
            now,
        })
    }

    /// The holder whose key file has this name.
    pub fn holder(&self, id: &str) -> Option<&Holder> {
        self.holders.iter().find(|holder| holder.person.id == id)
    }

    /// All four authorities as an anchor set named `test`.
    pub fn anchors(&self) -> Result<AnchorSet, Error> {
        let rows = self
            .authorities()
            .map(|authority| Anchor::from_certificate(authority.id, &authority.certificate))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(AnchorSet::new("test", rows))
    }

    /// Full lists of both issuing authorities, made at `now`: file name and DER.
    pub fn lists(&self, random: &dyn Random) -> Result<Vec<(String, Vec<u8>)>, Error> {
        [&self.gost[1], &self.rsa[1]]
            .into_iter()
            .map(|authority| {
                let revoked: Vec<_> = self
                    .holders
                    .iter()
                    .filter(|holder| holder.person.state == State::Revoked)
                    .filter(|holder| holder.certificate.issuer() == authority.certificate.subject())
                    .map(|holder| {
                        let at = UnixTime(self.now.0 - DAY);
                        Revocation::of(
                            &holder.certificate,
                            at,
                            Some(RevocationReason::KeyCompromise),
                        )
                    })
                    .collect();
                let der = full_list(
                    &authority.name,
                    &authority.key,
                    &revoked,
                    UnixTime(self.now.0 - 3_600),
                    UnixTime(self.now.0 + 30 * DAY),
                    random,
                )?;
                Ok((format!("{}.crl", authority.id), der))
            })
            .collect()
    }

    /// Key files of all holders under [`PASSWORD`]: file name and PKCS#12.
    pub fn key_files(&self, random: &dyn Random) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let password = Password::new(PASSWORD.to_owned());
        self.holders
            .iter()
            .map(|holder| {
                let alias: String = holder
                    .certificate
                    .subject_key_identifier()
                    .unwrap_or_default()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                let chain = std::slice::from_ref(&holder.certificate);
                let file =
                    tamga_token_file::pkcs12::write(&holder.key, chain, &alias, &password, random)?;
                Ok((format!("{}.p12", holder.person.id), file))
            })
            .collect()
    }

    /// The four authorities.
    pub fn authorities(&self) -> impl Iterator<Item = &Authority> {
        self.gost.iter().chain(&self.rsa)
    }
}

fn family(
    scheme: SignatureScheme,
    ids: [&'static str; 2],
    word: &str,
    now: UnixTime,
    random: &dyn Random,
) -> Result<[Authority; 2], Error> {
    let [root_id, issuing_id] = ids;
    let root_name = authority_name(&format!("TAMGA TEST ROOT ({word})"));
    let issuing_name = authority_name(&format!("TAMGA TEST NCA ({word})"));
    let validity = Validity {
        not_before: UnixTime(now.0 - 400 * DAY),
        not_after: UnixTime(now.0 + 3_650 * DAY),
    };
    let root_key = PrivateKey::generate(scheme, random)?;
    let issuing_key = PrivateKey::generate(scheme, random)?;
    let by_root = Issuer {
        name: &root_name,
        key: &root_key,
    };
    let root_certificate = issue(
        &authority_profile(&root_name),
        validity,
        root_key.public_key(),
        &by_root,
        random,
    )?;
    let issuing_certificate = issue(
        &authority_profile(&issuing_name),
        validity,
        issuing_key.public_key(),
        &by_root,
        random,
    )?;
    Ok([
        Authority {
            id: root_id,
            name: root_name,
            key: root_key,
            certificate: root_certificate,
        },
        Authority {
            id: issuing_id,
            name: issuing_name,
            key: issuing_key,
            certificate: issuing_certificate,
        },
    ])
}

fn authority_name(common_name: &str) -> Vec<Attribute> {
    vec![
        ("2.5.4.3", common_name.to_owned()),
        ("2.5.4.6", "KZ".to_owned()),
    ]
}

fn authority_profile(name: &[Attribute]) -> Profile {
    Profile {
        subject: name.to_vec(),
        key_usage: 0b0000_0110,
        extended_key_usage: Vec::new(),
        authority: true,
    }
}

/// Why the test CA could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No key file.
    #[error(transparent)]
    KeyFile(#[from] TokenError),
    /// An unusable key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not an object identifier.
    #[error("{0} is not an object identifier")]
    Oid(String),
    /// Not a request that the fake responder reads.
    #[error("not an OCSP request: {0}")]
    OcspRequest(x509_cert::der::Error),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// No signature.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Not a request that the fake authority reads.
    #[error("not a time-stamp request: {0}")]
    TimeStampRequest(x509_cert::der::Error),
    /// A certificate that we made and cannot read.
    #[error(transparent)]
    X509(#[from] tamga_x509::Error),
}
