//! HMAC_DRBG of NIST SP 800-90A section 10.1.2 over SHA-512, for one job that needs many random
//! bytes.

use core::convert::Infallible;

use hmac::{Hmac, KeyInit, Mac};
use rand_core::{TryCryptoRng, TryRng};
use sha2::Sha512;
use zeroize::Zeroizing;

/// Length of Key, V and of one output block.
const BLOCK_BYTES: usize = 64;

/// A generator that cannot fail once seeded; wiped when dropped.
///
/// One key uses far fewer requests than the 2^48 after which a new seed is due.
pub(crate) struct HmacDrbg {
    key: Zeroizing<[u8; BLOCK_BYTES]>,
    v: Zeroizing<[u8; BLOCK_BYTES]>,
}

impl HmacDrbg {
    /// Entropy and nonce together: security strength 256 bits and half as much again as nonce
    /// (section 8.6.7).
    pub(crate) const SEED_BYTES: usize = 48;

    /// HMAC_DRBG_Instantiate (section 10.1.2.3) without personalization string.
    pub(crate) fn new(seed: &[u8; Self::SEED_BYTES]) -> Self {
        let mut state = Self {
            key: Zeroizing::new([0x00; BLOCK_BYTES]),
            v: Zeroizing::new([0x01; BLOCK_BYTES]),
        };
        state.update(seed);
        state
    }

    /// HMAC_DRBG_Update (section 10.1.2.2).
    fn update(&mut self, provided: &[u8]) {
        self.key = mac(&self.key, &[&self.v[..], &[0x00], provided]);
        self.v = mac(&self.key, &[&self.v[..]]);
        if !provided.is_empty() {
            self.key = mac(&self.key, &[&self.v[..], &[0x01], provided]);
            self.v = mac(&self.key, &[&self.v[..]]);
        }
    }

    /// HMAC_DRBG_Generate (section 10.1.2.5) without additional input.
    fn generate(&mut self, out: &mut [u8]) {
        for block in out.chunks_mut(BLOCK_BYTES) {
            self.v = mac(&self.key, &[&self.v[..]]);
            block.copy_from_slice(&self.v[..block.len()]);
        }
        self.update(&[]);
    }
}

impl TryRng for HmacDrbg {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.generate(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.generate(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.generate(out);
        Ok(())
    }
}

impl TryCryptoRng for HmacDrbg {}

fn mac(key: &[u8; BLOCK_BYTES], parts: &[&[u8]]) -> Zeroizing<[u8; BLOCK_BYTES]> {
    let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by a second implementation (Python's `hmac`) from the steps of the standard.
    #[test]
    fn output_is_that_of_a_second_implementation() {
        let seed = core::array::from_fn(|index| index as u8);
        let mut generator = HmacDrbg::new(&seed);
        let mut first = [0; 80];
        generator.generate(&mut first);
        assert_eq!(
            hex::encode(first),
            concat!(
                "5a947e2ec811344b506f321e3f1fbde3fde96845301a7c1793e72b2071e1d984",
                "846eda8ee0e97301da2e6d07c4937b7a50c729a1ad16e594ab3dd96561709270",
                "7e563ead288ded338afa7141ffe8ff4c",
            )
        );
        let Ok(second) = generator.try_next_u64();
        assert_eq!(hex::encode(second.to_le_bytes()), "fe622b2816700adf");
    }
}
