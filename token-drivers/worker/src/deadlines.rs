//! How long the agent waits for each kind of call.

use std::time::Duration;

/// The longest silence of a child per kind of call; then it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Listing slots, and everything else that touches no token.
    pub slots: Duration,
    /// Reading the certificates of a token.
    pub contents: Duration,
    /// Comparing a PIN and reading what it opens.
    pub unlock: Duration,
    /// The same while a person types on the token's own keypad.
    pub pin_pad: Duration,
    /// One signature, without the time a person takes for the PIN.
    pub sign: Duration,
}

impl Default for Deadlines {
    /// Slow cards need seconds for a signature; a person at a keypad needs a minute.
    fn default() -> Self {
        Self {
            slots: Duration::from_secs(5),
            contents: Duration::from_secs(15),
            unlock: Duration::from_secs(30),
            pin_pad: Duration::from_secs(90),
            sign: Duration::from_secs(60),
        }
    }
}
