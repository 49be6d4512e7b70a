//! Keys to sign with, and programs that judge what was signed.

#![allow(dead_code, reason = "each test program uses some of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tamga_scheme::{
    AskNobody, Prepared, PrivateKey, SignatureScheme, Signer as _, SoftwareSigner, ToSign,
};
use tamga_test_support::{System, shared_dir};
use tamga_x509::Certificate;
use tamga_xmldsig::{Form, Limits, LineEnd, SignedXml, XmlSignature};

pub(crate) const FORMS: [Form; 4] = [
    Form::Compact,
    Form::Lines(LineEnd::Lf),
    Form::Lines(LineEnd::CrLf),
    Form::LinesWithReferences,
];

pub(crate) const SCHEMES: [SignatureScheme; 3] = [
    SignatureScheme::Gost2004,
    SignatureScheme::Gost2015With512,
    SignatureScheme::RsaSha256,
];

/// A throw-away key with its certificate.
pub(crate) struct Key {
    pub(crate) scheme: SignatureScheme,
    key: PrivateKey,
    pub(crate) certificate: Certificate,
}

impl Key {
    /// One key for each scheme and run.
    pub(crate) fn of(scheme: SignatureScheme) -> &'static Self {
        static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
        let made = |scheme| {
            let (key, certificate) =
                tamga_test_pki::self_issued(scheme, "SIGNER", &System).expect("a key");
            Self {
                scheme,
                key,
                certificate,
            }
        };
        let keys = KEYS.get_or_init(|| SCHEMES.into_iter().map(made).collect());
        let key = keys.iter().find(|key| key.scheme == scheme);
        key.expect("every scheme has a key")
    }

    pub(crate) fn complete<P: Prepared>(&self, prepared: P) -> P::Signed {
        let signer = SoftwareSigner::new(&self.key, &System);
        let value = signer.sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody);
        prepared.assemble(value.expect("signed"))
    }
}

/// Every signature holds for our own reader: digests and value under the certificate in it.
pub(crate) fn check_own(signed: &str) -> Vec<XmlSignature> {
    let document = SignedXml::parse(signed.as_bytes(), &Limits::default()).expect(signed);
    for signature in document.signatures() {
        let certificate = signature.certificate().expect("ours");
        let key = certificate.public_key().expect("known");
        signature.check_references().expect(signed);
        signature.check_signature(key).expect(signed);
    }
    document.signatures().to_vec()
}

/// The independent judge, when its folder is there: digests and values of all signatures.
pub(crate) fn check_with_oracle(signed: &str, folder: &str, name: &str) {
    let Some(oracle) = shared_dir("oracle") else {
        return;
    };
    let path = written(signed, folder, name);
    let output = Command::new("/usr/bin/python3")
        .arg(oracle.join("oracle.py"))
        .arg("verify-xml")
        .arg(&path)
        .output()
        .expect("python3 with lxml must be installed");
    let says = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}: {says}", path.display());
}

/// `xmlsec1 --verify`, for RSA; `ids` are its options that say which attributes identify.
pub(crate) fn check_with_xmlsec1(signed: &str, ids: &[&str], folder: &str, name: &str) {
    let path = written(signed, folder, name);
    let output = Command::new("xmlsec1")
        .args(["--verify", "--insecure"])
        .args(ids)
        .arg(&path)
        .output()
        .expect("xmlsec1 must be installed");
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {says}", path.display());
}

/// A file in the build directory.
fn written(signed: &str, folder: &str, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("xmldsig-signing")
        .join(folder);
    std::fs::create_dir_all(&folder).expect("the build directory is writable");
    let path = folder.join(format!("{name}.xml"));
    std::fs::write(&path, signed).expect("written");
    path
}

/// The last `ds:Signature` of a document, and the document without it.
pub(crate) fn cut_signature(signed: &str) -> (&str, String) {
    const START: &str = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
    const END: &str = "</ds:Signature>";
    let start = signed.rfind(START).expect("signed");
    let end = start + signed[start..].find(END).expect("signed") + END.len();
    (
        &signed[start..end],
        [&signed[..start], &signed[end..]].concat(),
    )
}
