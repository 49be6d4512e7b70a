//! Certificates.
#![no_main]

#[path = "../subjects/certificate.rs"]
mod certificate;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as reading.
    let _ = certificate::read(bytes);
});
