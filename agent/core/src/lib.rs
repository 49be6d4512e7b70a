//! Jobs, consent and ports: the agent without JSON, sockets or windows.
//!
//! A [`Desk`] runs one job at a time for the person: it opens one window ([`Ui`]), unlocks the key file or token the
//! person names ([`KeyFiles`], [`Tokens`]), offers the keys that may serve, and signs after the person said so. Dropping the future of
//! a job closes its window, locks the key file again, and signs nothing more.

mod choosing;
mod consent;
mod desk;
mod documents;
mod error;
mod job;
mod keys;
mod origin;
mod ports;
mod queue;
mod recent;
mod stack;
mod stores;
mod tokens;
mod unlock;
mod window;

pub use desk::{Desk, Ports};
pub use documents::{CmsContent, ExistingCms, SignedDocument, ToBeSigned};
pub use error::{DocumentError, JobError};
pub use job::{ReadCertificateJob, SignJob, Signed};
pub use keys::KeyFilter;
pub use origin::Origin;
pub use ports::{
    BoxFuture, Clock, Dialog, FailingLibrary, KeyFiles, Present, RecentKeys, Tokens, Ui, UiError,
};
pub use recent::{KeyPlace, RECENT_KEYS, RecentKey};
pub use stores::Stores;
pub use tamga_xmldsig::{Form, LineEnd};
pub use window::{
    Answer, Ask, Change, Document, Event, KeyChoice, Language, Offered, Opening, RecentChoice,
    RecentPlace, StoreChoice, StoreProblem, TokenChoice, TokensNow, UnlockBy, Unusable, Wanted,
    Wish,
};
