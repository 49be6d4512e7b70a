//! Whole programs over messages too large for memory: processor time and peak memory, ours beside others.
//!
//! `tamga-verifier` is measured as portals run it, reading files from disk; `peer-stream` stands for what the libraries
//! do where no program of ours does it yet. Every round runs everybody once, what counts is the median.

use std::{
    fmt::{self, Write as _},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Error, files,
    race::{Machine, median},
};

/// One thing we do, beside others.
pub struct Contest {
    /// What a person calls it.
    pub name: &'static str,
    /// Our program with its arguments, relative to the folder of files.
    ours: &'static [&'static str],
    /// Most memory we may need, in MiB.
    memory: f64,
    /// Bytes of a file that ours holds on purpose, which do not count.
    held: &'static str,
    rivals: &'static [Rival],
}

/// Somebody else.
struct Rival {
    name: &'static str,
    /// The program with its arguments; those of `openssl cms -verify` alone where an option comes first.
    command: &'static [&'static str],
    /// With the configuration that loads gost-engine.
    engine: bool,
    floor: Option<f64>,
    aim: Option<f64>,
    /// Features of the processor without which neither floor nor aim counts, as Linux names them.
    needs: &'static [&'static str],
}

/// Where our programs are.
#[derive(Debug)]
pub struct Programs {
    /// Folder of `tamga-verifier` and `peer-stream`, compiled as the product is.
    pub ours: PathBuf,
    /// Folder for the files.
    pub files: PathBuf,
}

const OPENSSL_CMS: &[&str] = &[
    "openssl",
    "cms",
    "-verify",
    "-binary",
    "-inform",
    "DER",
    "-out",
    "/dev/null",
];

/// Every contest. Memory limits and aims are the project's targets; floors are half of the aims.
static CONTESTS: [Contest; 7] = [
    Contest {
        name: "detached 1 GiB, RSA: verify",
        ours: &[
            "tamga-verifier",
            "verify",
            "large-rsa.der",
            "--content",
            "large",
        ],
        memory: 8.0,
        held: "",
        rivals: &[
            rival(
                "openssl cms",
                &[
                    "-in",
                    "large-rsa.der",
                    "-content",
                    "large",
                    "-CAfile",
                    "rsa-ca.pem",
                    "-partial_chain",
                    "-purpose",
                    "any",
                ],
            ),
            rival(
                "openssl dgst (bare hash)",
                &["openssl", "dgst", "-sha256", "large"],
            ),
            rival(
                "peer-stream (bare hash)",
                &["peer-stream", "hash", "SHA256", "large"],
            )
            .floor(0.45)
            .aim(0.9),
        ],
    },
    Contest {
        name: "detached 1 GiB, GOST: verify",
        ours: &[
            "tamga-verifier",
            "verify",
            "large-gost.der",
            "--content",
            "large",
        ],
        memory: 8.0,
        held: "",
        rivals: &[
            rival(
                "gost-engine cms",
                &[
                    "-in",
                    "large-gost-ru.der",
                    "-content",
                    "large",
                    "-CAfile",
                    "gost-ca.pem",
                ],
            )
            .engine(),
            rival(
                "peer-stream (bare hash)",
                &["peer-stream", "hash", "GOST3411-2015-512", "large"],
            )
            .floor(0.45)
            .aim(0.9),
        ],
    },
    Contest {
        name: "attached 1 GiB, RSA: verify",
        ours: &["tamga-verifier", "verify", "large-attached.der"],
        memory: 16.0,
        held: "",
        rivals: &[
            // Where hashing takes most of the time, no program can be six times as fast as another.
            rival(
                "openssl cms",
                &[
                    "-in",
                    "large-attached.der",
                    "-CAfile",
                    "rsa-ca.pem",
                    "-partial_chain",
                    "-purpose",
                    "any",
                ],
            )
            .floor(3.0)
            .aim(6.0)
            .where_cpu_has(&["sha_ni"]),
            rival(
                "peer-stream (bare hash)",
                &["peer-stream", "hash", "SHA256", "large"],
            )
            .floor(0.45)
            .aim(0.9),
        ],
    },
    Contest {
        name: "detached 1 GiB, RSA: sign",
        ours: &["peer-stream", "sign", "rsa", "large"],
        memory: 8.0,
        held: "",
        rivals: &[rival(
            "peer-stream (bare hash)",
            &["peer-stream", "hash", "SHA256", "large"],
        )
        .floor(0.45)
        .aim(0.9)],
    },
    Contest {
        name: "detached 1 GiB, GOST: sign",
        ours: &["peer-stream", "sign", "gost", "large"],
        memory: 8.0,
        held: "",
        rivals: &[rival(
            "peer-stream (bare hash)",
            &["peer-stream", "hash", "GOST3411-2015-512", "large"],
        )
        .floor(0.45)
        .aim(0.9)],
    },
    Contest {
        name: "attached 1 GiB, RSA: sign and write",
        ours: &["peer-stream", "sign-attached", "rsa", "large"],
        memory: 16.0,
        held: "",
        rivals: &[rival(
            "peer-stream (bare hash)",
            &["peer-stream", "hash", "SHA256", "large"],
        )],
    },
    Contest {
        name: "XML of 50 MB: verify",
        ours: &["peer-stream", "xml", "xml-50m.xml"],
        memory: 32.0,
        held: "xml-50m.xml",
        rivals: &[rival(
            "xmlsec1",
            &[
                "xmlsec1",
                "--verify",
                "--trusted-pem",
                "rsa-ca.pem",
                "--trusted-pem",
                "rsa-root.pem",
                "--enabled-key-data",
                "x509",
                "xml-50m.xml",
            ],
        )
        .floor(2.0)
        .aim(4.0)],
    },
];

const fn rival(name: &'static str, command: &'static [&'static str]) -> Rival {
    Rival {
        name,
        command,
        engine: false,
        floor: None,
        aim: None,
        needs: &[],
    }
}

impl Rival {
    fn start(&self) -> Start {
        let options_only = self
            .command
            .first()
            .is_some_and(|first| first.starts_with('-'));
        let before: &[&str] = if options_only { OPENSSL_CMS } else { &[] };
        let arguments = [before, self.command].concat();
        Start {
            arguments: arguments.into_iter().map(str::to_owned).collect(),
            engine: self.engine,
        }
    }

    const fn engine(mut self) -> Self {
        self.engine = true;
        self
    }

    const fn floor(mut self, ratio: f64) -> Self {
        self.floor = Some(ratio);
        self
    }

    const fn aim(mut self, ratio: f64) -> Self {
        self.aim = Some(ratio);
        self
    }

    const fn where_cpu_has(mut self, needs: &'static [&'static str]) -> Self {
        self.needs = needs;
        self
    }
}

/// Processor seconds and peak memory of one run.
#[derive(Debug, Clone, Copy)]
struct Cost {
    seconds: f64,
    mebibytes: f64,
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    what: &'static str,
    ours: Cost,
    memory_limit: f64,
    rival: &'static str,
    theirs: Cost,
    floor: Option<f64>,
    aim: Option<f64>,
    /// Whether floor and aim count on this processor.
    counts: bool,
}

/// The table.
#[derive(Debug)]
pub struct Report(Vec<Row>);

/// Runs all contests whose names `chosen` accepts.
///
/// # Errors
/// [`Error::Files`], also when a program does not accept what it must.
pub fn run(
    programs: &Programs,
    rounds: usize,
    chosen: impl Fn(&str) -> bool,
    tell: &mut dyn FnMut(&str),
) -> Result<Report, Error> {
    tell("making files");
    files::make(&programs.files)?;
    files::make_large(&programs.files)?;
    let machine = Machine::this();
    let mut rows = Vec::new();
    for contest in CONTESTS.iter().filter(|contest| chosen(contest.name)) {
        tell(contest.name);
        let mut ours = Vec::new();
        let mut theirs: Vec<Vec<Cost>> = contest.rivals.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            ours.push(our_cost(contest, programs)?);
            for (rival, costs) in contest.rivals.iter().zip(&mut theirs) {
                costs.push(cost(&rival.start(), programs)?);
            }
        }
        let ours = middle(&ours);
        for (rival, costs) in contest.rivals.iter().zip(&theirs) {
            rows.push(Row {
                what: contest.name,
                ours,
                memory_limit: contest.memory,
                rival: rival.name,
                theirs: middle(costs),
                floor: rival.floor,
                aim: rival.aim,
                counts: machine.has(rival.needs),
            });
        }
    }
    Ok(Report(rows))
}

fn our_cost(contest: &Contest, programs: &Programs) -> Result<Cost, Error> {
    let mut arguments: Vec<String> = contest.ours.iter().map(|&one| one.to_owned()).collect();
    if arguments[0] == "tamga-verifier" {
        let world = [
            "--anchors",
            "anchors.toml",
            "--evidence",
            "nca_gost.crl",
            "nca_rsa.crl",
        ];
        arguments.extend(world.map(str::to_owned));
    }
    let mut found = cost(
        &Start {
            arguments,
            engine: false,
        },
        programs,
    )?;
    if !contest.held.is_empty() {
        let held = fs::metadata(programs.files.join(contest.held)).map_or(0, |file| file.len());
        found.mebibytes -= held as f64 / f64::from(1 << 20);
    }
    Ok(found)
}

/// A program about to run.
struct Start {
    arguments: Vec<String>,
    engine: bool,
}

/// Runs a program under `time`; it must end well.
fn cost(start: &Start, programs: &Programs) -> Result<Cost, Error> {
    let failed = |reason: String| Error::Files {
        doing: "running a program under /usr/bin/time",
        reason: format!("{:?}: {reason}", start.arguments),
    };
    let program = match start.arguments[0].as_str() {
        own @ ("tamga-verifier" | "peer-stream") => programs.ours.join(own),
        other => Path::new(other).to_owned(),
    };
    let mut command = Command::new("/usr/bin/time");
    command
        .args(["-f", "%U %S %M"])
        .arg(program)
        .args(&start.arguments[1..]);
    command
        .current_dir(&programs.files)
        .env(files::FOLDER, &programs.files);
    if start.engine {
        command.env("OPENSSL_CONF", "gost.cnf");
    }
    let output = command
        .output()
        .map_err(|error| failed(error.to_string()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(failed(format!(
            "{}: {said}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout)
        )));
    }
    let numbers: Vec<f64> = said
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|number| number.parse().ok())
        .collect();
    match numbers[..] {
        [user, system, kibibytes] => Ok(Cost {
            seconds: user + system,
            mebibytes: kibibytes / 1024.0,
        }),
        _ => Err(failed(said.into_owned())),
    }
}

fn middle(costs: &[Cost]) -> Cost {
    let of = |value: fn(&Cost) -> f64| median(&costs.iter().map(value).collect::<Vec<_>>());
    Cost {
        seconds: of(|cost| cost.seconds),
        mebibytes: of(|cost| cost.mebibytes),
    }
}

impl Row {
    fn ratio(&self) -> f64 {
        self.theirs.seconds / self.ours.seconds
    }

    fn is_met(&self) -> bool {
        self.ours.mebibytes <= self.memory_limit
            && (!self.counts || self.floor.is_none_or(|floor| self.ratio() >= floor))
    }
}

impl Report {
    /// Whether no floor and no memory limit is missed.
    pub fn all_met(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(Row::is_met)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "CPU seconds and peak MiB of whole programs; ratio = rival's time / ours\n\n\
             | what | ours s | ours MiB | at most | rival | rival's s | rival's MiB | ratio | floor | aim | verdict |\n\
             |---|---|---|---|---|---|---|---|---|---|---|\n",
        )?;
        let number = |number: Option<f64>| {
            number.map_or_else(|| "–".to_owned(), |number| number.to_string())
        };
        for row in &self.0 {
            let mut line = String::new();
            write!(
                line,
                "| {} | {:.2} | {:.1} | {} | {} | {:.2} | {:.1} | {:.2} | {} | {} | ",
                row.what,
                row.ours.seconds,
                row.ours.mebibytes,
                row.memory_limit,
                row.rival,
                row.theirs.seconds,
                row.theirs.mebibytes,
                row.ratio(),
                number(row.floor),
                number(row.aim),
            )?;
            line.push_str(match (row.is_met(), row.aim) {
                (false, _) => "NOT MET |",
                (true, Some(_)) if !row.counts => "memory met; no instructions for SHA here |",
                (true, Some(aim)) if row.ratio() < aim => "met, below aim |",
                (true, _) => "met |",
            });
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}
