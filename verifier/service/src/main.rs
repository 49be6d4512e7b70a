//! `tamga-verifier`: reads files, calls the verifier, writes the report. Wiring only.

mod args;
mod input;
mod report_json;
mod report_text;

use std::io::Write;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Parser;
use tamga_verifier_core::{
    CertificateReport, Evidence, Policy, Report, Verdict, certificate_report, verify,
};
use tamga_x509::{AnchorSet, UnixTime};

use crate::args::{CertArgs, Cli, Command, TrustArgs, VerifyArgs};
use crate::input::InputError;

/// Exit status for a usage error.
const USAGE: u8 = 3;
/// Exit status for input that cannot be read, or a report that cannot be written.
const UNREADABLE: u8 = 4;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // --help and --version come this way too, and are no errors.
            let status = if error.use_stderr() { USAGE } else { 0 };
            // A closed terminal is the only reason to fail here; nobody would read about it.
            let _ = error.print();
            return status.into();
        }
    };
    let outcome = match cli.command {
        Command::Verify(args) => run_verify(&args),
        Command::Cert(args) => run_cert(&args),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => {
            // As above: stderr is the last place to tell.
            let _ = match failure {
                Failure::Input(error) => {
                    writeln!(std::io::stderr(), "{}: {error}", error.code())
                }
                Failure::Output(error) => {
                    writeln!(std::io::stderr(), "OUTPUT_FAILED: {error}")
                }
            };
            UNREADABLE.into()
        }
    }
}

/// Why a command ended without a verdict.
enum Failure {
    Input(InputError),
    Output(std::io::Error),
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

fn run_verify(args: &VerifyArgs) -> Result<u8, Failure> {
    let world = World::read(&args.trust)?;
    let messages = args
        .files
        .iter()
        .map(|path| input::message(path, args.format))
        .collect::<Result<Vec<_>, _>>()?;
    let content = args
        .content
        .as_deref()
        .map(|path| input::content(path, messages.iter().flat_map(input::Message::digests)))
        .transpose()?;
    let certificate = args
        .certificate
        .as_deref()
        .map(input::certificate)
        .transpose()?;
    let policy = args.policy.policy();
    let mut reports: Vec<(String, Report)> = Vec::new();
    for (path, message) in args.files.iter().zip(&messages) {
        let mut input = message.input();
        if let Some(content) = &content {
            input = input.streamed_content(content);
        }
        if let Some(certificate) = &certificate {
            input = input.certificate(certificate);
        }
        if let Some(iin) = &args.expect_iin {
            input = input.expect_iin(iin);
        }
        if let Some(bin) = &args.expect_bin {
            input = input.expect_bin(bin);
        }
        let report = verify(&input, &world.anchors, &world.evidence, world.at, &policy);
        reports.push((path.display().to_string(), report));
    }
    let out = &mut std::io::stdout().lock();
    if args.json {
        let reports: Vec<_> = reports
            .iter()
            .map(|(file, report)| report_json::report(file, report))
            .collect();
        write_json(out, &reports)?;
    } else {
        for (file, report) in &reports {
            report_text::report(out, file, report)?;
        }
    }
    Ok(status(
        reports
            .iter()
            .map(|(_, report)| report.conclusion.verdict()),
    ))
}

fn run_cert(args: &CertArgs) -> Result<u8, Failure> {
    let world = World::read(&args.trust)?;
    let mut reports: Vec<(String, CertificateReport)> = Vec::new();
    for path in &args.files {
        let certificate = input::certificate(path)?;
        let (anchors, evidence) = (&world.anchors, &world.evidence);
        let report = certificate_report(
            &certificate,
            anchors,
            evidence,
            world.at,
            &Policy::document(),
        );
        reports.push((path.display().to_string(), report));
    }
    let out = &mut std::io::stdout().lock();
    if args.json {
        let reports: Vec<_> = reports
            .iter()
            .map(|(file, report)| report_json::certificate(file, report))
            .collect();
        write_json(out, &reports)?;
    } else {
        for (file, report) in &reports {
            report_text::certificate(out, file, report)?;
        }
    }
    Ok(status(reports.iter().map(|(_, report)| report.verdict())))
}

/// What every verdict of one call depends on.
struct World {
    anchors: AnchorSet,
    evidence: Evidence,
    at: UnixTime,
}

impl World {
    fn read(args: &TrustArgs) -> Result<Self, InputError> {
        Ok(Self {
            anchors: input::anchors(&args.anchors)?,
            evidence: input::evidence(&args.evidence)?,
            at: args.at.unwrap_or_else(now),
        })
    }
}

/// The worst verdict as exit status: 1 failed, 2 indeterminate, 0 passed.
fn status(verdicts: impl Iterator<Item = Verdict>) -> u8 {
    let verdicts: Vec<Verdict> = verdicts.collect();
    if verdicts.contains(&Verdict::TotalFailed) {
        1
    } else if verdicts
        .iter()
        .all(|verdict| *verdict == Verdict::TotalPassed)
    {
        0
    } else {
        2
    }
}

/// One document: the report itself, or a list when several files were named.
fn write_json<T: serde::Serialize>(out: &mut impl Write, reports: &[T]) -> std::io::Result<()> {
    match reports {
        [one] => serde_json::to_writer_pretty(&mut *out, one)?,
        many => serde_json::to_writer_pretty(&mut *out, many)?,
    }
    writeln!(out)
}

fn now() -> UnixTime {
    SystemTime::now().into()
}
