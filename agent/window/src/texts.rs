//! Every sentence of the window, in three languages.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use tamga_window_protocol::Language;

/// Languages in the order of the switcher.
pub const LANGUAGES: [Language; 3] = [Language::Kk, Language::Ru, Language::En];

macro_rules! texts {
    ($($variant:ident = $id:literal,)*) => {
        /// Names of all sentences; each exists in every catalogue (tested).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the catalogues say what each sentence is")]
        pub enum Text { $($variant,)* }

        impl Text {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in the catalogues.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }
    };
}

texts! {
    TitleSign = "title-sign",
    TitleRead = "title-read",
    HeadingSign = "heading-sign",
    HeadingRead = "heading-read",
    LanguageName = "language-name",
    LanguageShort = "language-short",
    LanguageGroup = "language-group",
    SectionWho = "section-who",
    OriginSite = "origin-site",
    OriginUnknown = "origin-unknown",
    OriginLocal = "origin-local",
    WishRead = "wish-read",
    WishSign = "wish-sign",
    WishDetails = "wish-details",
    SizeBytes = "size-bytes",
    SizeKilobytes = "size-kilobytes",
    SizeMegabytes = "size-megabytes",
    WarnInsecure = "warn-insecure",
    WarnAddress = "warn-address",
    WarnUnknown = "warn-unknown",
    WarnLocal = "warn-local",
    WarnNotWeb = "warn-not-web",
    WarnInternational = "warn-international",
    WarnBlind = "warn-blind",
    SectionKey = "section-key",
    FieldPath = "field-path",
    HintPath = "hint-path",
    ButtonChoose = "button-choose",
    ButtonChooseOther = "button-choose-other",
    ListSources = "list-sources",
    PlaceFile = "place-file",
    PlaceToken = "place-token",
    TokenAbsent = "token-absent",
    TokenLast = "token-last",
    TokenLocked = "token-locked",
    TokenLow = "token-low",
    TokenFailing = "token-failing",
    TokenWaiting = "token-waiting",
    FieldPin = "field-pin",
    ShowPin = "show-pin",
    AllowLast = "allow-last",
    PinPadHint = "pin-pad-hint",
    PinAgainHint = "pin-again-hint",
    ButtonContinue = "button-continue",
    FieldPassword = "field-password",
    ShowPassword = "show-password",
    ButtonOpen = "button-open",
    ButtonOpenBusy = "button-open-busy",
    ChooserTitle = "chooser-title",
    ChooserFilter = "chooser-filter",
    WarnNotLatin = "warn-not-latin",
    ListSign = "list-sign",
    ListRead = "list-read",
    KeyIin = "key-iin",
    KeyBin = "key-bin",
    KeyValidity = "key-validity",
    KeyAlgorithm = "key-algorithm",
    KeyIssuer = "key-issuer",
    KeyExpired = "key-expired",
    KeyChosen = "key-chosen",
    NotUsableAlgorithm = "not-usable-algorithm",
    NotUsableAuthority = "not-usable-authority",
    NotUsableExpired = "not-usable-expired",
    NotUsableOtherPerson = "not-usable-other-person",
    NotUsablePurpose = "not-usable-purpose",
    NotUsableRole = "not-usable-role",
    NotUsableStore = "not-usable-store",
    NotUsableOther = "not-usable-other",
    ButtonSign = "button-sign",
    ButtonSend = "button-send",
    ButtonCancel = "button-cancel",
    BusySign = "busy-sign",
    BusySignMany = "busy-sign-many",
    BusyRead = "busy-read",
    ButtonAbout = "button-about",
    ButtonClose = "button-close",
    AboutTitle = "about-title",
    AboutText = "about-text",
    ErrDamaged = "err-damaged",
    RecDamaged = "rec-damaged",
    ErrDriver = "err-driver",
    RecDriver = "rec-driver",
    ErrEmpty = "err-empty",
    RecEmpty = "rec-empty",
    ErrLastAttempt = "err-last-attempt",
    RecLastAttempt = "rec-last-attempt",
    ErrLocked = "err-locked",
    RecLocked = "rec-locked",
    ErrMismatch = "err-mismatch",
    RecMismatch = "rec-mismatch",
    ErrNoCertificate = "err-no-certificate",
    RecNoCertificate = "rec-no-certificate",
    ErrNoSource = "err-no-source",
    RecNoSource = "rec-no-source",
    ErrPinLength = "err-pin-length",
    RecPinLength = "rec-pin-length",
    ErrPinNotSet = "err-pin-not-set",
    RecPinNotSet = "rec-pin-not-set",
    ErrPinPadCancelled = "err-pin-pad-cancelled",
    RecPinPadCancelled = "rec-pin-pad-cancelled",
    ErrRecentGone = "err-recent-gone",
    RecRecentGone = "rec-recent-gone",
    ErrRemoved = "err-removed",
    RecRemoved = "rec-removed",
    ErrUnreadable = "err-unreadable",
    RecUnreadable = "rec-unreadable",
    ErrUnsupported = "err-unsupported",
    RecUnsupported = "rec-unsupported",
    ErrWrongPassword = "err-wrong-password",
    RecWrongPassword = "rec-wrong-password",
    ErrWrongPasswordLeft = "err-wrong-password-left",
    RecWrongPasswordLeft = "rec-wrong-password-left",
    ErrOther = "err-other",
    RecOther = "rec-other",
    ErrNoUsable = "err-no-usable",
    RecNoUsable = "rec-no-usable",
    ErrNoUsableRead = "err-no-usable-read",
    RecNoUsableRead = "rec-no-usable-read",
    ErrNoPath = "err-no-path",
    RecNoPath = "rec-no-path",
    ErrNotFullPath = "err-not-full-path",
    RecNotFullPath = "rec-not-full-path",
    ErrNoPassword = "err-no-password",
    RecNoPassword = "rec-no-password",
    ErrLongPassword = "err-long-password",
    RecLongPassword = "rec-long-password",
    ErrNoFile = "err-no-file",
    RecNoFile = "rec-no-file",
    StartedByHand = "started-by-hand",
    NoDisplay = "no-display",
}

/// One language's sentences.
pub struct Catalogue {
    bundle: FluentBundle<FluentResource>,
}

impl Catalogue {
    /// The catalogue of a language.
    pub fn new(language: Language) -> Self {
        let (tag, source) = match language {
            Language::En => ("en", include_str!("../i18n/en/window.ftl")),
            Language::Kk => ("kk", include_str!("../i18n/kk/window.ftl")),
            Language::Ru => ("ru", include_str!("../i18n/ru/window.ftl")),
        };
        // The tags are three constants; a tag that did not parse would mean "no language".
        let mut bundle = FluentBundle::new(vec![tag.parse().unwrap_or_default()]);
        // Isolating marks would be read aloud and would spoil accessible names.
        bundle.set_use_isolating(false);
        // A broken line of a catalogue is skipped; a test shows that there is none.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self { bundle }
    }

    /// A sentence without arguments.
    pub fn get(&self, text: Text) -> String {
        self.format(text, None)
    }

    /// A sentence with arguments.
    pub fn with(&self, text: Text, arguments: &FluentArgs<'_>) -> String {
        self.format(text, Some(arguments))
    }

    /// The usual case of one argument.
    pub fn with_value<'a>(
        &self,
        text: Text,
        name: &'a str,
        value: impl Into<fluent_bundle::FluentValue<'a>>,
    ) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(name, value);
        self.with(text, &arguments)
    }

    fn format(&self, text: Text, arguments: Option<&FluentArgs<'_>>) -> String {
        let pattern = self
            .bundle
            .get_message(text.id())
            .and_then(|message| message.value());
        match pattern {
            // A missing argument leaves its name in the sentence, which is still readable.
            Some(pattern) => self
                .bundle
                .format_pattern(pattern, arguments, &mut Vec::new())
                .into_owned(),
            // A test shows that no sentence is missing.
            None => text.id().to_owned(),
        }
    }
}

/// The language of the person's system, Russian if it is none of ours.
pub fn system_language() -> Language {
    language_of(&sys_locale::get_locale().unwrap_or_default())
}

fn language_of(locale: &str) -> Language {
    match locale.split(['-', '_']).next() {
        Some("en") => Language::En,
        Some("kk") => Language::Kk,
        _ => Language::Ru,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn source(language: Language) -> &'static str {
        match language {
            Language::En => include_str!("../i18n/en/window.ftl"),
            Language::Kk => include_str!("../i18n/kk/window.ftl"),
            Language::Ru => include_str!("../i18n/ru/window.ftl"),
        }
    }

    /// Names and, for each, the `$arguments` it uses.
    fn names(language: Language) -> BTreeSet<(String, BTreeSet<String>)> {
        let mut messages: Vec<(String, BTreeSet<String>)> = Vec::new();
        for line in source(language)
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            if let Some((name, _)) = line.split_once(" =")
                && !line.starts_with(' ')
            {
                messages.push((name.to_owned(), BTreeSet::new()));
            }
            for piece in line.split('$').skip(1) {
                let argument: String = piece
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric())
                    .collect();
                messages.last_mut().unwrap().1.insert(argument);
            }
        }
        messages.into_iter().collect()
    }

    #[test]
    fn the_three_catalogues_have_the_same_names_and_arguments() {
        assert_eq!(names(Language::Kk), names(Language::Ru));
        assert_eq!(names(Language::En), names(Language::Ru));
    }

    #[test]
    fn the_catalogues_and_the_code_name_the_same_sentences() {
        let code: BTreeSet<_> = Text::ALL.iter().map(|text| text.id().to_owned()).collect();
        let catalogue: BTreeSet<_> = names(Language::Ru).into_iter().map(|(id, _)| id).collect();
        assert_eq!(code, catalogue);
    }

    #[test]
    fn every_sentence_is_found_and_complete_in_every_language() {
        for language in LANGUAGES {
            assert!(
                FluentResource::try_new(source(language).to_owned()).is_ok(),
                "{language:?}"
            );
            let catalogue = Catalogue::new(language);
            let mut arguments = FluentArgs::new();
            for name in ["value", "from", "to", "size", "formats"] {
                arguments.set(name, "x");
            }
            for name in ["count", "whole", "tenth", "limit", "signed", "of"] {
                arguments.set(name, 2);
            }
            for text in Text::ALL {
                let sentence = catalogue.with(*text, &arguments);
                assert_ne!(sentence, text.id(), "{language:?}");
                assert!(
                    !sentence.contains(['{', '}', '$']),
                    "{language:?}: {sentence}"
                );
                assert!(
                    !sentence.contains(['\u{2068}', '\u{2069}']),
                    "{language:?}: {sentence}"
                );
            }
        }
    }

    #[test]
    fn every_problem_has_a_twin_that_says_what_to_do() {
        let ids: BTreeSet<_> = Text::ALL.iter().map(|text| text.id()).collect();
        let twins = |from: &str, to: &str| {
            for id in ids.iter().filter_map(|id| id.strip_prefix(from)) {
                assert!(ids.contains(format!("{to}{id}").as_str()), "{to}{id}");
            }
        };
        twins("err-", "rec-");
        twins("rec-", "err-");
    }

    #[test]
    fn the_words_of_the_guides_are_kept() {
        for (text, kk, ru, en) in [
            (
                Text::ButtonChoose,
                "Кілтті таңдау",
                "Выбрать ключ",
                "Choose key",
            ),
            (
                Text::ButtonChooseOther,
                "Басқа кілтті таңдау",
                "Выбрать другой ключ",
                "Choose another key",
            ),
            (Text::FieldPassword, "Құпиясөз", "Пароль", "Password"),
            (Text::ButtonOpen, "Ашу", "Открыть", "Open"),
            (Text::ButtonSign, "Қол қою", "Подписать", "Sign"),
            (Text::ButtonSend, "Жіберу", "Отправить", "Send"),
            (Text::ButtonCancel, "Болдырмау", "Отмена", "Cancel"),
            (
                Text::SectionKey,
                "Сіздің компьютеріңіз",
                "Персональный компьютер",
                "Your computer",
            ),
            (
                Text::ErrWrongPassword,
                "Қате құпиясөз.",
                "Неверный пароль.",
                "Incorrect password.",
            ),
        ] {
            let said = |language| Catalogue::new(language).get(text);
            assert_eq!(
                [said(Language::Kk), said(Language::Ru), said(Language::En)],
                [kk, ru, en]
            );
        }
    }

    #[test]
    fn russian_counts_documents_in_its_three_forms() {
        let catalogue = Catalogue::new(Language::Ru);
        let said = |count: u64| catalogue.with_value(Text::WishSign, "count", count);
        assert_eq!(said(1), "Подписать 1 документ");
        assert_eq!(said(3), "Подписать 3 документа");
        assert_eq!(said(11), "Подписать 11 документов");
        assert_eq!(said(21), "Подписать 21 документ");
    }

    #[test]
    fn a_system_in_another_language_gets_russian() {
        assert_eq!(language_of("kk-KZ"), Language::Kk);
        assert_eq!(language_of("en_US"), Language::En);
        assert_eq!(language_of("uz-UZ"), Language::Ru);
        assert_eq!(language_of(""), Language::Ru);
    }
}
