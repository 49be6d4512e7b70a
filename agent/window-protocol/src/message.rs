//! What is said, as types: agent to window and window to agent.

use serde::{Deserialize, Serialize};

/// What the agent tells its window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToWindow {
    /// First message: show yourself.
    Show(Ask),
    /// The key file is open; these are its keys.
    Keys(Vec<Key>),
    /// The key file did not open; the person may try again.
    Problem(Problem),
}

/// What the window tells the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToAgent {
    /// Open this key file; a password frame follows at once.
    Open {
        /// Absolute path of the key file.
        file: String,
    },
    /// Sign (or send) with this key.
    Sign {
        /// [`Key::id`].
        key: usize,
    },
    /// Cancel, Escape, or the window was closed. The last message.
    Cancelled,
}

/// Everything the window shows when it opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// Who asks.
    pub origin: Origin,
    /// What is asked.
    pub wish: Wish,
    /// Language of the window; the person may switch it.
    pub language: Language,
    /// Absolute path of the key file used last.
    pub last_file: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// A program on this computer, not a page.
    LocalProgram,
    /// `Origin: null`: nobody can say which page.
    Opaque,
    /// `scheme://host[:port]` as the browser wrote it (RFC 6454 section 6.2); untrusted text.
    Site(String),
}

/// What a page wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wish {
    /// Read one certificate (`getKeyInfo`).
    ReadCertificate,
    /// Sign documents.
    Sign(Documents),
}

/// The documents of one request in a few words; a request of any size fits a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// How many.
    pub count: u64,
    /// Sum of their sizes, in bytes.
    pub bytes: u64,
    /// How many came only as a digest, so that nobody can see what is signed.
    pub blind: u64,
    /// "CMS", "XML", each once.
    pub formats: Vec<String>,
}

/// Languages of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
}

/// One key as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The agent's name for it, given back in [`ToAgent::Sign`].
    pub id: usize,
    /// Common name of the holder.
    pub name: String,
    /// IIN, 12 digits; the window masks it.
    pub iin: Option<String>,
    /// BIN, 12 digits.
    pub bin: Option<String>,
    /// Organisation.
    pub organization: Option<String>,
    /// Common name of the issuer.
    pub issuer: String,
    /// Scheme name, e.g. `GOST-2015-512`.
    pub algorithm: String,
    /// Start of validity, seconds since 1970-01-01T00:00:00Z.
    pub not_before: i64,
    /// End of validity, seconds since 1970-01-01T00:00:00Z.
    pub not_after: i64,
    /// Serial number, lower-case hex.
    pub serial: String,
    /// Why it cannot serve this request; `None` if it can.
    pub unusable: Option<Unusable>,
    /// Outside its validity at the moment.
    pub expired: bool,
}

/// Why a key cannot serve a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unusable {
    /// Its algorithm is not one of ours.
    Algorithm,
    /// Not valid now, and the page did not allow that.
    Expired,
    /// Another person, company or serial number than the page asked for.
    OtherPerson,
    /// For signing in where signing is asked, or the reverse.
    Purpose,
    /// Lacks a role the page asked for.
    Role,
    /// A reason this window does not know by name.
    Other,
}

/// Why a key file did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Problem {
    /// Damaged, or not a key file.
    Damaged,
    /// No key in it.
    Empty,
    /// The certificate does not belong to the key.
    Mismatch,
    /// Missing, or cannot be read.
    Unreadable,
    /// Encrypted in a way we do not read.
    Unsupported,
    /// The password is wrong.
    WrongPassword {
        /// Attempts left, for stores that count.
        retries_left: Option<u32>,
    },
    /// A reason this window does not know by name.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, HEADER_LEN, decode, encode};

    fn ask() -> Ask {
        Ask {
            origin: Origin::Site("https://portal.example.kz".into()),
            wish: Wish::Sign(Documents {
                count: 2,
                bytes: 4096,
                blind: 1,
                formats: vec!["CMS".into()],
            }),
            language: Language::Kk,
            last_file: Some("/home/a/GOST512_1.p12".into()),
        }
    }

    fn key() -> Key {
        Key {
            id: 3,
            name: "ТЕСТОВ ТЕСТ".into(),
            iin: Some("123456789011".into()),
            bin: None,
            organization: None,
            issuer: "Тестовый УЦ".into(),
            algorithm: "GOST-2015-512".into(),
            not_before: 1_700_000_000,
            not_after: 1_800_000_000,
            serial: "01ab".into(),
            unusable: Some(Unusable::OtherPerson),
            expired: true,
        }
    }

    #[test]
    fn every_message_survives_the_wire() {
        let opaque = Ask {
            origin: Origin::Opaque,
            wish: Wish::ReadCertificate,
            language: Language::En,
            last_file: None,
        };
        for message in [
            ToWindow::Show(ask()),
            ToWindow::Show(opaque),
            ToWindow::Show(Ask {
                origin: Origin::LocalProgram,
                language: Language::Ru,
                ..ask()
            }),
            ToWindow::Keys(vec![
                key(),
                Key {
                    unusable: None,
                    ..key()
                },
            ]),
            ToWindow::Problem(Problem::Unreadable),
            ToWindow::Problem(Problem::WrongPassword {
                retries_left: Some(2),
            }),
        ] {
            let frame = encode(&message).unwrap();
            assert_eq!(decode::<ToWindow>(&frame[HEADER_LEN..]).unwrap(), message);
        }
        for message in [
            ToAgent::Open {
                file: "/k.p12".into(),
            },
            ToAgent::Sign { key: 7 },
            ToAgent::Cancelled,
        ] {
            let frame = encode(&message).unwrap();
            assert_eq!(decode::<ToAgent>(&frame[HEADER_LEN..]).unwrap(), message);
        }
    }

    #[test]
    fn the_json_of_each_decision_is_fixed() {
        let text = |message| serde_json::to_string(&message).unwrap();
        assert_eq!(
            text(ToAgent::Open { file: "/k".into() }),
            r#"{"open":{"file":"/k"}}"#
        );
        assert_eq!(text(ToAgent::Sign { key: 0 }), r#"{"sign":{"key":0}}"#);
        assert_eq!(text(ToAgent::Cancelled), r#""cancelled""#);
    }

    #[test]
    fn unknown_fields_and_variants_are_refused() {
        for text in [
            r#"{"open":{"file":"/k","password":"x"}}"#,
            r#"{"sign":{"key":0,"also":1}}"#,
            r#"{"agree":{}}"#,
            r#"{"sign":{"key":-1}}"#,
            r#"{"sign":{}}"#,
            r#"{"sign":{"key":0}} "more""#,
        ] {
            assert!(
                matches!(decode::<ToAgent>(text.as_bytes()), Err(Error::Message(_))),
                "{text}"
            );
        }
        let shown = serde_json::to_string(&ToWindow::Show(ask())).unwrap();
        let extra = shown.replacen("\"language\"", "\"theme\":\"dark\",\"language\"", 1);
        assert!(decode::<ToWindow>(shown.as_bytes()).is_ok());
        assert!(matches!(
            decode::<ToWindow>(extra.as_bytes()),
            Err(Error::Message(_))
        ));
    }
}
