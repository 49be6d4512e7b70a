//! Compiling drivers, when they are needed and only then.
//!
//! Not by a build script: `cargo build` must work where none of the libraries is installed.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::{Build, Foreign};
use crate::Error;

/// Where the sources lie.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/drivers");

/// Compiled into every driver in C and C++, and what sources include.
const PROTOCOL: &str = "protocol.c";
const PROTOCOL_HEADER: &str = "protocol.h";
const MESSAGES_HEADER: &str = "messages.h";

/// The command that runs the driver; compiles it first unless that was done with the same sources and command.
pub(super) fn program(foreign: &'static Foreign, folder: &Path) -> Result<Command, Error> {
    let folder = folder.join(foreign.name);
    let io_error = |doing| {
        move |source| Error::Io {
            peer: foreign.name,
            doing,
            source,
        }
    };
    fs::create_dir_all(&folder).map_err(io_error("making the folder of its driver"))?;
    // Tests run side by side; the first one compiles.
    let lock = File::create(folder.join("lock")).map_err(io_error("making a lock"))?;
    lock.lock().map_err(io_error("waiting for a lock"))?;

    let mut compiler = compiler(foreign, &folder);
    let wanted = fingerprint(foreign, &compiler).map_err(io_error("reading its sources"))?;
    let stamp = folder.join("stamp");
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&*wanted) {
        let output = compiler.output();
        check(foreign, output)?;
        fs::write(&stamp, wanted).map_err(io_error("noting what was compiled"))?;
    }
    Ok(runner(foreign, &folder))
}

fn compiler(foreign: &Foreign, folder: &Path) -> Command {
    let mut command = match foreign.build {
        Build::C(arguments) => {
            let mut command = Command::new("gcc");
            command.arg("-std=c11").args(arguments);
            command
        }
        Build::Cpp(arguments) => {
            let mut command = Command::new("g++");
            command.arg("-std=c++17").args(arguments);
            command
        }
        Build::Java { class, class_path } => {
            let mut command = Command::new("javac");
            command.args(["-nowarn", "-cp", class_path, "-d"]);
            command.arg(folder).arg(java_source(class));
            command.current_dir(SOURCES);
            return command;
        }
    };
    command.args(["-O2", "-Wall", "-Wextra", PROTOCOL, "-o"]);
    command.arg(executable(folder)).current_dir(SOURCES);
    command
}

fn runner(foreign: &Foreign, folder: &Path) -> Command {
    let Build::Java { class, class_path } = foreign.build else {
        return Command::new(executable(folder));
    };
    let mut command = Command::new("java");
    // One collector thread: the machine belongs to whoever is measured.
    command.args(["-XX:+UseSerialGC", "-cp"]);
    command.arg(format!("{class_path}:{}", folder.display()));
    command.arg(class);
    command
}

fn java_source(class: &str) -> String {
    format!("{class}.java")
}

fn executable(folder: &Path) -> PathBuf {
    folder.join("driver")
}

/// The command and every source, so that a change of either is seen whatever the clocks say.
fn fingerprint(foreign: &Foreign, compiler: &Command) -> io::Result<String> {
    let sources: Vec<String> = match foreign.build {
        Build::C(arguments) | Build::Cpp(arguments) => arguments
            .iter()
            .copied()
            .filter(|argument| !argument.starts_with('-'))
            .chain([PROTOCOL, PROTOCOL_HEADER, MESSAGES_HEADER])
            .map(str::to_owned)
            .collect(),
        Build::Java { class, .. } => vec![java_source(class)],
    };
    let mut text = format!("{compiler:?}\n");
    for source in sources {
        text += &fs::read_to_string(Path::new(SOURCES).join(source))?;
    }
    Ok(text)
}

fn check(foreign: &'static Foreign, output: io::Result<Output>) -> Result<(), Error> {
    let said = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    Err(Error::Compile {
        peer: foreign.name,
        packages: foreign.packages.join(" "),
        output: said,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static NOWHERE: Foreign = Foreign {
        name: "nowhere",
        packages: &["libnowhere-dev", "gcc"],
        curves: &[],
        hashes: &[],
        quirks: &[],
        build: Build::C(&["openssl.c", "-lno_library_has_this_name"]),
    };

    #[test]
    fn a_driver_that_does_not_compile_names_the_packages_to_install() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = program(&NOWHERE, folder.path()).expect_err("no such library");
        assert!(matches!(error, Error::Compile { .. }));
        assert!(
            error
                .to_string()
                .contains("apt-get install libnowhere-dev gcc")
        );
    }
}
