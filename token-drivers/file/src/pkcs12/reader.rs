//! From the bytes of a file to its keys and certificates (RFC 7292 section 5.2).

use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use tamga_token_api::{Password, TokenError, UnlockError};
use tamga_x509::Certificate;
use zeroize::Zeroizing;

use super::budget::{IterationBudget, MAX_ITERATIONS};
use super::encryption::{DecryptError, Passwords, decrypt, foreseeable};
use super::kdf::{BmpPassword, Derivations, Wish};
use super::mac::Mac;
use super::structures::{BagAttribute, CertBag, ContentInfo, EncryptedData, Pfx, SafeBag};
use super::{damaged, oid, unsupported};
use crate::opened::{Item, Key, MAX_ITEMS, Opened, too_many_items};
use crate::pkcs8::{self, EncryptedPrivateKeyInfo};

/// A file whose password is not known yet.
pub(crate) struct Sealed {
    /// Content of the authSafe, byte for byte as the integrity check covers it.
    authenticated_safe: Vec<u8>,
    /// `None` for files without an integrity check.
    mac: Option<Mac>,
}

impl Sealed {
    /// Reads what can be read without a password.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, TokenError> {
        let der = tamga_ber::to_der(bytes)
            .map_err(|error| damaged(format!("{} at byte {}", error.kind, error.offset)))?;
        let pfx = Pfx::from_der(&der).map_err(|_| damaged("not a PKCS#12 file"))?;
        if pfx.version != 3 {
            return Err(unsupported(format!("PKCS#12 version {}", pfx.version)));
        }
        if pfx.auth_safe.content_type != oid::DATA {
            // signedData: integrity by a signature instead of a password.
            return Err(unsupported(format!(
                "integrity by {}",
                pfx.auth_safe.content_type
            )));
        }
        let authenticated_safe = octets(pfx.auth_safe.content, "authenticated safe")?.to_vec();
        let sealed = Self {
            authenticated_safe,
            mac: pfx.mac_data.as_ref().map(Mac::parse).transpose()?,
        };
        // A file whose middle is damaged is told from a wrong password before anybody types one.
        content_infos(&sealed.safe_der()?)?;
        Ok(sealed)
    }

    /// Checks the password, then decrypts everything.
    ///
    /// Nothing is decrypted before the integrity check held.
    pub(crate) fn open(&self, password: &Password) -> Result<Opened, UnlockError> {
        let safe = self.safe_der()?;
        let content_infos = content_infos(&safe)?;
        let bmp = BmpPassword::new(password);
        let derivations = Derivations::foresee(&bmp, self.foreseen(&content_infos));
        let mut opening = Opening {
            passwords: Passwords {
                utf8: password,
                derivations: &derivations,
            },
            budget: IterationBudget::new(),
            authenticated: self.mac.is_some(),
            opened: Opened::default(),
        };
        if let Some(mac) = &self.mac
            && !mac.holds(
                &bmp,
                &derivations,
                &self.authenticated_safe,
                &mut opening.budget,
            )?
        {
            return Err(UnlockError::WrongPassword { retries_left: None });
        }
        for content_info in content_infos {
            opening.read_safe(&content_info)?;
        }
        Ok(opening.opened)
    }

    /// The key of the integrity check, and beside it, at little cost, what decryption will need if it holds.
    ///
    /// Only derivations exactly as long as the check's: another password costs twice the check at most.
    fn foreseen(&self, content_infos: &[ContentInfo<'_>]) -> Vec<Wish> {
        /// With the check's key two rounds of four lanes, for a key of two blocks among them.
        const MOST: usize = 6;
        let Some(mac) = &self.mac else {
            return Vec::new();
        };
        // A file that asks for too much is refused where the budget is kept.
        if mac.iterations() > MAX_ITERATIONS / 2 {
            return Vec::new();
        }
        let iterations = mac.iterations() as u32;
        let encryptions = content_infos
            .iter()
            .flat_map(|info| encryption_wishes(info, iterations).unwrap_or_default());
        mac.wish(iterations)
            .into_iter()
            .chain(encryptions)
            .take(MOST)
            .collect()
    }

    fn safe_der(&self) -> Result<Vec<u8>, TokenError> {
        tamga_ber::to_der(&self.authenticated_safe).map_err(|error| {
            damaged(format!(
                "authenticated safe: {} at byte {}",
                error.kind, error.offset
            ))
        })
    }
}

/// `AuthenticatedSafe ::= SEQUENCE OF ContentInfo`.
fn content_infos(safe: &[u8]) -> Result<Vec<ContentInfo<'_>>, TokenError> {
    let infos: Vec<ContentInfo<'_>> =
        Vec::from_der(safe).map_err(|_| damaged("authenticated safe"))?;
    for info in &infos {
        match info.content_type {
            oid::DATA | oid::ENCRYPTED_DATA => {}
            // envelopedData: encrypted for a public key.
            other => return Err(unsupported(format!("contents of type {other}"))),
        }
    }
    Ok(infos)
}

/// What the encryptions of a safe that can be seen without a password will derive; nothing where it is damaged, which
/// reading it says later.
fn encryption_wishes(safe: &ContentInfo<'_>, iterations: u32) -> Option<Vec<Wish>> {
    if safe.content_type != oid::DATA {
        let data: EncryptedData<'_> = safe.content.decode_as().ok()?;
        return Some(foreseeable(&data.content_info.algorithm, iterations));
    }
    let contents = tamga_ber::to_der(octets(safe.content, "safe contents").ok()?).ok()?;
    let contents = Zeroizing::new(contents);
    let bags: Vec<SafeBag<'_>> = Vec::from_der(&contents).ok()?;
    let shrouded = bags.iter().filter(|bag| bag.id == oid::SHROUDED_KEY_BAG);
    let wishes = shrouded.filter_map(|bag| {
        let key: EncryptedPrivateKeyInfo<'_> = bag.value.decode_as().ok()?;
        Some(foreseeable(&key.algorithm, iterations))
    });
    Some(wishes.flatten().collect())
}

/// One attempt to open a file.
struct Opening<'a> {
    passwords: Passwords<'a>,
    budget: IterationBudget,
    /// The integrity check held, so the password is right.
    authenticated: bool,
    opened: Opened,
}

impl Opening<'_> {
    /// `SafeContents ::= SEQUENCE OF SafeBag`, encrypted or not.
    fn read_safe(&mut self, safe: &ContentInfo<'_>) -> Result<(), UnlockError> {
        if safe.content_type == oid::DATA {
            let contents = octets(safe.content, "safe contents")?;
            let contents =
                Zeroizing::new(tamga_ber::to_der(contents).map_err(|_| damaged("safe contents"))?);
            let bags: Vec<SafeBag<'_>> =
                Vec::from_der(&contents).map_err(|_| damaged("safe contents"))?;
            return bags.iter().try_for_each(|bag| self.read_bag(bag));
        }
        let data: EncryptedData<'_> = safe
            .content
            .decode_as()
            .map_err(|_| damaged("encrypted safe contents"))?;
        let encrypted = data
            .content_info
            .encrypted()
            .ok_or_else(|| damaged("encrypted safe contents"))?;
        let contents = decrypt(
            &data.content_info.algorithm,
            &encrypted,
            self.passwords,
            &mut self.budget,
        )
        .map_err(|error| self.not_decrypted(error))?;
        // With another password one in 256 contents has a fitting padding; what it then hides is noise.
        let contents = tamga_ber::to_der(&contents)
            .map(Zeroizing::new)
            .map_err(|_| self.not_decrypted(DecryptError::Padding))?;
        let bags: Vec<SafeBag<'_>> =
            Vec::from_der(&contents).map_err(|_| self.not_decrypted(DecryptError::Padding))?;
        bags.iter().try_for_each(|bag| self.read_bag(bag))
    }

    fn read_bag(&mut self, bag: &SafeBag<'_>) -> Result<(), UnlockError> {
        if self.opened.keys.len() + self.opened.certificates.len() == MAX_ITEMS {
            return Err(unsupported(too_many_items()).into());
        }
        match bag.id {
            oid::KEY_BAG => {
                let key = Zeroizing::new(encoded(bag.value)?);
                let key = self.read_key(&key)?;
                self.opened.keys.push(item(key, bag)?);
            }
            oid::SHROUDED_KEY_BAG => {
                let shrouded: EncryptedPrivateKeyInfo<'_> = bag
                    .value
                    .decode_as()
                    .map_err(|_| damaged("encrypted private key"))?;
                let key = decrypt(
                    &shrouded.algorithm,
                    shrouded.encrypted.as_bytes(),
                    self.passwords,
                    &mut self.budget,
                )
                .map_err(|error| self.not_decrypted(error))?;
                let key = self.read_key(&key)?;
                self.opened.keys.push(item(key, bag)?);
            }
            oid::CERT_BAG => {
                let certificate: CertBag<'_> = bag
                    .value
                    .decode_as()
                    .map_err(|_| damaged("certificate bag"))?;
                // The other kind of RFC 7292, sdsiCertificate, is of no use to anybody.
                if certificate.id == oid::X509_CERTIFICATE {
                    let certificate =
                        Certificate::from_der(octets(certificate.value, "certificate bag")?)
                            .map_err(|_| damaged("certificate"))?;
                    self.opened.certificates.push(item(certificate, bag)?);
                }
            }
            // Nested as deeply as tamga-ber lets through.
            oid::SAFE_CONTENTS_BAG => {
                let bags: Vec<SafeBag<'_>> = bag
                    .value
                    .decode_as()
                    .map_err(|_| damaged("nested safe contents"))?;
                bags.iter().try_for_each(|bag| self.read_bag(bag))?;
            }
            // CRLs, secrets, and what programs add for themselves: not what we look for.
            _ => {}
        }
        Ok(())
    }

    /// PrivateKeyInfo in BER.
    fn read_key(&self, pkcs8: &[u8]) -> Result<Key, UnlockError> {
        let pkcs8 = Zeroizing::new(
            tamga_ber::to_der(pkcs8).map_err(|_| self.not_decrypted(DecryptError::Padding))?,
        );
        Ok(pkcs8::read(&pkcs8)?)
    }

    fn not_decrypted(&self, error: DecryptError) -> UnlockError {
        match error {
            DecryptError::Token(error) => error.into(),
            DecryptError::Padding if self.authenticated => {
                damaged("contents do not decrypt with the password of the file").into()
            }
            DecryptError::Padding => UnlockError::WrongPassword { retries_left: None },
        }
    }
}

/// Something with the names its bag has.
fn item<T>(value: T, bag: &SafeBag<'_>) -> Result<Item<T>, TokenError> {
    const WHAT: &str = "attributes of a bag";
    let mut item = Item {
        value,
        name: None,
        key_id: None,
    };
    let Some(attributes) = bag.attributes else {
        return Ok(item);
    };
    for attribute in elements(attributes, WHAT)? {
        let BagAttribute { id, values } = attribute.decode_as().map_err(|_| damaged(WHAT))?;
        let Some(value) = elements(values, WHAT)?.first().copied() else {
            continue;
        };
        match id {
            oid::FRIENDLY_NAME => item.name = bmp_text(value)?,
            oid::LOCAL_KEY_ID => item.key_id = Some(octets(value, WHAT)?.to_vec()),
            _ => {}
        }
    }
    Ok(item)
}

/// The elements of a SET OF, in whatever order.
fn elements<'a>(set: AnyRef<'a>, what: &'static str) -> Result<Vec<AnyRef<'a>>, TokenError> {
    if set.tag() != Tag::Set {
        return Err(damaged(what));
    }
    let mut elements = Vec::new();
    let mut reader = SliceReader::new(set.value()).map_err(|_| damaged(what))?;
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader).map_err(|_| damaged(what))?);
    }
    Ok(elements)
}

/// A BMPString as text; an empty one is no name.
fn bmp_text(value: AnyRef<'_>) -> Result<Option<String>, TokenError> {
    const WHAT: &str = "friendlyName";
    let (units, rest) = value.value().as_chunks::<2>();
    if value.tag() != Tag::BmpString || !rest.is_empty() {
        return Err(damaged(WHAT));
    }
    let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
    let text = String::from_utf16(&units).map_err(|_| damaged(WHAT))?;
    Ok((!text.is_empty()).then_some(text))
}

fn octets<'a>(value: AnyRef<'a>, what: &'static str) -> Result<&'a [u8], TokenError> {
    let octets: &OctetStringRef = value.decode_as().map_err(|_| damaged(what))?;
    Ok(octets.as_bytes())
}

/// The element with its tag and length again.
fn encoded(value: AnyRef<'_>) -> Result<Vec<u8>, TokenError> {
    der::Encode::to_der(&value).map_err(|_| damaged("bag"))
}
