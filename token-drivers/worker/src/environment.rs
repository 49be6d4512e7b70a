//! Which environment variables the child receives: all but those that make a loader read other code.
//!
//! Vendor libraries take settings from variables of their own, which nobody can list; so those of the loader are
//! taken out instead of known ones let through.

use std::ffi::{OsStr, OsString};

/// Beginnings of the names that are kept back: `ld.so(8)`, `dyld(1)`, and the knobs of glibc.
const LOADER: [&str; 4] = ["LD_", "DYLD_", "GLIBC_", "MALLOC_"];

/// The part of an environment a child receives.
pub(crate) fn passed_on(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    all.filter(|(name, _)| is_passed_on(name))
}

fn is_passed_on(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    !LOADER
        .iter()
        .any(|start| bytes.starts_with(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loader_variables_stay_behind_and_settings_of_libraries_pass() {
        for name in ["SOFTHSM2_CONF", "PCSCLITE_CSOCK_NAME", "HOME", "XLD_"] {
            assert!(is_passed_on(OsStr::new(name)), "{name}");
        }
        for name in [
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "LD_AUDIT",
            "DYLD_INSERT_LIBRARIES",
            "GLIBC_TUNABLES",
            "MALLOC_TRACE",
        ] {
            assert!(!is_passed_on(OsStr::new(name)), "{name}");
        }
    }
}
