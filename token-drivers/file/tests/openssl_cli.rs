//! The openssl program opens what we write.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use std::process::Command;

use setup::{PASSWORD, System, data, entries, password};
use tamga_scheme::PrivateKey;
use tamga_token_file::pkcs12;

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .output()
        .expect("the openssl program");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn openssl_finds_key_certificates_and_names() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();

    // The key of `default.p12`, taken out by openssl itself.
    let source = setup::data_file("default");
    let source = source.to_str().unwrap();
    let secret = format!("pass:{PASSWORD}");
    let (pem, der) = (at("key.pem"), at("key.der"));
    openssl(&[
        "pkcs12", "-in", source, "-passin", &secret, "-nocerts", "-nodes", "-out", &pem,
    ]);
    openssl(&[
        "pkcs8", "-topk8", "-nocrypt", "-in", &pem, "-outform", "DER", "-out", &der,
    ]);
    let key = PrivateKey::from_pkcs8_der(&std::fs::read(&der).unwrap()).unwrap();

    let entry = entries(&data("chain"), PASSWORD).unwrap().remove(0);
    let chain = [std::slice::from_ref(&entry.certificate), &entry.chain[..]].concat();
    let written = pkcs12::write(&key, &chain, "my key", &password(PASSWORD), &System).unwrap();
    let file = at("written.p12");
    std::fs::write(&file, written).unwrap();

    let told = openssl(&[
        "pkcs12", "-in", &file, "-passin", &secret, "-info", "-nodes",
    ]);
    for part in [
        "MAC: sha256, Iteration 100000",
        "PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256",
        "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256",
        "-----BEGIN PRIVATE KEY-----",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(told.matches("-----BEGIN CERTIFICATE-----").count(), 3);
    assert_eq!(told.matches("localKeyID: ").count(), 2);
    // Key and names are the same as before.
    let again = at("again.pem");
    openssl(&[
        "pkcs12", "-in", &file, "-passin", &secret, "-nocerts", "-nodes", "-out", &again,
    ]);
    let modulus = |file: &str| openssl(&["rsa", "-noout", "-modulus", "-in", file]);
    assert_eq!(modulus(&again), modulus(&pem));
    assert!(told.contains("friendlyName: my key"), "{told}");
}
