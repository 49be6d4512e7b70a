//! The jobs, in their steps: documents, window, key file, key, signatures, answer.

use std::sync::Arc;

use tamga_x509::Certificate;

use crate::{
    Answer, Change, Desk, Event, JobError, KeyFilter, Language, Origin, SignedDocument, ToBeSigned,
    Wish,
    consent::Consent,
    keys::Need,
    unlock::{OpenStore, Opened},
};

/// A page wants documents signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignJob {
    /// Who asks.
    pub origin: Origin,
    /// Language of the window.
    pub language: Language,
    /// What is signed, one signature each; at least one.
    pub documents: Vec<ToBeSigned>,
    /// Which keys may serve.
    pub filter: KeyFilter,
}

/// A page wants to read one certificate of the person's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCertificateJob {
    /// Who asks.
    pub origin: Origin,
    /// Language of the window.
    pub language: Language,
    /// Which keys may serve.
    pub filter: KeyFilter,
}

/// All documents of a job, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// In the order of the job.
    pub documents: Vec<SignedDocument>,
    /// The certificate of the key that signed.
    pub certificate: Certificate,
}

impl Desk {
    /// Signs documents with a key of the person's choice.
    ///
    /// Documents that can be refused without a key are refused before any window. Dropping the future closes the window.
    pub async fn sign(&self, job: SignJob) -> Result<Answer<Signed>, JobError> {
        let documents = self.check(job.documents).await?;
        let wish = Wish::Sign(documents.iter().map(ToBeSigned::summary).collect());
        let mut consent = match Consent::ask(self, job.origin, job.language, wish).await? {
            Answer::Given(consent) => consent,
            Answer::Cancelled => return Ok(Answer::Cancelled),
        };
        let need = Need::Signatures(&documents);
        let (store, entry) = match self.choose_key(&mut consent, &job.filter, need).await? {
            Answer::Given(chosen) => chosen,
            Answer::Cancelled => return Ok(Answer::Cancelled),
        };
        let certificate = store.entries()[entry].certificate.clone();
        let work = store.sign(entry, Arc::clone(&documents), self.ports.clock.now());
        match consent.unless_cancelled(work).await {
            Answer::Given(signed) => Ok(Answer::Given(Signed {
                documents: signed?,
                certificate,
            })),
            Answer::Cancelled => Ok(Answer::Cancelled),
        }
    }

    /// Reads the certificate of a key of the person's choice.
    pub async fn read_certificate(
        &self,
        job: ReadCertificateJob,
    ) -> Result<Answer<Certificate>, JobError> {
        let wish = Wish::ReadCertificate;
        let mut consent = match Consent::ask(self, job.origin, job.language, wish).await? {
            Answer::Given(consent) => consent,
            Answer::Cancelled => return Ok(Answer::Cancelled),
        };
        match self
            .choose_key(&mut consent, &job.filter, Need::Certificate)
            .await?
        {
            Answer::Given((store, entry)) => {
                Ok(Answer::Given(store.entries()[entry].certificate.clone()))
            }
            Answer::Cancelled => Ok(Answer::Cancelled),
        }
    }

    /// The person opens key files until one of their keys is chosen; the index is one of the store's entries.
    async fn choose_key(
        &self,
        consent: &mut Consent<'_>,
        filter: &KeyFilter,
        need: Need<'_>,
    ) -> Result<Answer<(OpenStore, usize)>, JobError> {
        let now = || self.ports.clock.now();
        let mut open: Option<OpenStore> = None;
        // Ids are not used twice in one window: a click meant for a list that is gone chooses nothing.
        let mut first_id = 0;
        loop {
            match consent.next().await {
                Event::Cancelled => return Ok(Answer::Cancelled),
                Event::Open { file, password } => {
                    // The store opened before is locked again first.
                    first_id += open.take().map_or(0, |store| store.entries().len());
                    let key_files = Arc::clone(&self.ports.key_files);
                    let work = OpenStore::open(key_files, file.clone(), password);
                    let change = match consent.unless_cancelled(work).await {
                        Answer::Cancelled => return Ok(Answer::Cancelled),
                        Answer::Given(opened) => match opened? {
                            Opened::Problem(problem) => Change::Problem(problem),
                            Opened::Store(store) => {
                                self.remember(file);
                                let keys = filter.choices(store.entries(), first_id, need, now());
                                open = Some(store);
                                Change::Keys(keys)
                            }
                        },
                    };
                    consent.show(change).await;
                }
                // Buttons can be reached while they look disabled (accessibility), so the choice is checked here.
                Event::Sign { key } => {
                    let Some(store) = open.take() else { continue };
                    let chosen = key.checked_sub(first_id).filter(|&index| {
                        store.entries().get(index).is_some_and(|entry| {
                            filter.unusable(&entry.certificate, need, now()).is_none()
                        })
                    });
                    if let Some(index) = chosen {
                        return Ok(Answer::Given((store, index)));
                    }
                    let keys = filter.choices(store.entries(), first_id, need, now());
                    open = Some(store);
                    consent.show(Change::Keys(keys)).await;
                }
            }
        }
    }

    /// Checks every document on a thread that may block: an XML document of 64 MiB takes its time.
    async fn check(&self, documents: Vec<ToBeSigned>) -> Result<Arc<[ToBeSigned]>, JobError> {
        if documents.is_empty() {
            return Err(JobError::NoDocuments);
        }
        let early = |_| JobError::Internal("the check of the documents ended early");
        // Held by the thread, not by this future: the thread goes on when the page leaves.
        let permit = Arc::clone(&self.checks)
            .acquire_owned()
            .await
            .map_err(|_| JobError::Internal("nobody checks documents any more"))?;
        let documents: Arc<[ToBeSigned]> = documents.into();
        let checked = Arc::clone(&documents);
        let result = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            checked
                .iter()
                .enumerate()
                .try_for_each(|(index, document)| {
                    document
                        .check()
                        .map_err(|source| JobError::Document { index, source })
                })
        });
        result.await.map_err(early)??;
        Ok(documents)
    }
}
