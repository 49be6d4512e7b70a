//! From the bytes of a file to its keys and certificates.

use const_oid::ObjectIdentifier;
use der::Decode;
use tamga_token_api::{Password, TokenError, UnlockError};
use tamga_x509::Certificate;

use super::budget::{MAX_ALIAS, MAX_CHAIN, MAX_PART};
use super::digest;
use super::protector::{KEY_PROTECTOR, ProtectedKey};
use super::stream::Stream;
use crate::opened::{Item, Key, MAX_ITEMS, Opened, too_many_items};
use crate::password_octets::utf_16_be;
use crate::pkcs8::{self, EncryptedPrivateKeyInfo};
use crate::refusal::{damaged, unsupported};

/// What Java hashes between the password and the file.
const WHITENER: &[u8] = b"Mighty Aphrodite";

/// A file whose password is not known yet.
pub(crate) struct Sealed {
    /// Everything the digest covers.
    data: Vec<u8>,
    digest: [u8; digest::LENGTH],
    keys: Vec<KeyEntry>,
    /// Certificates of entries without a key.
    trusted: Vec<Certificate>,
}

/// An entry with a private key.
struct KeyEntry {
    /// Where it begins in the file.
    at: usize,
    alias: String,
    protection: Protection,
    /// The key's own certificate and then its issuers, as whoever wrote the file meant it.
    chain: Vec<Certificate>,
}

enum Protection {
    /// Of a provider other than Java's own.
    Foreign(ObjectIdentifier),
    Sun(ProtectedKey),
}

impl Sealed {
    /// Reads what can be read without a password: all but the private keys.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        let mut parsing = Parsing {
            stream: Stream::new(bytes),
            version: Version::One,
            keys: Vec::new(),
            trusted: Vec::new(),
            items: 0,
        };
        parsing.read()?;
        let Parsing {
            mut stream,
            keys,
            trusted,
            ..
        } = parsing;
        let covered = stream.position();
        let mut digest = [0; digest::LENGTH];
        digest.copy_from_slice(stream.take(digest::LENGTH, "integrity digest")?);
        if stream.remaining() != 0 {
            let at = stream.position();
            return Err(damaged(format!("trailing bytes at byte {at}")));
        }
        Ok(Self {
            data: bytes[..covered].to_vec(),
            digest,
            keys,
            trusted,
        })
    }

    /// Checks the password, then decrypts every key.
    ///
    /// Nothing is decrypted before the integrity digest held.
    pub(crate) fn open(&self, password: &Password) -> Result<Opened, UnlockError> {
        let password = utf_16_be(password, &[]);
        if !digest::holds(&[&password, WHITENER, &self.data], &self.digest) {
            return Err(UnlockError::WrongPassword { retries_left: None });
        }
        let mut opened = Opened {
            trusted: self.trusted.clone(),
            ..Opened::default()
        };
        for (index, entry) in self.keys.iter().enumerate() {
            let item_id = entry.at.to_be_bytes().to_vec();
            let name = if entry.alias.is_empty() {
                (index + 1).to_string()
            } else {
                entry.alias.clone()
            };
            opened.keys.push(Item {
                value: entry.key(&password)?,
                name: Some(name),
                key_id: Some(item_id.clone()),
            });
            for certificate in &entry.chain {
                opened.certificates.push(Item {
                    value: certificate.clone(),
                    name: None,
                    key_id: Some(item_id.clone()),
                });
            }
        }
        Ok(opened)
    }
}

impl KeyEntry {
    fn key(&self, password: &[u8]) -> Result<Key, TokenError> {
        let protected = match &self.protection {
            Protection::Foreign(algorithm) => {
                return Ok(Key::Unsupported(format!("key protection {algorithm}")));
            }
            Protection::Sun(protected) => protected,
        };
        match protected.recover(password) {
            Some(key) => pkcs8::read(&key)
                .map_err(|_| damaged(format!("private key of the entry at byte {}", self.at))),
            None => Ok(Key::Unsupported(
                "a key whose password is not that of the file".into(),
            )),
        }
    }
}

/// Versions differ in one thing.
#[derive(Clone, Copy)]
enum Version {
    /// All certificates are X.509.
    One,
    /// The type of a certificate stands before it.
    Two,
}

/// A file being read.
struct Parsing<'a> {
    stream: Stream<'a>,
    version: Version,
    keys: Vec<KeyEntry>,
    trusted: Vec<Certificate>,
    /// Keys and certificates so far.
    items: usize,
}

impl Parsing<'_> {
    fn read(&mut self) -> Result<(), TokenError> {
        /// Kind, empty alias, time, length of a certificate in version 1.
        const SMALLEST_ENTRY: usize = 4 + 2 + 8 + 4;
        self.stream.u32("magic number")?;
        self.version = match self.stream.u32("version")? {
            1 => Version::One,
            2 => Version::Two,
            other => return Err(unsupported(format!("JKS version {other}"))),
        };
        let at = self.stream.position();
        let count = self.stream.u32("number of entries")? as usize;
        if count > self.stream.remaining() / SMALLEST_ENTRY {
            return Err(damaged(format!("number of entries at byte {at}")));
        }
        if count > MAX_ITEMS {
            return Err(unsupported(too_many_items()));
        }
        (0..count).try_for_each(|_| self.read_entry())
    }

    fn read_entry(&mut self) -> Result<(), TokenError> {
        let at = self.stream.position();
        let kind = self.stream.u32("entry")?;
        if !matches!(kind, 1 | 2) {
            return Err(damaged(format!("kind of entry {kind} at byte {at}")));
        }
        let alias = self.stream.text(MAX_ALIAS, "alias")?;
        // When it was made, in milliseconds; Java shows it and nothing depends on it.
        self.stream.take(8, "time of an entry")?;
        if kind == 1 {
            let protection = self.read_protection()?;
            let chain = self.read_chain()?;
            self.keys.push(KeyEntry {
                at,
                alias,
                protection,
                chain,
            });
        } else {
            let certificate = self.read_certificate()?;
            self.trusted.push(certificate);
        }
        Ok(())
    }

    fn read_protection(&mut self) -> Result<Protection, TokenError> {
        const WHAT: &str = "encrypted private key";
        self.count_item()?;
        let at = self.stream.position();
        let der = self.stream.counted(MAX_PART, WHAT)?;
        let broken = || damaged(format!("{WHAT} at byte {at}"));
        let info = EncryptedPrivateKeyInfo::from_der(der).map_err(|_| broken())?;
        if info.algorithm.oid != KEY_PROTECTOR {
            return Ok(Protection::Foreign(info.algorithm.oid));
        }
        ProtectedKey::parse(info.encrypted.as_bytes())
            .map(Protection::Sun)
            .ok_or_else(broken)
    }

    fn read_chain(&mut self) -> Result<Vec<Certificate>, TokenError> {
        /// Length of a certificate in version 1.
        const SMALLEST_CERTIFICATE: usize = 4;
        let at = self.stream.position();
        let count = self.stream.u32("number of certificates")? as usize;
        if count > self.stream.remaining() / SMALLEST_CERTIFICATE {
            return Err(damaged(format!("number of certificates at byte {at}")));
        }
        if count > MAX_CHAIN {
            let over = format!("a chain of {count} certificates, at most {MAX_CHAIN} are read");
            return Err(unsupported(over));
        }
        (0..count).map(|_| self.read_certificate()).collect()
    }

    fn read_certificate(&mut self) -> Result<Certificate, TokenError> {
        self.count_item()?;
        if let Version::Two = self.version {
            /// Room for the name of a type nobody knows yet.
            const MAX_TYPE: usize = 64;
            let kind = self.stream.text(MAX_TYPE, "type of a certificate")?;
            if kind != "X.509" {
                return Err(unsupported(format!("certificates of type {kind:?}")));
            }
        }
        let at = self.stream.position();
        let der = self.stream.counted(MAX_PART, "certificate")?;
        Certificate::from_der(der).map_err(|_| damaged(format!("certificate at byte {at}")))
    }

    fn count_item(&mut self) -> Result<(), TokenError> {
        if self.items == MAX_ITEMS {
            return Err(unsupported(too_many_items()));
        }
        self.items += 1;
        Ok(())
    }
}
