//! The family `kz.gov.pki.knca.basics`: named arguments, `status`, `body` or `code`.

use crate::{
    Envelope, Json, Object, Outcome, Reply, Value,
    base64::{self, Base64Error},
    common_utils::Locale,
};

/// Name of the module.
pub const MODULE: &str = "kz.gov.pki.knca.basics";

/// The simple class name in "is not defined in …"; the original's is not known.
const CLASS: &str = "Basics";

/// A call with complete arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// `generateCsr`: its arguments are not known.
    GenerateCsr,
    /// `importCertificate`: its arguments are not known.
    ImportCertificate,
    /// `sign`
    Sign(Box<Sign>),
}

/// `sign({…})`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign {
    /// Names of the storages offered; `None` is all of them.
    pub storages: Option<Vec<String>>,
    /// What is signed.
    pub documents: Documents,
    /// `tsaProfile` is an object: a time stamp is wanted.
    pub time_stamp: bool,
    /// Expired certificates may be chosen.
    pub allow_expired: bool,
    /// Revoked certificates may be chosen.
    pub allow_revoked: bool,
    /// The certificate is wanted beside the signatures.
    pub output_certificate: bool,
    /// Which certificates may be chosen.
    pub signer: SignerFilter,
    /// Language of the window.
    pub locale: Locale,
}

/// What is signed; at least one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Documents {
    /// `cms`: one CMS for each content.
    Cms {
        /// Contents or digests.
        contents: Vec<Vec<u8>>,
        /// What the contents are and where they go.
        form: CmsForm,
    },
    /// `raw`: a bare signature for each content.
    Raw(Vec<Vec<u8>>),
    /// `xml`: one enveloped signature in each text.
    Xml(Vec<String>),
}

/// `encapsulate` and `digested`, without the state that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CmsForm {
    /// The content goes into the CMS.
    Attached,
    /// The content stays outside.
    Detached,
    /// The page sent a digest; it cannot go into the CMS.
    Digest,
}

/// `signerParams`; empty texts filter nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignerFilter {
    /// Every one of these must be in the certificate's extended key usage; object identifiers as text.
    pub extended_key_usage: Vec<String>,
    /// IIN.
    pub iin: Option<String>,
    /// BIN.
    pub bin: Option<String>,
    /// Serial number, hexadecimal.
    pub serial_number: Option<String>,
    /// To which authorities a path must lead.
    pub chain: Chain,
}

/// `chain`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Chain {
    /// Absent or null: the authorities of the NCA.
    #[default]
    National,
    /// `[]`: no path is needed.
    Any,
    /// These, in PEM.
    Given(Vec<String>),
}

/// Why a call was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// `apiVersion` is not 2.
    ApiVersion,
    /// `args` is absent or not an object.
    NoArguments {
        /// The method.
        method: String,
    },
    /// `method` is absent or not a string.
    NoMethod,
    /// An argument that must be an object is absent.
    NotFound(&'static str),
    /// An argument that must be an object is something else.
    NotAnObject(&'static str),
    /// Arguments of `sign` that make no sense.
    Params(ParamError),
    /// The class is not ours.
    UnknownClass {
        /// `class` of the envelope.
        class: String,
    },
    /// No such method.
    UnknownMethod {
        /// The method.
        method: String,
    },
}

/// What is wrong with the arguments of `sign`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamError {
    /// An item of `data` that shall be decoded is not base64.
    #[error("data[{index}]: {source}")]
    Base64 {
        /// Position in `data`.
        index: usize,
        /// What is wrong with it.
        source: Base64Error,
    },
    /// A digest was announced for XML.
    #[error("digested cannot be used with format xml")]
    DigestedXml,
    /// `format` is absent or unknown.
    #[error("format must be cms, xml or raw")]
    Format,
    /// A list holds something that is not a string.
    #[error("{field}[{index}] is not a string")]
    Item {
        /// Name of the argument.
        field: &'static str,
        /// Position in it.
        index: usize,
    },
    /// Nothing to sign.
    #[error("data is empty")]
    NoData,
    /// An argument of another type.
    #[error("{field} is not {expected}")]
    Type {
        /// Name of the argument.
        field: &'static str,
        /// "a string", "an array of strings".
        expected: &'static str,
    },
    /// A decoded XML document is not UTF-8.
    #[error("data[{index}] is not UTF-8")]
    Utf8 {
        /// Position in `data`.
        index: usize,
    },
}

impl Call {
    /// Reads the call of an envelope.
    pub fn read(envelope: &Envelope) -> Result<Self, CallError> {
        // For org.json's `opt…` methods null is as good as absent.
        let given = |name| envelope.field(name).filter(|value| **value != Json::Null);
        let version = given("apiVersion").map(Json::opt_text);
        if !matches!(
            version.as_ref().map(Option::as_deref),
            None | Some(Some("2"))
        ) {
            return Err(CallError::ApiVersion);
        }
        match given("class").map(Json::opt_text) {
            None => {}
            Some(class) if class.as_deref() == Some(CLASS) => {}
            Some(class) => {
                return Err(CallError::UnknownClass {
                    class: class.unwrap_or_default(),
                });
            }
        }
        let method = envelope.method().ok_or(CallError::NoMethod)?;
        let read = match method {
            "generateCsr" => |_: &Object| Ok(Self::GenerateCsr),
            "importCertificate" => |_: &Object| Ok(Self::ImportCertificate),
            "sign" => |args: &Object| Ok(Self::Sign(Box::new(Sign::read(args)?))),
            _ => {
                return Err(CallError::UnknownMethod {
                    method: method.to_owned(),
                });
            }
        };
        match envelope.field("args") {
            Some(Json::Object(args)) => read(args),
            _ => Err(CallError::NoArguments {
                method: method.to_owned(),
            }),
        }
    }
}

impl Sign {
    fn read(args: &Object) -> Result<Self, CallError> {
        let signing = object(args, "signingParams")?;
        let signer = object(args, "signerParams")?;
        let flag = |name: &str, default: bool| {
            signing
                .get(name)
                .and_then(Json::opt_bool)
                .unwrap_or(default)
        };
        let options = DocumentOptions {
            decode: flag("decode", false),
            encapsulate: flag("encapsulate", true),
            digested: flag("digested", false),
        };
        Ok(Self {
            storages: texts(args, "allowedStorages")?,
            documents: Documents::read(args, options)?,
            time_stamp: matches!(signing.get("tsaProfile"), Some(Json::Object(_))),
            allow_expired: flag("allowExpired", false),
            allow_revoked: flag("allowRevoked", false),
            output_certificate: flag("outputCert", false),
            signer: SignerFilter::read(signer)?,
            locale: locale(args.get("locale")),
        })
    }
}

#[derive(Clone, Copy)]
struct DocumentOptions {
    decode: bool,
    encapsulate: bool,
    digested: bool,
}

impl Documents {
    fn read(args: &Object, options: DocumentOptions) -> Result<Self, ParamError> {
        let format = args
            .get("format")
            .and_then(Json::as_text)
            .ok_or(ParamError::Format)?;
        let items = data(args.get("data"))?;
        match format {
            "cms" => Ok(Self::Cms {
                contents: contents(&items, options.decode)?,
                form: match (options.digested, options.encapsulate) {
                    (true, _) => CmsForm::Digest,
                    (false, true) => CmsForm::Attached,
                    (false, false) => CmsForm::Detached,
                },
            }),
            "raw" => Ok(Self::Raw(contents(&items, options.decode)?)),
            "xml" if options.digested => Err(ParamError::DigestedXml),
            "xml" if options.decode => {
                let decoded = contents(&items, true)?.into_iter().enumerate();
                let texts = decoded.map(|(index, bytes)| {
                    String::from_utf8(bytes).map_err(|_| ParamError::Utf8 { index })
                });
                Ok(Self::Xml(texts.collect::<Result<_, _>>()?))
            }
            "xml" => Ok(Self::Xml(items.into_iter().map(str::to_owned).collect())),
            _ => Err(ParamError::Format),
        }
    }
}

impl SignerFilter {
    fn read(signer: &Object) -> Result<Self, ParamError> {
        let filter = |field: &'static str| match signer.get(field) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match value.opt_text() {
                Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
                None => Err(ParamError::Type {
                    field,
                    expected: "a string",
                }),
            },
        };
        Ok(Self {
            extended_key_usage: texts(signer, "extKeyUsageOids")?.unwrap_or_default(),
            iin: filter("iin")?,
            bin: filter("bin")?,
            serial_number: filter("serialNumber")?,
            chain: match texts(signer, "chain")? {
                None => Chain::National,
                Some(chain) if chain.is_empty() => Chain::Any,
                Some(chain) => Chain::Given(chain),
            },
        })
    }
}

fn object<'a>(args: &'a Object, name: &'static str) -> Result<&'a Object, CallError> {
    match args.get(name) {
        Some(Json::Object(object)) => Ok(object),
        Some(_) => Err(CallError::NotAnObject(name)),
        None => Err(CallError::NotFound(name)),
    }
}

/// An array of strings; absent and null are one thing.
fn texts(args: &Object, field: &'static str) -> Result<Option<Vec<String>>, ParamError> {
    let list = match args.get(field) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::List(list)) => list,
        Some(_) => {
            return Err(ParamError::Type {
                field,
                expected: "an array of strings",
            });
        }
    };
    let texts = list.iter().enumerate().map(|(index, item)| {
        item.as_text()
            .map(str::to_owned)
            .ok_or(ParamError::Item { field, index })
    });
    texts.collect::<Result<_, _>>().map(Some)
}

fn data(value: Option<&Json>) -> Result<Vec<&str>, ParamError> {
    match value {
        Some(Json::Text(text)) => Ok(vec![text]),
        Some(Json::List(list)) if !list.is_empty() => list
            .iter()
            .enumerate()
            .map(|(index, item)| {
                item.as_text().ok_or(ParamError::Item {
                    field: "data",
                    index,
                })
            })
            .collect(),
        None | Some(Json::Null | Json::List(_)) => Err(ParamError::NoData),
        Some(_) => Err(ParamError::Type {
            field: "data",
            expected: "a string or an array of strings",
        }),
    }
}

/// The bytes of each item. White space inside base64 is taken out: which decoder the original uses is not known, and
/// pages wrap lines.
fn contents(items: &[&str], decode: bool) -> Result<Vec<Vec<u8>>, ParamError> {
    if !decode {
        return Ok(items.iter().map(|item| item.as_bytes().to_vec()).collect());
    }
    let decoded = items.iter().enumerate().map(|(index, item)| {
        base64::decode_lines(item).map_err(|source| ParamError::Base64 { index, source })
    });
    decoded.collect()
}

/// `kk` unless the page names another language of ours.
fn locale(value: Option<&Json>) -> Locale {
    value
        .and_then(Json::as_text)
        .and_then(Locale::from_name)
        .unwrap_or(Locale::Kk)
}

impl From<ParamError> for CallError {
    fn from(error: ParamError) -> Self {
        Self::Params(error)
    }
}

/// Codes of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureCode {
    /// `CERTIFICATE_IMPORTING_FAILURE`
    CertificateImportingFailure,
    /// `CSR_GENERATING_FAILURE`
    CsrGeneratingFailure,
    /// `GENERAL_ERROR`: the dispatcher refused.
    GeneralError,
    /// `INVALID_SIGNING_PARAMS`
    InvalidSigningParams,
    /// `INVOCATION_ERROR`: the method threw.
    InvocationError,
    /// `SIGNING_FAILURE`
    SigningFailure,
}

impl FailureCode {
    /// Code and message; the messages of the first, second, fourth and last are ours, the original's are not known.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::CertificateImportingFailure => (
                "CERTIFICATE_IMPORTING_FAILURE",
                "Certificate importing failure.",
            ),
            Self::CsrGeneratingFailure => ("CSR_GENERATING_FAILURE", "CSR generating failure."),
            Self::GeneralError => ("GENERAL_ERROR", "General error."),
            Self::InvalidSigningParams => ("INVALID_SIGNING_PARAMS", "Invalid signing params."),
            Self::InvocationError => ("INVOCATION_ERROR", "An invoked method threw an exception."),
            Self::SigningFailure => ("SIGNING_FAILURE", "Signing failure."),
        }
    }
}

impl CallError {
    /// The reply.
    pub fn reply(&self) -> Reply {
        let illegal = |text: String| {
            let details = format!("java.lang.IllegalArgumentException: {text}");
            failed(FailureCode::GeneralError, Some(details))
        };
        match self {
            Self::ApiVersion => illegal("Supported apiVersion is 2".into()),
            Self::NoArguments { method } => illegal(format!("{method} demands arguments")),
            Self::NoMethod => failed(
                FailureCode::GeneralError,
                Some("org.json.JSONException: JSONObject[\"method\"] not found.".into()),
            ),
            Self::NotFound(name) => failed(
                FailureCode::InvocationError,
                Some(format!(
                    "org.json.JSONException: JSONObject[\"{name}\"] not found."
                )),
            ),
            Self::NotAnObject(name) => failed(
                FailureCode::InvocationError,
                Some(format!(
                    "org.json.JSONException: JSONObject[\"{name}\"] is not a JSONObject."
                )),
            ),
            Self::Params(error) => {
                failed(FailureCode::InvalidSigningParams, Some(error.to_string()))
            }
            Self::UnknownClass { class } => illegal(format!("{class} is not found")),
            Self::UnknownMethod { method } => {
                illegal(format!("{method} is not defined in {CLASS}"))
            }
        }
    }
}

/// `{"body":{"result":[…]},"status":true}`; with the certificate, `result` is an object.
pub fn done(signatures: Vec<String>, certificate_pem: Option<String>) -> Reply {
    let signatures = Value::texts(signatures);
    let result = match certificate_pem {
        None => signatures,
        Some(pem) => Value::Object(vec![
            ("certificate", Value::Text(pem)),
            ("signatures", signatures),
        ]),
    };
    succeeded(Outcome::Done, vec![("result", result)])
}

/// `{"body":{},"status":true}`
pub fn cancelled() -> Reply {
    succeeded(Outcome::Cancelled, vec![])
}

/// `{"code":"…","details":"…","message":"…","status":false}`
pub fn failed(code: FailureCode, details: Option<String>) -> Reply {
    let (code, message) = code.texts();
    let fields = [
        ("code", Some(Value::text(code))),
        ("details", details.map(Value::Text)),
        ("message", Some(Value::text(message))),
        ("status", Some(Value::Bool(false))),
    ];
    Reply::new(Outcome::Failed, &Value::fields(fields))
}

fn succeeded(outcome: Outcome, body: Vec<(&'static str, Value)>) -> Reply {
    let fields = vec![("body", Value::Object(body)), ("status", Value::Bool(true))];
    Reply::new(outcome, &Value::Object(fields))
}
