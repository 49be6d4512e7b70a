//! Where cargo put the library that the system's loader can load.

use std::path::PathBuf;

/// Absolute path of this crate as a PKCS#11 library, for tests.
///
/// Cargo builds it together with the Rust library, into the folder of test programs; whoever has this crate as a
/// dependency of tests has it there.
///
/// # Panics
/// If it is not there, or the test program's own path is unknown: no test can go on without it.
pub fn library_path() -> PathBuf {
    let name = format!(
        "{}tamga_token_bench{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let program = std::env::current_exe().expect("a program knows where it is");
    // `target/<profile>/deps` has what was built last; the folder above has a link made by `cargo build` only.
    let folders = program.ancestors().skip(1).take(2);
    let candidates: Vec<_> = folders
        .flat_map(|folder| [folder.join("deps").join(&name), folder.join(&name)])
        .collect();
    match candidates.iter().find(|path| path.is_file()) {
        Some(path) => path.clone(),
        None => {
            panic!("the library is in none of {candidates:?}: cargo build -p tamga-token-bench")
        }
    }
}
