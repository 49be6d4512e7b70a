#![doc = include_str!("../README.md")]

mod digest_algorithm;
mod private_key;
mod public_key;
mod random;
mod signature_scheme;
mod signer;
mod software_signer;
mod verify;

pub use const_oid::ObjectIdentifier;

pub use digest_algorithm::{DigestAlgorithm, Hasher};
pub use private_key::PrivateKey;
pub use public_key::{KeyError, PublicKey};
pub use random::{Random, RandomError};
pub use signature_scheme::{KeyKind, SignatureScheme};
pub use signer::{AskNobody, Prepared, Reauthenticate, SignError, SignatureValue, Signer, ToSign};
pub use software_signer::SoftwareSigner;
pub use verify::{SignatureValid, VerifyError, verify, verify_digest};
