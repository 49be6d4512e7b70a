//! Does the time of an operation depend on the class of its secret?
//!
//! O. Reparaz, J. Balasch, I. Verbauwhede, "Dude, is my code constant time?", DATE 2017, [IACR
//! ePrint 2016/1123]: measure many times with secrets of two kinds in random order, and ask a t-test
//! whether the two samples can come from one distribution. Here several special kinds share one
//! random kind, with which each is compared.
//!
//! [IACR ePrint 2016/1123]: https://eprint.iacr.org/2016/1123

mod samples;
pub mod subjects;

use std::{hint::black_box, mem};

pub use samples::Comparison;
use samples::{Batch, Samples};

use crate::{clock, random::Random};

/// |t| above which a difference is a leak, whatever else: the bound of dudect.
///
/// A leak that exists gets there with enough measurements, since t grows with the square root of
/// their number. Chance does not: ten standard errors have a probability of 10^-23.
pub const LEAK: f64 = 10.0;

/// |t| above which a difference is not taken for chance at once: the bound of the test vector
/// leakage assessment that dudect builds on.
///
/// One comparison in some ten thousand gets here by chance, and each table has thousands. What is
/// above it is therefore measured again, [`REPETITIONS`] times: it is a leak if the same statistic
/// is above it with the same sign every time.
pub const SUSPICIOUS: f64 = 4.5;

/// How often a suspicion must come back.
pub const REPETITIONS: usize = 2;

/// Measurements of each class that are taken together in one random order.
const BATCH: usize = 500;

/// An operation on secrets of several classes.
pub trait Subject {
    /// What is prepared before the clock starts.
    type Input;
    /// What is dropped after the clock has stopped.
    type Output;

    /// How often a prepared input is measured before it is replaced; more than 1 where preparing
    /// takes long.
    const USES: usize = 1;

    /// Names of the classes; the first is the random one.
    fn classes(&self) -> Vec<&'static str>;

    /// An input of a class, given by its place in [`Self::classes`].
    fn prepare(&self, class: usize, random: &mut Random) -> Self::Input;

    /// The operation.
    fn run(&self, input: &Self::Input) -> Self::Output;
}

/// What was found out about one class.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The class that was compared with the random one.
    pub class: &'static str,
    /// Measurements of each class in one run.
    pub measurements: u64,
    /// Comparisons, one per run.
    pub runs: Vec<Comparison>,
}

impl Finding {
    /// Whether the time depends on the class.
    pub fn is_leak(&self) -> bool {
        let above_bound = self.runs.iter().any(|run| run.largest().abs() > LEAK);
        above_bound || (self.runs.len() > REPETITIONS && self.came_back())
    }

    /// The t of largest magnitude of all runs.
    pub fn largest(&self) -> f64 {
        samples::largest(self.runs.iter().map(Comparison::largest))
    }

    fn is_suspicious(&self) -> bool {
        self.largest().abs() > SUSPICIOUS
    }

    fn came_back(&self) -> bool {
        let statistics = self.runs.first().map_or(0, |run| run.t.len());
        (0..statistics).any(|statistic| {
            let all = |sign: f64| {
                self.runs
                    .iter()
                    .all(|run| sign * run.t[statistic] > SUSPICIOUS)
            };
            all(1.0) || all(-1.0)
        })
    }
}

/// Measures `subject` with at least `measurements` of each class, again if a difference is
/// suspicious.
pub fn judge<S: Subject>(subject: &S, measurements: u64, random: &mut Random) -> Vec<Finding> {
    let (count, first) = measure(subject, measurements, random);
    let mut findings: Vec<_> = subject.classes()[1..]
        .iter()
        .zip(first)
        .map(|(class, comparison)| Finding {
            class,
            measurements: count,
            runs: vec![comparison],
        })
        .collect();
    for _ in 0..REPETITIONS {
        let open = |finding: &Finding| finding.is_suspicious() && !finding.is_leak();
        if !findings.iter().any(open) {
            break;
        }
        let (_, again) = measure(subject, measurements, random);
        for (finding, comparison) in findings.iter_mut().zip(again) {
            finding.runs.push(comparison);
        }
    }
    findings
}

/// One run: how many measurements each class got, and each special class against the random one.
fn measure<S: Subject>(
    subject: &S,
    measurements: u64,
    random: &mut Random,
) -> (u64, Vec<Comparison>) {
    let classes = subject.classes().len();
    let size = usize::try_from(measurements).map_or(BATCH, |all| all.clamp(2, BATCH));
    let mut samples = Samples::new(classes);
    let mut inputs = Vec::with_capacity(classes * size);
    let mut batch = Batch::with_capacity(classes * size);
    // Every input is moved here before it is used: the operation always reads the same addresses.
    let mut place = subject.prepare(0, random);
    let mut uses = 0;
    let mut done = 0;
    let mut warm = false;
    while done < measurements {
        if uses == 0 {
            inputs.clear();
            for class in 0..classes {
                inputs.extend((0..size).map(|_| (class, subject.prepare(class, random))));
            }
            uses = S::USES;
        }
        random.shuffle(&mut inputs);
        batch.clear();
        for (class, input) in &mut inputs {
            mem::swap(&mut place, input);
            let (output, ticks) = time(subject, &place);
            mem::swap(&mut place, input);
            batch.push((*class, ticks));
            drop(output);
        }
        uses -= 1;
        // The first batch fills caches and teaches the branch predictor.
        if mem::replace(&mut warm, true) {
            samples.add(&batch);
            done += size as u64;
        }
    }
    (done, samples.comparisons())
}

#[inline(never)]
fn time<S: Subject>(subject: &S, input: &S::Input) -> (S::Output, f64) {
    let begin = clock::start();
    let output = black_box(subject.run(black_box(input)));
    let end = clock::stop();
    // A virtual machine that moves to another host may turn the counter back.
    (output, end.saturating_sub(begin) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(t: &[f64]) -> Comparison {
        Comparison {
            t: t.to_vec(),
            ..Comparison::default()
        }
    }

    fn finding(runs: &[&[f64]]) -> Finding {
        Finding {
            class: "fixed",
            measurements: 1,
            runs: runs.iter().map(|t| comparison(t)).collect(),
        }
    }

    #[test]
    fn ten_standard_errors_are_a_leak_at_once() {
        assert!(finding(&[&[1.0, -10.1]]).is_leak());
        assert!(!finding(&[&[1.0, -9.9]]).is_leak());
    }

    #[test]
    fn a_suspicion_is_a_leak_when_it_comes_back_twice() {
        assert!(finding(&[&[5.0, 0.0], &[4.6, 1.0], &[6.0, 0.0]]).is_leak());
        assert!(!finding(&[&[5.0, 0.0], &[4.6, 1.0]]).is_leak());
    }

    #[test]
    fn a_suspicion_is_chance_when_another_statistic_or_sign_comes_back() {
        assert!(!finding(&[&[5.0, 0.0], &[0.0, 5.0], &[5.0, 0.0]]).is_leak());
        assert!(!finding(&[&[5.0, 0.0], &[-5.0, 0.0], &[5.0, 0.0]]).is_leak());
        assert!(!finding(&[&[5.0, 0.0], &[4.4, 0.0], &[5.0, 0.0]]).is_leak());
    }

    /// Work that takes longer for class "long", or equally long.
    struct Chain {
        long: u32,
    }

    impl Subject for Chain {
        type Input = u32;
        type Output = u64;

        fn classes(&self) -> Vec<&'static str> {
            vec!["random", "same", "long"]
        }

        fn prepare(&self, class: usize, _random: &mut Random) -> u32 {
            if class == 2 { self.long } else { 2_000 }
        }

        fn run(&self, input: &u32) -> u64 {
            (0..*input).fold(0, |sum, step| black_box(sum ^ u64::from(step)))
        }
    }

    #[test]
    fn work_that_takes_two_percent_longer_is_a_leak_and_equal_work_is_none() {
        let findings = judge(&Chain { long: 2_040 }, 20_000, &mut Random::new(3));
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].class, "same");
        assert!(!findings[0].is_leak(), "{findings:?}");
        assert_eq!(findings[1].class, "long");
        assert!(findings[1].is_leak(), "{findings:?}");
        assert!(findings[1].largest() > LEAK, "longer is positive");
        assert_eq!(findings[1].measurements, 20_000);
    }
}
