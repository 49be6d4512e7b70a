//! Requests and replies of these tests.

#![allow(dead_code, unreachable_pub, reason = "shared by several test programs")]

use serde_json::{Value, json};

use crate::person::{PASSWORD, Step};

pub const CANCELED: &str = r#"{"code":"500","message":"action.canceled"}"#;
pub const BASICS_CANCELLED: &str = r#"{"body":{},"status":true}"#;

pub fn common(method: &str, args: Value) -> String {
    json!({"module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args}).to_string()
}

pub fn basics(args: Value) -> String {
    json!({"module": "kz.gov.pki.knca.basics", "method": "sign", "args": args}).to_string()
}

pub fn cms_args() -> Value {
    json!({"format": "cms", "data": "MTEK", "signingParams": {"decode": true},
        "signerParams": {"extKeyUsageOids": [], "chain": []}, "locale": "kk"})
}

/// `cms_args` with one member replaced.
pub fn with(name: &str, value: Value) -> String {
    let mut args = cms_args();
    args[name] = value;
    basics(args)
}

pub fn one_signature() -> Vec<Step> {
    vec![Step::Open("/k.p12", PASSWORD), Step::Sign]
}
