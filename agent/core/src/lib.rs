//! Jobs, consent and ports: the agent without JSON, sockets or windows.
//!
//! A [`Desk`] runs one job at a time for the person: it opens one window ([`Ui`]), unlocks the key file the person
//! names ([`KeyFiles`]), offers the keys that may serve, and signs after the person said so. Dropping the future of
//! a job closes its window, locks the key file again, and signs nothing more.

mod consent;
mod desk;
mod documents;
mod error;
mod job;
mod keys;
mod origin;
mod ports;
mod queue;
mod unlock;
mod window;

pub use desk::{Desk, Ports};
pub use documents::{CmsContent, ExistingCms, SignedDocument, ToBeSigned};
pub use error::{DocumentError, JobError};
pub use job::{ReadCertificateJob, SignJob, Signed};
pub use keys::KeyFilter;
pub use origin::Origin;
pub use ports::{BoxFuture, Clock, Dialog, KeyFiles, Ui, UiError};
pub use tamga_xmldsig::{Form, LineEnd};
pub use window::{
    Answer, Ask, Change, Document, Event, KeyChoice, Language, StoreProblem, Unusable, Wish,
};
