//! Nonces in the shape of RFC 6979 with fresh randomness mixed in.
//!
//! A nonce depends on the private key, the digest and 32 random bytes: it stays unique and
//! unpredictable if the random generator fails, and differs every time while it works. The random
//! bytes enter as the additional data k' of [RFC 6979 section 3.6].
//!
//! [RFC 6979 section 3.6]: https://www.rfc-editor.org/rfc/rfc6979#section-3.6

use std::{hint::black_box, sync::LazyLock};

use crypto_bigint::CtOption;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::{Curve, curve::MAX_BYTES, field::Residue};

/// Length of K, V and of one output of HMAC-SHA-512.
const HASH_BYTES: usize = 64;

/// Candidates for k, each 0 < k < q; wiped when dropped.
pub(crate) struct Nonces {
    /// HMAC keyed with K: the key is absorbed once for all messages under it.
    k: Hmac<Sha512>,
    v: Zeroizing<[u8; HASH_BYTES]>,
    first: bool,
}

impl Nonces {
    /// Steps b to g of RFC 6979 section 3.2 with `entropy` appended as k'.
    ///
    /// `e` is the digest as the number of the signature equation, so int2octets(e) is
    /// bits2octets(h1).
    pub(crate) fn new<C: Curve>(d: &C::Scalar, e: &C::Scalar, entropy: &[u8; 32]) -> Self {
        let x = int2octets::<C>(d);
        let h1 = int2octets::<C>(e);
        let seed = [&x[..C::BYTES], &h1[..C::BYTES], entropy];

        let mut state = Self {
            k: KEYED_WITH_ZEROS.clone(),           // step c
            v: Zeroizing::new([0x01; HASH_BYTES]), // step b
            first: true,
        };
        state.update(0x00, &seed); // steps d, e
        state.update(0x01, &seed); // steps f, g
        state
    }

    /// Step h of RFC 6979 section 3.2: the next candidate.
    ///
    /// q has at most 512 bits, so one output always suffices; bits2int takes its leftmost bits.
    pub(crate) fn next<C: Curve>(&mut self) -> Zeroizing<C::Scalar> {
        loop {
            if !self.first {
                self.update(0x00, &[]); // step h.3, after a candidate that was not used
            }
            self.first = false;
            self.v = self.mac(&[&self.v[..]]); // step h.2
            let candidate = self.candidate::<C>();
            let in_range = candidate.is_some();
            let candidate = Zeroizing::new(candidate.to_inner_unchecked());
            // A rejected candidate says nothing about the accepted one, so this branch is not
            // secret.
            if in_range.and(candidate.is_zero().not()).to_bool() {
                return candidate;
            }
        }
    }

    /// What [`Self::next`] gave last, made of V a second time, for the check against faults.
    ///
    /// It was in range then; if it is not now, any number will do, as it is not the same.
    pub(crate) fn again<C: Curve>(&self) -> Zeroizing<C::Scalar> {
        Zeroizing::new(black_box(self).candidate::<C>().to_inner_unchecked())
    }

    /// bits2int(V); none if it is not less than q.
    fn candidate<C: Curve>(&self) -> CtOption<C::Scalar> {
        let mut t = Zeroizing::new([0; MAX_BYTES]);
        t[..C::BYTES].copy_from_slice(&self.v[..C::BYTES]);
        t[..C::BYTES].reverse(); // bits2int reads big-endian
        shift_right(&mut t[..C::BYTES], 8 * C::BYTES - C::ORDER_BITS);
        C::Scalar::from_le_bytes(&t[..C::BYTES])
    }

    /// K = HMAC_K(V ‖ tag ‖ data), V = HMAC_K(V).
    fn update(&mut self, tag: u8, data: &[&[u8]]) {
        let tag = [tag];
        let mut parts: Vec<&[u8]> = vec![&self.v[..], &tag];
        parts.extend(data);
        self.k = keyed(&self.mac(&parts));
        self.v = self.mac(&[&self.v[..]]);
    }

    /// HMAC_K over the concatenation of `parts`.
    fn mac(&self, parts: &[&[u8]]) -> Zeroizing<[u8; HASH_BYTES]> {
        let mut mac = self.k.clone();
        for part in parts {
            mac.update(part);
        }
        Zeroizing::new(mac.finalize().into_bytes().into())
    }
}

/// The first key of every nonce is public, so it is absorbed once.
static KEYED_WITH_ZEROS: LazyLock<Hmac<Sha512>> = LazyLock::new(|| keyed(&[0x00; HASH_BYTES]));

fn keyed(key: &[u8; HASH_BYTES]) -> Hmac<Sha512> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// RFC 6979 section 2.3.3: big-endian, as long as q; the rest of the buffer stays zero.
fn int2octets<C: Curve>(number: &C::Scalar) -> Zeroizing<[u8; MAX_BYTES]> {
    let mut out = Zeroizing::new([0; MAX_BYTES]);
    number.write_le_bytes(&mut out[..C::BYTES]);
    out[..C::BYTES].reverse();
    out
}

/// Drops the lowest `bits` bits, fewer than 8, of a little-endian number.
fn shift_right(number: &mut [u8], bits: usize) {
    for index in 0..number.len() {
        let above = number.get(index + 1).copied().unwrap_or(0);
        let pair = u16::from_le_bytes([number[index], above]);
        number[index] = (pair >> bits) as u8;
    }
}
