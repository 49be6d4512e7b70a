//! Which keystores a page takes keys from.

use tamga_token_api::Slot;

use crate::Offered;

/// Kinds of keystore a page allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stores {
    files: bool,
    tokens: TokenStores,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TokenStores {
    All,
    Named(Vec<String>),
}

impl Stores {
    /// Every key file and every token.
    pub fn all() -> Self {
        Self {
            files: true,
            tokens: TokenStores::All,
        }
    }

    /// Key files, if so said, and tokens whose storage has one of these names on the wire; `None` if that is nothing
    /// at all.
    pub fn only(files: bool, tokens: Vec<String>) -> Option<Self> {
        (files || !tokens.is_empty()).then_some(Self {
            files,
            tokens: TokenStores::Named(tokens),
        })
    }

    /// For the window.
    pub(crate) fn offered(&self) -> Offered {
        let tokens = self.tokens != TokenStores::Named(Vec::new());
        match (self.files, tokens) {
            (true, true) => Offered::FilesAndTokens,
            (true, false) => Offered::Files,
            (false, _) => Offered::Tokens,
        }
    }

    pub(crate) fn take_files(&self) -> bool {
        self.files
    }

    pub(crate) fn take_tokens(&self) -> bool {
        self.offered() != Offered::Files
    }

    /// Whether the token in this slot may serve.
    pub(crate) fn take(&self, slot: &Slot) -> bool {
        self.take_any(&slot.storages)
    }

    /// Whether a token of one of these storages may serve.
    pub(crate) fn take_any(&self, storages: &[String]) -> bool {
        match &self.tokens {
            TokenStores::All => true,
            TokenStores::Named(names) => storages.iter().any(|storage| names.contains(storage)),
        }
    }
}
