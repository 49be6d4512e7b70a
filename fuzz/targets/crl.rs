//! Revocation lists.
#![no_main]

#[path = "../subjects/crl.rs"]
mod crl;
#[path = "../subjects/issued.rs"]
mod issued;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as reading.
    let _ = crl::read(bytes);
});
