//! The two pipes to the agent: stdin read by a thread of its own, stdout written unbuffered.

use std::{fs::File, io, time::Duration};

use tamga_window_protocol::{Error, Frame, ToWindow, decode, read_frame};

/// After the pipe ended, so long the event loop may take to end by itself.
const GRACE: Duration = Duration::from_millis(500);

/// The agent's ends of stdin and stdout as plain files.
///
/// Rust's own `stdout()` buffers and would keep an unwiped copy of the password.
pub fn of_this_process() -> io::Result<(File, File)> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Ok((input.into(), output.into()))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        let input = io::stdin().as_handle().try_clone_to_owned()?;
        let output = io::stdout().as_handle().try_clone_to_owned()?;
        Ok((input.into(), output.into()))
    }
}

/// Whether this is the end of a pipe, as it is when the agent started us.
pub fn is_pipe(input: &File) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        // Some runtimes make pipes of socket pairs.
        input
            .metadata()
            .is_ok_and(|it| it.file_type().is_fifo() || it.file_type().is_socket())
    }
    #[cfg(windows)]
    {
        use std::io::IsTerminal;
        // A regular file has a length to be asked; a pipe and a console have none.
        !input.is_terminal()
            && !input
                .metadata()
                .is_ok_and(|it| it.is_file() && it.len() > 0)
    }
}

/// Reads messages until the pipe ends or breaks; hands each to `deliver`, then calls `end`, and
/// makes sure that the process is gone soon after, together with all copies of the password the
/// toolkit holds (T-PIN-2).
pub fn read(mut input: File, deliver: impl Fn(ToWindow), end: impl FnOnce()) {
    // A broken protocol and a closed pipe mean the same: the agent no longer wants this window.
    while let Ok(Some(message)) = next(&mut input) {
        deliver(message);
    }
    end();
    std::thread::sleep(GRACE);
    std::process::exit(0);
}

/// One message; `None` if the pipe ended.
fn next(input: &mut File) -> Result<Option<ToWindow>, Error> {
    match read_frame(input)? {
        None => Ok(None),
        Some(Frame::Message(payload)) => decode(&payload).map(Some),
        // The agent never sends passwords.
        Some(Frame::Password(_)) => Err(Error::UnknownKind(b'P')),
    }
}
