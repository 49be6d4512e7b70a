//! Measures whether signing and key generation take longer for some secrets than for others.
//!
//! Ends with 0 if no leak was found and every control was caught, with 1 otherwise, with 2 if nothing was measured.

use std::process::ExitCode;

use clap::Parser;
use tamga_constant_time::{
    clock,
    curves::Judged,
    paths::{Path, chosen},
    random::Random,
    timing::{
        Finding, LEAK, REPETITIONS, SUSPICIOUS, Subject, judge,
        subjects::{
            KeyGeneration, LeakyComparison, LeakyMultiplication, PlantedLeak, SigningEntropy,
            SigningKey, SigningNonce,
        },
    },
};
use tamga_gost3410::{CryptoProA, Tc26A256, Tc26A512};

#[derive(Parser)]
#[command(about = "Looks for secrets that show in time")]
struct Arguments {
    /// Measurements of each class of secrets.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1000..))]
    measurements: u64,
    /// Only targets whose name contains this; controls always run.
    #[arg(long)]
    only: Option<String>,
    /// Seed of the inputs, to repeat a run.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seed = match arguments.seed.map_or_else(Random::system_seed, Ok) {
        Ok(seed) => seed,
        Err(error) => {
            say(&format!("no random seed: {error}"));
            return ExitCode::from(2);
        }
    };
    say(&format!(
        "timing: {} measurements per class, times in {}, seed {seed}",
        arguments.measurements,
        clock::UNIT
    ));
    say(&format!("chosen for this processor: {}", chosen()));
    say(&format!(
        "a leak: |t| > {LEAK}, or |t| > {SUSPICIOUS} in {} runs alike",
        1 + REPETITIONS
    ));
    say(&format!(
        "{:<48} {:<11} {:>9} {:>11} {:>18} {:>8}  {}",
        "target", "class", "per class", "median", "difference", "|t| max", "verdict"
    ));
    let mut table = Table {
        arguments,
        random: Random::new(seed),
        measured: 0,
        well: true,
    };
    table.control("leaky multiplication", |_| LeakyMultiplication);
    table.control("leaky comparison", LeakyComparison::new);
    table.control(
        "key generation with a planted leak",
        PlantedLeak::<CryptoProA>::new,
    );
    for path in Path::ALL {
        path.take();
        table.curve::<Tc26A512>(path);
        table.curve::<CryptoProA>(path);
        table.curve::<Tc26A256>(path);
    }
    if table.measured == 0 {
        say("no target has such a name: nothing was measured");
        return ExitCode::from(2);
    }
    say(&format!("{} targets measured", table.measured));
    if table.well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Rows are printed as soon as they are known.
struct Table {
    arguments: Arguments,
    random: Random,
    /// Targets, controls not counted.
    measured: usize,
    well: bool,
}

impl Table {
    fn curve<C: Judged>(&mut self, path: Path) {
        let name = |operation| format!("{} {}: {operation}", path.name(), C::NAME);
        self.target(&name("key generation"), KeyGeneration::<C>::new);
        self.target(&name("signing, key"), SigningKey::<C>::new);
        self.target(&name("signing, entropy"), SigningEntropy::<C>::new);
        self.target(&name("signing, nonce"), SigningNonce::<C>::new);
    }

    fn target<S: Subject>(&mut self, name: &str, subject: impl FnOnce(&mut Random) -> S) {
        if let Some(only) = &self.arguments.only
            && !name.contains(only.as_str())
        {
            return;
        }
        self.measured += 1;
        self.rows(name, subject, |leak| {
            if leak {
                ("LEAK", false)
            } else {
                ("clean", true)
            }
        });
    }

    fn control<S: Subject>(&mut self, name: &str, subject: impl FnOnce(&mut Random) -> S) {
        self.rows(&format!("control: {name}"), subject, |leak| {
            if leak {
                ("caught", true)
            } else {
                ("MISSED", false)
            }
        });
    }

    fn rows<S: Subject>(
        &mut self,
        name: &str,
        subject: impl FnOnce(&mut Random) -> S,
        verdict: impl Fn(bool) -> (&'static str, bool),
    ) {
        let subject = subject(&mut self.random);
        for finding in judge(&subject, self.arguments.measurements, &mut self.random) {
            let (word, well) = verdict(finding.is_leak());
            self.well &= well;
            say(&row(name, &finding, word));
        }
    }
}

fn row(name: &str, finding: &Finding, verdict: &str) -> String {
    // A row shows the first run; a second and a third are told of.
    let first = &finding.runs[0];
    let runs = match finding.runs.len() {
        1 => String::new(),
        runs => format!(" ({runs} runs)"),
    };
    format!(
        "{name:<48} {:<11} {:>9} {:>11.0} {:>9.1} ± {:>6.1} {:>8.1}  {verdict}{runs}",
        finding.class,
        finding.measurements,
        first.median,
        first.mean,
        first.error,
        finding.largest().abs(),
    )
}

#[expect(clippy::print_stdout, reason = "a table on stdout")]
fn say(line: &str) {
    println!("{line}");
}
