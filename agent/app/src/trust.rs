//! `tamga trust`: the local authority in the stores of system and browsers.

use std::{process::ExitCode, time::SystemTime};

use tamga_setup::{Computer, install, status, uninstall};

use crate::{cli::Trust, failure::Failure, say};

/// One verb over every store; exit status 0 when everything is as asked.
pub(crate) fn run(action: Trust) -> Result<ExitCode, Failure> {
    let now = SystemTime::now();
    let computer = Computer::this().map_err(|error| Failure::certificate().about(error))?;
    let report = match action {
        Trust::Status => status(&computer, now),
        Trust::Install { system } => install(&computer, system, now),
        Trust::Remove => uninstall(&computer),
    }
    .map_err(|error| Failure::certificate().about(error))?;
    say(report.text().trim_end());
    match action {
        Trust::Install { .. } | Trust::Remove if !report.is_good() => Err(Failure::trust()),
        _ if report.is_good() => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::FAILURE),
    }
}
