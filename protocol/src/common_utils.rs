//! The family `kz.gov.pki.knca.commonUtils`: positional arguments, `code` and `message`.
//!
//! The dispatcher of the original finds a method by its name *and* the number of arguments and then checks their
//! Java types; its own errors carry no `uuid`. Errors a method reports itself do.

use crate::{
    Envelope, Json, Outcome, Reply, Storage, StorageError, Value,
    base64::{self, Base64Error},
};

/// Name of the module.
pub const MODULE: &str = "kz.gov.pki.knca.commonUtils";

/// A call with complete arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// `changeLocale`
    ChangeLocale(ChangeLocale),
    /// `createCAdESFromBase64`
    CreateCadesFromBase64(CreateCadesFromBase64),
    /// `getActiveTokens`
    GetActiveTokens,
    /// `getKeyInfo`
    GetKeyInfo(GetKeyInfo),
    /// `signXml`
    SignXml(SignXml),
    /// `signXmls`
    SignXmls(SignXmls),
}

/// `changeLocale(language)`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeLocale {
    /// `None`: not one of ours, so nothing changes and the page is told all is well.
    pub language: Option<Locale>,
}

/// `createCAdESFromBase64(storage, keyType, base64, attached)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateCadesFromBase64 {
    /// Where the key is.
    pub storage: Storage,
    /// Which keys may serve; `None` is both.
    pub purpose: Option<Purpose>,
    /// What is signed.
    pub content: Vec<u8>,
    /// The content goes into the CMS.
    pub attached: bool,
}

/// `getKeyInfo(storage)`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetKeyInfo {
    /// Where the key is.
    pub storage: Storage,
}

/// `signXml(storage, keyType, xml, tbsElementXPath, signatureParentElementXPath)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignXml {
    /// Where the key is.
    pub storage: Storage,
    /// Which keys may serve; `None` is both.
    pub purpose: Option<Purpose>,
    /// The document as text.
    pub document: String,
    /// What is signed and where the signature goes.
    pub placement: Placement,
}

/// `signXmls(storage, keyType, [xml…], tbsElementXPath, signatureParentElementXPath)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignXmls {
    /// Where the key is.
    pub storage: Storage,
    /// Which keys may serve; `None` is both.
    pub purpose: Option<Purpose>,
    /// The documents, at least one.
    pub documents: Vec<String>,
    /// What is signed and where the signature goes, in each.
    pub placement: Placement,
}

/// `keyType`, exact case; every other text means no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// `AUTHENTICATION`
    Authentication,
    /// `SIGNATURE`
    Signing,
}

/// Languages a page may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// `en`
    En,
    /// `kk`
    Kk,
    /// `ru`
    Ru,
}

impl Locale {
    /// `kk`, `ru` or `en`, exactly.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "en" => Some(Self::En),
            "kk" => Some(Self::Kk),
            "ru" => Some(Self::Ru),
            _ => None,
        }
    }
}

/// Where a signature goes in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// Both paths empty: the whole document is signed, the signature is the last child of the root.
    Root,
    /// An element is signed by its `Id`.
    ByPath {
        /// `tbsElementXPath`
        element: String,
        /// `signatureParentElementXPath`
        parent: String,
    },
}

/// Why a call was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// An argument has another type than the method's.
    ArgumentType {
        /// The method.
        method: String,
    },
    /// The method itself refuses the value of an argument.
    Method(MethodError),
    /// `method` is absent or not a string.
    NoMethod,
    /// No method of this name with this number of arguments.
    NoSuchMethod {
        /// The method.
        method: String,
    },
}

/// What a method refuses before any window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MethodError {
    /// The content is not base64.
    #[error(transparent)]
    Base64(#[from] Base64Error),
    /// An empty list of documents.
    #[error("nothing to sign")]
    NoDocuments,
    /// The storage argument names nothing.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Java types of arguments.
#[derive(Clone, Copy)]
enum Kind {
    Bool,
    Text,
    Texts,
}

/// Every method of the original, so that each gets its own error; the built ones are in [`Call::read`].
const METHODS: &[(&str, &[Kind])] = &[
    ("applyCAdEST", &[Kind::Text, Kind::Text, Kind::Text]),
    ("changeLocale", &[Kind::Text]),
    (
        "createCAdESFromBase64",
        &[Kind::Text, Kind::Text, Kind::Text, Kind::Bool],
    ),
    (
        "createCAdESFromBase64Hash",
        &[Kind::Text, Kind::Text, Kind::Text],
    ),
    (
        "createCAdESFromFile",
        &[Kind::Text, Kind::Text, Kind::Text, Kind::Bool],
    ),
    (
        "createCMSSignatureFromBase64",
        &[Kind::Text, Kind::Text, Kind::Text, Kind::Bool],
    ),
    (
        "createCMSSignatureFromFile",
        &[Kind::Text, Kind::Text, Kind::Text, Kind::Bool],
    ),
    ("getActiveTokens", &[]),
    ("getKeyInfo", &[Kind::Text]),
    ("showFileChooser", &[Kind::Text, Kind::Text]),
    (
        "signXml",
        &[Kind::Text, Kind::Text, Kind::Text, Kind::Text, Kind::Text],
    ),
    (
        "signXmls",
        &[Kind::Text, Kind::Text, Kind::Texts, Kind::Text, Kind::Text],
    ),
];

impl Call {
    /// Reads the call of an envelope.
    pub fn read(envelope: &Envelope) -> Result<Self, CallError> {
        let method = envelope.method().ok_or(CallError::NoMethod)?;
        // `args` given as anything but an array counts as no arguments.
        let args = match envelope.field("args") {
            Some(Json::List(list)) => list.as_slice(),
            _ => &[],
        };
        let no_such_method = || CallError::NoSuchMethod {
            method: method.to_owned(),
        };
        let (_, kinds) = METHODS
            .iter()
            .find(|(name, kinds)| *name == method && kinds.len() == args.len())
            .ok_or_else(no_such_method)?;
        if !args.iter().zip(*kinds).all(|(arg, kind)| kind.fits(arg)) {
            return Err(CallError::ArgumentType {
                method: method.to_owned(),
            });
        }
        match (method, args) {
            ("changeLocale", [Json::Text(language)]) => {
                let language = if language.is_empty() {
                    Some(Locale::Ru)
                } else {
                    Locale::from_name(language)
                };
                Ok(Self::ChangeLocale(ChangeLocale { language }))
            }
            (
                "createCAdESFromBase64",
                [
                    Json::Text(storage),
                    Json::Text(purpose),
                    Json::Text(base64),
                    Json::Bool(attached),
                ],
            ) => Ok(Self::CreateCadesFromBase64(CreateCadesFromBase64 {
                storage: storage_named(storage)?,
                purpose: Purpose::from_key_type(purpose),
                content: base64::decode(base64).map_err(MethodError::from)?,
                attached: *attached,
            })),
            ("getActiveTokens", []) => Ok(Self::GetActiveTokens),
            ("getKeyInfo", [Json::Text(storage)]) => Ok(Self::GetKeyInfo(GetKeyInfo {
                storage: storage_named(storage)?,
            })),
            (
                "signXml",
                [
                    Json::Text(storage),
                    Json::Text(purpose),
                    Json::Text(document),
                    Json::Text(element),
                    Json::Text(parent),
                ],
            ) => Ok(Self::SignXml(SignXml {
                storage: storage_named(storage)?,
                purpose: Purpose::from_key_type(purpose),
                document: document.clone(),
                placement: Placement::from_paths(element, parent),
            })),
            (
                "signXmls",
                [
                    Json::Text(storage),
                    Json::Text(purpose),
                    Json::List(documents),
                    Json::Text(element),
                    Json::Text(parent),
                ],
            ) => {
                let storage = storage_named(storage)?;
                if documents.is_empty() {
                    return Err(CallError::Method(MethodError::NoDocuments));
                }
                Ok(Self::SignXmls(SignXmls {
                    storage,
                    purpose: Purpose::from_key_type(purpose),
                    documents: documents
                        .iter()
                        .filter_map(Json::as_text)
                        .map(str::to_owned)
                        .collect(),
                    placement: Placement::from_paths(element, parent),
                }))
            }
            // Known to the original, not built here yet (docs/protocol/coverage.md).
            _ => Err(no_such_method()),
        }
    }
}

impl Kind {
    fn fits(self, arg: &Json) -> bool {
        match (self, arg) {
            (Self::Bool, Json::Bool(_)) | (Self::Text, Json::Text(_)) => true,
            (Self::Texts, Json::List(list)) => list.iter().all(|item| item.as_text().is_some()),
            _ => false,
        }
    }
}

impl Purpose {
    fn from_key_type(text: &str) -> Option<Self> {
        match text {
            "AUTHENTICATION" => Some(Self::Authentication),
            "SIGNATURE" => Some(Self::Signing),
            _ => None,
        }
    }
}

impl Placement {
    fn from_paths(element: &str, parent: &str) -> Self {
        if element.is_empty() && parent.is_empty() {
            return Self::Root;
        }
        Self::ByPath {
            element: element.to_owned(),
            parent: parent.to_owned(),
        }
    }
}

fn storage_named(name: &str) -> Result<Storage, CallError> {
    Storage::from_name(name).map_err(|error| CallError::Method(error.into()))
}

impl From<MethodError> for CallError {
    fn from(error: MethodError) -> Self {
        Self::Method(error)
    }
}

impl CallError {
    /// The reply; `uuid` is echoed only where the method itself speaks.
    pub fn reply(&self, uuid: Option<String>) -> Reply {
        match self {
            Self::ArgumentType { method } => failed(
                Some(format!(
                    "java.lang.IllegalArgumentException: argument type mismatch. Method: {method}"
                )),
                None,
            ),
            // Written to the page in the words it knows; an empty list has none.
            Self::Method(MethodError::NoDocuments) => failed(None, uuid),
            Self::Method(MethodError::Base64(error)) => failed(Some(error.to_string()), uuid),
            Self::Method(MethodError::Storage(error)) => failed(Some(error.to_string()), uuid),
            Self::NoMethod => failed(Some("JSONObject[\"method\"] not found.".into()), None),
            Self::NoSuchMethod { method } => {
                failed(Some(format!("NoSuchMethodException {method}")), None)
            }
        }
    }
}

/// `{"responseObject":…,"code":"200"}`; without a value only the code.
pub fn done(value: Option<Value>, uuid: Option<String>) -> Reply {
    reply(Outcome::Done, value, "200", None, uuid)
}

/// `{"code":"500","message":"action.canceled"}`
pub fn cancelled(uuid: Option<String>) -> Reply {
    reply(
        Outcome::Cancelled,
        None,
        "500",
        Some("action.canceled".into()),
        uuid,
    )
}

/// `{"code":"500","message":"…"}`; without a text only the code.
pub fn failed(message: Option<String>, uuid: Option<String>) -> Reply {
    reply(Outcome::Failed, None, "500", message, uuid)
}

fn reply(
    outcome: Outcome,
    value: Option<Value>,
    code: &str,
    message: Option<String>,
    uuid: Option<String>,
) -> Reply {
    let fields = [
        ("responseObject", value),
        ("code", Some(Value::text(code))),
        ("message", message.map(Value::Text)),
        ("uuid", uuid.map(Value::Text)),
    ];
    Reply::new(outcome, &Value::fields(fields))
}

/// What `getKeyInfo` tells about a certificate; hexadecimal in lower case, absent extensions left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Start of validity, milliseconds since 1970.
    pub not_before_millis: i64,
    /// Common name of the issuer.
    pub issuer_cn: Option<String>,
    /// keyIdentifier of authorityKeyIdentifier.
    pub authority_key_identifier: Option<String>,
    /// Serial number.
    pub serial_number: String,
    /// End of validity, milliseconds since 1970.
    pub not_after_millis: i64,
    /// Name of the issuer.
    pub issuer_dn: String,
    /// subjectKeyIdentifier; sent as `keyId` and, like the original, as `alias`.
    pub key_id: Option<String>,
    /// The certificate, PEM.
    pub pem: String,
    /// Common name of the holder.
    pub subject_cn: Option<String>,
    /// Name of the key algorithm in Java.
    pub algorithm: Option<String>,
    /// Name of the holder.
    pub subject_dn: String,
}

impl KeyInfo {
    /// The object pages know.
    pub fn into_value(self) -> Value {
        Value::fields([
            (
                "certNotBefore",
                Some(Value::text(self.not_before_millis.to_string())),
            ),
            ("issuerCn", self.issuer_cn.map(Value::Text)),
            (
                "authorityKeyIdentifier",
                self.authority_key_identifier.map(Value::Text),
            ),
            ("serialNumber", Some(Value::Text(self.serial_number))),
            (
                "certNotAfter",
                Some(Value::text(self.not_after_millis.to_string())),
            ),
            ("issuerDn", Some(Value::Text(self.issuer_dn))),
            ("keyId", self.key_id.clone().map(Value::Text)),
            ("alias", self.key_id.map(Value::Text)),
            ("pem", Some(Value::Text(self.pem))),
            ("subjectCn", self.subject_cn.map(Value::Text)),
            ("algorithm", self.algorithm.map(Value::Text)),
            ("subjectDn", Some(Value::Text(self.subject_dn))),
        ])
    }
}
