//! The inputs of a run for one curve with our answers, made once for all judges.

use std::sync::OnceLock;

use tamga_peers::{
    algorithm::Curve,
    foreign::{Foreign, Quirk},
};

use crate::{
    curve_numbers::CurveNumbers,
    judged::{self, Judged},
    keys, ours,
    random::Random,
    signatures::{shown_by_digest, to_sign},
};

/// Everything about one curve.
pub(crate) struct Battery {
    pub(crate) curve: Curve,
    /// Scalars with our public keys.
    pub(crate) keys: Vec<(Vec<u8>, Vec<u8>)>,
    signed: Vec<Signed>,
    judged: Vec<Judged>,
}

/// A digest with our key and signature.
pub(crate) struct Signed {
    pub(crate) secret: Vec<u8>,
    pub(crate) public: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// Deviations from the standard that show here.
    pub(crate) shows: Vec<Quirk>,
}

impl Battery {
    /// Cases for a judge: a key, a signature of ours, one of the judge's, a verdict.
    pub(crate) fn cases(&self, judge: &Foreign) -> usize {
        self.keys.len() + 2 * self.signed_for(judge).count() + self.judged_for(judge).count()
    }

    /// Digests to sign where the judge follows the standard.
    pub(crate) fn signed_for(&self, judge: &Foreign) -> impl Iterator<Item = &Signed> {
        let asked = |signed: &&Signed| !judge.has_any(&signed.shows);
        self.signed.iter().filter(asked)
    }

    /// Signatures to judge where the judge follows the standard.
    pub(crate) fn judged_for(&self, judge: &Foreign) -> impl Iterator<Item = &Judged> {
        let asked = |judged: &&Judged| !judge.has_any(&judged.shows);
        self.judged.iter().filter(asked)
    }

    /// Every signature to judge.
    pub(crate) fn judged(&self) -> &[Judged] {
        &self.judged
    }

    fn make(curve: Curve) -> Self {
        let numbers = CurveNumbers::of(curve);
        let ours = ours::ours(curve);
        let mut random = Random::of(&format!("entropy of {}", curve.name()));
        let keys = keys::scalars(&numbers)
            .iter()
            .map(|d| numbers.le(d))
            .map(|secret| {
                let public = ours.public(&secret);
                (secret, public)
            })
            .collect();
        let signed = to_sign(&numbers)
            .into_iter()
            .map(|to_sign| {
                let entropy = random.bytes(32).try_into().expect("32 bytes");
                Signed {
                    public: ours.public(&to_sign.secret),
                    signature: ours.sign(&to_sign.secret, &to_sign.digest, &entropy),
                    shows: shown_by_digest(&numbers, &to_sign.digest),
                    secret: to_sign.secret,
                    digest: to_sign.digest,
                }
            })
            .collect();
        let judged = judged::all(&numbers);
        Self {
            curve,
            keys,
            signed,
            judged,
        }
    }
}

/// The battery of a curve.
pub(crate) fn battery(curve: Curve) -> &'static Battery {
    static BATTERIES: [OnceLock<Battery>; Curve::ALL.len()] =
        [const { OnceLock::new() }; Curve::ALL.len()];
    BATTERIES[curve as usize].get_or_init(|| Battery::make(curve))
}
