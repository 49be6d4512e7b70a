//! Nonces in the shape of RFC 6979 with fresh randomness mixed in.
//!
//! A nonce depends on the private key, the digest and 32 random bytes: it stays unique and
//! unpredictable if the random generator fails, and differs every time while it works. The random
//! bytes enter as the additional data k' of [RFC 6979 section 3.6].
//!
//! [RFC 6979 section 3.6]: https://www.rfc-editor.org/rfc/rfc6979#section-3.6

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::{Curve, curve::MAX_BYTES, field::Residue};

/// Length of K, V and of one output of HMAC-SHA-512.
const HASH_BYTES: usize = 64;

/// Candidates for k, each 0 < k < q; wiped when dropped.
pub(crate) struct Nonces {
    k: Zeroizing<[u8; HASH_BYTES]>,
    v: Zeroizing<[u8; HASH_BYTES]>,
}

impl Nonces {
    /// Steps b to g of RFC 6979 section 3.2 with `entropy` appended as k'.
    ///
    /// `e` is the digest as the number of the signature equation, so int2octets(e) is
    /// bits2octets(h1).
    pub(crate) fn new<C: Curve>(d: &C::Scalar, e: &C::Scalar, entropy: &[u8; 32]) -> Self {
        let x = int2octets::<C>(d);
        let h1 = int2octets::<C>(e);
        let seed: [&[u8]; 3] = [&x[..C::BYTES], &h1[..C::BYTES], entropy];

        let mut state = Self {
            k: Zeroizing::new([0x00; HASH_BYTES]), // step c
            v: Zeroizing::new([0x01; HASH_BYTES]), // step b
        };
        state.update(0x00, &seed); // steps d, e
        state.update(0x01, &seed); // steps f, g
        state
    }

    /// Step h of RFC 6979 section 3.2: the next candidate.
    ///
    /// qlen is 256 or 512, so one output of 512 bits always suffices and bits2int takes its
    /// leftmost bytes.
    pub(crate) fn next<C: Curve>(&mut self) -> Zeroizing<C::Scalar> {
        loop {
            self.v = mac(&self.k, &[&self.v[..]]); // step h.2
            let mut t = Zeroizing::new([0; MAX_BYTES]);
            t[..C::BYTES].copy_from_slice(&self.v[..C::BYTES]);
            t[..C::BYTES].reverse(); // bits2int reads big-endian
            let candidate = C::Scalar::from_le_bytes(&t[..C::BYTES]);
            let in_range = candidate.is_some();
            let candidate = Zeroizing::new(candidate.to_inner_unchecked());
            let usable = in_range.and(candidate.is_zero().not());

            // Also after an accepted candidate: the caller may need another one (r = 0 or s = 0).
            self.update(0x00, &[]); // step h.3
            // A rejected candidate says nothing about the accepted one, so this branch is not
            // secret.
            if usable.to_bool() {
                return candidate;
            }
        }
    }

    /// K = HMAC_K(V ‖ tag ‖ data), V = HMAC_K(V).
    fn update(&mut self, tag: u8, data: &[&[u8]]) {
        let mut parts: Vec<&[u8]> = vec![&self.v[..]];
        let tag = [tag];
        parts.push(&tag);
        parts.extend(data);
        self.k = mac(&self.k, &parts);
        self.v = mac(&self.k, &[&self.v[..]]);
    }
}

/// RFC 6979 section 2.3.3: big-endian, as long as q; the rest of the buffer stays zero.
fn int2octets<C: Curve>(number: &C::Scalar) -> Zeroizing<[u8; MAX_BYTES]> {
    let mut out = Zeroizing::new([0; MAX_BYTES]);
    number.write_le_bytes(&mut out[..C::BYTES]);
    out[..C::BYTES].reverse();
    out
}

/// HMAC-SHA-512 over the concatenation of `parts`.
fn mac(key: &[u8; HASH_BYTES], parts: &[&[u8]]) -> Zeroizing<[u8; HASH_BYTES]> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}
