//! Makes certificates and lists of any shape, right or wrong, under keys made on the spot.

use std::time::Duration;

use der::{
    Encode, Tag,
    asn1::{Any, ObjectIdentifier, UtcTime},
};
use tamga_scheme::{AskNobody, PrivateKey, SignatureScheme, Signer, SoftwareSigner, ToSign};
pub(crate) use tamga_test_support::System;
use tamga_x509::{Certificate, Crl, UnixTime};

pub(crate) const BASIC_CONSTRAINTS: &str = "2.5.29.19";
pub(crate) const KEY_USAGE: &str = "2.5.29.15";
pub(crate) const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
pub(crate) const NAME_CONSTRAINTS: &str = "2.5.29.30";
const CRL_NUMBER: &str = "2.5.29.20";
const DELTA_CRL_INDICATOR: &str = "2.5.29.27";
const REASON_CODE: &str = "2.5.29.21";

/// Contents of keyUsage: keyCertSign and cRLSign; digitalSignature.
pub(crate) const MAY_ISSUE: &[u8] = &[0x03, 0x02, 0x01, 0x06];
pub(crate) const MAY_SIGN: &[u8] = &[0x03, 0x02, 0x07, 0x80];

pub(crate) const DAY: i64 = 86_400;

/// Around this moment everything made here is valid: 2026-01-01T00:00:00Z.
pub(crate) const NOW: UnixTime = UnixTime(1_767_225_600);

pub(crate) fn days(count: i64) -> UnixTime {
    UnixTime(NOW.0 + count * DAY)
}

/// Somebody with a name and a key.
pub(crate) struct Party {
    pub(crate) common_name: &'static str,
    pub(crate) key: PrivateKey,
}

impl Party {
    pub(crate) fn new(common_name: &'static str) -> Self {
        let key = PrivateKey::generate(SignatureScheme::Gost2015With512, &System).unwrap();
        Self { common_name, key }
    }

    /// Issues what `shape` describes to `subject`.
    pub(crate) fn issue(&self, subject: &Self, shape: &Shape) -> Certificate {
        Certificate::from_der(&self.issue_der(subject, shape)).unwrap()
    }

    /// The same, not read again.
    pub(crate) fn issue_der(&self, subject: &Self, shape: &Shape) -> Vec<u8> {
        let tbs = sequence(&[
            &tlv(
                Tag::ContextSpecific {
                    number: der::TagNumber(0),
                    constructed: true,
                },
                &[2, 1, 2],
            ),
            &tlv(Tag::Integer, &shape.serial),
            &algorithm(),
            &name(self.common_name),
            &sequence(&[&time(shape.not_before), &time(shape.not_after)]),
            &name(subject.common_name),
            subject.key.public_key().spki_der(),
            &explicit(3, &extensions(&shape.extensions)),
        ]);
        self.sign(&tbs)
    }

    /// Makes the list `draft` describes.
    pub(crate) fn list(&self, draft: &Draft) -> Crl {
        Crl::from_der(&self.list_der(draft)).unwrap()
    }

    /// The same, not read again.
    pub(crate) fn list_der(&self, draft: &Draft) -> Vec<u8> {
        let lines: Vec<Vec<u8>> = draft
            .lines
            .iter()
            .map(|line| {
                let mut parts = vec![tlv(Tag::Integer, &line.serial), time(line.revoked_at)];
                let mut list = line.extensions.clone();
                if let Some(code) = line.reason {
                    list.push((REASON_CODE, false, vec![0x0A, 1, code]));
                }
                if !list.is_empty() {
                    parts.push(extensions(&list));
                }
                sequence(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
            })
            .collect();
        let lines = match lines.as_slice() {
            [] => Vec::new(),
            lines => sequence(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>()),
        };
        let mut list = draft.extensions.clone();
        list.push((CRL_NUMBER, false, vec![2, 1, draft.number]));
        if let Some(base) = draft.base {
            list.push((DELTA_CRL_INDICATOR, true, vec![2, 1, base]));
        }
        let tbs = sequence(&[
            &tlv(Tag::Integer, &[1]),
            &algorithm(),
            &name(self.common_name),
            &time(draft.this_update),
            &draft.next_update.map(time).unwrap_or_default(),
            &lines,
            &explicit(0, &extensions(&list)),
        ]);
        self.sign(&tbs)
    }

    fn sign(&self, tbs: &[u8]) -> Vec<u8> {
        let signer = SoftwareSigner::new(&self.key, &System);
        let value = signer.sign(ToSign::Bytes(tbs), &mut AskNobody).unwrap();
        let bits = tlv(Tag::BitString, &[&[0], value.as_bytes()].concat());
        sequence(&[tbs, &algorithm(), &bits])
    }
}

type Extension = (&'static str, bool, Vec<u8>);

/// What a certificate is to say beside names and key.
#[derive(Clone)]
pub(crate) struct Shape {
    pub(crate) serial: Vec<u8>,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    pub(crate) extensions: Vec<Extension>,
}

impl Shape {
    pub(crate) fn authority(path_length: Option<u8>) -> Self {
        let constraints = match path_length {
            Some(length) => vec![0x30, 6, 1, 1, 0xFF, 2, 1, length],
            None => vec![0x30, 3, 1, 1, 0xFF],
        };
        Self {
            serial: vec![1],
            not_before: days(-1000),
            not_after: days(1000),
            extensions: vec![
                (BASIC_CONSTRAINTS, true, constraints),
                (KEY_USAGE, true, MAY_ISSUE.to_vec()),
            ],
        }
    }

    pub(crate) fn user(serial: &[u8]) -> Self {
        Self {
            serial: serial.to_vec(),
            not_before: days(-100),
            not_after: days(100),
            extensions: vec![(KEY_USAGE, true, MAY_SIGN.to_vec())],
        }
    }

    /// The same with one extension more, or another value of it.
    pub(crate) fn with(mut self, oid: &'static str, critical: bool, value: &[u8]) -> Self {
        self.extensions.retain(|(known, ..)| *known != oid);
        self.extensions.push((oid, critical, value.to_vec()));
        self
    }

    pub(crate) fn without(mut self, oid: &str) -> Self {
        self.extensions.retain(|(known, ..)| *known != oid);
        self
    }

    pub(crate) fn valid(mut self, not_before: UnixTime, not_after: UnixTime) -> Self {
        (self.not_before, self.not_after) = (not_before, not_after);
        self
    }
}

/// What a list is to say.
pub(crate) struct Draft {
    pub(crate) number: u8,
    pub(crate) base: Option<u8>,
    pub(crate) this_update: UnixTime,
    pub(crate) next_update: Option<UnixTime>,
    pub(crate) lines: Vec<Line>,
    pub(crate) extensions: Vec<Extension>,
}

impl Draft {
    pub(crate) fn full(number: u8, this_update: UnixTime, next_update: UnixTime) -> Self {
        Self {
            number,
            base: None,
            this_update,
            next_update: Some(next_update),
            lines: Vec::new(),
            extensions: Vec::new(),
        }
    }

    pub(crate) fn line(mut self, serial: &[u8], revoked_at: UnixTime, reason: Option<u8>) -> Self {
        let extensions = Vec::new();
        self.lines.push(Line {
            serial: serial.to_vec(),
            revoked_at,
            reason,
            extensions,
        });
        self
    }
}

/// One line of a list.
pub(crate) struct Line {
    pub(crate) serial: Vec<u8>,
    pub(crate) revoked_at: UnixTime,
    pub(crate) reason: Option<u8>,
    pub(crate) extensions: Vec<Extension>,
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(Tag::Sequence, &parts.concat())
}

pub(crate) fn tlv(tag: Tag, value: &[u8]) -> Vec<u8> {
    Any::new(tag, value).unwrap().to_der().unwrap()
}

fn explicit(number: u32, value: &[u8]) -> Vec<u8> {
    tlv(
        Tag::ContextSpecific {
            number: der::TagNumber(number),
            constructed: true,
        },
        value,
    )
}

fn algorithm() -> Vec<u8> {
    let oid = SignatureScheme::Gost2015With512
        .signature_oid()
        .to_der()
        .unwrap();
    sequence(&[&oid, &[5, 0]])
}

fn name(common_name: &str) -> Vec<u8> {
    let oid = ObjectIdentifier::new_unwrap("2.5.4.3").to_der().unwrap();
    let attribute = sequence(&[&oid, &tlv(Tag::Utf8String, common_name.as_bytes())]);
    sequence(&[&tlv(Tag::Set, &attribute)])
}

fn extensions(list: &[Extension]) -> Vec<u8> {
    let list: Vec<Vec<u8>> = list
        .iter()
        .map(|(oid, critical, value)| {
            let oid = ObjectIdentifier::new_unwrap(oid).to_der().unwrap();
            let critical: &[u8] = if *critical { &[1, 1, 0xFF] } else { &[] };
            sequence(&[&oid, critical, &tlv(Tag::OctetString, value)])
        })
        .collect();
    sequence(&list.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn time(time: UnixTime) -> Vec<u8> {
    let since_epoch = Duration::from_secs(u64::try_from(time.0).unwrap());
    UtcTime::from_unix_duration(since_epoch)
        .unwrap()
        .to_der()
        .unwrap()
}
