//! The outcome of a race, as a table and as data.

use std::fmt;

use serde::Serialize;

use super::{Contest, Event, Field, Lane, Machine, Rival, median};
use crate::algorithm::Subject;

/// Everything a reader of the numbers must know.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What it was measured on.
    pub machine: Machine,
    /// Who ran.
    pub entrants: Vec<Entrant>,
    /// How often everybody was measured.
    pub rounds: usize,
    /// One row for each rival in each contest.
    pub rows: Vec<Row>,
}

/// Somebody who ran.
#[derive(Debug, Clone, Serialize)]
pub struct Entrant {
    /// The name in the rows.
    pub name: String,
    /// Library and version, as the program says.
    pub about: String,
    /// The Debian package with its version, if it comes from one.
    pub package: Option<String>,
}

/// Ours beside one rival.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The contest's name.
    pub contest: String,
    /// The median of our time for one operation; none if we have no such operation.
    pub ours_nanoseconds: Option<f64>,
    /// The rival.
    pub rival: String,
    /// The median of the rival's.
    pub rival_nanoseconds: Option<f64>,
    /// Length of the hashed message.
    pub message_bytes: Option<usize>,
    /// The median of the rival's time divided by ours in the same round.
    pub ratio: Option<f64>,
    /// What the ratio must be.
    pub floor: Option<f64>,
    /// What we would like it to be.
    pub aim: Option<f64>,
    /// Whether it is.
    pub verdict: Verdict,
}

/// How a ratio compares with its floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not less than the aim, or than the floor where there is no aim.
    AimMet,
    /// Less than the aim, and there is no floor.
    BelowAim,
    /// Not less than the floor.
    FloorMet,
    /// There is no floor.
    NoFloor,
    /// Less than the floor, or not there at all.
    NotMet,
    /// The processor lacks what the floor was promised for.
    OtherProcessor,
}

impl Report {
    /// Whether no floor is missed.
    pub fn all_floors_met(&self) -> bool {
        self.rows.iter().all(|row| row.verdict != Verdict::NotMet)
    }
}

pub(super) fn report(contests: &[&Contest], field: &Field, rounds: usize) -> Report {
    let machine = Machine::this();
    let rows = contests
        .iter()
        .flat_map(|contest| contest.rivals.iter().map(|rival| (*contest, rival)))
        .map(|(contest, rival)| row(contest, rival, field, &machine))
        .collect();
    let entrants = field
        .peers
        .iter()
        .map(|(name, peer)| Entrant {
            name: (*name).to_owned(),
            about: peer.about().to_owned(),
            package: field.packages.get(name).cloned(),
        })
        .collect();
    Report {
        machine,
        entrants,
        rounds,
        rows,
    }
}

fn row(contest: &Contest, rival: &Rival, field: &Field, machine: &Machine) -> Row {
    let samples = |who: &str, event: Event| field.lane(who, event).and_then(Lane::samples);
    let ours = samples(super::Who::Ours.name(), contest.ours);
    let theirs = samples(rival.who.name(), rival.event);
    let ratio = ours.zip(theirs).map(|(ours, theirs)| {
        let ratios: Vec<f64> = ours
            .iter()
            .zip(theirs)
            .map(|(ours, theirs)| theirs / ours)
            .collect();
        median(&ratios)
    });
    Row {
        contest: contest.name.to_owned(),
        ours_nanoseconds: ours.map(median),
        rival: if rival.event.operation == contest.ours.operation {
            rival.who.name().to_owned()
        } else {
            format!("{} {}", rival.who.name(), rival.event.operation.name())
        },
        rival_nanoseconds: theirs.map(median),
        message_bytes: match contest.ours.subject {
            Subject::Message(_, bytes) => Some(bytes),
            Subject::Curve(_) | Subject::File(_) | Subject::Rsa2048 => None,
        },
        ratio,
        floor: rival.floor,
        aim: rival.aim,
        verdict: verdict(ratio, rival, machine.has(rival.needs)),
    }
}

fn verdict(ratio: Option<f64>, rival: &Rival, promised_here: bool) -> Verdict {
    match (ratio, rival.floor, rival.aim) {
        (_, None, None) => Verdict::NoFloor,
        _ if !promised_here => Verdict::OtherProcessor,
        (None, ..) => Verdict::NotMet,
        (Some(ratio), _, Some(aim)) if ratio >= aim => Verdict::AimMet,
        (Some(_), None, Some(_)) => Verdict::BelowAim,
        (Some(ratio), Some(floor), _) if ratio < floor => Verdict::NotMet,
        (_, _, Some(_)) => Verdict::FloorMet,
        (_, _, None) => Verdict::AimMet,
    }
}

impl Lane {
    fn samples(&self) -> Option<&[f64]> {
        self.samples.as_deref()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "processor: {}", self.machine.cpu)?;
        writeln!(f, "features:  {}", self.machine.features.join(" "))?;
        for entrant in &self.entrants {
            let package = entrant.package.as_deref().unwrap_or("this workspace");
            writeln!(f, "{:<14} {} ({package})", entrant.name, entrant.about)?;
        }
        writeln!(
            f,
            "{} rounds; medians of thread CPU time; ratio = rival's time / ours\n",
            self.rounds
        )?;
        writeln!(
            f,
            "| {:<38} | {:>12} | {:<22} | {:>12} | {:>7} | {:>5} | {:>5} | {:<15} |",
            "what", "ours", "rival", "rival's", "ratio", "floor", "aim", "verdict"
        )?;
        writeln!(f, "|{}|", ["---"; 8].join("|"))?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number =
            |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value}"));
        write!(
            f,
            "| {:<38} | {:>12} | {:<22} | {:>12} | {:>7} | {:>5} | {:>5} | {:<15} |",
            self.contest,
            speed(self.ours_nanoseconds, self.message_bytes),
            self.rival,
            speed(self.rival_nanoseconds, self.message_bytes),
            self.ratio
                .map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
            number(self.floor),
            number(self.aim),
            self.verdict
        )
    }
}

/// Microseconds of an operation, or megabytes (10^6) of message in a second.
fn speed(nanoseconds: Option<f64>, bytes: Option<usize>) -> String {
    match (nanoseconds, bytes) {
        (None, _) => "–".to_owned(),
        (Some(nanoseconds), None) => format!("{:.1} µs", nanoseconds / 1e3),
        #[expect(
            clippy::cast_precision_loss,
            reason = "messages are far below 2^53 bytes"
        )]
        (Some(nanoseconds), Some(bytes)) => format!("{:.1} MB/s", bytes as f64 * 1e3 / nanoseconds),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AimMet => "met",
            Self::BelowAim => "below aim",
            Self::FloorMet => "met, below aim",
            Self::NoFloor => "",
            Self::NotMet => "NOT MET",
            Self::OtherProcessor => "not promised here",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::CONTESTS;

    #[test]
    fn a_ratio_is_compared_with_floor_and_aim() {
        // 2.0 and 3.0.
        let rival = &CONTESTS[0].rivals[0];
        for (ratio, expected) in [
            (None, Verdict::NotMet),
            (Some(1.99), Verdict::NotMet),
            (Some(2.0), Verdict::FloorMet),
            (Some(3.0), Verdict::AimMet),
        ] {
            assert_eq!(verdict(ratio, rival, true), expected, "{ratio:?}");
        }
        assert_eq!(verdict(Some(1.0), rival, false), Verdict::OtherProcessor);
        let unjudged = &CONTESTS[0].rivals[1];
        assert_eq!(verdict(None, unjudged, true), Verdict::NoFloor);
    }

    #[test]
    fn contests_have_different_names() {
        let mut names: Vec<_> = CONTESTS.iter().map(|contest| contest.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CONTESTS.len());
    }
}
