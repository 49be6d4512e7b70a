//! The verdict, and the only way to a passed one.

use tamga_scheme::SignatureValid;
use tamga_x509::VerifiedPath;

use crate::{Detail, NotRevoked, Reason, SubIndication};

/// The three indications of ETSI EN 319 102-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Everything that had to be proved was proved.
    TotalPassed,
    /// It is proved that something does not hold.
    TotalFailed,
    /// Neither.
    Indeterminate,
}

impl Verdict {
    /// `TOTAL_PASSED`, `TOTAL_FAILED`, `INDETERMINATE`.
    pub fn code(self) -> &'static str {
        match self {
            Self::TotalPassed => "TOTAL_PASSED",
            Self::TotalFailed => "TOTAL_FAILED",
            Self::Indeterminate => "INDETERMINATE",
        }
    }
}

/// A verdict with its reason. There is no public constructor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conclusion {
    verdict: Verdict,
    reason: Option<Reason>,
}

impl Conclusion {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why it did not pass; `None` exactly when it passed.
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// The one place where a signature passes.
    pub(crate) fn passed(_: SignatureValid, _: &VerifiedPath, _: NotRevoked) -> Self {
        Self {
            verdict: Verdict::TotalPassed,
            reason: None,
        }
    }

    /// Everything else.
    pub(crate) fn not_passed(reason: impl Into<Reason>) -> Self {
        let reason = reason.into();
        Self {
            verdict: reason.sub_indication.verdict(),
            reason: Some(reason),
        }
    }

    /// The worst of all: failed before indeterminate before passed. None at all fails: no signature proves nothing.
    pub(crate) fn of_all<'a>(conclusions: impl Iterator<Item = &'a Self>) -> Self {
        let mut worst: Option<&Self> = None;
        for conclusion in conclusions {
            if worst.is_none_or(|worst| conclusion.weight() > worst.weight()) {
                worst = Some(conclusion);
            }
        }
        worst.copied().unwrap_or_else(|| {
            Self::not_passed(SubIndication::FormatFailure.with(Detail::NoSignature))
        })
    }

    fn weight(&self) -> u8 {
        match self.verdict {
            Verdict::TotalPassed => 0,
            Verdict::Indeterminate => 1,
            Verdict::TotalFailed => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_signature_at_all_fails() {
        let conclusion = Conclusion::of_all([].iter());
        assert_eq!(conclusion.verdict(), Verdict::TotalFailed);
        assert_eq!(
            conclusion.reason(),
            Some(SubIndication::FormatFailure.with(Detail::NoSignature))
        );
    }

    #[test]
    fn one_failed_signature_outweighs_an_undecided_one() {
        let undecided = Conclusion::not_passed(SubIndication::TryLater);
        let failed = Conclusion::not_passed(SubIndication::HashFailure);
        assert_eq!(
            Conclusion::of_all([undecided, failed, undecided].iter()),
            failed
        );
        assert_eq!(Conclusion::of_all([undecided, undecided].iter()), undecided);
    }
}
