//! The national ZIP container: a manifest of digests, and detached signatures over the manifest.
//!
//! [`Container::open`] reads an archive within budgets and says of each file whether the manifest covers it. Each
//! signature comes back as [`tamga_cms::SignedData`], to be checked over [`Container::manifest`].

mod archive;
mod container;
mod error;
mod limits;
mod manifest;

pub use container::{Container, ContainerSignature, DataObject, ObjectState, StrayBytes};
pub use error::{Error, SignatureError};
pub use limits::Limits;
