//! The model in the words of one language: everything the window shows that depends on what happens.

use fluent_bundle::FluentArgs;
use tamga_window_protocol::{
    Attempts, Documents, Key, Origin, PASSWORD_LIMIT, Place, Problem, Recent, Token, Unusable, Wish,
};

pub(crate) use crate::origin_text::plain;
use crate::{
    dates::day,
    origin_text::{Warning, masked_iin, plain_origin, warnings},
    state::Notice,
    texts::{Catalogue, Text},
};

/// What a page asks, as the first part of the window shows it.
pub(crate) struct Asked {
    /// "Site" for sites, empty where the text says it all.
    pub(crate) label: String,
    /// The origin, plain and short.
    pub(crate) origin: String,
    /// What it wants.
    pub(crate) wish: String,
    /// Formats and size; empty if there are none.
    pub(crate) details: String,
    /// Loud lines.
    pub(crate) warnings: Vec<String>,
}

/// Origin and wish in words.
pub(crate) fn asked(catalogue: &Catalogue, origin: &Origin, wish: &Wish) -> Asked {
    let (label, name) = match origin {
        Origin::LocalProgram => (String::new(), catalogue.get(Text::OriginLocal)),
        Origin::Opaque => (String::new(), catalogue.get(Text::OriginUnknown)),
        Origin::Site(text) => (catalogue.get(Text::OriginSite), plain_origin(text)),
    };
    let mut loud: Vec<String> = warnings(origin)
        .into_iter()
        .map(|warning| {
            catalogue.get(match warning {
                Warning::Address => Text::WarnAddress,
                Warning::Insecure => Text::WarnInsecure,
                Warning::International => Text::WarnInternational,
                Warning::LocalProgram => Text::WarnLocal,
                Warning::NotWeb => Text::WarnNotWeb,
                Warning::Unknown => Text::WarnUnknown,
            })
        })
        .collect();
    let (wish, details) = match wish {
        Wish::ReadCertificate => (catalogue.get(Text::WishRead), String::new()),
        Wish::Sign(documents) => {
            if documents.blind > 0 {
                loud.push(catalogue.with_value(Text::WarnBlind, "count", documents.blind));
            }
            let wish = catalogue.with_value(Text::WishSign, "count", documents.count);
            (wish, document_details(catalogue, documents))
        }
    };
    Asked {
        label,
        origin: name,
        wish,
        details,
        warnings: loud,
    }
}

/// One key, or a place of keys, in words.
pub(crate) struct KeyWords {
    /// Name of the holder, or of the place.
    pub(crate) name: String,
    /// IIN (masked), organisation, BIN; may be empty.
    pub(crate) holder: String,
    /// Period and algorithm.
    pub(crate) validity: String,
    /// Issuer, or where the key is.
    pub(crate) issuer: String,
    /// Why it cannot be chosen, or what to beware of; may be empty.
    pub(crate) note: String,
}

/// A key as a person.
pub(crate) fn key(catalogue: &Catalogue, key: &Key) -> KeyWords {
    let value = |text, value: String| catalogue.with_value(text, "value", value);
    let name = plain(&key.name);
    let mut holder = Vec::new();
    if let Some(iin) = &key.iin {
        holder.push(value(Text::KeyIin, masked_iin(iin)));
    }
    if let Some(organization) = &key.organization {
        holder.push(plain(organization));
    }
    if let Some(bin) = &key.bin {
        holder.push(value(Text::KeyBin, plain(bin)));
    }
    let holder = holder.join(" · ");
    let mut period = FluentArgs::new();
    period.set("from", day(key.not_before));
    period.set("to", day(key.not_after));
    let validity = [
        catalogue.with(Text::KeyValidity, &period),
        value(Text::KeyAlgorithm, plain(&key.algorithm)),
    ]
    .join(" · ");
    let issuer = value(Text::KeyIssuer, plain(&key.issuer));
    let note = match (key.unusable, key.expired) {
        (Some(reason), _) => catalogue.get(match reason {
            Unusable::Algorithm => Text::NotUsableAlgorithm,
            Unusable::Authority => Text::NotUsableAuthority,
            Unusable::Expired => Text::NotUsableExpired,
            Unusable::OtherPerson => Text::NotUsableOtherPerson,
            Unusable::Purpose => Text::NotUsablePurpose,
            Unusable::Role => Text::NotUsableRole,
            Unusable::Store => Text::NotUsableStore,
            Unusable::Other => Text::NotUsableOther,
        }),
        (None, true) => catalogue.get(Text::KeyExpired),
        (None, false) => String::new(),
    };
    KeyWords {
        name,
        holder,
        validity,
        issuer,
        note,
    }
}

/// A key used before, as a person, and where it is; `present` says whether its keystore is there.
pub(crate) fn recent(catalogue: &Catalogue, recent: &Recent, present: bool) -> KeyWords {
    let mut words = key(catalogue, &recent.key);
    // Who it is and where it is; its issuer is shown when the keystore is open.
    words.issuer = match &recent.place {
        Place::File(path) => catalogue.with_value(Text::PlaceFile, "value", plain(file_name(path))),
        Place::Token { label, .. } => catalogue.with_value(Text::PlaceToken, "value", plain(label)),
    };
    if recent.key.unusable.is_none() && !present {
        words.note = catalogue.get(Text::TokenAbsent);
    }
    words
}

/// A token by its label and the people on it.
pub(crate) fn token(catalogue: &Catalogue, token: &Token) -> KeyWords {
    let note = match (token.allowed, token.attempts) {
        (false, _) => catalogue.get(Text::NotUsableStore),
        (true, Attempts::None) => catalogue.get(Text::TokenLocked),
        (true, Attempts::Last) => catalogue.get(Text::TokenLast),
        (true, Attempts::Low) => catalogue.get(Text::TokenLow),
        (true, Attempts::Unworried) => String::new(),
    };
    let people: Vec<String> = token.people.iter().map(|name| plain(name)).collect();
    KeyWords {
        name: catalogue.with_value(Text::PlaceToken, "value", plain(&token.label)),
        holder: people.join(", "),
        validity: String::new(),
        issuer: String::new(),
        note,
    }
}

/// The last part of a path of either system.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

impl KeyWords {
    /// All of it for screen readers, beginning with the name.
    pub(crate) fn spoken(&self) -> String {
        [
            &self.name,
            &self.holder,
            &self.note,
            &self.validity,
            &self.issuer,
        ]
        .into_iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(", ")
    }
}

/// What happened and what to do next.
pub(crate) fn notice(catalogue: &Catalogue, notice: Notice, wish: &Wish) -> (String, String) {
    let (happened, next) = match notice {
        Notice::LongPassword => {
            let limit = PASSWORD_LIMIT.to_string();
            return (
                catalogue.get(Text::ErrLongPassword),
                catalogue.with_value(Text::RecLongPassword, "limit", limit),
            );
        }
        Notice::Problem(Problem::WrongPassword {
            retries_left: Some(left),
        }) => {
            return (
                catalogue.with_value(Text::ErrWrongPasswordLeft, "count", left),
                catalogue.get(Text::RecWrongPasswordLeft),
            );
        }
        Notice::NoFile => (Text::ErrNoFile, Text::RecNoFile),
        Notice::NoPassword => (Text::ErrNoPassword, Text::RecNoPassword),
        Notice::NoPath => (Text::ErrNoPath, Text::RecNoPath),
        Notice::NoSource => (Text::ErrNoSource, Text::RecNoSource),
        Notice::RecentGone => (Text::ErrRecentGone, Text::RecRecentGone),
        Notice::NoUsable => match wish {
            Wish::ReadCertificate => (Text::ErrNoUsableRead, Text::RecNoUsableRead),
            Wish::Sign(_) => (Text::ErrNoUsable, Text::RecNoUsable),
        },
        Notice::NotFullPath => (Text::ErrNotFullPath, Text::RecNotFullPath),
        Notice::Problem(problem) => match problem {
            Problem::Damaged => (Text::ErrDamaged, Text::RecDamaged),
            Problem::Driver => (Text::ErrDriver, Text::RecDriver),
            Problem::Empty => (Text::ErrEmpty, Text::RecEmpty),
            Problem::LastAttempt => (Text::ErrLastAttempt, Text::RecLastAttempt),
            Problem::Locked => (Text::ErrLocked, Text::RecLocked),
            Problem::Mismatch => (Text::ErrMismatch, Text::RecMismatch),
            Problem::NoCertificate => (Text::ErrNoCertificate, Text::RecNoCertificate),
            Problem::PinLength => (Text::ErrPinLength, Text::RecPinLength),
            Problem::PinNotSet => (Text::ErrPinNotSet, Text::RecPinNotSet),
            Problem::PinPadCancelled => (Text::ErrPinPadCancelled, Text::RecPinPadCancelled),
            Problem::Removed => (Text::ErrRemoved, Text::RecRemoved),
            Problem::Unreadable => (Text::ErrUnreadable, Text::RecUnreadable),
            Problem::Unsupported => (Text::ErrUnsupported, Text::RecUnsupported),
            Problem::WrongPassword { .. } => (Text::ErrWrongPassword, Text::RecWrongPassword),
            Problem::Other => (Text::ErrOther, Text::RecOther),
        },
    };
    (catalogue.get(happened), catalogue.get(next))
}

/// How far a batch is.
pub(crate) fn progress(catalogue: &Catalogue, signed: u64, of: u64) -> String {
    let mut arguments = FluentArgs::new();
    arguments.set("signed", signed);
    arguments.set("of", of);
    catalogue.with(Text::BusySignMany, &arguments)
}

fn document_details(catalogue: &Catalogue, documents: &Documents) -> String {
    let formats: Vec<String> = documents
        .formats
        .iter()
        .map(|format| plain(format))
        .collect();
    let mut arguments = FluentArgs::new();
    arguments.set("formats", formats.join(", "));
    arguments.set("size", size(catalogue, documents.bytes));
    catalogue.with(Text::WishDetails, &arguments)
}

/// Bytes below 1 KiB, whole kilobytes below 1 MiB, then megabytes with one digit; rounded up, so
/// that nothing looks smaller than it is.
fn size(catalogue: &Catalogue, bytes: u64) -> String {
    const KILO: u64 = 1024;
    const MEGA: u64 = 1024 * 1024;
    let kilobytes = bytes.div_ceil(KILO);
    if bytes < KILO {
        catalogue.with_value(Text::SizeBytes, "count", bytes)
    } else if kilobytes < KILO {
        catalogue.with_value(Text::SizeKilobytes, "count", kilobytes)
    } else {
        let tenths = u128::from(bytes)
            .saturating_mul(10)
            .div_ceil(u128::from(MEGA));
        let mut arguments = FluentArgs::new();
        arguments.set("whole", (tenths / 10).to_string());
        arguments.set("tenth", (tenths % 10).to_string());
        catalogue.with(Text::SizeMegabytes, &arguments)
    }
}

#[cfg(test)]
mod tests {
    use tamga_window_protocol::Language;

    use super::*;

    #[test]
    fn sizes_are_rounded_up_in_the_units_of_the_language() {
        let ru = Catalogue::new(Language::Ru);
        assert_eq!(size(&ru, 0), "0 байт");
        assert_eq!(size(&ru, 1023), "1023 байт");
        assert_eq!(size(&ru, 1025), "2 КБ");
        assert_eq!(size(&ru, 1024 * 1023 + 1), "1,0 МБ");
        assert_eq!(size(&ru, 1024 * 1024 * 5 / 2), "2,5 МБ");
        assert_eq!(size(&ru, u64::MAX), "17592186044416,0 МБ");
        assert_eq!(
            size(&Catalogue::new(Language::En), 1024 * 1024 + 1),
            "1.1 MB"
        );
    }

    #[test]
    fn a_key_is_a_person_with_a_masked_iin() {
        let words = key(
            &Catalogue::new(Language::Ru),
            &Key {
                id: 0,
                name: "ТЕСТОВ\u{202e} ТЕСТ".into(),
                iin: Some("123456789011".into()),
                bin: Some("123456789021".into()),
                organization: Some("ТОО\n«Тест»".into()),
                issuer: "Тестовый УЦ".into(),
                algorithm: "GOST-2015-512".into(),
                not_before: 1_735_671_600,
                not_after: 1_767_207_600,
                serial: "01".into(),
                unusable: Some(Unusable::Purpose),
                expired: true,
            },
        );
        assert_eq!(words.name, "ТЕСТОВ ТЕСТ");
        assert_eq!(
            words.holder,
            "ИИН 1234••••••11 · ТОО «Тест» · БИН 123456789021"
        );
        assert_eq!(
            words.validity,
            "Срок действия: 01.01.2025 – 01.01.2026 · Алгоритм: GOST-2015-512"
        );
        assert_eq!(words.note, "Нельзя выбрать: у ключа другое назначение");
        assert!(words.spoken().starts_with("ТЕСТОВ ТЕСТ, ИИН 1234••••••11"));
        assert!(!words.spoken().contains("123456789011"));
    }

    #[test]
    fn attempts_left_are_said() {
        let left = Notice::Problem(Problem::WrongPassword {
            retries_left: Some(2),
        });
        let (happened, _) = notice(&Catalogue::new(Language::Ru), left, &Wish::ReadCertificate);
        assert_eq!(happened, "Неверный пароль. Осталось попыток: 2");
    }

    #[test]
    fn a_blind_http_request_is_loud_twice() {
        let asked = asked(
            &Catalogue::new(Language::Ru),
            &Origin::Site("http://portal.example.kz".into()),
            &Wish::Sign(Documents {
                count: 2,
                bytes: 64,
                blind: 2,
                formats: vec!["CMS".into()],
            }),
        );
        assert_eq!(asked.label, "Сайт");
        assert_eq!(asked.origin, "http://portal.example.kz");
        assert_eq!(asked.wish, "Подписать 2 документа");
        assert_eq!(asked.details, "CMS, 64 байт");
        assert_eq!(asked.warnings.len(), 2);
    }
}
