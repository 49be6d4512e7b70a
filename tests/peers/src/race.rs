//! Races: ours beside others in the same minutes on the same machine.
//!
//! Absolute numbers of different runs say nothing when other work shares the processor. Therefore every round measures
//! everybody once, in thread CPU time, and what counts is the median over the rounds of the ratio within a round.

mod contests;
mod machine;
mod report;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

pub use contests::{CONTESTS, Contest, Rival, Who};
pub use machine::Machine;
pub use report::{Entrant, Report, Row, Verdict};

use crate::{
    Error,
    algorithm::{Operation, Subject},
    files,
    process::Peer,
};

/// What is measured of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// What to do.
    pub operation: Operation,
    /// With what.
    pub subject: Subject,
}

/// Where the programs are.
#[derive(Debug)]
pub struct Programs {
    /// `peer-ours`, compiled as the product is.
    pub ours: PathBuf,
    /// `peer-rustcrypto`, compiled for speed.
    pub rustcrypto: PathBuf,
    /// Folder for the compiled drivers of foreign implementations.
    pub drivers: PathBuf,
    /// Folder for the files that are read.
    pub files: PathBuf,
}

/// CPU time of one measurement: long against the clock's steps, short against changes of the machine's load.
const SAMPLE: Duration = Duration::from_millis(200);

/// Runs `contests` in `rounds` rounds; `tell` hears what is being done.
///
/// # Errors
/// [`Error`], for instance when a package is missing.
pub fn run(
    contests: &[&Contest],
    programs: &Programs,
    rounds: usize,
    tell: &mut dyn FnMut(&str),
) -> Result<Report, Error> {
    if contests
        .iter()
        .any(|contest| matches!(contest.ours.subject, Subject::File(_)))
    {
        tell("making files");
        files::make(&programs.files)?;
    }
    let mut field = Field::enter(contests, programs, tell)?;
    for round in 1..=rounds {
        tell(&format!("round {round} of {rounds}"));
        field.round()?;
    }
    Ok(report::report(contests, &field, rounds))
}

/// Everybody who runs, with what was measured so far.
struct Field {
    peers: BTreeMap<&'static str, Peer>,
    packages: BTreeMap<&'static str, String>,
    lanes: Vec<Lane>,
}

/// One event of one entrant.
struct Lane {
    who: &'static str,
    event: Event,
    /// Operations of one measurement.
    iterations: u64,
    /// Nanoseconds of an operation, one number a round; none if there is no such operation.
    samples: Option<Vec<f64>>,
}

impl Field {
    /// Starts everybody and finds out how many operations make a sample.
    fn enter(
        contests: &[&Contest],
        programs: &Programs,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Self, Error> {
        let mut field = Self {
            peers: BTreeMap::new(),
            packages: BTreeMap::new(),
            lanes: Vec::new(),
        };
        for contest in contests {
            field.add(Who::Ours, contest.ours, programs, tell)?;
            for rival in contest.rivals {
                field.add(rival.who, rival.event, programs, tell)?;
            }
        }
        Ok(field)
    }

    fn add(
        &mut self,
        who: Who,
        event: Event,
        programs: &Programs,
        tell: &mut dyn FnMut(&str),
    ) -> Result<(), Error> {
        let name = who.name();
        if self.lane(name, event).is_some() {
            return Ok(());
        }
        if !self.peers.contains_key(name) {
            tell(&format!("starting {name}"));
            self.peers.insert(name, start(who, programs)?);
            if let Some(package) = who.package_version() {
                self.packages.insert(name, package);
            }
        }
        let peer = self.peers.get_mut(name).expect("started above");
        let iterations = calibrate(peer, event, who.warm_up())?;
        self.lanes.push(Lane {
            who: name,
            event,
            iterations: iterations.unwrap_or(0),
            samples: iterations.map(|_| Vec::new()),
        });
        Ok(())
    }

    fn lane(&self, who: &str, event: Event) -> Option<&Lane> {
        self.lanes
            .iter()
            .find(|lane| lane.who == who && lane.event == event)
    }

    fn round(&mut self) -> Result<(), Error> {
        for lane in &mut self.lanes {
            let Some(samples) = &mut lane.samples else {
                continue;
            };
            let peer = self.peers.get_mut(lane.who).expect("started with its lane");
            let Event { operation, subject } = lane.event;
            samples.extend(peer.bench(operation, subject, lane.iterations)?);
        }
        Ok(())
    }
}

fn start(who: Who, programs: &Programs) -> Result<Peer, Error> {
    let own = |program: &Path| {
        let mut command = Command::new(program);
        command.env(files::FOLDER, &programs.files);
        Peer::start(who.name(), &[], command)
    };
    match who {
        Who::Ours => own(&programs.ours),
        Who::RustCrypto => own(&programs.rustcrypto),
        Who::Foreign(foreign) => foreign.start_with(&programs.drivers, &programs.files),
    }
}

/// How many operations take about [`SAMPLE`]; none if there is no such operation.
fn calibrate(peer: &mut Peer, event: Event, warm_up: Duration) -> Result<Option<u64>, Error> {
    let mut iterations = 1;
    let mut spent = Duration::ZERO;
    loop {
        let Some(each) = peer.bench(event.operation, event.subject, iterations)? else {
            return Ok(None);
        };
        // A clock that has not moved yet is no reason to divide by zero.
        let each = each.max(1.0);
        let took = duration(each, iterations);
        spent += took;
        if took >= SAMPLE / 4 && spent >= warm_up {
            return Ok(Some(fitting(each)));
        }
        iterations = fitting(each).min(iterations.saturating_mul(16));
    }
}

/// Operations of `each` nanoseconds in a sample.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive number; the fraction is not needed"
)]
fn fitting(each: f64) -> u64 {
    (SAMPLE.as_secs_f64() * 1e9 / each).ceil() as u64
}

fn duration(each: f64, iterations: u64) -> Duration {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let all = each * iterations as f64;
    Duration::from_secs_f64(all / 1e9)
}

/// The middle one, or the mean of the two in the middle.
///
/// # Panics
/// Without numbers.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert!((median(&[3.0, 1.0, 100.0]) - 3.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 100.0, 2.0]) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_sample_holds_as_many_operations_as_fit() {
        assert_eq!(fitting(1e6), 200);
        assert_eq!(fitting(3e9), 1);
    }
}
