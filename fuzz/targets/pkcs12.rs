//! Key files of the format PKCS#12.
#![no_main]

#[path = "../subjects/key_file.rs"]
mod key_file;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as opening.
    let _ = key_file::open(bytes);
});
