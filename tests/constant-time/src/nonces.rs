//! The first candidate for the nonce of a signature, computed beside the product.
//!
//! A candidate that is not 0 < k < q is rejected, and the next one takes time. Rejections are public
//! (see the product), so measurements must compare inputs with the same number of them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;

use crate::scalars::{MAX_BYTES, Scalar, Scalars};

/// RFC 6979 section 3.2 over HMAC-SHA-512 with `entropy` as k' of section 3.6; may be out of range.
///
/// `d` and `e` are numbers below q.
pub fn first_candidate(scalars: &Scalars, d: &Scalar, e: &Scalar, entropy: &[u8; 32]) -> Scalar {
    let big_endian = |number: &Scalar| -> Vec<u8> {
        let bytes = &number[..scalars.length()];
        bytes.iter().rev().copied().collect()
    };
    let seed = [&big_endian(d)[..], &big_endian(e), entropy].concat();
    let mut k = [0x00; 64]; // step c
    let mut v = [0x01; 64]; // step b
    for tag in [0x00, 0x01] {
        k = mac(&k, &[&v[..], &[tag], &seed].concat()); // steps d and f
        v = mac(&k, &v); // steps e and g
    }
    let t = mac(&k, &v); // step h.2

    // bits2int: the leftmost bits, as many as q has.
    let mut candidate = [0; MAX_BYTES];
    let mut above = 0;
    let spare = scalars.spare_bits();
    for (out, byte) in candidate[..scalars.length()].iter_mut().rev().zip(t) {
        let pair = u16::from_be_bytes([above, byte]);
        *out = (pair >> spare) as u8;
        above = byte;
    }
    candidate
}

fn mac(key: &[u8; 64], message: &[u8]) -> [u8; 64] {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use tamga_gost3410::{
        CryptoProA, Error, SecretKey, Tc26A256, Tc26A512, hazmat::sign_with_nonce, sign_prehashed,
    };

    use super::*;
    use crate::{curves::Judged, random::Random, scalars::Shape};

    /// How many of 40 first candidates the product uses.
    fn check<C: Judged>() -> usize {
        let mut random = Random::new(5);
        let scalars = Scalars::new::<C>(&mut random);
        let mut used = 0;
        for _ in 0..40 {
            let d = scalars.make(Shape::Random, &mut random);
            let e = scalars.make(Shape::Random, &mut random);
            let entropy = random.bytes();
            let key = SecretKey::<C>::from_le_bytes(&d[..C::BYTES]).expect("in range");
            let digest = &e[..C::BYTES];

            let candidate = first_candidate(&scalars, &d, &e, &entropy);
            let expected = sign_with_nonce(&key, digest, &candidate[..C::BYTES]);
            if scalars.in_range(&candidate) {
                used += 1;
                assert_eq!(sign_prehashed(&key, digest, &entropy), expected);
            } else {
                assert_eq!(expected, Err(Error::Nonce));
            }
        }
        used
    }

    #[test]
    fn the_product_signs_with_the_first_candidate_in_range() {
        assert_eq!(check::<CryptoProA>(), 40);
        assert_eq!(check::<Tc26A512>(), 40);
        // q is little more than 2^254, candidates have 255 bits: one of two is rejected.
        assert!((8..33).contains(&check::<Tc26A256>()));
    }
}
