//! The client against servers of this process, right and wrong. No other network is touched.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod deadlines;
mod proxy;
mod redirects;
mod retry;
mod rule;
mod server;
mod status;
mod time_stamp;
mod world;
