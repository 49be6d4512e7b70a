//! Online certificate status (RFC 6960): what to ask, and what an answer proves. No sockets here.
//!
//! A question is an [`OcspRequest`] of [`CertId`]s; an answer is an [`OcspResponse`], whose [`OcspResponse::status`]
//! checks everything in one place.

mod authority;
mod cert_id;
mod error;
mod extension;
mod freshness;
mod request;
mod responder;
mod response;
mod single;
mod status;

use tamga_scheme::ObjectIdentifier;

pub use authority::Authority;
pub use cert_id::CertId;
pub use error::{OcspError, ResponderStatus, Unauthorised};
pub use freshness::Freshness;
pub use request::{MAX_QUESTIONS, OcspRequest};
pub use responder::{Responder, ResponderId, authorise};
pub use response::OcspResponse;
pub use single::{CertStatus, SingleResponse};
pub use status::{NoncePolicy, OcspPolicy, OcspQuestion, OcspStatus};

/// id-pkix-ocsp-basic (RFC 6960 section 4.2.1).
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");

/// id-pkix-ocsp-nonce (section 4.4.1).
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// id-pkix-ocsp-extended-revoke (section 4.4.8).
const EXTENDED_REVOKE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.9");

/// id-kp-OCSPSigning (section 4.2.2.2).
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
