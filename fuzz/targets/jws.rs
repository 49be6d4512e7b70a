//! Tokens in all three forms.
#![no_main]

#[path = "../subjects/jws.rs"]
mod jws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as reading.
    let _ = jws::read(bytes);
});
