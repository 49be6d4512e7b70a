//! Words of a library, harmless enough to be shown and written down.

use serde::{Deserialize, Serialize};

use crate::protocol::TEXT_LIMIT;

/// At most [`TEXT_LIMIT`] characters without control characters and without those that turn the direction of writing.
///
/// Reading cleans as well as making does: the other side may be a library that took over its process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Self(
            text.chars()
                .filter(|character| !is_harmful(*character))
                .take(TEXT_LIMIT)
                .collect(),
        )
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

/// Control characters, the bidirectional controls of Unicode (UAX #9 section 2) and zero-width ones.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_dropped_and_letters_stay() {
        let text = Text::new("KAZ\u{202e}TOKEN\n\0 ү\u{feff}\u{7}");
        assert_eq!(text.as_str(), "KAZTOKEN ү");
    }

    #[test]
    fn a_long_text_is_cut_when_read_as_when_made() {
        let long = "ү".repeat(TEXT_LIMIT + 1);
        assert_eq!(Text::new(&long).as_str().chars().count(), TEXT_LIMIT);
        let read: Text = serde_json::from_str(&format!("\"{long}\"")).unwrap();
        assert_eq!(read.as_str().chars().count(), TEXT_LIMIT);
    }
}
