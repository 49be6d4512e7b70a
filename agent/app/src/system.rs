//! What the system gives the agent: time, randomness, key files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use tamga_agent_core::{Clock, KeyFiles};
use tamga_scheme::{Random, RandomError};
use tamga_token_api::{Keystore, TokenError};
use tamga_token_file::FileKeyStores;
use tamga_x509::UnixTime;

use crate::failure::Failure;

/// The system's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        SystemTime::now().into()
    }
}

/// The system's random generator.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(out).map_err(|_| RandomError)
    }
}

/// Key files on the disks of this computer.
pub(crate) struct Disk;

impl KeyFiles for Disk {
    fn open(&self, file: &Path) -> Result<Box<dyn Keystore>, TokenError> {
        open(file)
    }
}

/// A program of ours lies beside this one, nowhere else: a search path could be somebody's trap.
pub(crate) fn beside(name: &str) -> Result<PathBuf, Failure> {
    let here = std::env::current_exe().map_err(|error| Failure::internal().about(error))?;
    Ok(here.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Opens a key file; it stays sealed.
pub(crate) fn open(file: &Path) -> Result<Box<dyn Keystore>, TokenError> {
    FileKeyStores::new(Arc::new(SystemRandom)).open(file)
}
