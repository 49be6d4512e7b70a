//! Budgets for documents from outside.

/// What a document may cost; everything above is refused with a typed error, before the cost arises.
///
/// Reading is linear in the size of the document; what verifying does besides, in passes over the document and its
/// parts, is charged to [`Self::canonical`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document.
    pub size: usize,
    /// Elements inside one another, the root included.
    pub depth: usize,
    /// Attributes of one element, namespace declarations left out.
    pub attributes: usize,
    /// Different namespace names, and different prefixes bound to them; also attributes `xml:…` that one element
    /// takes over from its ancestors.
    pub namespaces: usize,
    /// `ds:Signature` elements.
    pub signatures: usize,
    /// `ds:Reference` elements in one signature.
    pub references: usize,
    /// Certificates in one signature's `ds:KeyInfo`.
    pub certificates: usize,
    /// Bytes that later passes over one document read, and bytes that its canonicalisations write, all together. A node
    /// visited counts as some more; so do names taken over from ancestors, joins of `xml:base`, and the steps of
    /// element paths.
    pub canonical: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 64 << 20,
            depth: 256,
            attributes: 16 << 10,
            namespaces: 16 << 10,
            signatures: 64,
            references: 64,
            // More than any chain of the national PKI has.
            certificates: 16,
            // Sixteen times reading the largest document and writing it.
            canonical: 2 << 30,
        }
    }
}
