//! Programs that judge RSA signatures and the form of files.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder of files for programs, gone with it.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// Writes a file, in place of an earlier one of this name.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }
}

/// `openssl cms -verify`; the certificate is believed.
pub(crate) fn openssl_accepts_cms(message: &[u8], content: Option<&[u8]>) -> bool {
    let files = Files::new();
    let mut arguments: Vec<_> = ["cms", "-verify", "-noverify", "-binary", "-inform", "DER"]
        .map(Into::into)
        .to_vec();
    arguments.extend([
        "-in".into(),
        files.write("message", message).into_os_string(),
    ]);
    if let Some(content) = content {
        let content = files.write("content", content).into_os_string();
        arguments.extend(["-content".into(), content]);
    }
    let output = run("openssl", "openssl", &arguments);
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    verdict(
        &output,
        says.contains("CMS Verification successful"),
        says.contains("CMS Verification failure"),
        &says,
    )
}

/// `openssl dgst -sha256 -verify`.
pub(crate) fn openssl_accepts_value(message: &[u8], value: &[u8], spki: &[u8]) -> bool {
    let files = Files::new();
    let key = files.write("key", spki);
    let value = files.write("value", value);
    let message = files.write("message", message);
    let arguments = [
        OsStr::new("dgst"),
        OsStr::new("-sha256"),
        OsStr::new("-keyform"),
        OsStr::new("DER"),
        OsStr::new("-verify"),
        key.as_os_str(),
        OsStr::new("-signature"),
        value.as_os_str(),
        message.as_os_str(),
    ];
    let output = run("openssl", "openssl", &arguments);
    let says = String::from_utf8_lossy(&output.stdout).into_owned();
    verdict(
        &output,
        says.contains("Verified OK"),
        says.contains("Verification failure"),
        &says,
    )
}

/// `xmlsec1 --verify` under the key of a certificate; `identifiers` are its options about attributes that identify.
pub(crate) fn xmlsec1_accepts(document: &str, certificate_pem: &str, identifiers: &[&str]) -> bool {
    let files = Files::new();
    let (key, document) = (
        files.write("key.pem", certificate_pem),
        files.write("document.xml", document),
    );
    let mut arguments = vec![
        OsStr::new("--verify"),
        OsStr::new("--pubkey-cert-pem"),
        key.as_os_str(),
    ];
    arguments.extend(identifiers.iter().map(OsStr::new));
    arguments.push(document.as_os_str());
    let output = run("xmlsec1", "xmlsec1", &arguments);
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_good = says.lines().any(|line| line == "OK");
    let is_bad = says.lines().any(|line| line == "FAIL");
    verdict(&output, is_good, is_bad, &says)
}

/// `pdfsig`: how many signatures are valid.
pub(crate) fn valid_for_pdfsig(file: &[u8]) -> usize {
    let files = Files::new();
    let path = files.write("document.pdf", file);
    let output = run(
        "pdfsig",
        "poppler-utils",
        &[OsStr::new("-nocert"), path.as_os_str()],
    );
    let says = String::from_utf8_lossy(&output.stdout);
    assert!(says.contains("Signature #1"), "{says}");
    says.matches("Signature Validation: Signature is Valid.")
        .count()
}

/// `qpdf --check` finds nothing wrong.
pub(crate) fn check_with_qpdf(file: &[u8]) {
    let files = Files::new();
    let path = files.write("document.pdf", file);
    let output = run("qpdf", "qpdf", &[OsStr::new("--check"), path.as_os_str()]);
    let says = [output.stdout, output.stderr].concat();
    let says = String::from_utf8_lossy(&says);
    assert!(
        output.status.success() && says.contains("No syntax or stream encoding errors found"),
        "{says}"
    );
}

/// What a program said, which must be one of the two and agree with its exit status.
fn verdict(output: &Output, is_good: bool, is_bad: bool, says: &str) -> bool {
    assert!(is_good != is_bad, "no verdict: {says}");
    assert_eq!(output.status.success(), is_good, "{says}");
    is_good
}

fn run(program: &str, package: &str, arguments: &[impl AsRef<OsStr>]) -> Output {
    Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(Path::new("/"))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; it needs apt-get install {package}"))
}
