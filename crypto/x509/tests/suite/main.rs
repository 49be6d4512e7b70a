//! Certificates, paths, lists and anchors against real data and against certificates made here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod anchors;
mod authority;
mod budgets;
mod certificates;
mod fixtures;
mod ocsp;
mod ocsp_fixtures;
mod ocsp_openssl;
mod paths;
mod pkcs12;
mod revocation;
