//! The people of the test CA, one row each.

use tamga_scheme::SignatureScheme;
use tamga_x509::{UnixTime, Validity};

use crate::{
    DAY,
    issue::{Attribute, Profile},
};

/// In which state a certificate is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Valid now, not revoked.
    Active,
    /// Valid until yesterday.
    Expired,
    /// Valid by date, revoked yesterday for key compromise.
    Revoked,
}

/// One row: who, with which key, for what.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name of the key file without its extension.
    pub id: &'static str,
    /// Scheme of the key.
    pub scheme: SignatureScheme,
    /// State of the certificate.
    pub state: State,
    common_name: &'static str,
    surname: &'static str,
    patronymic: &'static str,
    iin: &'static str,
    organization: Option<(&'static str, &'static str)>,
    key_usage: u8,
    extended_key_usage: &'static [&'static str],
}

// Key usage bits: digitalSignature 0x80, nonRepudiation 0x40, keyEncipherment 0x20, keyAgreement 0x08.
const SIGN: u8 = 0xc0;
const SIGN_2015: u8 = 0xc8;
const AUTHENTICATE: u8 = 0xa0;

const EMAIL_PROTECTION: &str = "1.3.6.1.5.5.7.3.4";
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";
const INDIVIDUAL: &str = "1.2.398.3.3.4.1.1";
const ORGANIZATION: &str = "1.2.398.3.3.4.1.2";
const FIRST_HEAD: &str = "1.2.398.3.3.4.1.2.1";

const EXAMPLE_COMPANY: (&str, &str) = ("ТОО \"ПРИМЕР\"", "000740000014");

pub(crate) fn all() -> Vec<Person> {
    let individual = Person {
        id: "gost2015_individual",
        scheme: SignatureScheme::Gost2015With512,
        state: State::Active,
        common_name: "ҮЛГІ ҚАЙРАТ",
        surname: "ҮЛГІ",
        patronymic: "МЫСАЛҰЛЫ",
        iin: "900101300017",
        organization: None,
        key_usage: SIGN_2015,
        extended_key_usage: &[EMAIL_PROTECTION, INDIVIDUAL],
    };
    vec![
        Person {
            id: "gost2015_head",
            organization: Some(EXAMPLE_COMPANY),
            extended_key_usage: &[EMAIL_PROTECTION, ORGANIZATION, FIRST_HEAD],
            ..individual.clone()
        },
        Person {
            id: "gost2015_expired",
            state: State::Expired,
            ..individual.clone()
        },
        Person {
            id: "gost2015_revoked",
            state: State::Revoked,
            ..individual.clone()
        },
        Person {
            id: "gost2004_individual",
            scheme: SignatureScheme::Gost2004,
            key_usage: SIGN,
            ..individual.clone()
        },
        Person {
            id: "rsa_individual",
            scheme: SignatureScheme::RsaSha256,
            key_usage: SIGN,
            ..individual.clone()
        },
        Person {
            id: "rsa_individual_auth",
            scheme: SignatureScheme::RsaSha256,
            key_usage: AUTHENTICATE,
            extended_key_usage: &[CLIENT_AUTH, INDIVIDUAL],
            ..individual.clone()
        },
        individual,
    ]
}

impl Person {
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            subject: self.subject(),
            key_usage: self.key_usage,
            extended_key_usage: self.extended_key_usage.to_vec(),
            authority: false,
        }
    }

    pub(crate) fn validity(&self, now: UnixTime) -> Validity {
        let last_day = if self.state == State::Expired {
            -1
        } else {
            335
        };
        Validity {
            not_before: UnixTime(now.0 + (last_day - 365) * DAY),
            not_after: UnixTime(now.0 + last_day * DAY),
        }
    }

    fn subject(&self) -> Vec<Attribute> {
        let mut subject = vec![
            ("2.5.4.3", self.common_name.to_owned()),
            ("2.5.4.4", self.surname.to_owned()),
            ("2.5.4.5", format!("IIN{}", self.iin)),
            ("2.5.4.6", "KZ".to_owned()),
        ];
        if let Some((name, bin)) = self.organization {
            subject.push(("2.5.4.10", name.to_owned()));
            subject.push(("2.5.4.11", format!("BIN{bin}")));
        }
        subject.push(("2.5.4.42", self.patronymic.to_owned()));
        subject
    }
}
