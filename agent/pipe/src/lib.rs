//! Frames between our own processes, over anonymous pipes: JSON messages and passwords, with budgets.
//!
//! A frame is `[kind: u8][length: u32 big-endian][payload]`; kind `J` carries one JSON message of at most
//! [`MESSAGE_LIMIT`] bytes, kind `P` a password in UTF-8 of at most [`PASSWORD_LIMIT`] bytes. A password is never part
//! of a JSON message. What the messages are is the business of each pair of programs.

mod codec;
mod error;
mod frame;
mod password;

pub use codec::{Frame, read_frame, write_message, write_password};
pub use error::Error;
pub use frame::{HEADER_LEN, Header, Kind, MESSAGE_LIMIT, PASSWORD_LIMIT, decode, encode};
pub use password::PasswordBytes;
