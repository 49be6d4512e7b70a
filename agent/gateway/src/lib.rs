//! The door: loopback TLS, WebSocket sessions, dispatch, handlers.
//!
//! A [`Listener`] is bound to 127.0.0.1 and nothing else. A [`Gateway`] answers what comes through it: one small page,
//! `/health`, and WebSocket sessions, whose frames go through a table of [`Module`]s to the agent's desk.

mod budget;
mod dispatch;
mod handlers;
mod head;
mod limits;
mod listener;
mod origin;
mod pages;
mod session;
mod wire_error;

pub use dispatch::{Caller, Module};
pub use limits::{MAX_MESSAGE, MAX_SESSIONS, MAX_SESSIONS_PER_ORIGIN};
pub use listener::{Gateway, Listener, NotLoopback, Settings};
