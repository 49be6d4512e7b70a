//! Writes the test CA to a folder.

use std::{fs, path::Path, time::SystemTime};

use tamga_test_pki::{PASSWORD, TestPki};
use tamga_test_support::System;
use tamga_x509::UnixTime;

use crate::{Outcome, say};

/// Makes everything anew under `out`: `*.p12`, `*.crl`, `*.pem`, `anchors.toml`, `password.txt`.
pub(crate) fn run(out: &Path) -> Outcome {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let pki = TestPki::generate(UnixTime(i64::try_from(now.as_secs())?), &System)?;
    fs::create_dir_all(out)?;
    let key_files = pki.key_files(&System)?;
    let lists = pki.lists(&System)?;
    for (name, bytes) in key_files.iter().chain(&lists) {
        fs::write(out.join(name), bytes)?;
    }
    for authority in pki.authorities() {
        fs::write(
            out.join(format!("{}.pem", authority.id)),
            authority.certificate.to_pem("\n"),
        )?;
    }
    fs::write(out.join("anchors.toml"), pki.anchors()?.to_toml())?;
    fs::write(out.join("password.txt"), format!("{PASSWORD}\n"))?;
    say(&format!(
        "pki: {} key files, {} lists, 4 authorities in {}",
        key_files.len(),
        lists.len(),
        out.display()
    ));
    Ok(true)
}
