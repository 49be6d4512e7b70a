//! A part of a message that shares the memory of the whole.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes of a message, byte for byte as DER has them. Cheap to clone; compared by content.
#[derive(Clone)]
pub struct Octets {
    bytes: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Octets {
    /// A part of these bytes.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        debug_assert!(range.start <= range.end && range.end <= self.len());
        Self {
            bytes: Arc::clone(&self.bytes),
            range: self.range.start + range.start..self.range.start + range.end,
        }
    }

    /// The part that `inner`, a slice of these very bytes, stands for.
    pub(crate) fn share(&self, inner: &[u8]) -> Self {
        let start = inner.as_ptr() as usize - self.as_ptr() as usize;
        self.part(start..start + inner.len())
    }
}

impl From<Vec<u8>> for Octets {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self {
            bytes: Arc::new(bytes),
            range,
        }
    }
}

impl Deref for Octets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.range.clone()]
    }
}

impl AsRef<[u8]> for Octets {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Octets {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Octets {}

/// The length only: messages carry documents.
impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_slice_is_found_again_in_its_part() {
        let whole = Octets::from(vec![0, 1, 2, 3, 4, 5]);
        let part = whole.part(2..6);
        let inner = part.share(&part[1..3]);
        assert_eq!(*inner, [3, 4]);
        assert_eq!(inner.share(&inner[2..]).len(), 0);
    }
}
