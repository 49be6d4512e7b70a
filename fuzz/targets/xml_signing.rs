//! XML documents that are to be signed.
#![no_main]

#[path = "../subjects/xml_signing.rs"]
mod xml_signing;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as signing.
    let _ = xml_signing::sign(bytes);
});
