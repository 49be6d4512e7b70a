//! RSA public keys: RFC 8017 appendix A.1.1 with the sizes of the national PKI.

use der::Decode;
use rsa::{
    BoxedUint, RsaPublicKey,
    pkcs1::{RsaPublicKeyRef, UintRef},
    pkcs8::EncodePublicKey,
    traits::PublicKeyParts,
};
use spki::SubjectPublicKeyInfoRef;

use super::{KeyError, key_bytes};

/// Accepted moduli, in bits: end entities have 2048, authorities 4096.
pub(crate) const MODULUS_BITS: core::ops::RangeInclusive<usize> = 2048..=4096;

/// The longest accepted public exponent, in bytes; in the national PKI it is always 65537.
///
/// The arithmetic below takes at most 33 bits, which is checked there.
const EXPONENT_BYTES: usize = 5;

/// A key whose sizes were checked, in the two forms that arithmetic wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RsaKey {
    numbers: RsaPublicKey,
    n: Box<[u8]>,
    e: Box<[u8]>,
}

impl RsaKey {
    pub(super) fn new(numbers: RsaPublicKey) -> Self {
        Self {
            n: numbers.n_bytes(),
            e: numbers.e_bytes(),
            numbers,
        }
    }

    pub(crate) fn numbers(&self) -> &RsaPublicKey {
        &self.numbers
    }

    /// The modulus, big-endian without leading zeros.
    pub(crate) fn n(&self) -> &[u8] {
        &self.n
    }

    /// The public exponent, big-endian without leading zeros.
    pub(crate) fn e(&self) -> &[u8] {
        &self.e
    }
}

/// BIT STRING { RSAPublicKey }, parameters NULL (RFC 3279 section 2.3.1).
pub(super) fn parse(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<RsaKey, KeyError> {
    match spki.algorithm.parameters {
        Some(parameters) if parameters.is_null() => {}
        _ => return Err(KeyError::Malformed),
    }
    let key = RsaPublicKeyRef::from_der(key_bytes(spki)?).map_err(|_| KeyError::Malformed)?;
    check_sizes(&key.modulus, &key.public_exponent)?;
    let number = |value: UintRef<'_>| BoxedUint::from_be_slice_vartime(value.as_bytes());
    RsaPublicKey::new_with_size_limits(
        number(key.modulus),
        number(key.public_exponent),
        MODULUS_BITS,
    )
    .map(RsaKey::new)
    .map_err(|_| KeyError::Invalid)
}

/// Checks sizes before any arithmetic, so that a huge number costs nothing: 2048 to 4096 bits, odd
/// e >= 3.
pub(crate) fn check_sizes(n: &UintRef<'_>, e: &UintRef<'_>) -> Result<(), KeyError> {
    let (n, e) = (n.as_bytes(), e.as_bytes());
    // Both are DER: no leading zero bytes.
    let first = n.first().ok_or(KeyError::Invalid)?;
    let n_bits = n.len() * 8 - first.leading_zeros() as usize;
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let valid =
        MODULUS_BITS.contains(&n_bits) && odd(n) && odd(e) && e != [1] && e.len() <= EXPONENT_BYTES;
    if valid {
        Ok(())
    } else {
        Err(KeyError::Invalid)
    }
}

/// The form read by [`parse`].
pub(super) fn encode(key: &RsaPublicKey) -> Vec<u8> {
    key.to_public_key_der()
        .expect("two numbers of checked size always encode")
        .into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arithmetic library refuses some of these as well; the profile must not depend on it.
    #[test]
    fn sizes_and_parities_are_checked_before_any_arithmetic() {
        let check = |n_bytes: usize, n_first: u8, n_last: u8, e: &[u8]| {
            let mut n = vec![0x5A; n_bytes];
            n[0] = n_first;
            n[n_bytes - 1] = n_last;
            let n = UintRef::new(&n).expect("a number");
            check_sizes(&n, &UintRef::new(e).expect("a number"))
        };
        let f4 = [1, 0, 1];
        assert_eq!(check(256, 0x80, 1, &f4), Ok(()));
        assert_eq!(check(512, 0xFF, 1, &f4), Ok(()));
        assert_eq!(check(256, 0x80, 1, &[3]), Ok(()));
        let invalid = Err(KeyError::Invalid);
        assert_eq!(check(256, 0x7F, 1, &f4), invalid);
        assert_eq!(check(513, 0x01, 1, &f4), invalid);
        assert_eq!(check(256, 0x80, 2, &f4), invalid);
        for e in [&[0][..], &[1], &[2], &[1, 0, 0], &[1, 0, 0, 0, 0, 1]] {
            assert_eq!(check(256, 0x80, 1, e), invalid, "e = {e:x?}");
        }
    }
}
