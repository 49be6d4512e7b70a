//! `tamga-token`: holds one vendor's PKCS#11 library in a process of its own.
//!
//! The agent starts it, speaks to it over standard input and output, and ends it when it no longer answers. It ends by
//! itself when the agent does, or when nobody asked anything for half a minute and nothing is unlocked.

#[cfg_attr(unix, path = "isolation/unix.rs")]
#[cfg_attr(windows, path = "isolation/windows.rs")]
mod isolation;

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
    process::ExitCode,
    thread,
    time::Duration,
};

use clap::Parser;
use tamga_token_api::{Keystore, LibraryError, Slot, TokenDriver, TokenError};
use tamga_token_pkcs11::Pkcs11Driver;

/// So long it waits for a request while nothing is unlocked.
const IDLE: Duration = Duration::from_secs(30);

/// So long a library may take to end its call after the agent is gone.
const GRACE: Duration = Duration::from_secs(2);

/// Holds one PKCS#11 library for the agent.
#[derive(Parser)]
#[command(name = "tamga-token", version)]
struct Arguments {
    /// Absolute path of the library.
    #[arg(long)]
    library: PathBuf,
    /// SHA-256 of the library's file, in hexadecimal; other bytes are not loaded.
    #[arg(long, value_parser = sha256)]
    sha256: Option<[u8; 32]>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Before any code of the library runs.
    let pipes = isolation::harden().and_then(|()| isolation::private_pipes());
    let Ok((input, output)) = pipes else {
        return ExitCode::FAILURE;
    };
    let driver: Box<dyn TokenDriver> =
        match Pkcs11Driver::load(&arguments.library, arguments.sha256) {
            Ok(driver) => Box::new(driver),
            Err(error) => Box::new(Unusable(error)),
        };
    match tamga_token_worker::serve(&*driver, EndsWithAgent(input), output, IDLE) {
        Ok(()) => ExitCode::SUCCESS,
        // The agent broke the protocol or is gone; nobody is left to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// A library that was not loaded: every request hears why.
struct Unusable(LibraryError);

impl TokenDriver for Unusable {
    fn slots(&self) -> Result<Vec<Slot>, TokenError> {
        Err(self.0.clone().into())
    }

    fn open(&self, _slot: &Slot) -> Result<Box<dyn Keystore>, TokenError> {
        Err(self.0.clone().into())
    }
}

/// The agent's end of the pipe. When it closes, the process ends soon, even inside a call that never returns.
struct EndsWithAgent(File);

impl Read for EndsWithAgent {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(out)?;
        if count == 0 && !out.is_empty() {
            thread::spawn(|| {
                thread::sleep(GRACE);
                // Without the library's own handlers of an orderly end, which may hang as well.
                std::process::abort();
            });
        }
        Ok(count)
    }
}

fn sha256(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
