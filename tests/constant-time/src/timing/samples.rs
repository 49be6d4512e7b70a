//! The statistics of one run: what is kept of each measurement, and what is compared.

use crate::welch::{Difference, Moments};

/// Measurements taken together: class and ticks, in the order of measuring.
pub(super) type Batch = Vec<(usize, f64)>;

/// Shares of the shortest measurements that are compared besides all of them.
///
/// Long times are those of interrupts and of neighbours on the same processor: they hide a small
/// difference in the mean of all. Where to cut cannot be known, so several cuts are tried, as in
/// the original.
const CROPS: [f64; 8] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

/// The cut whose mean is shown to people and whose spread is compared: place in [`CROPS`].
const SHOWN: usize = 4;

/// How one special class differs from the random one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// Welch's t of each statistic: mean of all measurements, mean of each crop, spread (the
    /// second-order test: squared distance from the class's mean) of one crop.
    pub t: Vec<f64>,
    /// Difference of the means of the shorter nine tenths, in ticks.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// Half of all measurements of the run took less, in ticks.
    pub median: f64,
}

impl Comparison {
    /// The t of largest magnitude.
    pub fn largest(&self) -> f64 {
        largest(self.t.iter().copied())
    }
}

/// The number of largest magnitude; 0 if there is none.
pub(super) fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |largest: f64, number| {
        if number.abs() > largest.abs() {
            number
        } else {
            largest
        }
    })
}

/// What is kept of the measurements of every class.
pub(super) struct Samples {
    classes: Vec<Class>,
    medians: Moments,
}

/// What is kept of one class.
#[derive(Clone, Default)]
struct Class {
    all: Moments,
    cropped: [Moments; CROPS.len()],
    spread: Moments,
}

impl Samples {
    pub(super) fn new(classes: usize) -> Self {
        Self {
            classes: vec![Class::default(); classes],
            medians: Moments::default(),
        }
    }

    /// Adds a batch.
    ///
    /// Times count from the median of the batch and cuts are quantiles of the batch: the clock
    /// frequency drifts over minutes and not within a batch. Both ignore the classes, so they cannot
    /// make a difference between equal ones.
    pub(super) fn add(&mut self, batch: &Batch) {
        let mut sorted: Vec<f64> = batch.iter().map(|(_, ticks)| *ticks).collect();
        sorted.sort_by(f64::total_cmp);
        let median = quantile(&sorted, 0.5);
        let cuts = CROPS.map(|share| quantile(&sorted, share));
        self.medians.push(median);

        let mut shown = vec![Moments::default(); self.classes.len()];
        for (class, ticks) in batch {
            let value = ticks - median;
            let kept = &mut self.classes[*class];
            kept.all.push(value);
            for (moments, cut) in kept.cropped.iter_mut().zip(cuts) {
                if *ticks <= cut {
                    moments.push(value);
                }
            }
            if *ticks <= cuts[SHOWN] {
                shown[*class].push(value);
            }
        }
        for (class, ticks) in batch {
            if *ticks <= cuts[SHOWN] {
                let distance = ticks - median - shown[*class].mean();
                self.classes[*class].spread.push(distance * distance);
            }
        }
    }

    /// Every class but the first against the first.
    pub(super) fn comparisons(&self) -> Vec<Comparison> {
        let Some((random, special)) = self.classes.split_first() else {
            return Vec::new();
        };
        special
            .iter()
            .map(|class| {
                let shown = Difference::between(&class.cropped[SHOWN], &random.cropped[SHOWN]);
                Comparison {
                    t: class.t(random),
                    mean: shown.map_or(0.0, |difference| difference.mean),
                    error: shown.map_or(0.0, |difference| difference.error),
                    median: self.medians.mean(),
                }
            })
            .collect()
    }
}

impl Class {
    /// A crop that one class has no measurements in says so through the others.
    fn t(&self, random: &Self) -> Vec<f64> {
        let pairs = [(&self.all, &random.all)]
            .into_iter()
            .chain(self.cropped.iter().zip(&random.cropped))
            .chain([(&self.spread, &random.spread)]);
        pairs
            .map(|(a, b)| Difference::between(a, b).map_or(0.0, |difference| difference.t()))
            .collect()
    }
}

/// The value that a share of the sorted ones does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64).ceil() as usize;
    sorted[place.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Roughly normal with mean 0 and variance 1: twelve uniform numbers.
    fn noise(random: &mut Random) -> f64 {
        let unit = |word: u64| word as f64 / 2f64.powi(64);
        (0..12).map(|_| unit(random.word())).sum::<f64>() - 6.0
    }

    /// The comparison of two classes over 100 batches of 2 * 500 measurements made by `ticks`,
    /// which gets the number of the batch, the class and noise.
    fn compare(mut ticks: impl FnMut(usize, usize, &mut Random) -> f64) -> Comparison {
        let mut random = Random::new(11);
        let mut samples = Samples::new(2);
        for batch in 0..100 {
            let measured = (0..1000)
                .map(|i| (i % 2, ticks(batch, i % 2, &mut random)))
                .collect();
            samples.add(&measured);
        }
        samples.comparisons().remove(0)
    }

    #[test]
    fn classes_of_one_distribution_differ_little() {
        let same = compare(|_, _, random| 1e4 + 50.0 * noise(random));
        assert!(same.largest().abs() < 4.5, "{same:?}");
        assert_eq!(same.t.len(), 1 + CROPS.len() + 1);
        assert!((same.median - 1e4).abs() < 1.0);
    }

    #[test]
    fn a_tenth_of_the_noise_more_is_seen() {
        let more = compare(|_, class, random| 1e4 + 50.0 * noise(random) + 5.0 * class as f64);
        assert!(more.t[0] > 10.0, "{more:?}");
        assert!((2.0..6.0).contains(&more.mean), "{more:?}");
    }

    #[test]
    fn drift_of_the_clock_does_not_hide_a_difference() {
        let drifting = compare(|batch, class, random| {
            1e4 + 100.0 * batch as f64 + 50.0 * noise(random) + 5.0 * class as f64
        });
        assert!(drifting.t[0] > 10.0, "{drifting:?}");
    }

    #[test]
    fn rare_long_measurements_do_not_hide_a_difference() {
        let disturbed = compare(|_, class, random| {
            let interrupt = if random.below(100) == 0 { 1e6 } else { 0.0 };
            1e4 + 50.0 * noise(random) + 5.0 * class as f64 + interrupt
        });
        assert!(disturbed.t[0].abs() < 4.5, "the mean of all is lost");
        assert!(disturbed.largest() > 10.0, "{disturbed:?}");
    }

    #[test]
    fn another_spread_around_the_same_mean_is_seen() {
        let wider = compare(|_, class, random| 1e4 + (50.0 + 5.0 * class as f64) * noise(random));
        assert!(wider.t[0].abs() < 4.5, "{wider:?}");
        assert!(wider.t.last().expect("the spread") > &10.0, "{wider:?}");
    }

    #[test]
    fn quantiles_of_ten_values() {
        let sorted: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(quantile(&sorted, 0.0), 1.0);
        assert_eq!(quantile(&sorted, 0.1), 1.0);
        assert_eq!(quantile(&sorted, 0.5), 5.0);
        assert_eq!(quantile(&sorted, 0.95), 10.0);
        assert_eq!(quantile(&sorted, 1.0), 10.0);
    }
}
