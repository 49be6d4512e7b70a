//! What the libraries do with a file of any size, as a program to be measured.
//!
//! ```text
//! peer-stream hash DIGEST FILE        reads and hashes it
//! peer-stream sign KEY FILE           a detached CMS, to nowhere
//! peer-stream sign-attached KEY FILE  a CMS with the file inside, to nowhere
//! peer-stream xml FILE                verifies an enveloped XML signature with the key of rsa.pem
//! ```
#![allow(clippy::print_stderr, reason = "a program")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use tamga_cms::Draft;
use tamga_peers::files::{FOLDER, digests, sign_large};
use tamga_scheme::{DigestAlgorithm, SignatureScheme};
use tamga_x509::Certificate;
use tamga_xmldsig::{Limits, SignedXml};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var_os(FOLDER).ok_or("no folder is named")?);
    match *arguments {
        ["hash", name, file] => {
            let algorithm = DigestAlgorithm::all().find(|one| one.name() == name);
            digests(&folder.join(file), algorithm.ok_or("no such digest")?)?;
            Ok(())
        }
        ["sign", key, file] => {
            let digests = digests(&folder.join(file), digest_of(key)?)?;
            let message = sign_large(&folder, key, Draft::detached(digests))?.to_der()?;
            Ok(io::sink().write_all(&message)?)
        }
        ["sign-attached", key, file] => attached(&folder, key, &folder.join(file)),
        ["xml", file] => {
            let document = fs::read(folder.join(file))?;
            let certificate = Certificate::from_der_or_pem(&fs::read(folder.join("rsa.pem"))?)?;
            let signed = SignedXml::parse(&document, &Limits::default())?;
            let signature = &signed.signatures()[0];
            signature.check_references()?;
            signature.check_signature(certificate.public_key()?)?;
            Ok(())
        }
        _ => Err("see the top of tests/peers/src/bin/stream.rs".into()),
    }
}

fn digest_of(key: &str) -> Result<DigestAlgorithm, Box<dyn Error>> {
    match key {
        "rsa" => Ok(SignatureScheme::RsaSha256.digest()),
        "gost" => Ok(SignatureScheme::Gost2015With512.digest()),
        _ => Err("the keys are rsa and gost".into()),
    }
}

/// The file is read twice: its digest stands behind it, but the length of everything before it.
fn attached(folder: &Path, key: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let digests = digests(file, digest_of(key)?)?;
    let envelope = sign_large(folder, key, Draft::attached_stream(digests)?)?.to_envelope()?;
    let mut out = io::sink();
    out.write_all(&envelope.head)?;
    io::copy(&mut File::open(file)?, &mut out)?;
    Ok(out.write_all(&envelope.tail)?)
}
