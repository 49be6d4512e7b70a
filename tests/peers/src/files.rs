//! The files that races read: made once for everybody, so that all read the same bytes.
//!
//! ```text
//! content           1 KiB
//! cms-rsa.der       detached CMS over it, RSA-2048; rsa-ca.pem is trusted
//! cms-gost.der      the same in the national profile; anchors.toml is trusted
//! cms-gost-ru.der   the same with the identifiers gost-engine knows; gost-ca.pem is trusted
//! xml-*.xml         enveloped signatures, RSA-2048; rsa.pem is the signer's certificate
//! pkcs12-*.p12      that signer's key, with its certificate and the authority's
//! *.crl             lists of both authorities
//!
//! large             1 GiB of zeros, a sparse file
//! large-*.der       detached CMS over it, and one with it inside
//! ```

use std::{
    fmt::Write as _,
    fs,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};

use der::pem::{self, LineEnding};
use tamga_cms::{Content, ContentDigester, ContentDigests, Draft, NewSigner, Profile};
use tamga_scheme::{
    AskNobody, DigestAlgorithm, Prepared, PrivateKey, SignatureScheme, Signer as _, SoftwareSigner,
    ToSign,
};
use tamga_test_pki::TestPki;
use tamga_test_support::System;
use tamga_x509::Certificate;
use tamga_xmldsig::Form;

use crate::Error;

/// Environment variable of every driver: the folder with the files.
pub const FOLDER: &str = "TAMGA_PEERS_FILES";

/// Password of the key files.
pub const PASSWORD: &str = "Tamga-test-1";

/// Makes all of them in `folder`.
///
/// # Errors
/// [`Error::Files`]; it names the command that failed.
pub fn make(folder: &Path) -> Result<(), Error> {
    let failed = |doing: &'static str| {
        move |error: Box<dyn std::error::Error>| Error::Files {
            doing,
            reason: error.to_string(),
        }
    };
    fs::create_dir_all(folder).map_err(|error| failed("making the folder")(error.into()))?;
    ours(folder).map_err(failed("signing with the keys of our test CA"))?;
    key_files(folder).map_err(failed("making key files with openssl"))?;
    of_gost_engine(folder).map_err(failed("signing with gost-engine"))
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn ours(folder: &Path) -> Outcome {
    let now = SystemTime::now() - Duration::from_secs(3600);
    let pki = TestPki::generate(now.into(), &System)?;
    let put = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes);
    put("anchors.toml", pki.anchors()?.to_toml().as_bytes())?;
    for (name, list) in pki.lists(&System)? {
        put(&name, &list)?;
    }

    let content = [0x5A; 1024];
    put("content", &content)?;
    for (id, name) in [
        ("rsa_individual", "cms-rsa.der"),
        ("gost2015_individual", "cms-gost.der"),
    ] {
        let holder = pki.holder(id).ok_or("no such holder")?;
        let scheme = SignatureScheme::for_key(holder.key.public_key().kind());
        let prepared = tamga_cms::prepare(
            Content::Detached(&content),
            scheme,
            &holder.certificate,
            SystemTime::now().into(),
        )?;
        put(name, &sign(prepared, &holder.key)?)?;
    }

    let holder = pki.holder("rsa_individual").ok_or("no such holder")?;
    let authority = &pki.rsa[1].certificate;
    put("rsa-ca.pem", pem(authority)?.as_bytes())?;
    put("rsa-root.pem", pem(&pki.rsa[0].certificate)?.as_bytes())?;
    put("rsa.pem", pem(&holder.certificate)?.as_bytes())?;
    put("rsa.key.der", &holder.key.to_pkcs8_der())?;
    put("rsa.cer", holder.certificate.der())?;
    let gost = pki.holder("gost2015_individual").ok_or("no such holder")?;
    put("gost.key.der", &gost.key.to_pkcs8_der())?;
    put("gost.cer", gost.certificate.der())?;
    for (name, bytes) in [("10k", 10_000), ("1m", 1_000_000), ("50m", 50_000_000)] {
        let prepared = tamga_xmldsig::prepare(
            &document(bytes),
            Form::Compact,
            SignatureScheme::RsaSha256,
            &holder.certificate,
        )?;
        let signed = sign(prepared, &holder.key)?;
        put(&format!("xml-{name}.xml"), signed.as_bytes())?;
    }
    Ok(())
}

fn sign<P: Prepared>(
    prepared: P,
    key: &PrivateKey,
) -> Result<P::Signed, Box<dyn std::error::Error>> {
    let signer = SoftwareSigner::new(key, &System);
    let value = signer.sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)?;
    Ok(prepared.assemble(value))
}

/// A tax form: namespaces on every row, Cyrillic text, entities, both kinds of quotes.
fn document(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 1024);
    text.push_str(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<fno xmlns=\"urn:kz:form\" code=\"910.00\">\n",
    );
    let mut row = 0;
    while text.len() < bytes {
        writeln!(
            text,
            "  <row num=\"{row}\" kind=\"invoice\" xmlns:x=\"urn:x\"><x:name lang=\"kk\">Төлем {row} &amp; қызмет</x:name>\
             <sum currency=\"KZT\">{}.{:02}</sum><note a=\"1\" b='2'>Счёт-фактура &lt;{row}&gt;</note></row>",
            row * 7,
            row % 100,
        )
        .expect("writing to a String");
        row += 1;
    }
    text.push_str("</fno>\n");
    text
}

fn pem(certificate: &Certificate) -> Result<String, pem::Error> {
    pem::encode_string("CERTIFICATE", LineEnding::LF, certificate.der())
}

/// Length of the large content.
pub const LARGE: u64 = 1 << 30;

/// Makes the large ones beside what [`make`] made.
///
/// # Errors
/// [`Error::Files`]; it names the command that failed.
pub fn make_large(folder: &Path) -> Result<(), Error> {
    large(folder).map_err(|error| Error::Files {
        doing: "signing a large file",
        reason: error.to_string(),
    })
}

fn large(folder: &Path) -> Outcome {
    let path = folder.join("large");
    fs::File::create(&path)?.set_len(LARGE)?;
    for (key, scheme) in [
        ("rsa", SignatureScheme::RsaSha256),
        ("gost", SignatureScheme::Gost2015With512),
    ] {
        let digests = digests(&path, scheme.digest())?;
        let message = sign_large(folder, key, Draft::detached(digests))?.to_der()?;
        fs::write(folder.join(format!("large-{key}.der")), message)?;
    }
    let digests = digests(&path, SignatureScheme::RsaSha256.digest())?;
    let envelope = sign_large(folder, "rsa", Draft::attached_stream(digests)?)?.to_envelope()?;
    let mut attached = fs::File::create(folder.join("large-attached.der"))?;
    attached.write_all(&envelope.head)?;
    // A hole in place of the zeros.
    attached.seek(SeekFrom::Current(i64::try_from(LARGE)?))?;
    attached.write_all(&envelope.tail)?;
    run(openssl(folder)
        .env("OPENSSL_CONF", "gost.cnf")
        .args([
            "cms", "-sign", "-binary", "-in", "large", "-signer", "gost.pem", "-inkey", "gost.key",
        ])
        .args([
            "-md",
            "md_gost12_512",
            "-outform",
            "DER",
            "-out",
            "large-gost-ru.der",
        ]))
}

/// Digests of a file in pieces.
///
/// # Errors
/// Those of reading.
pub fn digests(path: &Path, algorithm: DigestAlgorithm) -> io::Result<ContentDigests<'static>> {
    let mut digester = ContentDigester::new([algorithm]);
    let mut file = fs::File::open(path)?;
    let mut piece = vec![0; 128 << 10];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(digester.finish()),
            read => digester.update(&piece[..read]),
        }
    }
}

/// Signs a draft with the key named `rsa` or `gost`.
///
/// # Errors
/// What stands between key and signature.
pub fn sign_large<'a>(
    folder: &Path,
    key: &str,
    mut draft: Draft<'a>,
) -> Result<Draft<'a>, Box<dyn std::error::Error>> {
    let certificate = Certificate::from_der(&fs::read(folder.join(format!("{key}.cer")))?)?;
    let key = PrivateKey::from_pkcs8_der(&fs::read(folder.join(format!("{key}.key.der")))?)?;
    let scheme = SignatureScheme::for_key(key.public_key().kind());
    let prepared = draft.prepare(&NewSigner {
        scheme,
        certificate: &certificate,
        signing_time: SystemTime::now().into(),
        profile: Profile::default(),
    })?;
    draft.add(sign(prepared, &key)?)?;
    Ok(draft)
}

/// In the form of the NCA's: SHA-1 MAC, 3DES, RC2-40.
fn key_files(folder: &Path) -> Outcome {
    run(openssl(folder).args([
        "pkcs8",
        "-inform",
        "DER",
        "-nocrypt",
        "-in",
        "rsa.key.der",
        "-out",
        "rsa.key",
    ]))?;
    for iterations in ["1024", "2048"] {
        let file = format!("pkcs12-{iterations}.p12");
        run(openssl(folder)
            .args([
                "pkcs12", "-export", "-legacy", "-inkey", "rsa.key", "-in", "rsa.pem",
            ])
            .args(["-certfile", "rsa-ca.pem", "-iter", iterations, "-maciter"])
            .args(["-passout", &format!("pass:{PASSWORD}"), "-out", &file]))?;
    }
    Ok(())
}

/// Certificates and a message with the identifiers of RFC 9215.
fn of_gost_engine(folder: &Path) -> Outcome {
    const CONFIGURATION: &str = "\
openssl_conf = conf
[conf]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[leaf]
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = emailProtection
";
    fs::write(folder.join("gost.cnf"), CONFIGURATION)?;
    let gost = || {
        let mut command = openssl(folder);
        command.env("OPENSSL_CONF", "gost.cnf");
        command
    };
    for name in ["gost-ca", "gost"] {
        run(gost()
            .args([
                "genpkey",
                "-algorithm",
                "gost2012_512",
                "-pkeyopt",
                "paramset:A",
            ])
            .args(["-out", &format!("{name}.key")]))?;
    }
    run(gost()
        .args([
            "req",
            "-new",
            "-x509",
            "-config",
            "gost.cnf",
            "-key",
            "gost-ca.key",
        ])
        .args([
            "-extensions",
            "ca",
            "-subj",
            "/CN=GOST CA",
            "-days",
            "30",
            "-out",
            "gost-ca.pem",
        ]))?;
    run(gost()
        .args(["req", "-new", "-config", "gost.cnf", "-key", "gost.key"])
        .args(["-subj", "/CN=GOST", "-out", "gost.csr"]))?;
    run(gost()
        .args([
            "x509",
            "-req",
            "-in",
            "gost.csr",
            "-CA",
            "gost-ca.pem",
            "-CAkey",
            "gost-ca.key",
        ])
        .args([
            "-CAcreateserial",
            "-extfile",
            "gost.cnf",
            "-extensions",
            "leaf",
        ])
        .args(["-days", "30", "-out", "gost.pem"]))?;
    run(gost()
        .args([
            "cms", "-sign", "-binary", "-in", "content", "-signer", "gost.pem", "-inkey",
            "gost.key",
        ])
        .args([
            "-md",
            "md_gost12_512",
            "-outform",
            "DER",
            "-out",
            "cms-gost-ru.der",
        ]))
}

fn openssl(folder: &Path) -> Command {
    let mut command = Command::new("openssl");
    command.current_dir(folder);
    command
}

fn run(command: &mut Command) -> Outcome {
    let output = command
        .output()
        .map_err(|error: io::Error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {}: {said}", output.status).into())
}
