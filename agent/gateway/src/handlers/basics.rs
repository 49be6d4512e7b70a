//! `kz.gov.pki.knca.basics`

use std::sync::Arc;

use tamga_agent_core::{
    Answer, BoxFuture, CmsContent, Desk, ExistingCms, Form, KeyFilter, SignJob, SignedDocument,
    Stores, ToBeSigned,
};
use tamga_protocol::{
    Envelope, Reply, Storage, base64,
    basics::{self, Call, Chain, CmsForm, Documents, FailureCode, Sign, SignerFilter},
};
use tamga_scheme::ObjectIdentifier;
use tamga_x509::{Anchor, AnchorSet, Certificate};

use crate::{Caller, Module, wire_error};

/// Named arguments, `status`, `body` or `code`.
pub(crate) struct Basics {
    desk: Arc<Desk>,
    authorities: AnchorSet,
}

impl Basics {
    /// Asks this desk; pages that name no authorities trust these.
    pub(crate) fn new(desk: Arc<Desk>, authorities: AnchorSet) -> Self {
        Self { desk, authorities }
    }

    async fn answer(&self, request: &Envelope, caller: &Caller) -> Reply {
        match Call::read(request) {
            Err(error) => error.reply(),
            Ok(Call::GenerateCsr) => basics::failed(FailureCode::CsrGeneratingFailure, None),
            Ok(Call::ImportCertificate) => {
                basics::failed(FailureCode::CertificateImportingFailure, None)
            }
            Ok(Call::Sign(sign)) => match self.job(*sign, caller) {
                Ok((job, output)) => self.sign(job, output).await,
                Err(refused) => refused,
            },
        }
    }

    /// The job, or the refusal of what is not built or makes no sense.
    fn job(&self, sign: Sign, caller: &Caller) -> Result<(SignJob, Output), Reply> {
        let failure =
            |details: &str| basics::failed(FailureCode::SigningFailure, Some(details.to_owned()));
        // Never a signature without the stamp the page asked for.
        if sign.time_stamp {
            return Err(failure(wire_error::TIME_STAMP_NOT_BUILT));
        }
        let stores =
            stores(sign.storages.as_deref()).ok_or_else(|| failure(wire_error::STORAGE_EMPTY))?;
        let documents = match sign.documents {
            Documents::Raw(_) => return Err(failure(wire_error::RAW_NOT_BUILT)),
            Documents::Cms { contents, form } => contents
                .into_iter()
                .map(|content| cms(content, form))
                .collect(),
            Documents::Xml(texts) => texts
                .into_iter()
                .map(|text| ToBeSigned::Xml {
                    text,
                    form: Form::Compact,
                })
                .collect(),
        };
        let output = if sign.output_certificate {
            Output::SignaturesAndCertificate
        } else {
            Output::Signatures
        };
        let job = SignJob {
            origin: caller.origin.clone(),
            language: super::language(sign.locale),
            documents,
            stores,
            filter: self.filter(sign.signer, sign.allow_expired)?,
        };
        Ok((job, output))
    }

    fn filter(&self, signer: SignerFilter, allow_expired: bool) -> Result<KeyFilter, Reply> {
        let oids = signer
            .extended_key_usage
            .iter()
            .enumerate()
            .map(|(index, text)| {
                ObjectIdentifier::new(text).map_err(|_| {
                    let details = format!("extKeyUsageOids[{index}] is not an object identifier");
                    basics::failed(FailureCode::InvalidSigningParams, Some(details))
                })
            });
        Ok(KeyFilter {
            purpose: None,
            extended_key_usage: oids.collect::<Result<_, _>>()?,
            iin: signer.iin,
            bin: signer.bin,
            serial: signer.serial_number,
            authorities: match signer.chain {
                Chain::National => Some(self.authorities.clone()),
                Chain::Any => None,
                Chain::Given(certificates) => Some(given(&certificates)?),
            },
            allow_expired,
        })
    }

    async fn sign(&self, job: SignJob, output: Output) -> Reply {
        match self.desk.sign(job).await {
            Err(error) => wire_error::basics(&error),
            Ok(Answer::Cancelled) => basics::cancelled(),
            Ok(Answer::Given(signed)) => {
                let certificate = match output {
                    Output::Signatures => None,
                    Output::SignaturesAndCertificate => Some(signed.certificate.to_pem("\n")),
                };
                basics::done(
                    signed.documents.into_iter().map(text).collect(),
                    certificate,
                )
            }
        }
    }
}

impl Module for Basics {
    fn name(&self) -> &'static str {
        basics::MODULE
    }

    fn handle<'a>(&'a self, request: &'a Envelope, caller: &'a Caller) -> BoxFuture<'a, Reply> {
        Box::pin(self.answer(request, caller))
    }
}

/// `outputCert`
enum Output {
    Signatures,
    SignaturesAndCertificate,
}

/// No list, and an empty one, allow every storage; unknown names allow nothing.
fn stores(storages: Option<&[String]>) -> Option<Stores> {
    let names = match storages {
        None | Some([]) => return Some(Stores::all()),
        Some(names) => names,
    };
    let mut files = false;
    let mut tokens = Vec::new();
    for storage in names
        .iter()
        .filter_map(|name| Storage::from_name(name).ok())
    {
        match storage {
            Storage::Jks | Storage::Pkcs12 => files = true,
            token => tokens.push(token.name().to_owned()),
        }
    }
    Stores::only(files, tokens)
}

/// The authorities of `chain`.
fn given(certificates: &[String]) -> Result<AnchorSet, Reply> {
    let anchor = |(index, pem): (usize, &String)| {
        Certificate::from_der_or_pem(pem.as_bytes())
            .and_then(|certificate| Anchor::from_certificate(index.to_string(), &certificate))
            .map_err(|_| {
                let details = format!("chain[{index}] is not a certificate of an authority");
                basics::failed(FailureCode::InvalidSigningParams, Some(details))
            })
    };
    let anchors = certificates.iter().enumerate().map(anchor);
    Ok(AnchorSet::new("page", anchors.collect::<Result<_, _>>()?))
}

fn cms(content: Vec<u8>, form: CmsForm) -> ToBeSigned {
    let content = match form {
        CmsForm::Attached => CmsContent::Attached(content),
        CmsForm::Detached => CmsContent::Detached(content),
        CmsForm::Digest => CmsContent::Digest(content),
    };
    ToBeSigned::Cms {
        content,
        existing: ExistingCms::SignAsContent,
    }
}

/// PEM, or the document.
fn text(document: SignedDocument) -> String {
    match document {
        SignedDocument::Cms(der) => base64::cms_pem(&der),
        SignedDocument::Xml(text) => text,
    }
}
