//! Unix: no core dumps, no new privileges, and pipes the library cannot reach by their usual numbers.

use std::{fs::File, io, os::fd::AsFd};

use rustix::process::{Resource, Rlimit};

/// A crash leaves no PIN on the disk; nothing started from here gains rights (Linux).
pub(crate) fn harden() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    rustix::process::setrlimit(Resource::Core, none)?;
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

/// The two pipes to the agent under new numbers, which programs started from here do not inherit. What the library
/// prints goes to standard error, what it reads is empty.
pub(crate) fn private_pipes() -> io::Result<(File, File)> {
    let input = io::stdin().as_fd().try_clone_to_owned()?;
    let output = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok((input.into(), output.into()))
}
