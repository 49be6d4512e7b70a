//! Sentences of the command line in Kazakh, Russian and English.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

const KK: &str = include_str!("../i18n/kk/cli.ftl");
const RU: &str = include_str!("../i18n/ru/cli.ftl");
const EN: &str = include_str!("../i18n/en/cli.ftl");

/// The sentences of one language.
pub(crate) struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// The language of the person's session; English if it is none of ours.
    pub(crate) fn for_session() -> Self {
        Self::for_language(&sys_locale::get_locale().unwrap_or_default())
    }

    /// By the first two letters of a locale name.
    pub(crate) fn for_language(locale: &str) -> Self {
        let (language, text) = match locale.get(..2) {
            Some("kk") => ("kk", KK),
            Some("ru") => ("ru", RU),
            _ => ("en", EN),
        };
        let language: LanguageIdentifier = language.parse().expect("two letters are a language");
        let mut bundle = FluentBundle::new(vec![language]);
        // Terminals show the isolation marks of Fluent as boxes.
        bundle.set_use_isolating(false);
        // A line that does not parse is left out and found by the tests.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }

    /// The sentence of a key; the key itself if there is none, which tests exclude.
    pub(crate) fn get(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        let Some(pattern) = self.0.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut values = FluentArgs::new();
        for (name, value) in arguments {
            values.set(*name, *value);
        }
        self.0
            .format_pattern(pattern, Some(&values), &mut Vec::new())
            .into_owned()
    }

    #[cfg(test)]
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0
            .get_message(key)
            .is_some_and(|message| message.value().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_languages_have_the_same_keys() {
        let keys = |text: &str| -> Vec<String> {
            text.lines()
                .filter_map(|line| line.split_once(" = "))
                .map(|(key, _)| key.to_owned())
                .collect()
        };
        assert_eq!(keys(KK), keys(EN));
        assert_eq!(keys(RU), keys(EN));
    }

    #[test]
    fn every_line_parses() {
        for text in [KK, RU, EN] {
            assert!(FluentResource::try_new(text.to_owned()).is_ok());
        }
    }

    #[test]
    fn a_sentence_takes_its_subject() {
        let texts = Texts::for_language("en-US");
        assert!(
            texts
                .get("err-unreadable", &[("subject", "a.txt")])
                .contains("a.txt")
        );
    }
}
