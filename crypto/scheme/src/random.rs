//! Randomness as a port: programs bring the system's generator, tests bring a scripted one.

mod hmac_drbg;

use rand_core::{TryCryptoRng, TryRng};

pub(crate) use hmac_drbg::HmacDrbg;

/// A source of cryptographically secure random bytes.
pub trait Random: Send + Sync {
    /// Fills `out` completely, or fails without a usable result.
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError>;
}

/// The system's random generator did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random generator failed")]
pub struct RandomError;

/// The port as the generator type of `rand_core`.
pub(crate) struct PortRng<'a>(pub(crate) &'a dyn Random);

impl TryRng for PortRng<'_> {
    type Error = RandomError;

    fn try_next_u32(&mut self) -> Result<u32, RandomError> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, RandomError> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), RandomError> {
        self.0.fill(out)
    }
}

impl TryCryptoRng for PortRng<'_> {}
