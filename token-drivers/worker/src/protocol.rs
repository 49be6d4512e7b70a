//! What the agent and `tamga-token` say to each other: one JSON message per frame, and password frames.
//!
//! The agent asks, the child answers; only [`Reply::Goodbye`] comes unasked. A PIN is never part of a message: its
//! password frame follows [`Request::Unlock`] with [`PinFrom::Window`], or [`Request::Pin`], at once. Entries come one
//! per frame before the reply that counts them, because together they are longer than a frame may be.

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};

use crate::{failure::Failure, text::Text};

/// Most slots a library may report.
pub const SLOT_LIMIT: usize = 32;

/// Most key entries of one token.
pub const ENTRY_LIMIT: usize = 64;

/// Most certificates of a chain.
pub const CHAIN_LIMIT: usize = 8;

/// Largest certificate, in bytes of DER; those of the NCA have about two thousand.
pub const CERTIFICATE_LIMIT: usize = 16 * 1024;

/// Longest text, in characters.
pub const TEXT_LIMIT: usize = 256;

/// Largest part of an input, in bytes; in base64 it fits a frame.
pub const PART_LIMIT: usize = 128 * 1024;

/// Largest input of one signature, in bytes.
pub const INPUT_LIMIT: usize = 64 * 1024 * 1024;

/// Longest digest or signature value, in bytes: twice an RSA-4096 block.
pub(crate) const VALUE_LIMIT: usize = 1024;

/// What the agent asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Request {
    /// What a token shows while locked.
    Contents {
        /// Locator of the slot, in the child's words.
        slot: Text,
    },
    /// Lock what is unlocked.
    Lock,
    /// One piece of the input announced by [`Input::Bytes`], the next in order.
    Part {
        /// 1 to [`PART_LIMIT`] bytes.
        bytes: Bytes<PART_LIMIT>,
    },
    /// The answer to [`Reply::PinWanted`]; the password frame follows.
    Pin,
    /// The other answer to [`Reply::PinWanted`].
    PinCancelled,
    /// Sign with one key of the unlocked keystore.
    Sign {
        /// Position in the list sent before [`Reply::Unlocked`].
        entry: u32,
        /// What to sign.
        input: Input,
    },
    /// Compare one key of the unlocked keystore with its certificate.
    Signer {
        /// Position in the list sent before [`Reply::Unlocked`].
        entry: u32,
    },
    /// Which tokens are there.
    Slots,
    /// Unlock one token; what is unlocked is locked before.
    Unlock {
        /// Locator of the slot, in the child's words.
        slot: Text,
        /// Where the PIN comes from.
        pin: PinFrom,
    },
}

/// Where a PIN comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PinFrom {
    /// From the token's own keypad.
    PinPad,
    /// From our window: a password frame follows.
    Window,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Input {
    /// So many bytes, at most [`INPUT_LIMIT`], in the [`Request::Part`]s that follow.
    Bytes { length: u32 },
    /// A digest.
    Digest { value: Bytes<VALUE_LIMIT> },
}

/// What the child answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Reply {
    /// What a locked token shows: as many entries as came before, or nothing.
    Contents { sealed: bool, entries: u32 },
    /// One entry of the list that is being sent.
    Entry(Entry),
    /// The request was not carried out.
    Failed(Failure),
    /// The child ends because nobody asked for a while; it reads no further request.
    Goodbye,
    /// Nothing is unlocked.
    Locked,
    /// The key wants the PIN for this signature.
    PinWanted,
    /// Key and certificate of this entry fit.
    Signer,
    /// A signature in the order of the national profile.
    Signature { value: Bytes<VALUE_LIMIT> },
    /// The tokens there are.
    Slots {
        slots: Limited<SlotFound, SLOT_LIMIT>,
    },
    /// The token is unlocked and has as many keys as entries came before.
    Unlocked { entries: u32 },
}

/// A slot as the child sees it; the storage's name is the agent's to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotFound {
    pub(crate) label: Text,
    pub(crate) locator: Text,
    pub(crate) pin_pad: bool,
    pub(crate) attempts: AttemptsFound,
}

/// [`tamga_token_api::Attempts`] on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AttemptsFound {
    Last,
    Low,
    None,
    Unworried,
}

/// [`tamga_token_api::KeyEntry`] on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) alias: Text,
    pub(crate) certificate: Bytes<CERTIFICATE_LIMIT>,
    pub(crate) chain: Limited<Bytes<CERTIFICATE_LIMIT>, CHAIN_LIMIT>,
}

/// A list of at most `N`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<T>")]
pub(crate) struct Limited<T, const N: usize>(Vec<T>);

impl<T, const N: usize> Limited<T, N> {
    /// The first `N`.
    pub(crate) fn first(all: impl IntoIterator<Item = T>) -> Self {
        Self(all.into_iter().take(N).collect())
    }

    pub(crate) fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const N: usize> TryFrom<Vec<T>> for Limited<T, N> {
    type Error = OverBudget;

    fn try_from(list: Vec<T>) -> Result<Self, OverBudget> {
        OverBudget::check(list.len(), N).map(|()| Self(list))
    }
}

/// At most `N` bytes, as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Bytes<const N: usize>(Vec<u8>);

impl<const N: usize> Bytes<N> {
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, OverBudget> {
        OverBudget::check(bytes.len(), N).map(|()| Self(bytes.to_vec()))
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> From<Bytes<N>> for String {
    fn from(bytes: Bytes<N>) -> Self {
        Base64::encode_string(&bytes.0)
    }
}

impl<const N: usize> TryFrom<String> for Bytes<N> {
    type Error = BadBytes;

    fn try_from(text: String) -> Result<Self, BadBytes> {
        let bytes = Base64::decode_vec(&text).map_err(|_| BadBytes::NotBase64)?;
        Ok(Self::new(&bytes)?)
    }
}

/// More than a budget of this protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{actual}, at most {limit} are allowed")]
pub(crate) struct OverBudget {
    actual: usize,
    limit: usize,
}

impl OverBudget {
    fn check(actual: usize, limit: usize) -> Result<(), Self> {
        if actual > limit {
            return Err(Self { actual, limit });
        }
        Ok(())
    }
}

/// Why a text is not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadBytes {
    #[error("not base64")]
    NotBase64,
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
}

#[cfg(test)]
mod tests {
    use tamga_pipe::{decode, encode};

    use super::*;
    use crate::failure::{TokenFailure, UnlockFailure};

    fn text(text: &str) -> Text {
        Text::new(text)
    }

    fn over<T: Serialize + serde::de::DeserializeOwned>(message: &T) -> T {
        let frame = encode(message).unwrap();
        decode(&frame[tamga_pipe::HEADER_LEN..]).unwrap()
    }

    #[test]
    fn every_request_is_read_back_as_written() {
        let requests = [
            Request::Slots,
            Request::Contents { slot: text("1/0") },
            Request::Unlock {
                slot: text("1/0"),
                pin: PinFrom::Window,
            },
            Request::Unlock {
                slot: text("1/0"),
                pin: PinFrom::PinPad,
            },
            Request::Signer { entry: 3 },
            Request::Sign {
                entry: 0,
                input: Input::Bytes { length: 7 },
            },
            Request::Sign {
                entry: 0,
                input: Input::Digest {
                    value: Bytes::new(&[9; 64]).unwrap(),
                },
            },
            Request::Part {
                bytes: Bytes::new(&[0xa5; PART_LIMIT]).unwrap(),
            },
            Request::Pin,
            Request::PinCancelled,
            Request::Lock,
        ];
        for request in requests {
            assert_eq!(over(&request), request);
        }
    }

    #[test]
    fn every_reply_is_read_back_as_written() {
        let certificate = Bytes::new(&[0x30; CERTIFICATE_LIMIT]).unwrap();
        let replies = [
            Reply::Slots {
                slots: Limited::first([SlotFound {
                    label: text("KAZTOKEN"),
                    locator: text("0001/0"),
                    pin_pad: true,
                    attempts: AttemptsFound::Last,
                }]),
            },
            // The largest entry fits a frame.
            Reply::Entry(Entry {
                alias: text(&"ү".repeat(TEXT_LIMIT)),
                certificate: certificate.clone(),
                chain: Limited::first(vec![certificate; CHAIN_LIMIT]),
            }),
            Reply::Contents {
                sealed: false,
                entries: 1,
            },
            Reply::Unlocked { entries: 1 },
            Reply::Signer,
            Reply::PinWanted,
            Reply::Signature {
                value: Bytes::new(&[1; 128]).unwrap(),
            },
            Reply::Locked,
            Reply::Goodbye,
            Reply::Failed(Failure::Unlock(UnlockFailure::WrongPassword {
                retries_left: Some(1),
            })),
            Reply::Failed(Failure::Token(TokenFailure::LibraryChanged)),
        ];
        for reply in replies {
            assert_eq!(over(&reply), reply);
        }
    }

    #[test]
    fn unknown_words_and_fields_are_refused() {
        fn refused<T: serde::de::DeserializeOwned>(json: &str) -> bool {
            decode::<T>(json.as_bytes()).is_err()
        }
        assert!(refused::<Request>(r#""Export""#));
        assert!(refused::<Request>(
            r#"{"Contents":{"slot":"1","more":true}}"#
        ));
        assert!(refused::<Request>(
            r#"{"Unlock":{"slot":"1","pin":"1234"}}"#
        ));
        assert!(refused::<Reply>(r#"{"Unlocked":{"entries":-1}}"#));
        assert!(refused::<Reply>(
            r#"{"Slots":{"slots":[{"label":"","locator":"","pin_pad":false,"attempts":"Low","storage":"AKKaztokenStore"}]}}"#
        ));
        assert!(refused::<Reply>(r#"{"Signature":{"value":"!!!!"}}"#));
        // The same words without the offence are read.
        assert!(!refused::<Request>(r#"{"Contents":{"slot":"1"}}"#));
        assert!(!refused::<Reply>(r#"{"Signature":{"value":"AAEC"}}"#));
    }

    #[test]
    fn lists_and_bytes_over_their_budget_are_refused_and_at_it_accepted() {
        let slot = r#"{"label":"","locator":"","pin_pad":false,"attempts":"Low"}"#;
        let slots = |count: usize| {
            let json = format!(
                r#"{{"Slots":{{"slots":[{}]}}}}"#,
                vec![slot; count].join(",")
            );
            decode::<Reply>(json.as_bytes()).is_ok()
        };
        assert!(slots(SLOT_LIMIT));
        assert!(!slots(SLOT_LIMIT + 1));

        let value = |length: usize| {
            let text = Base64::encode_string(&vec![0; length]);
            decode::<Reply>(format!(r#"{{"Signature":{{"value":"{text}"}}}}"#).as_bytes()).is_ok()
        };
        assert!(value(VALUE_LIMIT));
        assert!(!value(VALUE_LIMIT + 1));
        assert_eq!(
            Bytes::<4>::new(&[0; 5]),
            Err(OverBudget {
                actual: 5,
                limit: 4
            })
        );
    }
}
