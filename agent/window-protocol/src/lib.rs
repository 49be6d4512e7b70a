//! Messages between the agent and its window.
//!
//! Both programs speak over the window's inherited stdin and stdout, in the frames of `tamga-pipe`. A password is never
//! part of a JSON message: its frame follows [`ToAgent::Open`] at once.

mod message;

pub use message::{
    Ask, Attempts, Documents, Key, Language, Offered, Open, Origin, Place, Problem, Recent, Store,
    ToAgent, ToWindow, Token, Tokens, Unlock, Unusable, Wanted, Wish,
};
pub use tamga_pipe::{
    Error, Frame, HEADER_LEN, Header, Kind, MESSAGE_LIMIT, PASSWORD_LIMIT, PasswordBytes, decode,
    encode, read_frame, write_message, write_password,
};
