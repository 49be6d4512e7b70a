//! What the numbers were measured on.

use std::fs;

use serde::Serialize;

/// A processor.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Its name.
    pub cpu: String,
    /// Those of its features that change how fast cryptography is.
    pub features: Vec<String>,
}

/// As Linux names them.
const FEATURES: &[&str] = &[
    "sse4_1",
    "avx",
    "avx2",
    "bmi1",
    "bmi2",
    "adx",
    "sha_ni",
    "gfni",
    "vaes",
    "avx512f",
    "avx512dq",
    "avx512bw",
    "avx512vl",
    "avx512ifma",
    "avx512_vbmi",
    "avx512_vbmi2",
];

impl Machine {
    /// This one, as Linux describes it.
    pub fn this() -> Self {
        Self::read(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default())
    }

    /// Whether it has all of `features`.
    pub fn has(&self, features: &[&str]) -> bool {
        features
            .iter()
            .all(|wanted| self.features.iter().any(|feature| feature == wanted))
    }

    /// `/proc/cpuinfo`; the first processor speaks for all.
    fn read(text: &str) -> Self {
        let value = |key: &str| {
            text.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.trim() == key)
                .map(|(_, value)| value.trim())
        };
        let flags = value("flags").unwrap_or_default();
        let has = |feature: &&&str| flags.split(' ').any(|flag| flag == **feature);
        Self {
            cpu: value("model name").unwrap_or("unknown").to_owned(),
            features: FEATURES
                .iter()
                .filter(has)
                .map(|feature| (*feature).to_owned())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_features_are_those_of_the_first_processor() {
        let machine = Machine::read(
            "processor\t: 0\nmodel name\t: A Fast One\nflags\t\t: fpu avx2 adx\n\nprocessor\t: 1\nmodel name\t: B\nflags\t\t: gfni\n",
        );
        assert_eq!(machine.cpu, "A Fast One");
        assert_eq!(machine.features, ["avx2", "adx"]);
        assert!(machine.has(&["adx", "avx2"]));
        assert!(!machine.has(&["adx", "gfni"]));
    }
}
