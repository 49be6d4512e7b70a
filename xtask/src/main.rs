//! What developers run: `cargo xtask arrows | constant-time | fixtures | large | peers | pki | scaling`.

mod arrows;
mod constant_time;
mod fixtures;
mod peers;
mod pki;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Checks and generators of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Compares the arrows between crates with the table in ARCHITECTURE.md.
    Arrows,
    /// Looks for secrets that show in branches, addresses or time.
    ConstantTime(constant_time::Options),
    /// Runs every entry of a fixtures manifest through the product.
    Fixtures {
        /// Folder with MANIFEST.json.
        #[arg(long)]
        dir: PathBuf,
        /// One JSON document instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Measures whole programs over messages too large for memory, ours beside others.
    Large(peers::Options),
    /// Measures our signatures, hashes and formats beside those of other implementations.
    Peers(peers::Options),
    /// Makes the test CA again: key files, revocation lists, anchor file.
    Pki {
        /// Folder to write to; made if missing.
        #[arg(long)]
        out: PathBuf,
    },
    /// Measures how the cost of every parser grows from 1 to 32 MiB.
    Scaling {
        /// Only shapes whose names contain this.
        #[arg(long)]
        only: Option<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Arrows => arrows::run(),
        Task::ConstantTime(options) => constant_time::run(&options),
        Task::Fixtures { dir, json } => fixtures::run(&dir, json),
        Task::Large(options) => peers::large(&options),
        Task::Peers(options) => peers::run(&options),
        Task::Pki { out } => pki::run(&out),
        Task::Scaling { only } => peers::scaling(only.as_deref()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report(&*error);
            ExitCode::from(2)
        }
    }
}

/// A task ends well, ends with findings, or cannot run.
type Outcome = Result<bool, Box<dyn std::error::Error>>;

#[expect(clippy::print_stderr, reason = "a command line speaks on stderr")]
fn report(error: &dyn std::error::Error) {
    eprintln!("xtask: {error}");
}

/// One line on stdout.
#[expect(clippy::print_stdout, reason = "a command line speaks on stdout")]
fn say(line: &str) {
    println!("{line}");
}
