//! What an opened file holds, before keys and certificates are paired.

use tamga_scheme::PrivateKey;
use tamga_x509::Certificate;

/// Keys and certificates in one file; each costs a computation on a curve. Files of the NCA have one of each, the
/// lists of trusted certificates that come with Java about 150.
pub(crate) const MAX_ITEMS: usize = 256;

/// The text of a refusal above [`MAX_ITEMS`].
pub(crate) fn too_many_items() -> String {
    format!("more than {MAX_ITEMS} keys and certificates")
}

/// Everything of one file.
#[derive(Default)]
pub(crate) struct Opened {
    pub(crate) keys: Vec<Item<Key>>,
    /// Certificates that may be a key's own.
    pub(crate) certificates: Vec<Item<Certificate>>,
    /// Certificates the file keeps apart from keys; they complete chains and are never taken for a key's own.
    pub(crate) trusted: Vec<Certificate>,
}

/// A thing with the names it has inside the file.
pub(crate) struct Item<T> {
    pub(crate) value: T,
    /// What people call it: friendlyName of PKCS#12, alias of JKS; never empty.
    pub(crate) name: Option<String>,
    /// What ties certificates to their key: localKeyId of PKCS#12, position of the entry in JKS.
    pub(crate) key_id: Option<Vec<u8>>,
}

/// A private key of a file.
pub(crate) enum Key {
    /// One we can sign with; boxed, because moving it would leave copies behind.
    Usable(Box<PrivateKey>),
    /// One we cannot, and why.
    Unsupported(String),
}
