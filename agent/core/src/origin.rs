//! Who asks.

/// The page (or program) behind a session, parsed at the door from the `Origin` header.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// No `Origin` header: a program on this computer, not a page.
    LocalProgram,
    /// `Origin: null`: a sandboxed frame, a file, a redirect; never remembered.
    Opaque,
    /// `scheme://host[:port]` exactly as the browser serialised it (RFC 6454 section 6.2).
    Site(String),
}
