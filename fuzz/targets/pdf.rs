//! Signed PDF documents.
#![no_main]

#[path = "../subjects/pdf.rs"]
mod pdf;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as reading.
    let _ = pdf::read(bytes);
});
