//! The agent: wires the door, the window, the key files and the local certificate; and the command line.

mod cli;
mod failure;
mod health;
mod identity;
mod key_source;
mod keys;
mod moment;
mod password;
mod recent_keys;
mod run;
mod sign;
mod status;
mod system;
mod texts;
mod token_libraries;
mod tokens;
mod trust;

use std::{io::Write as _, process::ExitCode};

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
        Command::Tokens { action } => tokens::run(action, &texts).map(|()| ExitCode::SUCCESS),
        Command::Recent { action } => recent(&action, &texts).map(|()| ExitCode::SUCCESS),
        Command::Sign(arguments) => sign::run(&arguments, &texts).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|failure| failure.report(&texts))
}

/// `tamga recent`
fn recent(action: &cli::Recent, texts: &Texts) -> Result<(), failure::Failure> {
    let cli::Recent::Forget { settings } = action;
    let settings = identity::folder(settings.as_ref())?;
    recent_keys::forget(&settings, &recent_keys::SystemKeyStore)
        .map_err(|error| failure::Failure::settings().about(error))?;
    say(&texts.get("recent-forgotten", &[]));
    Ok(())
}

/// One line on stdout. A reader that went away (`tamga keys … | head`) is no reason to fail: what was to be done is done.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{}", printable(line));
}

/// Names in certificates are anybody's text: no control character of theirs reaches a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_command_the_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Jb\nc\u{9b}d\r"),
            "a\u{fffd}[2Jb\nc\u{fffd}d\u{fffd}"
        );
    }
}
