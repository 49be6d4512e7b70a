//! `kz.gov.pki.knca.commonUtils`

use std::sync::Arc;

use tamga_agent_core::{
    Answer, BoxFuture, CmsContent, Desk, ExistingCms, Form, JobError, KeyFilter, LineEnd,
    ReadCertificateJob, SignJob, SignedDocument, Stores, ToBeSigned,
};
use tamga_protocol::{
    Envelope, Reply, Storage, Value, base64,
    common_utils::{
        self, Call, CreateCadesFromBase64, GetKeyInfo, KeyInfo, Placement, Purpose, SignXml,
        SignXmls,
    },
};
use tamga_x509::{Certificate, KeyPurpose};

use crate::{Caller, Module, wire_error};

/// Positional arguments, `code` and `message`.
pub(crate) struct CommonUtils {
    desk: Arc<Desk>,
    line_end: LineEnd,
}

/// How a method ended: a value, a cancel, or a message.
type Ended = Result<Answer<Value>, Option<String>>;

impl CommonUtils {
    /// Asks this desk; lines end as on the platform.
    pub(crate) fn new(desk: Arc<Desk>, line_end: LineEnd) -> Self {
        Self { desk, line_end }
    }

    async fn answer(&self, request: &Envelope, caller: &Caller) -> Reply {
        let uuid = request.uuid();
        let ended = match Call::read(request) {
            Err(error) => return error.reply(uuid),
            Ok(Call::ChangeLocale(call)) => {
                if let Some(locale) = call.language {
                    caller.set_language(super::language(locale));
                }
                return common_utils::done(None, uuid);
            }
            // Key files are not listed by the original either.
            Ok(Call::GetActiveTokens) => self
                .desk
                .token_storages()
                .await
                .map(|names| Answer::Given(Value::texts(names)))
                .map_err(message),
            Ok(Call::GetKeyInfo(call)) => self.key_info(call, caller).await,
            Ok(Call::CreateCadesFromBase64(call)) => self.cades(call, caller).await,
            Ok(Call::SignXml(call)) => self.xml(call, caller).await,
            Ok(Call::SignXmls(call)) => self.xmls(call, caller).await,
        };
        match ended {
            Ok(Answer::Given(value)) => common_utils::done(Some(value), uuid),
            Ok(Answer::Cancelled) => common_utils::cancelled(uuid),
            Err(message) => common_utils::failed(message, uuid),
        }
    }

    async fn key_info(&self, call: GetKeyInfo, caller: &Caller) -> Ended {
        let job = ReadCertificateJob {
            stores: self.stores(call.storage).await?,
            origin: caller.origin.clone(),
            language: caller.language(),
            filter: filter(None),
        };
        match self.desk.read_certificate(job).await.map_err(message)? {
            Answer::Given(certificate) => Ok(Answer::Given(
                key_info(&certificate, self.line_end).into_value(),
            )),
            Answer::Cancelled => Ok(Answer::Cancelled),
        }
    }

    async fn cades(&self, call: CreateCadesFromBase64, caller: &Caller) -> Ended {
        let stores = self.stores(call.storage).await?;
        let content = if call.attached {
            CmsContent::Attached(call.content)
        } else {
            CmsContent::Detached(call.content)
        };
        let document = ToBeSigned::Cms {
            content,
            existing: ExistingCms::Refuse,
        };
        self.sign(vec![document], stores, call.purpose, caller, first)
            .await
    }

    async fn xml(&self, call: SignXml, caller: &Caller) -> Ended {
        let stores = self.stores(call.storage).await?;
        placed_in_root(&call.placement)?;
        let document = self.document(call.document);
        self.sign(vec![document], stores, call.purpose, caller, first)
            .await
    }

    async fn xmls(&self, call: SignXmls, caller: &Caller) -> Ended {
        let stores = self.stores(call.storage).await?;
        placed_in_root(&call.placement)?;
        let documents = call
            .documents
            .into_iter()
            .map(|text| self.document(text))
            .collect();
        self.sign(documents, stores, call.purpose, caller, Value::texts)
            .await
    }

    /// The keystores a storage argument stands for. Either kind of key file may be chosen for the other: a person does
    /// not know their names.
    async fn stores(&self, storage: Storage) -> Result<Stores, Option<String>> {
        let empty = || Some(wire_error::STORAGE_EMPTY.to_owned());
        let tokens = match storage {
            Storage::Jks | Storage::Pkcs12 => Vec::new(),
            token => {
                let present = self.desk.token_storages().await.map_err(message)?;
                if !present.iter().any(|name| name == token.name()) {
                    return Err(empty());
                }
                vec![token.name().to_owned()]
            }
        };
        Stores::only(tokens.is_empty(), tokens).ok_or_else(empty)
    }

    fn document(&self, text: String) -> ToBeSigned {
        ToBeSigned::Xml {
            text,
            form: Form::Lines(self.line_end),
        }
    }

    async fn sign(
        &self,
        documents: Vec<ToBeSigned>,
        stores: Stores,
        purpose: Option<Purpose>,
        caller: &Caller,
        value: impl FnOnce(Vec<String>) -> Value,
    ) -> Ended {
        let job = SignJob {
            origin: caller.origin.clone(),
            language: caller.language(),
            documents,
            stores,
            filter: filter(purpose),
        };
        match self.desk.sign(job).await.map_err(message)? {
            Answer::Given(signed) => Ok(Answer::Given(value(
                signed.documents.into_iter().map(text).collect(),
            ))),
            Answer::Cancelled => Ok(Answer::Cancelled),
        }
    }
}

impl Module for CommonUtils {
    fn name(&self) -> &'static str {
        common_utils::MODULE
    }

    fn handle<'a>(&'a self, request: &'a Envelope, caller: &'a Caller) -> BoxFuture<'a, Reply> {
        Box::pin(self.answer(request, caller))
    }
}

/// Expired certificates only carry a warning in this family, as in the original.
fn filter(purpose: Option<Purpose>) -> KeyFilter {
    let purpose = purpose.map(|purpose| match purpose {
        Purpose::Authentication => KeyPurpose::Authentication,
        Purpose::Signing => KeyPurpose::Signing,
    });
    KeyFilter {
        purpose,
        allow_expired: true,
        ..KeyFilter::default()
    }
}

fn placed_in_root(placement: &Placement) -> Result<(), Option<String>> {
    match placement {
        Placement::Root => Ok(()),
        Placement::ByPath { .. } => Err(Some(wire_error::PLACEMENT_NOT_BUILT.to_owned())),
    }
}

fn message(error: JobError) -> Option<String> {
    wire_error::common_utils(&error)
}

/// Bare base64 on one line, or the document.
fn text(document: SignedDocument) -> String {
    match document {
        SignedDocument::Cms(der) => base64::encode(&der),
        SignedDocument::Xml(text) => text,
    }
}

/// The only text of a job with one document.
fn first(texts: Vec<String>) -> Value {
    Value::Text(texts.into_iter().next().unwrap_or_default())
}

fn key_info(certificate: &Certificate, line_end: LineEnd) -> KeyInfo {
    let validity = certificate.validity();
    KeyInfo {
        not_before_millis: validity.not_before.0.saturating_mul(1000),
        issuer_cn: certificate.issuer().common_name().map(str::to_owned),
        authority_key_identifier: certificate.authority_key_identifier().map(hex::encode),
        serial_number: certificate.serial_hex(),
        not_after_millis: validity.not_after.0.saturating_mul(1000),
        issuer_dn: certificate.issuer().to_wire_text(),
        key_id: certificate.subject_key_identifier().map(hex::encode),
        pem: certificate.to_pem(match line_end {
            LineEnd::Lf => "\n",
            LineEnd::CrLf => "\r\n",
        }),
        subject_cn: certificate.subject().common_name().map(str::to_owned),
        algorithm: certificate
            .key_scheme()
            .map(|scheme| scheme.jca_name().to_owned()),
        subject_dn: certificate.subject().to_wire_text(),
    }
}
