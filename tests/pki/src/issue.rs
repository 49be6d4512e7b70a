//! Certificates in the national form: names, extensions, signature.

use sha1::{Digest as _, Sha1};
use tamga_scheme::{
    AskNobody, ObjectIdentifier, PrivateKey, PublicKey, Random, SignatureScheme, Signer as _,
    SoftwareSigner, ToSign,
};
use tamga_x509::{Certificate, UnixTime, Validity};

use crate::{Error, der};

/// A name attribute: type and value. serialNumber and C become PrintableString, the rest UTF8String.
pub type Attribute = (&'static str, String);

/// What a certificate says, apart from keys and dates.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Attributes of the subject, one per RDN, in order.
    pub subject: Vec<Attribute>,
    /// Key usage bits, most significant first, e.g. `0b1100_0000` for digitalSignature and nonRepudiation.
    pub key_usage: u8,
    /// Extended key usage; no extension when empty.
    pub extended_key_usage: Vec<&'static str>,
    /// True for an authority.
    pub authority: bool,
}

/// Who signs.
pub struct Issuer<'a> {
    /// Subject of the issuing authority.
    pub name: &'a [Attribute],
    /// Its key.
    pub key: &'a PrivateKey,
}

/// A new key with a certificate signed by itself, for both purposes, from 2023-11-14 to 2030-03-17: for tests of
/// keystores, which ask nobody whom they trust.
pub fn self_issued(
    scheme: SignatureScheme,
    common_name: &str,
    random: &dyn Random,
) -> Result<(PrivateKey, Certificate), Error> {
    let key = PrivateKey::generate(scheme, random)?;
    let name = vec![("2.5.4.3", common_name.to_owned())];
    let profile = Profile {
        subject: name.clone(),
        key_usage: 0b1100_0000,
        extended_key_usage: Vec::new(),
        authority: false,
    };
    let validity = Validity {
        not_before: UnixTime(1_700_000_000),
        not_after: UnixTime(1_900_000_000),
    };
    let issuer = Issuer {
        name: &name,
        key: &key,
    };
    let certificate = issue(&profile, validity, key.public_key(), &issuer, random)?;
    Ok((key, certificate))
}

/// Makes a certificate for `public_key`.
pub fn issue(
    profile: &Profile,
    validity: Validity,
    public_key: &PublicKey,
    issuer: &Issuer<'_>,
    random: &dyn Random,
) -> Result<Certificate, Error> {
    certify(profile, false, validity, public_key, issuer, random)
}

/// As [`issue`], and says whether extended key usage is critical.
pub(crate) fn certify(
    profile: &Profile,
    critical_usage: bool,
    validity: Validity,
    public_key: &PublicKey,
    issuer: &Issuer<'_>,
    random: &dyn Random,
) -> Result<Certificate, Error> {
    let scheme = SignatureScheme::for_key(issuer.key.public_key().kind());
    let subject_key = key_identifier(public_key);
    let tbs = der::sequence(&[
        der::tlv(0xa0, &der::integer(&[2])),
        der::integer(&serial_from(&subject_key)),
        der::algorithm(scheme.signature_oid()),
        name(issuer.name)?,
        der::sequence(&[
            der::time(validity.not_before),
            der::time(validity.not_after),
        ]),
        name(&profile.subject)?,
        public_key.spki_der().to_vec(),
        der::tlv(
            0xa3,
            &extensions(profile, critical_usage, &subject_key, issuer)?,
        ),
    ]);
    Ok(Certificate::from_der(&signed(&tbs, issuer.key, random)?)?)
}

/// `SEQUENCE { tbs, algorithm, BIT STRING signature }`.
pub(crate) fn signed(tbs: &[u8], key: &PrivateKey, random: &dyn Random) -> Result<Vec<u8>, Error> {
    let signer = SoftwareSigner::new(key, random);
    let value = signer.sign(ToSign::Bytes(tbs), &mut AskNobody)?;
    Ok(der::sequence(&[
        tbs.to_vec(),
        der::algorithm(signer.scheme().signature_oid()),
        der::bit_string(value.as_bytes()),
    ]))
}

/// RDNSequence with one attribute per RDN.
pub(crate) fn name(attributes: &[Attribute]) -> Result<Vec<u8>, Error> {
    let rdns = attributes
        .iter()
        .map(|(kind, value)| {
            let printable = matches!(*kind, "2.5.4.5" | "2.5.4.6");
            let value = der::tlv(if printable { 0x13 } else { 0x0c }, value.as_bytes());
            Ok(der::constructed(
                0x31,
                &[der::sequence(&[der::oid(oid(kind)?), value])],
            ))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(der::sequence(&rdns))
}

/// SHA-1 over the content of the key's BIT STRING, as the NCA does since 2022.
pub(crate) fn key_identifier(key: &PublicKey) -> [u8; 20] {
    use x509_cert::der::Decode as _;
    let bits = spki::SubjectPublicKeyInfoRef::from_der(key.spki_der())
        .expect("a PublicKey holds a well-formed SubjectPublicKeyInfo")
        .subject_public_key
        .raw_bytes();
    Sha1::digest(bits).into()
}

/// The NCA derives serial numbers from the key identifier: positive and always 40 hex digits.
fn serial_from(key_identifier: &[u8; 20]) -> [u8; 20] {
    let mut serial = *key_identifier;
    serial[0] &= 0x7f;
    if serial[0] < 0x10 {
        serial[0] |= 0x10;
    }
    serial
}

fn extensions(
    profile: &Profile,
    critical_usage: bool,
    subject_key: &[u8; 20],
    issuer: &Issuer<'_>,
) -> Result<Vec<u8>, Error> {
    let mut list = Vec::new();
    if !profile.extended_key_usage.is_empty() {
        let usages = profile
            .extended_key_usage
            .iter()
            .map(|usage| Ok(der::oid(oid(usage)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        list.push(extension(
            "2.5.29.37",
            critical_usage,
            &der::sequence(&usages),
        )?);
    }
    list.push(extension(
        "2.5.29.14",
        false,
        &der::octet_string(subject_key),
    )?);
    let authority_key = key_identifier(issuer.key.public_key());
    list.push(extension(
        "2.5.29.35",
        false,
        &der::sequence(&[der::tlv(0x80, &authority_key)]),
    )?);
    let unused = profile.key_usage.trailing_zeros() as u8;
    list.push(extension(
        "2.5.29.15",
        true,
        &der::tlv(0x03, &[unused, profile.key_usage]),
    )?);
    if profile.authority {
        list.push(extension("2.5.29.19", true, &der::sequence(&[der::yes()]))?);
    }
    Ok(der::sequence(&list))
}

pub(crate) fn extension(id: &str, critical: bool, value: &[u8]) -> Result<Vec<u8>, Error> {
    let mut parts = vec![der::oid(oid(id)?)];
    if critical {
        parts.push(der::yes());
    }
    parts.push(der::octet_string(value));
    Ok(der::sequence(&parts))
}

fn oid(text: &str) -> Result<ObjectIdentifier, Error> {
    ObjectIdentifier::new(text).map_err(|_| Error::Oid(text.to_owned()))
}
