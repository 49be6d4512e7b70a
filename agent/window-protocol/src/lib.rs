//! Messages between the agent and its window, and the password frame.
//!
//! Both programs speak over the window's inherited stdin and stdout, two anonymous pipes. A frame is
//! `[kind: u8][length: u32 big-endian][payload]`; kind `J` carries one JSON message of at most
//! [`MESSAGE_LIMIT`] bytes, kind `P` a password in UTF-8 of at most [`PASSWORD_LIMIT`] bytes.
//! A password is never part of a JSON message: its frame follows [`ToAgent::Open`] at once.

mod codec;
mod error;
mod frame;
mod message;
mod password;

pub use codec::{Frame, read_frame, write_message, write_password};
pub use error::Error;
pub use frame::{HEADER_LEN, Header, Kind, MESSAGE_LIMIT, PASSWORD_LIMIT, decode, encode};
pub use message::{
    Ask, Documents, Key, Language, Origin, Problem, ToAgent, ToWindow, Unusable, Wish,
};
pub use password::PasswordBytes;
