//! The secret of a key file or token.

use zeroize::Zeroizing;

/// A password or PIN, as text in UTF-8; wiped when dropped, never printed, not cloneable.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password over; it is not copied. Copies the caller made before are the caller's to wipe.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}
