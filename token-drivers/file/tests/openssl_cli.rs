//! PKCS#12 between us and the openssl program, both ways.

#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use setup::programs::{Folder, openssl};
use setup::test_ca::holder;
use setup::{PASSWORD, System, WRONG, data, entries, password, sign_with_all, unsupported};
use tamga_scheme::PrivateKey;
use tamga_token_api::KeyEntry;
use tamga_token_file::pkcs12;

/// Key and certificate of `default.p12` in PEM, taken out by openssl itself.
fn person(folder: &Folder) -> (String, String) {
    let (key, certificate) = (folder.at("key.pem"), folder.at("certificate.pem"));
    let source = setup::data_file("default");
    let source = source.to_str().unwrap();
    let secret = format!("pass:{PASSWORD}");
    let open = ["pkcs12", "-in", source, "-passin", &secret];
    openssl(&[&open[..], &["-nocerts", "-nodes", "-out", &key]].concat());
    openssl(&[&open[..], &["-nokeys", "-out", &certificate]].concat());
    (key, certificate)
}

/// A file openssl makes with `options`, under this password and the name of a person.
fn exported(options: &[&str], secret: &str) -> Vec<u8> {
    let folder = Folder::new();
    let (key, certificate) = person(&folder);
    let (file, secret) = (folder.at("made.p12"), format!("pass:{secret}"));
    let head = ["pkcs12", "-export", "-inkey", &key, "-in", &certificate];
    let rest = ["-name", "Менің кілтім", "-passout", &secret, "-out", &file];
    openssl(&[&head[..], options, &rest].concat());
    folder.read("made.p12")
}

#[track_caller]
fn check(file: &[u8], secret: &str) {
    let expected = KeyEntry {
        alias: "Менің кілтім".to_owned(),
        ..entries(&data("default"), PASSWORD).unwrap().remove(0)
    };
    assert_eq!(entries(file, secret), Ok(vec![expected]));
    assert_eq!(sign_with_all(file, secret), 1);
}

#[test]
fn everything_openssl_encrypts_with_opens_or_is_named() {
    let protections = [
        ["AES-128-CBC", "AES-192-CBC", "sha1"],
        ["AES-256-CBC", "DES-EDE3-CBC", "sha224"],
        ["PBE-SHA1-3DES", "PBE-SHA1-RC2-40", "sha256"],
        ["PBE-SHA1-2DES", "PBE-SHA1-RC2-128", "sha384"],
        ["PBE-SHA1-RC2-40", "PBE-SHA1-3DES", "sha512"],
        ["PBE-SHA1-RC2-128", "NONE", "sha512-224"],
        ["NONE", "AES-256-CBC", "sha512-256"],
    ];
    for [key, certificate, mac] in protections {
        let options = [
            "-legacy",
            "-keypbe",
            key,
            "-certpbe",
            certificate,
            "-macalg",
            mac,
        ];
        let file = exported(&options, PASSWORD);
        check(&file, PASSWORD);
        assert_eq!(entries(&file, "Құпия1aa"), Err(WRONG), "{options:?}");
    }
    for (key, why) in [
        ("PBE-MD5-DES", "encryption 1.2.840.113549.1.5.3"),
        ("PBE-SHA1-DES", "encryption 1.2.840.113549.1.5.10"),
        ("PBE-SHA1-RC4-40", "encryption 1.2.840.113549.1.12.1.2"),
        ("CAMELLIA-256-CBC", "PBES2 with 1.2.392.200011.61.1.1.1.4"),
    ] {
        let file = exported(&["-legacy", "-keypbe", key], PASSWORD);
        assert_eq!(entries(&file, PASSWORD), Err(unsupported(why)), "{key}");
    }
    let file = exported(&["-macalg", "sha3-256"], PASSWORD);
    let why = unsupported("integrity check 2.16.840.1.101.3.4.2.8");
    assert_eq!(entries(&file, PASSWORD), Err(why));
}

#[test]
fn empty_passwords_and_those_beyond_the_basic_plane_open() {
    for secret in ["", "Құпия1Aa😀", "👩‍💻", " "] {
        for legacy in [&[][..], &["-legacy"]] {
            let file = exported(legacy, secret);
            check(&file, secret);
            assert_eq!(entries(&file, "another"), Err(WRONG), "{secret:?}");
            if !secret.is_empty() {
                assert_eq!(entries(&file, ""), Err(WRONG), "{secret:?}");
            }
        }
    }
}

#[test]
fn openssl_with_the_national_engine_lists_what_we_write() {
    let folder = Folder::new();
    for id in ["gost2015_individual", "gost2004_individual"] {
        let holder = holder(id);
        let own = std::slice::from_ref(&holder.certificate);
        let bytes = pkcs12::write(
            &holder.key,
            own,
            "Менің кілтім",
            &password(PASSWORD),
            &System,
        );
        let file = folder.write("ours.p12", &bytes.unwrap());
        let secret = format!("pass:{PASSWORD}");
        let out = folder.at("certificate.pem");
        // The key is listed as a bag; its algorithm has a number no engine knows.
        let told = openssl(&[
            "pkcs12", "-engine", "gost", "-in", &file, "-passin", &secret, "-info", "-nokeys",
            "-out", &out,
        ]);
        for part in [
            "MAC: sha256, Iteration 100000",
            "Certificate bag",
            "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256",
        ] {
            assert!(told.contains(part), "{id}: {part}: {told}");
        }
        let der = folder.at("certificate.der");
        openssl(&["x509", "-in", &out, "-outform", "DER", "-out", &der]);
        assert_eq!(folder.read("certificate.der"), holder.certificate.der());
    }
}

#[test]
fn openssl_finds_key_certificates_and_names() {
    let folder = Folder::new();
    let at = |name: &str| folder.at(name);
    let (pem, _) = person(&folder);
    let secret = format!("pass:{PASSWORD}");
    let der = at("key.der");
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
