//! Budgets for documents from outside.

/// What a document may cost; everything above is refused with a typed error, before the cost arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document.
    pub size: usize,
    /// Elements inside one another, the root included.
    pub depth: usize,
    /// Characters `<` and `=` in the document; the tree parser reserves memory for each.
    pub markup: usize,
    /// Comparisons of attributes and namespaces while building the tree: the sum over all elements of
    /// `(1 + attributes) * (1 + attributes + namespaces in scope)`, and of the square of the namespaces in scope
    /// where one is declared.
    pub comparisons: usize,
    /// `ds:Signature` elements.
    pub signatures: usize,
    /// `ds:Reference` elements in one signature.
    pub references: usize,
    /// Bytes written by all canonicalisations of one document together; a node visited counts as some more.
    pub canonical: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: 32 << 20,
            depth: 256,
            markup: 4 << 20,
            comparisons: 128 << 20,
            signatures: 64,
            references: 64,
            canonical: 256 << 20,
        }
    }
}
