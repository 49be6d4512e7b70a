//! What we sign, in every format, judged by implementations that share nothing with ours.
//!
//! Bouncy Castle and Apache Santuario judge everything (`drivers/Formats.java`); openssl, xmlsec1, poppler and qpdf what they
//! understand. Every document has twins with one byte changed, in what is signed, in what signs it and in the signature;
//! they must be refused, so that a judge that says yes to everything is noticed.

mod cms;
mod damage;
mod judge;
mod jws;
mod pdf;
mod programs;
mod signing_keys;
mod time_stamps;
mod xml;
