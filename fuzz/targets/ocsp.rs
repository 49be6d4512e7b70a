//! Answers about the status of certificates.
#![no_main]

#[path = "../subjects/issued.rs"]
mod issued;
#[path = "../subjects/ocsp.rs"]
mod ocsp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as judging.
    let _ = ocsp::judge(bytes);
});
