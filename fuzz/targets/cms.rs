//! CMS messages, from memory and in pieces.
#![no_main]

#[path = "../subjects/cms.rs"]
mod cms;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as reading.
    let _ = cms::read(bytes);
});
