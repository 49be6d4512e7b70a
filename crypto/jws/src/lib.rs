//! JWT and JWS with the national schemes (RFC 7515, RFC 7519): prepare, assemble, parse, check.
//!
//! Signing: [`prepare`] a compact token, or [`JsonJws::prepare`] one more signature of a JSON document, give
//! `to_sign()` to a signer, `assemble`.
//! Verifying: [`Jws::parse`] and [`JsonJws::parse`] read everything, strictly and within [`Limits`]; then each
//! signature says whether it fits a key. Certificates of `x5c` are returned, not judged; keys a token brings along
//! otherwise (`jwk`, `jku`, `x5u`) are never used.
//!
//! The payload is bytes. [`Claims`] reads it as the claims of a JWT where it is one.

mod algorithm;
mod base64url;
mod claims;
mod compact;
mod error;
mod general;
mod header;
mod json;
mod limits;

pub use claims::{Claims, TimeError};
pub use compact::{Jws, PreparedJws, prepare};
pub use error::Error;
pub use general::{JsonJws, JsonSignature, PreparedJsonJws};
pub use header::{Header, NewHeader};
pub use limits::Limits;
