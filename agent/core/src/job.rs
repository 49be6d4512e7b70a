//! The jobs, in their steps: documents, window, key file, key, signatures, answer.

use std::sync::Arc;

use tamga_scheme::SignError;
use tamga_x509::{Certificate, UnixTime};

use crate::{
    Answer, Change, Desk, Event, JobError, KeyFilter, Language, Origin, RecentKey, SignedDocument,
    StoreProblem, Stores, ToBeSigned, Wish,
    choosing::{Choosing, Question},
    keys::Need,
    unlock::{Course, OpenStore},
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
    /// Which keystores may serve.
    pub stores: Stores,
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
    /// Which keystores may serve.
    pub stores: Stores,
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
    /// Documents that can be refused without a key are refused before any window. Dropping the future closes the
    /// window. A token that is taken out, wrong PINs and the like are said in the window; nothing of what was signed
    /// until then leaves.
    pub async fn sign(&self, job: SignJob) -> Result<Answer<Signed>, JobError> {
        let documents = self.check(job.documents).await?;
        let question = Question {
            origin: job.origin,
            language: job.language,
            wish: Wish::Sign(documents.iter().map(ToBeSigned::summary).collect()),
            filter: &job.filter,
            stores: &job.stores,
            need: Need::Signatures(&documents),
        };
        let mut choosing = match Choosing::start(self, question).await? {
            Answer::Given(choosing) => choosing,
            Answer::Cancelled => return Ok(Answer::Cancelled),
        };
        loop {
            let (store, entry) = match choosing.next().await? {
                Answer::Given(chosen) => chosen,
                Answer::Cancelled => return Ok(Answer::Cancelled),
            };
            let at = self.ports.clock.now();
            match sign_all(&mut choosing, &store, entry, &documents, at).await? {
                Answer::Cancelled => return Ok(Answer::Cancelled),
                Answer::Given(Ok(signed)) => {
                    return Ok(Answer::Given(Signed {
                        documents: signed,
                        certificate: self.used(&store, entry),
                    }));
                }
                Answer::Given(Err(problem)) => {
                    // Locked again before the person reads why.
                    drop(store);
                    choosing.problem(problem).await;
                }
            }
        }
    }

    /// Reads the certificate of a key of the person's choice.
    pub async fn read_certificate(
        &self,
        job: ReadCertificateJob,
    ) -> Result<Answer<Certificate>, JobError> {
        let question = Question {
            origin: job.origin,
            language: job.language,
            wish: Wish::ReadCertificate,
            filter: &job.filter,
            stores: &job.stores,
            need: Need::Certificate,
        };
        let mut choosing = match Choosing::start(self, question).await? {
            Answer::Given(choosing) => choosing,
            Answer::Cancelled => return Ok(Answer::Cancelled),
        };
        match choosing.next().await? {
            Answer::Given((store, entry)) => Ok(Answer::Given(self.used(&store, entry))),
            Answer::Cancelled => Ok(Answer::Cancelled),
        }
    }

    /// The certificate of a key that was just used; it is offered first next time.
    fn used(&self, store: &OpenStore, entry: usize) -> Certificate {
        let certificate = store.entries()[entry].certificate.clone();
        self.remember_key(RecentKey {
            certificate: certificate.clone(),
            place: store.place().clone(),
        });
        certificate
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

/// Signs every document while the window shows how far it is, asks for PINs, and may cancel.
async fn sign_all(
    choosing: &mut Choosing<'_>,
    store: &OpenStore,
    entry: usize,
    documents: &Arc<[ToBeSigned]>,
    at: UnixTime,
) -> Result<Answer<Result<Vec<SignedDocument>, StoreProblem>>, JobError> {
    let of = documents.len();
    let (mut course, mut signed) = store.sign(entry, Arc::clone(documents), at)?;
    let mut wants_pin = None;
    loop {
        tokio::select! {
            biased;
            signed = &mut signed => {
                let ended = JobError::Internal("the keystore thread ended early");
                return match signed.map_err(|_| ended)? {
                    Ok(signed) => Ok(Answer::Given(Ok(signed))),
                    Err(JobError::Sign(SignError::Cancelled)) => Ok(Answer::Cancelled),
                    Err(JobError::Sign(error)) => match mendable(&error) {
                        Some(problem) => Ok(Answer::Given(Err(problem))),
                        None => Err(error.into()),
                    },
                    Err(error) => Err(error),
                };
            }
            Some(step) = course.recv() => match step {
                Course::Signed(signed) if of > 1 => {
                    choosing.consent.show(Change::Progress { signed, of }).await;
                }
                Course::Signed(_) => {}
                Course::PinAgain(answer) => {
                    wants_pin = Some(answer);
                    choosing.consent.show(Change::PinAgain).await;
                }
            },
            // Everything else pressed meanwhile speaks of a state that is past, and is dropped.
            event = choosing.consent.next() => match event {
                Event::Cancelled => return Ok(Answer::Cancelled),
                Event::PinAgain(pin) => {
                    if let Some(answer) = wants_pin.take() {
                        // A keystore that does not wait any more has failed, and says so itself.
                        drop(answer.send(pin));
                    }
                }
                Event::Open(_) | Event::Sign { .. } => {}
            },
        }
    }
}

/// What the person can mend: another token, another try.
fn mendable(error: &SignError) -> Option<StoreProblem> {
    match error {
        SignError::Locked => Some(StoreProblem::Locked),
        SignError::Removed => Some(StoreProblem::Removed),
        SignError::Stopped => Some(StoreProblem::Driver),
        SignError::WrongPin => Some(StoreProblem::WrongPassword { retries_left: None }),
        _ => None,
    }
}
