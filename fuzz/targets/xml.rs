//! Signed XML documents, and canonical forms.
#![no_main]

#[path = "../subjects/xml.rs"]
mod xml;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as reading.
    let _ = xml::read(bytes);
});
