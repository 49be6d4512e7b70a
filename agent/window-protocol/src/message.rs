//! What is said, as types: agent to window and window to agent.

use serde::{Deserialize, Serialize};

/// What the agent tells its window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToWindow {
    /// First message: show yourself.
    Show(Ask),
    /// The keystore is open; these are its keys.
    Keys {
        /// All of them.
        keys: Vec<Key>,
        /// Which of them the person is after.
        wanted: Wanted,
    },
    /// The token wants its PIN once more, for the next signature.
    PinAgain,
    /// The keystore did not open, or did not sign; the person may try again.
    Problem(Problem),
    /// So many documents are signed.
    Progress {
        /// Signed so far.
        signed: u64,
        /// All of them.
        of: u64,
    },
    /// Tokens came or went.
    Tokens(Tokens),
}

/// What the window tells the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToAgent {
    /// Open a keystore; a password frame follows at once if [`Open::unlock`] says so.
    Open(Open),
    /// The PIN asked for by [`ToWindow::PinAgain`]; a password frame follows at once.
    PinAgain,
    /// Sign (or send) with this key.
    Sign {
        /// [`Key::id`].
        key: usize,
    },
    /// Cancel, Escape, or the window was closed. The last message.
    Cancelled,
}

/// Which keystore is opened, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The keystore.
    pub store: Store,
    /// How.
    pub unlock: Unlock,
    /// [`Key::id`] of the recent key the person is after.
    pub recent: Option<usize>,
    /// The person knows that a wrong PIN would lock the token.
    pub last_attempt: bool,
}

/// A keystore the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// Absolute path of a key file.
    File(String),
    /// [`Token::id`].
    Token(usize),
}

/// How the person proves to be the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlock {
    /// By a password, which follows in a frame of its own.
    Password,
    /// On the token's own keypad.
    PinPad,
}

/// Which key the person meant when the keystore was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// None in particular.
    Any,
    /// A recent key that is not there any more or cannot serve.
    Gone,
    /// This one, by [`Key::id`].
    Key(usize),
}

/// What is plugged in now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Tokens.
    pub tokens: Vec<Token>,
    /// File names of token libraries that do not work.
    pub failing: Vec<String>,
}

/// A token that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The agent's name for it; another token never has it.
    pub id: usize,
    /// The token's label; untrusted text.
    pub label: String,
    /// Names of the holders of its certificates.
    pub people: Vec<String>,
    /// Its PIN is typed on its own keypad.
    pub pin_pad: bool,
    /// Attempts left.
    pub attempts: Attempts,
    /// False if the page asked for tokens of another kind.
    pub allowed: bool,
}

/// How many wrong PINs a token still bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempts {
    /// The next wrong PIN locks it.
    Last,
    /// A wrong PIN was given since the last right one.
    Low,
    /// Locked.
    None,
    /// Nothing worrying is known.
    Unworried,
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
    /// Kinds of keystore that may serve.
    pub offered: Offered,
    /// Keys used before, the newest first.
    pub recent: Vec<Recent>,
    /// Absolute path of the key file used last.
    pub last_file: Option<String>,
}

/// Kinds of keystore that may serve a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offered {
    /// Key files.
    Files,
    /// Key files and tokens.
    FilesAndTokens,
    /// Tokens.
    Tokens,
}

/// A key used before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recent {
    /// The person; [`Key::id`] is for [`Open::recent`].
    pub key: Key,
    /// Where the key was.
    pub place: Place,
}

/// Where a key used before was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// In the file with this absolute path.
    File(String),
    /// On a token.
    Token {
        /// The token's label; untrusted text.
        label: String,
        /// [`Token::id`]
        token: usize,
    },
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
    /// Not issued by an authority the page trusts.
    Authority,
    /// Not valid now, and the page did not allow that.
    Expired,
    /// Another person, company or serial number than the page asked for.
    OtherPerson,
    /// For signing in where signing is asked, or the reverse.
    Purpose,
    /// Lacks a role the page asked for.
    Role,
    /// The page takes no keys from where it is.
    Store,
    /// A reason this window does not know by name.
    Other,
}

/// Why a keystore did not open or did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Problem {
    /// Damaged, or not a key file.
    Damaged,
    /// The token's driver failed, stopped or gave no answer.
    Driver,
    /// No key in it.
    Empty,
    /// The next wrong PIN locks the token; nothing was tried.
    LastAttempt,
    /// The token is locked.
    Locked,
    /// The certificate does not belong to the key.
    Mismatch,
    /// The key has no certificate.
    NoCertificate,
    /// Nothing was typed on the token's keypad.
    PinPadCancelled,
    /// The PIN is too short or too long for this token; it was not tried.
    PinLength,
    /// The token has no PIN yet, or wants a new one first.
    PinNotSet,
    /// The token was taken out.
    Removed,
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
            offered: Offered::FilesAndTokens,
            recent: vec![
                Recent {
                    key: key(),
                    place: Place::File("/home/a/GOST512_1.p12".into()),
                },
                Recent {
                    key: key(),
                    place: Place::Token {
                        label: "KAZTOKEN".into(),
                        token: 0,
                    },
                },
            ],
            last_file: Some("/home/a/GOST512_1.p12".into()),
        }
    }

    fn open() -> Open {
        Open {
            store: Store::File("/k".into()),
            unlock: Unlock::Password,
            recent: None,
            last_attempt: false,
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
            offered: Offered::Tokens,
            recent: vec![],
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
            ToWindow::Keys {
                keys: vec![
                    key(),
                    Key {
                        unusable: None,
                        ..key()
                    },
                ],
                wanted: Wanted::Key(3),
            },
            ToWindow::Keys {
                keys: vec![],
                wanted: Wanted::Gone,
            },
            ToWindow::PinAgain,
            ToWindow::Progress { signed: 1, of: 2 },
            ToWindow::Tokens(Tokens {
                tokens: vec![Token {
                    id: 1,
                    label: "KAZTOKEN".into(),
                    people: vec!["ТЕСТОВ ТЕСТ".into()],
                    pin_pad: true,
                    attempts: Attempts::Last,
                    allowed: false,
                }],
                failing: vec!["libjcPKCS11-2.so".into()],
            }),
            ToWindow::Problem(Problem::Unreadable),
            ToWindow::Problem(Problem::WrongPassword {
                retries_left: Some(2),
            }),
        ] {
            let frame = encode(&message).unwrap();
            assert_eq!(decode::<ToWindow>(&frame[HEADER_LEN..]).unwrap(), message);
        }
        for message in [
            ToAgent::Open(open()),
            ToAgent::Open(Open {
                store: Store::Token(1),
                unlock: Unlock::PinPad,
                recent: Some(0),
                last_attempt: true,
            }),
            ToAgent::PinAgain,
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
            text(ToAgent::Open(open())),
            r#"{"open":{"store":{"file":"/k"},"unlock":"password","recent":null,"last_attempt":false}}"#
        );
        assert_eq!(text(ToAgent::PinAgain), r#""pin_again""#);
        assert_eq!(text(ToAgent::Sign { key: 0 }), r#"{"sign":{"key":0}}"#);
        assert_eq!(text(ToAgent::Cancelled), r#""cancelled""#);
    }

    #[test]
    fn unknown_fields_and_variants_are_refused() {
        for text in [
            r#"{"open":{"store":{"file":"/k"},"unlock":{"password":"x"},"recent":null,"last_attempt":false}}"#,
            r#"{"open":{"store":{"file":"/k"},"unlock":"password","recent":null,"last_attempt":false,"pin":"1"}}"#,
            r#"{"open":{"file":"/k"}}"#,
            r#"{"pin_again":"1234"}"#,
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
