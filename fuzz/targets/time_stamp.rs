//! Answers, tokens and questions of time stamping.
#![no_main]

#[path = "../subjects/time_stamp.rs"]
mod time_stamp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as accepting.
    let _ = time_stamp::answer(bytes);
    let _ = time_stamp::token(bytes);
});
