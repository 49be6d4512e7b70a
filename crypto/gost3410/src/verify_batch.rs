//! Checking many signatures at once.

use crate::{
    Curve, Error, PublicKey,
    field::invert_all_vartime,
    verify::{Equation, Parsed},
};

/// Fewer signatures than this are faster one by one than in eight lanes: an estimate, from counts of
/// instructions, as no processor with the lanes has been measured.
const FEWEST: usize = 3;

/// One signature of a batch: the arguments of [`crate::verify_prehashed`].
#[derive(Debug)]
pub struct Check<'a, C: Curve> {
    /// The signer's key.
    pub public: &'a PublicKey<C>,
    /// A digest of [`Curve::BYTES`] bytes, in transmission order.
    pub digest: &'a [u8],
    /// `r ‖ s`, each little-endian.
    pub signature: &'a [u8],
}

/// The verdict of [`crate::verify_prehashed`] on each signature, in order; the keys may differ.
///
/// Eight signatures of [`crate::Tc26A512`] are checked side by side where the processor has AVX-512
/// IFMA, by estimate in the time of about two; elsewhere one after another, with one inversion for
/// all. Each verdict stands alone: nothing random is combined, a bad signature does not disturb its
/// neighbours.
pub fn verify_batch<C: Curve>(checks: &[Check<'_, C>]) -> Vec<Result<(), Error>> {
    let parsed: Vec<_> = checks
        .iter()
        .map(|check| Parsed::<C>::new(check.digest, check.signature))
        .collect();
    let mut inverses: Vec<_> = parsed.iter().flatten().map(|parsed| parsed.e).collect();
    invert_all_vartime(&mut inverses);
    let mut inverses = inverses.iter();
    let mut open = Vec::with_capacity(checks.len());
    let mut verdicts = Vec::with_capacity(checks.len());
    for (index, (parsed, check)) in parsed.iter().zip(checks).enumerate() {
        match parsed {
            Ok(parsed) => {
                let v = inverses.next().expect("one for each that was parsed");
                open.push((index, parsed.equation(v), check.public));
                verdicts.push(Err(Error::Mismatch));
            }
            Err(error) => verdicts.push(Err(*error)),
        }
    }
    for chunk in open.chunks(LANES) {
        let answers = if chunk.len() < FEWEST {
            [None; LANES]
        } else {
            // Lanes without a signature of their own repeat the first.
            C::match_in_lanes(&core::array::from_fn(|lane| {
                let (_, equation, public) = chunk.get(lane).unwrap_or(&chunk[0]);
                (equation, *public)
            }))
        };
        for ((index, equation, public), answer) in chunk.iter().zip(answers) {
            verdicts[*index] = match answer {
                Some(true) => Ok(()),
                Some(false) => Err(Error::Mismatch),
                None => equation.check(public),
            };
        }
    }
    verdicts
}

/// Signatures checked side by side.
pub(crate) const LANES: usize = 8;

/// An equation and the key it belongs to.
pub(crate) type Pair<'a, C> = (&'a Equation<C>, &'a PublicKey<C>);
