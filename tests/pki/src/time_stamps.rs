//! A time-stamping authority that answers right, or wrong on command.

use sha1::{Digest as _, Sha1};
use tamga_scheme::{
    AskNobody, ObjectIdentifier, PrivateKey, Random, SignatureScheme, Signer as _, SoftwareSigner,
    ToSign,
};
use tamga_x509::{Certificate, UnixTime, Validity};
use x509_cert::der::{Decode, Encode as _, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};

use crate::{
    Authority, DAY, Error, der,
    issue::{Attribute, Issuer, Profile, certify},
};

const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const DEFAULT_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.1");
const OTHER_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.99");

/// A time-stamping authority of one family, with a key of its own. Its tokens have the form of the national ones.
pub struct TimeStampAuthority {
    key: PrivateKey,
    /// Its certificate: extended key usage critical, timeStamping only.
    pub certificate: Certificate,
    /// The same key and name, with extended key usages that do not fit.
    unfit: [(TimeStampFault, Certificate); 3],
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeStampFault {
    /// One bit of the signature is turned.
    BrokenSignature,
    /// The time was changed after signing.
    ChangedTime,
    /// A critical extension nobody knows.
    CriticalExtension,
    /// No certificate is put in.
    NoCertificate,
    /// No signingCertificate attribute.
    NoCertificateReference,
    /// The answer grants a token and has none.
    NoToken,
    /// The certificate is for e-mail, not for time stamping.
    NoTimeStamping,
    /// Another nonce.
    OtherNonce,
    /// Another policy than the one asked for.
    OtherPolicy,
    /// The imprint of something else.
    OtherImprint,
    /// No token, status rejection, unacceptedPolicy.
    Rejected,
    /// Two signers.
    TwoSigners,
    /// The certificate is for time stamping and for e-mail.
    TwoUsages,
    /// Extended key usage is not critical.
    UsageNotCritical,
    /// TSTInfo of version 2.
    Version,
}

impl TimeStampAuthority {
    /// Makes an authority with a key for `scheme`, certified by `issuer`, valid for ten days around `now`.
    pub fn new(
        issuer: &Authority,
        scheme: SignatureScheme,
        now: UnixTime,
        random: &dyn Random,
    ) -> Result<Self, Error> {
        let key = PrivateKey::generate(scheme, random)?;
        let certified = |usages: &[&'static str], critical| {
            let subject: Vec<Attribute> = vec![
                ("2.5.4.3", "TAMGA TEST TIME-STAMPING AUTHORITY".to_owned()),
                ("2.5.4.6", "KZ".to_owned()),
            ];
            let profile = Profile {
                subject,
                key_usage: 0b1000_0000,
                extended_key_usage: usages.to_vec(),
                authority: false,
            };
            let validity = Validity {
                not_before: UnixTime(now.0 - 5 * DAY),
                not_after: UnixTime(now.0 + 5 * DAY),
            };
            let issuer = Issuer {
                name: &issuer.name,
                key: &issuer.key,
            };
            certify(
                &profile,
                critical,
                validity,
                key.public_key(),
                &issuer,
                random,
            )
        };
        Ok(Self {
            certificate: certified(&[TIME_STAMPING], true)?,
            unfit: [
                (
                    TimeStampFault::NoTimeStamping,
                    certified(&[EMAIL_PROTECTION], true)?,
                ),
                (
                    TimeStampFault::TwoUsages,
                    certified(&[TIME_STAMPING, EMAIL_PROTECTION], true)?,
                ),
                (
                    TimeStampFault::UsageNotCritical,
                    certified(&[TIME_STAMPING], false)?,
                ),
            ],
            key,
        })
    }

    /// Answers a TimeStampReq with a TimeStampResp.
    pub fn answer(
        &self,
        request: &[u8],
        at: UnixTime,
        fault: Option<TimeStampFault>,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        let asked = Asked::from_der(request).map_err(Error::TimeStampRequest)?;
        if fault == Some(TimeStampFault::Rejected) {
            let text = der::tlv(0x0c, "policy is not supported".as_bytes());
            // Bit 15: unacceptedPolicy.
            let failure = der::tlv(0x03, &[0, 0, 1]);
            let status = [der::integer(&[2]), der::sequence(&[text]), failure];
            return Ok(der::sequence(&[der::sequence(&status)]));
        }
        let granted = der::sequence(&[der::integer(&[0])]);
        if fault == Some(TimeStampFault::NoToken) {
            return Ok(der::sequence(&[granted]));
        }
        let token = self.token(&asked, at, fault, random)?;
        Ok(der::sequence(&[granted, token]))
    }

    fn token(
        &self,
        asked: &Asked,
        at: UnixTime,
        fault: Option<TimeStampFault>,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        let is = |one| fault == Some(one);
        let info = |at: UnixTime| {
            let mut imprint = asked.imprint.clone();
            if is(TimeStampFault::OtherImprint) {
                // The last octet of the digest.
                *imprint.last_mut().expect("an imprint") ^= 1;
            }
            let mut nonce = asked.nonce.clone();
            if is(TimeStampFault::OtherNonce) {
                nonce = Some(der::integer(&[1, 2, 3]));
            }
            let policy = match fault {
                Some(TimeStampFault::OtherPolicy) => OTHER_POLICY,
                _ => asked.policy.unwrap_or(DEFAULT_POLICY),
            };
            let extension = der::sequence(&[
                der::oid(OTHER_POLICY),
                der::yes(),
                der::octet_string(&[5, 0]),
            ]);
            let extensions =
                is(TimeStampFault::CriticalExtension).then(|| der::tlv(0xa1, &extension));
            der::sequence(&[
                der::integer(&[if is(TimeStampFault::Version) { 2 } else { 1 }]),
                der::oid(policy),
                imprint,
                // Serial numbers of the national authority are at times negative.
                der::integer(&[0x93, 0x01, 0x7f]),
                der::generalized_time(at),
                nonce.unwrap_or_default(),
                extensions.unwrap_or_default(),
            ])
        };
        let signed_info = info(at);
        let shown_info = if is(TimeStampFault::ChangedTime) {
            info(UnixTime(at.0 - DAY))
        } else {
            signed_info.clone()
        };
        let certificate = self
            .unfit
            .iter()
            .find(|(unfit, _)| is(*unfit))
            .map_or(&self.certificate, |(_, certificate)| certificate);
        let signer = self.signer_info(certificate, &signed_info, at, fault, random)?;
        let signers = if is(TimeStampFault::TwoSigners) {
            vec![signer.clone(), signer]
        } else {
            vec![signer]
        };
        let digest = SignatureScheme::for_key(self.key.public_key().kind()).digest();
        let mut parts = vec![
            der::integer(&[3]),
            der::constructed(0x31, &[der::algorithm(digest.oid())]),
            der::sequence(&[
                der::oid(TST_INFO),
                der::tlv(0xa0, &der::octet_string(&shown_info)),
            ]),
        ];
        if asked.certificate && !is(TimeStampFault::NoCertificate) {
            parts.push(der::tlv(0xa0, certificate.der()));
        }
        parts.push(der::constructed(0x31, &signers));
        Ok(der::sequence(&[
            der::oid(SIGNED_DATA),
            der::tlv(0xa0, &der::sequence(&parts)),
        ]))
    }

    fn signer_info(
        &self,
        certificate: &Certificate,
        info: &[u8],
        at: UnixTime,
        fault: Option<TimeStampFault>,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Error> {
        let signer = SoftwareSigner::new(&self.key, random);
        let scheme = signer.scheme();
        let attribute = |kind, value: Vec<u8>| {
            der::sequence(&[der::oid(kind), der::constructed(0x31, &[value])])
        };
        let mut attributes = vec![
            attribute(CONTENT_TYPE, der::oid(TST_INFO)),
            attribute(SIGNING_TIME, der::time(at)),
            attribute(
                MESSAGE_DIGEST,
                der::octet_string(&scheme.digest().digest(info)),
            ),
        ];
        if fault != Some(TimeStampFault::NoCertificateReference) {
            let sha1 = Sha1::digest(certificate.der());
            let id = der::sequence(&[der::octet_string(&sha1)]);
            let value = der::sequence(&[der::sequence(&[id])]);
            attributes.push(attribute(SIGNING_CERTIFICATE, value));
        }
        attributes.sort();
        let value = signer.sign(
            ToSign::Bytes(&der::constructed(0x31, &attributes)),
            &mut AskNobody,
        )?;
        let mut value = value.into_bytes();
        if fault == Some(TimeStampFault::BrokenSignature) {
            value[10] ^= 1;
        }
        let named = certificate.issuer_and_serial();
        Ok(der::sequence(&[
            der::integer(&[1]),
            der::sequence(&[named.issuer, der::integer(&named.serial)]),
            der::algorithm(scheme.digest().oid()),
            der::constructed(0xa0, &attributes),
            der::algorithm(scheme.signature_oid()),
            der::octet_string(&value),
        ]))
    }
}

/// What a request says, each part in DER.
struct Asked {
    imprint: Vec<u8>,
    policy: Option<ObjectIdentifier>,
    nonce: Option<Vec<u8>>,
    certificate: bool,
}

impl Asked {
    fn from_der(der: &[u8]) -> x509_cert::der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let asked = reader.sequence(|reader| {
            u8::decode(reader)?;
            let mut asked = Self {
                imprint: reader.tlv_bytes()?.to_vec(),
                policy: None,
                nonce: None,
                certificate: false,
            };
            while !reader.is_finished() {
                let field = AnyRef::decode(reader)?;
                match field.tag() {
                    Tag::ObjectIdentifier => asked.policy = Some(field.decode_as()?),
                    Tag::Integer => asked.nonce = Some(field.to_der()?),
                    Tag::Boolean => asked.certificate = field.decode_as()?,
                    _ => return Err(reader.error(field.tag().unexpected_error(None))),
                }
            }
            Ok::<_, x509_cert::der::Error>(asked)
        })?;
        reader.finish()?;
        Ok(asked)
    }
}
