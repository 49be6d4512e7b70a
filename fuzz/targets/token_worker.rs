//! Bytes on the pipes between agent and `tamga-token`, in both directions.
#![no_main]

#[path = "../../token-drivers/worker/src/failure.rs"]
#[allow(dead_code, reason = "only messages are made and read here")]
mod failure;
#[path = "../../token-drivers/worker/src/protocol.rs"]
#[allow(dead_code, unreachable_pub, reason = "of another crate")]
mod protocol;
#[path = "../../token-drivers/worker/src/text.rs"]
#[allow(dead_code, reason = "only messages are made and read here")]
mod text;
#[path = "../subjects/token_worker.rs"]
mod token_worker;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Breaking off is as right as answering.
    let _ = token_worker::as_requests(bytes);
    let _ = token_worker::as_replies(bytes);
});
