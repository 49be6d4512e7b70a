//! Welch's t-test for two samples of unequal variance.

/// Number, mean and variance of a sample, one value at a time (B. P. Welford, Technometrics 4
/// (1962) 419).
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    count: f64,
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
}

impl Moments {
    /// Adds a value.
    pub fn push(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    /// The mean; 0 without values.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Squared standard error of the mean: variance / count; none below two values.
    fn squared_error(&self) -> Option<f64> {
        (self.count >= 2.0).then(|| self.squares / (self.count - 1.0) / self.count)
    }
}

/// Difference of two means in their own unit, with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// `mean(a) - mean(b)`.
    pub mean: f64,
    /// Standard error of that.
    pub error: f64,
}

impl Difference {
    /// Compares two samples; none if one has fewer than two values.
    pub fn between(a: &Moments, b: &Moments) -> Option<Self> {
        Some(Self {
            mean: a.mean - b.mean,
            error: (a.squared_error()? + b.squared_error()?).sqrt(),
        })
    }

    /// Welch's t. Two samples without any spread are equal (0) or as different as can be.
    pub fn t(&self) -> f64 {
        if self.mean == 0.0 {
            0.0
        } else {
            self.mean / self.error
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|value| moments.push(*value));
        moments
    }

    #[test]
    fn t_of_a_worked_example() {
        // Means 20.0 and 17.5, variances 10 and 5/3: t = 2.5 / sqrt(10/5 + (5/3)/4) = 1.6082.
        let a = moments(&[16.0, 18.0, 20.0, 22.0, 24.0]);
        let b = moments(&[16.0, 17.0, 18.0, 19.0]);
        let difference = Difference::between(&a, &b).expect("both have values");
        assert!((difference.mean - 2.5).abs() < 1e-12);
        assert!((difference.error - (10.0f64 / 5.0 + 5.0 / 12.0).sqrt()).abs() < 1e-12);
        assert!((difference.t() - 1.608_169).abs() < 1e-6);
    }

    #[test]
    fn exchanging_the_samples_changes_the_sign_only() {
        let a = moments(&[1.0, 2.0, 4.0]);
        let b = moments(&[3.0, 9.0, 27.0, 1.0]);
        let forth = Difference::between(&a, &b).expect("both have values").t();
        let back = Difference::between(&b, &a).expect("both have values").t();
        assert!((forth + back).abs() < 1e-12);
        assert!(forth < 0.0);
    }

    #[test]
    fn samples_without_spread_are_equal_or_infinitely_different() {
        let five = moments(&[5.0; 10]);
        let six = moments(&[6.0; 10]);
        let t = |a, b| Difference::between(a, b).expect("both have values").t();
        assert_eq!(t(&five, &five), 0.0);
        assert_eq!(t(&six, &five), f64::INFINITY);
    }

    #[test]
    fn one_value_has_no_spread_to_compare() {
        assert_eq!(
            Difference::between(&moments(&[1.0]), &moments(&[1.0, 2.0])),
            None
        );
    }
}
