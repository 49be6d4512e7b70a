//! SHA-1 with a password in front: the only check the format knows, for files and for keys.

use digest::CtOutput;
use sha1::{Digest, Sha1};

/// Octets of a digest.
pub(super) const LENGTH: usize = 20;

/// Whether SHA-1 over `parts`, one after the other, is `expected`; compares in constant time.
pub(super) fn holds(parts: &[&[u8]], expected: &[u8; LENGTH]) -> bool {
    let mut hasher = Sha1::new();
    parts.iter().for_each(|part| hasher.update(part));
    CtOutput::<Sha1>::new(hasher.finalize()) == CtOutput::new((*expected).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_holds_for_its_own_text_in_any_pieces_and_for_no_other() {
        // FIPS 180-4, example of SHA-1: "abc".
        let abc: [u8; LENGTH] = hex::decode("a9993e364706816aba3e25717850c26c9cd0d89d")
            .unwrap()
            .try_into()
            .unwrap();
        assert!(holds(&[b"abc"], &abc));
        assert!(holds(&[b"a", b"", b"bc"], &abc));
        assert!(!holds(&[b"abd"], &abc));
        for bit in 0..8 * LENGTH {
            let mut other = abc;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&[b"abc"], &other), "bit {bit}");
        }
    }
}
