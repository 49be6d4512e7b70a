//! Time stamps (RFC 3161): what is asked, what is answered, and what must hold before a token is accepted.
//!
//! [`TimeStampRequest`] → [`TimeStampResponse`] → [`TimeStampToken`] → [`ImprintBound`] → [`VerifiedToken`]. Only a verified
//! token can be attached to a signature. The path of the authority's certificate is judged by whoever knows anchors.

mod error;
mod policy;
mod request;
mod response;
mod token;
mod tst_info;

pub use error::TimeStampError;
pub use policy::TsaPolicy;
pub use request::TimeStampRequest;
pub use response::{Failure, Status, TimeStampResponse};
pub use token::{ImprintBound, TimeStampToken, VerifiedToken};
pub use tst_info::{Accuracy, TokenExtension, TstInfo};
