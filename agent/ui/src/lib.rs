//! Implements agent-core's [`Ui`](tamga_agent_core::Ui) by starting `tamga-window`.
//!
//! The window is a child process that speaks `tamga-window-protocol` over its stdin and stdout.
//! Whatever it does wrong (exit, crash, garbage) is a Cancel; it can never make the agent sign.

mod convert;
mod dialog;
mod environment;
mod events;
mod program;

pub use program::WindowProgram;
