//! Budgets for tokens from outside.

/// What a token may cost; everything above is refused with a typed error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the token or JSON document.
    pub size: usize,
    /// Bytes of one protected header, in base64url.
    pub header: usize,
    /// Objects and arrays inside one another, the outermost included.
    pub depth: usize,
    /// Values in one JSON object, at whatever level: a short one takes a hundred times its text in memory.
    pub values: usize,
    /// Certificates in one `x5c`.
    pub certificates: usize,
    /// Signatures in a JSON document.
    pub signatures: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 32 << 20,
            header: 128 << 10,
            depth: 32,
            values: 10_000,
            certificates: 16,
            signatures: 64,
        }
    }
}
