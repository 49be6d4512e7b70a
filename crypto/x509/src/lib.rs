//! Certificates of the national PKI, path building, revocation evidence and trust anchors.
//!
//! Nothing here reads a clock, a file or a socket: time, certificates and lists are arguments.

mod anchors;
mod certificate;
mod crl;
mod error;
mod extensions;
mod name;
pub mod ocsp;
mod path;
mod pem;
mod purpose;
mod revocation;
mod signed;
mod time;

pub use anchors::{Anchor, AnchorRole, AnchorSet};
pub use certificate::{Certificate, IssuerAndSerial, Validity};
pub use crl::{Crl, RevocationReason, RevokedEntry};
pub use error::{Error, PathError};
pub use extensions::{BasicConstraints, KeyUsage};
pub use name::{Name, Rdn};
pub use path::{PathBudget, VerifiedPath, build_path};
pub use purpose::{KeyPurpose, Role};
pub use revocation::{RevocationStatus, revocation_status};
pub use time::UnixTime;
