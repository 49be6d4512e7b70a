//! ZIP containers.
#![no_main]

#[path = "../subjects/zip.rs"]
mod zip;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as opening.
    let _ = zip::open(bytes);
});
