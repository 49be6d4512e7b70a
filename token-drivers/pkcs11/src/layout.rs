//! In which order a token writes the two numbers of a GOST signature.
//!
//! The standards of PKCS#11 and TC26 disagree with the documents of the national PKI, and vendors with all of them; so
//! a token's order is what verifies.

/// An order of `r` and `s` and of their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `r ‖ s`, each little-endian: the national profile.
    RsLittle,
    /// `r ‖ s`, each big-endian.
    RsBig,
    /// `s ‖ r`, each little-endian.
    SrLittle,
    /// `s ‖ r`, each big-endian: GOST R 34.10 section 5.2 as RFC 4491 writes it.
    SrBig,
}

impl Layout {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::RsLittle, Self::SrBig, Self::RsBig, Self::SrLittle];

    /// A value in this order, turned into that of the national profile; `None` for an odd length.
    pub(crate) fn to_national(self, value: &[u8]) -> Option<Vec<u8>> {
        if !value.len().is_multiple_of(2) {
            return None;
        }
        let (first, second) = value.split_at(value.len() / 2);
        let backwards = |half: &[u8]| half.iter().rev().copied().collect::<Vec<_>>();
        Some(match self {
            Self::RsLittle => value.to_vec(),
            Self::RsBig => [backwards(first), backwards(second)].concat(),
            Self::SrLittle => [second, first].concat(),
            Self::SrBig => backwards(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_order_is_turned_into_r_then_s_with_the_lowest_byte_first() {
        // r = 0x0201, s = 0x0403.
        let national = Some(vec![1, 2, 3, 4]);
        assert_eq!(Layout::RsLittle.to_national(&[1, 2, 3, 4]), national);
        assert_eq!(Layout::RsBig.to_national(&[2, 1, 4, 3]), national);
        assert_eq!(Layout::SrLittle.to_national(&[3, 4, 1, 2]), national);
        assert_eq!(Layout::SrBig.to_national(&[4, 3, 2, 1]), national);
        assert_eq!(Layout::SrBig.to_national(&[1, 2, 3]), None);
    }
}
