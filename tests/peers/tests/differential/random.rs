//! Inputs that can be drawn again.

use std::sync::OnceLock;

use num_bigint::BigUint;

/// The variable that repeats a run.
const SEED_VARIABLE: &str = "TAMGA_PEERS_SEED";

/// Where this run's inputs come from: the number given in the environment, else a fresh one.
pub(crate) fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| match std::env::var(SEED_VARIABLE) {
        Ok(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16)
            .unwrap_or_else(|_| panic!("{SEED_VARIABLE} is a hexadecimal number, not {text:?}")),
        Err(_) => {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).expect("the system's generator");
            u64::from_le_bytes(bytes)
        }
    })
}

/// How to repeat this run; part of every message of failure.
pub(crate) fn how_to_repeat() -> String {
    format!("repeat with {SEED_VARIABLE}={:#018x}", seed())
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): good enough for inputs, and
/// the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    /// The inputs of one subject: independent of which other tests run.
    pub(crate) fn of(subject: &str) -> Self {
        let mut random = Self(seed());
        for byte in subject.bytes() {
            random.0 ^= u64::from(byte);
            random.next();
        }
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// From 0 to `end - 1`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a usize")
    }

    /// From 1 to `end - 1`, every one about equally likely.
    pub(crate) fn number_below(&mut self, end: &BigUint) -> BigUint {
        let wide = BigUint::from_bytes_le(&self.bytes(96));
        wide % (end - 1_u8) + 1_u8
    }
}
