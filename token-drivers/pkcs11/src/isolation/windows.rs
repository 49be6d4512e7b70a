//! Windows: no dialogs when the library crashes, and pipes the library cannot reach by their usual names.

#![expect(unsafe_code, reason = "kernel32 is a C interface")]

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::io::{AsHandle, IntoRawHandle},
};

use windows_sys::Win32::System::{
    Console::{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetStdHandle},
    Diagnostics::Debug::{
        SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode,
    },
};

/// A crash ends the process at once instead of waiting for somebody to press a button.
pub(crate) fn harden() -> io::Result<()> {
    // SAFETY: takes a number and keeps nothing of ours.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    }
    Ok(())
}

/// The two pipes to the agent as handles that are not inherited. What the library prints is lost, what it reads is
/// empty.
///
/// A C runtime that was initialised before this call keeps the old handle for its descriptor 1; those of vendors'
/// libraries are loaded after it.
pub(crate) fn private_pipes() -> io::Result<(File, File)> {
    let input = io::stdin().as_handle().try_clone_to_owned()?;
    let output = io::stdout().as_handle().try_clone_to_owned()?;
    replace(STD_INPUT_HANDLE)?;
    replace(STD_OUTPUT_HANDLE)?;
    Ok((input.into(), output.into()))
}

fn replace(which: u32) -> io::Result<()> {
    let nowhere = OpenOptions::new().read(true).write(true).open("NUL")?;
    // SAFETY: the handle is open and, given away, stays so until the process ends.
    let done = unsafe { SetStdHandle(which, nowhere.into_raw_handle()) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
