//! The agent: wires the door, the window, the key files and the local certificate; and the command line.

mod cli;
mod failure;
mod health;
mod identity;
mod keys;
mod moment;
mod password;
mod run;
mod sign;
mod status;
mod system;
mod texts;
mod trust;

use std::process::ExitCode;

use clap::Parser;

use cli::{Arguments, Command};
use moment::moment;
use texts::Texts;

fn main() -> ExitCode {
    let texts = Texts::for_session();
    let done = match Arguments::parse().command.unwrap_or_default() {
        Command::Run(arguments) => run::run(&arguments, &texts),
        Command::Status(arguments) => status::run(&arguments, &texts),
        Command::Trust { action } => trust::run(action),
        Command::Keys(arguments) => keys::run(&arguments, &texts).map(|()| ExitCode::SUCCESS),
        Command::Sign(arguments) => sign::run(&arguments, &texts).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|failure| failure.report(&texts))
}

/// One line on stdout.
#[expect(clippy::print_stdout, reason = "a command line speaks on stdout")]
fn say(line: &str) {
    println!("{line}");
}
