//! How much work a file may ask for before it opens.

use tamga_token_api::TokenError;

use super::unsupported;

/// Iterations of key derivation in one file, all its encryptions and the integrity check together.
///
/// Files of the NCA ask for 3 times 1024, OpenSSL 3 for 3 times 2048. Ten million take some seconds.
pub const MAX_ITERATIONS: u64 = 10_000_000;

/// Iterations left for one attempt to open a file.
pub(super) struct IterationBudget(u64);

impl IterationBudget {
    pub(super) fn new() -> Self {
        Self(MAX_ITERATIONS)
    }

    /// Takes `iterations` off before they are made.
    pub(super) fn spend(&mut self, iterations: u64) -> Result<u32, TokenError> {
        let over = || {
            unsupported(format!(
                "key derivation with more than {MAX_ITERATIONS} iterations"
            ))
        };
        self.0 = self.0.checked_sub(iterations).ok_or_else(over)?;
        u32::try_from(iterations).map_err(|_| over())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_iterations_of_a_file_share_one_budget() {
        let over = Err(unsupported(
            "key derivation with more than 10000000 iterations",
        ));
        let mut budget = IterationBudget::new();
        assert_eq!(budget.spend(MAX_ITERATIONS - 1), Ok(9_999_999));
        assert_eq!(budget.spend(2), over);
        assert_eq!(budget.spend(1), Ok(1));
        assert_eq!(budget.spend(1), over);
        assert_eq!(IterationBudget::new().spend(u64::MAX), over);
    }
}
