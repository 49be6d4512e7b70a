//! Whether secrets show in branches, addresses or time: builds the judges of `tests/constant-time`
//! and runs them.

use std::{
    env,
    error::Error,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

use cargo_metadata::MetadataCommand;

use crate::{Outcome, say};

const CRATE: &str = "tamga-constant-time";

/// Measurements of each class: what is promised, and what a minute allows.
const MEASUREMENTS: u64 = 1_000_000;
const SMOKE: u64 = 5_000;

/// How Valgrind ends when memcheck has reported something.
const REPORTED: i32 = 99;

/// Controls of the memcheck judge and what memcheck must say of each.
const CONTROLS: [(&str, &str); 3] = [
    (
        "multiplication",
        "Conditional jump or move depends on uninitialised value(s)",
    ),
    (
        "comparison",
        "Conditional jump or move depends on uninitialised value(s)",
    ),
    ("table", "Use of uninitialised value of size 8"),
];

/// Lines of memcheck's report that are printed; the file has all.
const SHOWN: usize = 60;

/// Which decisions of the product may depend on secrets: entries of Valgrind's suppression file.
const DECLASSIFIED: &str = "tests/constant-time/declassified.supp";

/// What the command line says.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Few measurements: whether everything runs and nothing leaks much, in about a minute.
    #[arg(long, conflicts_with = "measurements")]
    smoke: bool,
    /// Measurements of each class of secrets [default: 1000000].
    #[arg(long)]
    measurements: Option<u64>,
    /// Measures only targets whose name contains this.
    #[arg(long)]
    only: Option<String>,
}

/// Runs both judges; well if nothing leaks and every control is caught.
pub(crate) fn run(options: &Options) -> Outcome {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let root = metadata.workspace_root.as_std_path();
    let out = metadata
        .target_directory
        .as_std_path()
        .join("constant-time");
    let has_memcheck = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    if has_memcheck {
        find_valgrind()?;
    }
    let programs = build(root, &out)?;

    let mut well = true;
    if has_memcheck {
        say("branches and addresses, judged by Valgrind's memcheck");
        let judge = Judge {
            program: program(&programs, "constant-time-memcheck"),
            declassified: root.join(DECLASSIFIED),
            logs: out,
        };
        well &= judge.controls()?;
        well &= judge.product()?;
    } else {
        say("branches and addresses: not judged, which needs Linux on x86-64");
    }
    say("time, judged by statistics");
    well &= time(&program(&programs, "constant-time-timing"), options)?;
    say(if well {
        "constant-time: no leak found, every control caught"
    } else {
        "constant-time: not well"
    });
    Ok(well)
}

/// Builds the judges as programs are shipped, with line tables for Valgrind's reports; returns the
/// folder they are in.
fn build(root: &Path, out: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--release", "--package", CRATE])
        .arg("--target-dir")
        .arg(out)
        .current_dir(root)
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        // Flags of the caller's could choose a processor that Valgrind does not know, and are not
        // what is shipped.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_RUSTFLAGS");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_flags_of_a_target) {
            command.env_remove(name);
        }
    }
    if command.status()?.success() {
        Ok(out.join("release"))
    } else {
        Err(format!("{CRATE} does not build").into())
    }
}

/// Whether cargo reads compiler flags for one target from this variable.
fn is_flags_of_a_target(name: &str) -> bool {
    name.strip_prefix("CARGO_TARGET_")
        .is_some_and(|rest| rest.ends_with("_RUSTFLAGS"))
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The program prints its own table and judges it.
fn time(program: &Path, options: &Options) -> Outcome {
    let measurements = match options {
        Options { smoke: true, .. } => SMOKE,
        Options { measurements, .. } => measurements.unwrap_or(MEASUREMENTS),
    };
    let mut command = Command::new(program);
    command.args(["--measurements", &measurements.to_string()]);
    if let Some(only) = &options.only {
        command.args(["--only", only]);
    }
    let status = command.status()?;
    match status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(format!("{}: {status}", program.display()).into()),
    }
}

fn find_valgrind() -> Result<(), Box<dyn Error>> {
    let asked = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    match asked {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("valgrind --version: {status}").into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err("Valgrind is missing; on Debian and Ubuntu: apt-get install valgrind".into())
        }
        Err(error) => Err(format!("valgrind: {error}").into()),
    }
}

/// The judge of branches and addresses.
struct Judge {
    program: PathBuf,
    declassified: PathBuf,
    logs: PathBuf,
}

impl Judge {
    /// Whether memcheck reports every control, and for the right reason.
    fn controls(&self) -> Outcome {
        let mut well = true;
        for (control, complaint) in CONTROLS {
            let log = self.logs.join(format!("memcheck-control-{control}.log"));
            let status = self.valgrind(&log, &["--control", control])?;
            let caught = match status.code() {
                Some(REPORTED) => fs::read_to_string(&log)?.contains(complaint),
                Some(0) => false,
                _ => return Err(broken(status, &log)),
            };
            say(&format!(
                "{:<48} {}",
                format!("control: leaky {control}"),
                if caught { "caught" } else { "MISSED" }
            ));
            well &= caught;
        }
        Ok(well)
    }

    /// Whether memcheck has nothing to report of the product, and every exception is needed.
    fn product(&self) -> Outcome {
        let log = self.logs.join("memcheck.log");
        say(&format!("{:<48} {:>6}", "errors of the product", "count"));
        let status = self.valgrind(&log, &[])?;
        let clean = match status.code() {
            Some(0) => true,
            Some(REPORTED) => false,
            _ => return Err(broken(status, &log)),
        };
        let text = fs::read_to_string(&log)?;
        if !clean {
            text.lines().take(SHOWN).for_each(say);
            say(&format!("… all of it: {}", log.display()));
        }
        let entries = fs::read_to_string(&self.declassified)?;
        let unused = unused(&self.declassified, &entries, &text);
        for name in &unused {
            say(&format!("{DECLASSIFIED}: not needed: {name}"));
        }
        Ok(clean && unused.is_empty())
    }

    fn valgrind(&self, log: &Path, arguments: &[&str]) -> io::Result<ExitStatus> {
        let named = |option: &str, path: &Path| {
            let mut argument = OsString::from(option);
            argument.push(path);
            argument
        };
        Command::new("valgrind")
            .arg("--tool=memcheck")
            .arg(format!("--error-exitcode={REPORTED}"))
            // Reports every place, and at the end which suppressions were used.
            .args([
                "--error-limit=no",
                "--show-error-list=yes",
                "--leak-check=no",
            ])
            .arg(named("--suppressions=", &self.declassified))
            .arg(named("--log-file=", log))
            .arg(&self.program)
            .args(arguments)
            .status()
    }
}

/// Valgrind or the program ended in another way than by a verdict.
fn broken(status: ExitStatus, log: &Path) -> Box<dyn Error> {
    format!("memcheck: {status}, see {}", log.display()).into()
}

/// Names of entries of the suppression file `file` that a run of memcheck did not need.
fn unused<'a>(file: &Path, entries: &'a str, log: &str) -> Vec<&'a str> {
    // used_suppression:      4 NAME FILE:LINE
    let file = file.display().to_string();
    let used: Vec<&str> = log
        .lines()
        .filter_map(|line| line.split_once("used_suppression:"))
        .filter_map(|(_, rest)| rest.trim_start().split_once(' '))
        .map(|(_count, rest)| rest)
        .collect();
    let mut lines = entries.lines().map(str::trim);
    let mut unused = Vec::new();
    while lines.any(|line| line == "{") {
        let name = lines.next().unwrap_or_default();
        let is_used = |line: &&str| {
            let place = line
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(' '));
            place.is_some_and(|place| place.starts_with(&file))
        };
        if !used.iter().any(is_used) && !unused.contains(&name) {
            unused.push(name);
        }
    }
    unused
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: &str = "# why\n{\n   a range\n   Memcheck:Cond\n   fun:*x*\n}\n{\n   a range\n   Memcheck:Cond\n   fun:x<*\n}\n\
        {\n   a range of nonces\n   Memcheck:Cond\n   fun:*y*\n}\n";

    fn check(log: &str, expected: &[&str]) {
        assert_eq!(unused(Path::new("/a b/f.supp"), ENTRIES, log), expected);
    }

    #[test]
    fn flags_for_any_target_are_recognised_and_other_settings_are_not() {
        assert!(is_flags_of_a_target(
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS"
        ));
        assert!(!is_flags_of_a_target("CARGO_TARGET_DIR"));
        assert!(!is_flags_of_a_target(
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER"
        ));
    }

    #[test]
    fn an_entry_that_memcheck_did_not_need_is_unused() {
        check("", &["a range", "a range of nonces"]);
        check(
            "==7== ERROR SUMMARY: 0 errors\n--7-- used_suppression:      4 a range /a b/f.supp:2\n",
            &["a range of nonces"],
        );
    }

    #[test]
    fn the_name_of_one_entry_may_begin_another() {
        check(
            "--7-- used_suppression:     12 a range of nonces /a b/f.supp:7\n",
            &["a range"],
        );
    }

    #[test]
    fn an_entry_of_another_file_is_not_ours() {
        check(
            "--7-- used_suppression:      1 a range /usr/lib/default.supp:9\n",
            &["a range", "a range of nonces"],
        );
    }
}
