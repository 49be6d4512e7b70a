//! What the caller asks of a signature.

/// A verification policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// What the key had to be for.
    pub usage: Usage,
    /// Whether revocation is checked.
    pub revocation: RevocationPolicy,
    /// Whether an XML signature must cover the whole document.
    pub whole_document: bool,
}

/// What the signature is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Usage {
    /// A person's will under a document: the certificate's key usage has nonRepudiation.
    Document,
    /// Signing in: a key for authentication, or the one key that GOST-2015 holders have for everything.
    Login,
}

/// Whether revocation is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationPolicy {
    /// Every certificate below the anchor must be shown not to be revoked.
    Required,
    /// Not looked at; such a verdict is never [`crate::Verdict::TotalPassed`].
    NotChecked,
}

impl Policy {
    /// Documents; the default.
    pub fn document() -> Self {
        Self {
            usage: Usage::Document,
            revocation: RevocationPolicy::Required,
            whole_document: true,
        }
    }

    /// Signing in. What the signed content says is for the caller to judge.
    pub fn login() -> Self {
        Self {
            usage: Usage::Login,
            ..Self::document()
        }
    }

    /// `document` or `login`.
    pub fn name(&self) -> &'static str {
        match self.usage {
            Usage::Document => "document",
            Usage::Login => "login",
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::document()
    }
}
