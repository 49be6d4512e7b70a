//! Program `tamga-setup`: makes browsers on this computer trust its own agent, and undoes it without a trace.

use std::{process::ExitCode, time::SystemTime};

use clap::{Parser, Subcommand};

use tamga_setup::{Computer, Failure, Report, install, status, uninstall};

/// Makes the browsers of this user trust the local Tamga agent, and undoes it.
#[derive(Parser)]
#[command(name = "tamga-setup", version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
    /// One JSON document on standard output instead of text.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Verb {
    /// Makes the local certificate when it is missing or spoiled, and has it trusted.
    Install {
        /// Also in the list of the whole system, which other users of this computer share.
        #[arg(long)]
        system: bool,
    },
    /// Shows where the local certificate is trusted.
    Status,
    /// Removes the local certificate from every list, then its files.
    Uninstall,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments.verb) {
        Ok(report) => finish(&report, arguments.json),
        Err(failure) => {
            eprint(format_args!("tamga-setup: {failure}\n"));
            ExitCode::FAILURE
        }
    }
}

fn run(verb: &Verb) -> Result<Report, Failure> {
    let computer = Computer::this()?;
    match verb {
        Verb::Install { system } => install(&computer, *system, SystemTime::now()),
        Verb::Status => status(&computer, SystemTime::now()),
        Verb::Uninstall => uninstall(&computer),
    }
}

fn finish(report: &Report, json: bool) -> ExitCode {
    let text = if json {
        format!("{:#}\n", report.json())
    } else {
        report.text()
    };
    // Whoever closed our output does not wait for the rest; the exit code still says how it went.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
    if report.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn eprint(message: std::fmt::Arguments<'_>) {
    // Without standard error there is nobody to tell.
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), message);
}
