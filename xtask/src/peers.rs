//! Ours beside every peer: builds them, runs them in turns, prints the table of ratios.
//!
//! Ends badly when a ratio misses its floor.

use std::{env, error::Error, path::PathBuf, process::Command};

use cargo_metadata::MetadataCommand;
use regex::Regex;
use tamga_peers::race::{self, CONTESTS, Contest, Programs};
use tamga_peers::whole;

use crate::{Outcome, say};

/// Crates that the product compiles for size or not at all, and that must show here what they can.
const FOR_SPEED: &[&str] = &["gost94", "streebog"];

/// What the command line says.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// How often everybody is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// One JSON document instead of a table.
    #[arg(long)]
    json: bool,
    /// Only contests whose names match this regular expression.
    #[arg(long, value_name = "REGEX")]
    only: Option<Regex>,
}

/// Good when no floor is missed.
pub(crate) fn run(options: &Options) -> Outcome {
    let chosen = |contest: &&Contest| {
        let only = options.only.as_ref();
        only.is_none_or(|only| only.is_match(contest.name))
    };
    let contests: Vec<&Contest> = CONTESTS.iter().filter(chosen).collect();
    if contests.is_empty() {
        return Err("no contest has such a name".into());
    }
    build(&["tamga-peers"])?;
    let target = target()?;
    let own = |name: &str| {
        let file = format!("{name}{}", env::consts::EXE_SUFFIX);
        target.join("release").join(file)
    };
    let programs = Programs {
        ours: own("peer-ours"),
        rustcrypto: own("peer-rustcrypto"),
        drivers: target.join("peers"),
        files: target.join("peers").join("files"),
    };
    let report = race::run(&contests, &programs, options.rounds.into(), &mut tell)?;
    if options.json {
        say(&serde_json::to_string_pretty(&report)?);
    } else {
        say(&report.to_string());
    }
    Ok(report.all_floors_met())
}

/// Whole programs over large messages; good when no floor and no memory limit is missed.
pub(crate) fn large(options: &Options) -> Outcome {
    build(&["tamga-peers", "tamga-verifier"])?;
    let target = target()?;
    let programs = whole::Programs {
        ours: target.join("release"),
        files: target.join("peers").join("files"),
    };
    let chosen = |name: &str| options.only.as_ref().is_none_or(|only| only.is_match(name));
    let report = whole::run(&programs, options.rounds.into(), chosen, &mut tell)?;
    say(&report.to_string());
    Ok(report.all_met())
}

/// Good when no shape grows faster than its input.
pub(crate) fn scaling(only: Option<&str>) -> Outcome {
    build(&["tamga-peers"])?;
    let program = target()?.join("release").join("peer-scaling");
    Ok(Command::new(program).args(only).status()?.success())
}

fn target() -> Result<PathBuf, Box<dyn Error>> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

fn build(packages: &[&str]) -> Result<(), Box<dyn Error>> {
    tell("building ours");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--release", "--bins"]);
    for package in packages {
        command.args(["--package", package]);
    }
    for package in FOR_SPEED {
        command.arg("--config");
        command.arg(format!("profile.release.package.{package}.opt-level=3"));
    }
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo build: {status}").into())
    }
}

/// What is being done, for whoever waits.
#[expect(clippy::print_stderr, reason = "the table alone is for stdout")]
fn tell(what: &str) {
    eprintln!("{what}");
}
