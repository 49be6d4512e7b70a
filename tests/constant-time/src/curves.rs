//! The curves that are judged.

use tamga_gost3410::{CryptoProA, Curve, Tc26A256, Tc26A512};

/// A curve with what the product does not tell and its judges must know.
pub trait Judged: Curve {
    /// Short name in tables.
    const NAME: &str;
    /// The order q of the base point, as printed in the standard: hexadecimal, big-endian.
    const ORDER: &str;
}

/// RFC 4357 section 11.4, id-GostR3410-2001-CryptoPro-A-ParamSet.
impl Judged for CryptoProA {
    const NAME: &str = "CryptoPro-A";
    const ORDER: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893";
}

/// RFC 7836 appendix A.2, id-tc26-gost-3410-2012-256-paramSetA.
impl Judged for Tc26A256 {
    const NAME: &str = "256-A";
    const ORDER: &str = "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67";
}

/// RFC 7836 appendix A.1, id-tc26-gost-3410-12-512-paramSetA.
impl Judged for Tc26A512 {
    const NAME: &str = "512-A";
    const ORDER: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\
                         27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275";
}

/// The order as [`Curve::BYTES`] little-endian bytes.
///
/// # Panics
/// If the constant is not written as it must be; a test reads each.
pub fn order<C: Judged>() -> Vec<u8> {
    let bytes: Vec<u8> = (0..C::ORDER.len())
        .step_by(2)
        .rev()
        .map(|at| u8::from_str_radix(&C::ORDER[at..at + 2], 16).expect("two digits"))
        .collect();
    assert_eq!(bytes.len(), C::BYTES, "the order has the curve's length");
    bytes
}

#[cfg(test)]
mod tests {
    use tamga_gost3410::{Error, SecretKey};

    use super::*;

    fn check<C: Judged>() {
        let mut scalar = order::<C>();
        assert!(matches!(
            SecretKey::<C>::from_le_bytes(&scalar),
            Err(Error::ScalarRange)
        ));
        scalar[0] -= 1;
        let minus_one = SecretKey::<C>::from_le_bytes(&scalar).expect("q - 1 is in range");
        let mut one = vec![0; C::BYTES];
        one[0] = 1;
        let one = SecretKey::<C>::from_le_bytes(&one).expect("1 is in range");
        // (q-1)*G = -G: the same x.
        assert_eq!(
            minus_one.public_key().to_le_xy()[..C::BYTES],
            one.public_key().to_le_xy()[..C::BYTES]
        );
    }

    #[test]
    fn the_orders_written_here_are_those_of_the_product() {
        check::<CryptoProA>();
        check::<Tc26A256>();
        check::<Tc26A512>();
    }
}
