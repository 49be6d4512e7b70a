//! The script: what is in the readers and how it behaves, as text.
//!
//! The README shows every field. Unknown fields are refused, so that a misspelt one cannot be a silent default.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::behaviour::Behaviour;
use crate::mechanism::Mechanism;

/// Name of the environment variable with the absolute path of the script.
pub(crate) const VARIABLE: &str = "TAMGA_TOKEN_BENCH";

/// Everything the library pretends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// Readers; a slot's number is its place here, from 0.
    #[serde(default)]
    pub(crate) slot: Vec<SlotScript>,
    /// How the library as a whole behaves.
    #[serde(default)]
    pub(crate) behaviour: Behaviour,
}

/// One reader.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotScript {
    /// What the reader is called.
    pub(crate) reader: String,
    /// What is in it.
    pub(crate) token: Option<TokenScript>,
    /// How calls behave that concern this slot.
    #[serde(default)]
    pub(crate) behaviour: Behaviour,
}

/// One token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenScript {
    #[serde(default = "default_label")]
    pub(crate) label: String,
    #[serde(default = "default_manufacturer")]
    pub(crate) manufacturer: String,
    #[serde(default = "default_model")]
    pub(crate) model: String,
    /// Tells tokens apart; unique in the script.
    pub(crate) serial: String,
    pub(crate) pin: String,
    /// Wrong PINs in a row that lock the token.
    #[serde(default = "default_attempts")]
    pub(crate) attempts: u32,
    /// Lengths of PINs the token tries, in bytes.
    #[serde(default = "default_pin_length")]
    pub(crate) pin_length: [usize; 2],
    #[serde(default)]
    pub(crate) pin_state: PinState,
    /// The PIN is typed on the token itself.
    #[serde(default)]
    pub(crate) pin_pad: bool,
    /// What the person does at that keypad.
    #[serde(default)]
    pub(crate) pad_pin: PadPin,
    /// Certificates are listed after login only.
    #[serde(default)]
    pub(crate) private_certificates: bool,
    /// Public key objects stand beside private ones.
    #[serde(default)]
    pub(crate) public_keys: bool,
    #[serde(default)]
    pub(crate) key: Vec<KeyScript>,
    /// Certificates without a key.
    #[serde(default)]
    pub(crate) certificate: Vec<CertificateScript>,
}

/// Whether the PIN can be used.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PinState {
    /// Nobody has set it: `CKR_USER_PIN_NOT_INITIALIZED`.
    NotSet,
    /// It serves.
    #[default]
    Set,
    /// It must be changed first: `CKF_USER_PIN_TO_BE_CHANGED`, `CKR_PIN_EXPIRED`.
    ToBeChanged,
}

/// What the person does at the token's keypad.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PadPin {
    /// Presses Cancel.
    Cancel,
    /// Types the PIN.
    #[default]
    Right,
    /// Types another one.
    Wrong,
}

/// One private key; either `file` and `password` or `pkcs8` says where it comes from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyScript {
    /// A PKCS#12 file.
    pub(crate) file: Option<PathBuf>,
    pub(crate) password: Option<String>,
    /// A PrivateKeyInfo in DER.
    pub(crate) pkcs8: Option<PathBuf>,
    /// `CKA_ID` in hexadecimal.
    pub(crate) id: String,
    /// `CKA_LABEL`; the identifier if absent.
    pub(crate) label: Option<String>,
    /// What the token does with the key; everything that fits if absent.
    pub(crate) mechanisms: Option<Vec<Mechanism>>,
    #[serde(default)]
    pub(crate) always_authenticate: bool,
    pub(crate) certificate: Option<CertificateChoice>,
    /// The file's other certificates are on the token too.
    #[serde(default)]
    pub(crate) chain: bool,
    #[serde(default)]
    pub(crate) layout: Layout,
    #[serde(default)]
    pub(crate) digest_order: DigestOrder,
}

/// One certificate without a key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertificateScript {
    /// DER or PEM.
    pub(crate) file: PathBuf,
    /// `CKA_ID` in hexadecimal; empty if absent.
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) label: String,
}

/// Which certificate stands beside a key, under its `CKA_ID`.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum CertificateChoice {
    None,
    /// A file, DER or PEM.
    Other(PathBuf),
    /// The one from the key file.
    Own,
}

impl TryFrom<String> for CertificateChoice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "none" => Ok(Self::None),
            "own" => Ok(Self::Own),
            _ => match text.strip_prefix("other:") {
                Some(path) if !path.is_empty() => Ok(Self::Other(path.into())),
                _ => Err("certificate is \"own\", \"none\" or \"other:\" and a path".to_owned()),
            },
        }
    }
}

/// Byte order of GOST signature values.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Layout {
    /// `s ‖ r`, each big-endian: the national form read backwards.
    GostBe,
    /// `r ‖ s`, each little-endian: what stands in documents of the national PKI.
    #[default]
    Nca,
    /// `r ‖ s`, each big-endian.
    RSBe,
    /// `s ‖ r`, each little-endian.
    SRLe,
}

/// How a token reads a digest handed to it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DigestOrder {
    /// As the hash function gave it.
    #[default]
    AsIs,
    /// Backwards.
    Reversed,
}

fn default_label() -> String {
    "Bench token".to_owned()
}

fn default_manufacturer() -> String {
    "Tamga".to_owned()
}

fn default_model() -> String {
    "Bench".to_owned()
}

fn default_attempts() -> u32 {
    3
}

fn default_pin_length() -> [usize; 2] {
    [4, 16]
}

/// Why a script is refused; printed to standard error.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScriptError {
    #[error("{VARIABLE} is not set to an absolute path")]
    NoPath,
    #[error("{path}: {kind}")]
    Unreadable {
        path: String,
        kind: std::io::ErrorKind,
    },
    /// Position in bytes; the text itself may hold a PIN and is not repeated.
    #[error("at byte {position}: {reason}")]
    Syntax { position: usize, reason: String },
    #[error("{field} {value:?} is longer than {limit} bytes")]
    TooLong {
        field: &'static str,
        value: String,
        limit: usize,
    },
    #[error("serial {0:?} stands there twice, or is empty")]
    Serial(String),
    #[error("token {serial:?}: attempts must be at least 1, pin within pin_length")]
    Pin { serial: String },
    #[error("token {serial:?}, key {id:?}: {reason}")]
    Key {
        serial: String,
        id: String,
        reason: String,
    },
    #[error("token {serial:?}, certificate {file:?}: {reason}")]
    Certificate {
        serial: String,
        file: PathBuf,
        reason: String,
    },
    #[error("C_GetFunctionList is called before the script is read, and follows no orders")]
    Early,
    #[error("{function} cannot lie about {about}")]
    Garbage {
        function: &'static str,
        about: &'static str,
    },
}

/// Where the script is, as the environment says.
pub(crate) fn path_from_environment() -> Option<PathBuf> {
    std::env::var_os(VARIABLE)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

impl Script {
    /// Reads a script; paths in it become absolute, relative to its folder.
    pub(crate) fn read(path: &Path) -> Result<Self, ScriptError> {
        let text = std::fs::read_to_string(path).map_err(|error| ScriptError::Unreadable {
            path: path.display().to_string(),
            kind: error.kind(),
        })?;
        let mut script = Self::parse(&text)?;
        let folder = path.parent().unwrap_or(path);
        for token in script
            .slot
            .iter_mut()
            .filter_map(|slot| slot.token.as_mut())
        {
            for key in &mut token.key {
                let other = match &mut key.certificate {
                    Some(CertificateChoice::Other(path)) => Some(path),
                    _ => None,
                };
                for path in [key.file.as_mut(), key.pkcs8.as_mut(), other]
                    .into_iter()
                    .flatten()
                {
                    *path = folder.join(&*path);
                }
            }
            for certificate in &mut token.certificate {
                certificate.file = folder.join(&certificate.file);
            }
        }
        Ok(script)
    }

    fn parse(text: &str) -> Result<Self, ScriptError> {
        let script: Self = toml::from_str(text).map_err(|error| ScriptError::Syntax {
            position: error.span().map_or(0, |span| span.start),
            reason: error.message().to_owned(),
        })?;
        script.check()?;
        Ok(script)
    }

    /// What types cannot say.
    fn check(&self) -> Result<(), ScriptError> {
        self.behaviour.check()?;
        let mut serials = HashSet::new();
        for slot in &self.slot {
            slot.behaviour.check()?;
            fits("reader", &slot.reader, 64)?;
            let Some(token) = &slot.token else { continue };
            // Lengths of the fields of CK_TOKEN_INFO (PKCS#11 v2.40 section 3.2).
            fits("label", &token.label, 32)?;
            fits("manufacturer", &token.manufacturer, 32)?;
            fits("model", &token.model, 16)?;
            fits("serial", &token.serial, 16)?;
            if token.serial.trim().is_empty() || !serials.insert(&token.serial) {
                return Err(ScriptError::Serial(token.serial.clone()));
            }
            let [shortest, longest] = token.pin_length;
            if token.attempts == 0 || !(shortest..=longest).contains(&token.pin.len()) {
                return Err(ScriptError::Pin {
                    serial: token.serial.clone(),
                });
            }
        }
        Ok(())
    }
}

fn fits(field: &'static str, value: &str, limit: usize) -> Result<(), ScriptError> {
    if value.len() <= limit {
        return Ok(());
    }
    Err(ScriptError::TooLong {
        field,
        value: value.to_owned(),
        limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(), ScriptError>) {
        assert_eq!(Script::parse(text).map(drop), expected);
    }

    /// A token with these further lines.
    fn token(lines: &str) -> String {
        format!("[[slot]]\nreader = 'r'\n[slot.token]\nserial = '1'\npin = '1234'\n{lines}")
    }

    #[test]
    fn nothing_at_all_is_a_library_without_readers() {
        check("", Ok(()));
        check(&token(""), Ok(()));
    }

    #[test]
    fn unknown_fields_are_refused_with_their_position_and_without_the_text_around() {
        let text = token("pinpad = true");
        let Err(ScriptError::Syntax { position, reason }) = Script::parse(&text).map(drop) else {
            panic!("accepted");
        };
        assert_eq!(&text[position..position + 6], "pinpad");
        assert!(reason.starts_with("unknown field `pinpad`"), "{reason}");
    }

    #[test]
    fn unknown_functions_return_values_and_certificates_are_refused() {
        for (lines, reason) in [
            (
                "[slot.behaviour]\ncrash = ['C_Sing']",
                "unknown variant `C_Sing`",
            ),
            (
                "[slot.behaviour]\nerror = { C_Sign = 'CKR_NO' }",
                "CKR_NO is no return value",
            ),
            (
                "[[slot.token.key]]\nid = '01'\ncertificate = 'other:'",
                "certificate is \"own\"",
            ),
        ] {
            match Script::parse(&token(lines)).map(drop) {
                Err(ScriptError::Syntax { reason: found, .. }) => {
                    assert!(found.starts_with(reason), "{found}");
                }
                other => panic!("{lines}: {other:?}"),
            }
        }
    }

    #[test]
    fn names_that_do_not_fit_their_fields_are_refused() {
        check(
            &token("model = 'seventeen letters'"),
            Err(ScriptError::TooLong {
                field: "model",
                value: "seventeen letters".to_owned(),
                limit: 16,
            }),
        );
    }

    #[test]
    fn two_tokens_never_have_one_serial() {
        check(
            &format!("{}{}", token(""), token("")),
            Err(ScriptError::Serial("1".to_owned())),
        );
    }

    #[test]
    fn a_pin_no_one_could_type_is_refused() {
        for lines in ["attempts = 0", "pin_length = [6, 8]"] {
            check(
                &token(lines),
                Err(ScriptError::Pin {
                    serial: "1".to_owned(),
                }),
            );
        }
    }

    #[test]
    fn what_is_called_before_the_script_is_read_gets_no_orders() {
        for order in [
            "crash = ['C_GetFunctionList']",
            "hang = ['C_GetFunctionList']",
            "delay = { C_GetFunctionList = 1 }",
            "remove = { call = 'C_GetFunctionList' }",
            "error = { C_GetFunctionList = 'CKR_CANCEL' }",
            "garbage = { C_GetFunctionList = 'code' }",
        ] {
            check(&format!("[behaviour]\n{order}"), Err(ScriptError::Early));
        }
    }

    #[test]
    fn a_function_lies_only_about_what_it_tells() {
        check(
            &token("[slot.behaviour]\ngarbage = { C_Login = 'length' }"),
            Err(ScriptError::Garbage {
                function: "C_Login",
                about: "lengths",
            }),
        );
        check(
            &token("[slot.behaviour]\ngarbage = { C_Login = 'code' }"),
            Ok(()),
        );
    }
}
